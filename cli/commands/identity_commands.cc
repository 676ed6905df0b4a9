#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cli/ask.h"
#include "cli/commands/operation_command.h"
#include "cli/commands/principal_picture.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/credentials.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/ops/table.h"
#include "core/ops/vault/identities.h"
#include "core/ops/vault/identity_policies.h"
#include "core/ops/vault/slots.h"

namespace kms::cli {
namespace {

constexpr const char* kIdentityGroup = "Identities";
constexpr const char* kPrincipalHelp = "user/NAME, group/NAME, role/NAME or an ARN";

constexpr OptionRow kPrincipalArgument{"principal", "Principal", Reading::kValue, kPrincipalHelp};
constexpr OptionRow kNameArgument{"name", "PolicyName", Reading::kValue, "Name of the policy"};
constexpr OptionRow kFileArgument{"file", "Policy", Reading::kFile, "File that holds the policy; - is standard input"};

struct NewPrincipal {
  OperationOptions principal = {
      row_of<kms::create_principal>(),
      {kPrincipalArgument,
       {"--trust-policy", "TrustPolicy", Reading::kFile, "File that says who may assume a role"},
       {"--permissions-boundary", "PermissionsBoundary", Reading::kFile,
        "File with a policy that limits what it may do"}}};
  std::optional<std::chrono::seconds> longest_session;
  TextMap tags;
  NewCredentialOptions credential;

  template <class Visitor>
  void fields(Visitor& visit) {
    principal.fields(visit);
    visit("--max-session-duration", longest_session, {.help = "Of a role: the longest session, as 30m or 12h"});
    visit("--tag", tags, {.help = "Tag: KEY=VALUE; may be repeated"});
    credential.fields(visit);
  }
};

Json creation_request(Session& session, const NewPrincipal& options) {
  Json request = options.principal.request(session);
  if (options.longest_session) request["MaxSessionDuration"] = options.longest_session->count();
  if (!options.tags.empty()) request["Tags"] = tag_members(options.tags);
  return request;
}

// The principal goes again when it cannot be given its credential: nobody is left without one.
auto make_with(Session& session, Json request, const vault::Credential& credential, const std::string& label) {
  const std::string principal = request.at("Principal");
  auto created = ask<kms::create_principal>(session, std::move(request));
  try {
    Json slot{{"Principal", created.principal.arn},
              {"Kind", to_text(credential.kind)},
              {"Credential", blob_member(credential.secret)}};
    if (!label.empty()) slot["Label"] = label;
    session.call(name_of<kms::add_slot>(), std::move(slot));
  } catch (const Error&) {
    session.call(name_of<kms::delete_principal>(), {{"Principal", principal}});
    throw;
  }
  return created;
}

// By its short name or its ARN.
bool is_named_as(const Json& request, std::string_view kind) {
  const auto& name = request.at("Principal").get_ref<const std::string&>();
  return name.starts_with(kind) || (name.starts_with("arn:") && name.find(cat(":", kind)) != std::string::npos);
}

void require_fitting_kind(const Json& request, bool with_slot) {
  if (with_slot && !is_named_as(request, "user/")) {
    throw Error(ErrorCode::kUsage, "only a user unlocks the vault; roles are assumed");
  }
  const bool role = is_named_as(request, "role/");
  if (role && !request.contains("TrustPolicy")) {
    throw Error(ErrorCode::kUsage, "a role needs --trust-policy FILE, which says who may assume it");
  }
  if (!role && request.contains("MaxSessionDuration")) {
    throw Error(ErrorCode::kUsage, "--max-session-duration is of a role: users and groups have no sessions");
  }
}

void create_principal(Session& session, const NewPrincipal& options) {
  Json request = creation_request(session, options);
  const bool with_slot =
      options.credential.fd >= 0 || !options.credential.file.empty() || !options.credential.generate_keyfile.empty();
  require_fitting_kind(request, with_slot);
  if (!with_slot && !options.credential.label.empty()) {
    throw Error(ErrorCode::kUsage, "--label is for a credential: give one of a user, as --generate-keyfile FILE");
  }
  require_one_source(options.credential);
  session.require_open();
  Json answer;
  if (with_slot) {
    const vault::Credential credential = new_credential(options.credential, session.terminal(), session.random());
    use_new_credential(options.credential, [&] {
      answer = write_response(make_with(session, std::move(request), credential, options.credential.label));
    });
  } else {
    answer = write_response(ask<kms::create_principal>(session, std::move(request)));
  }
  print_answer_of(session, row_of<kms::create_principal>(), std::move(answer));
}

struct PrincipalScreen {
  std::string principal;
  bool wide = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("principal", principal, {.required = true, .help = kPrincipalHelp});
    add_wide(visit, wide);
  }
};

void show_one(Session& session, const PrincipalScreen& options) {
  show_principal(session, options.principal, options.wide);
}

void principal_rows(Listing& rows, const ListPrincipalsResponse& page, Session& /*session*/) {
  for (const PrincipalSummary& each : page.principals) {
    rows.add({each.principal, each.principal_id, shown_time(each.creation_date)});
  }
}

void policy_name_rows(Listing& rows, const ListPrincipalPoliciesResponse& answer, Session& /*session*/) {
  for (const std::string& name : answer.policy_names) rows.add({name});
}

// The group comes first, as the command says; a user there would be told to be no group.
struct Membership {
  std::string group;
  std::string user;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("group", group, {.required = true, .help = "group/NAME"});
    visit("user", user, {.required = true, .help = "user/NAME"});
  }
};

template <auto kHandler>
void change_membership(Session& session, const Membership& options) {
  if (options.group.starts_with("user/")) {
    throw Error(ErrorCode::kUsage, "the group comes first: group/NAME user/NAME");
  }
  session.call(name_of<kHandler>(), {{"Group", options.group}, {"User", options.user}});
}

template <auto kHandler>
Command of_principal(std::string_view path, std::string_view summary, std::vector<OptionRow> more = {},
                     Shows shows = Shows::kAnswer) {
  more.insert(more.begin(), kPrincipalArgument);
  return operation_command<kHandler>({path, summary, kIdentityGroup, std::move(more), shows});
}

void add_principal_policies(Commands& commands) {
  commands.push_back(of_principal<kms::put_principal_policy>(
      "principal policy put", "Give a user, group or role a policy", {kNameArgument, kFileArgument}));
  commands.push_back(of_principal<kms::get_principal_policy>(
      "principal policy get", "Show a policy of a user, group or role", {kNameArgument}, Shows::kPolicy));
  commands.push_back(list_command<kms::list_principal_policies>(
      {"principal policy list", "List the policies of a user, group or role", kIdentityGroup, {kPrincipalArgument}},
      {{"POLICY"}}, policy_name_rows));
  commands.push_back(of_principal<kms::delete_principal_policy>(
      "principal policy delete", "Delete a policy of a user, group or role", {kNameArgument}));
  commands.push_back(of_principal<kms::put_permissions_boundary>("principal boundary put",
                                                                 "Limit what a user or role may do", {kFileArgument}));
  commands.push_back(of_principal<kms::delete_permissions_boundary>("principal boundary delete",
                                                                    "Remove the limit of a user or role"));
  commands.push_back(
      of_principal<kms::update_trust_policy>("principal trust put", "Change who may assume a role", {kFileArgument}));
}

void add_tags_and_groups(Commands& commands) {
  commands.push_back(of_principal<kms::tag_principal>("principal tag add", "Give a user, group or role tags",
                                                      {{"tag", "Tags", Reading::kTags, "Tags: KEY=VALUE..."}}));
  commands.push_back(of_principal<kms::untag_principal>("principal tag remove",
                                                        "Remove tags from a user, group or role",
                                                        {{"tag", "TagKeys", Reading::kValue, "Keys of tags"}}));
  commands.push_back(command<Membership>("principal group add", "Put a user into a group", kIdentityGroup,
                                         change_membership<kms::add_user_to_group>));
  commands.push_back(command<Membership>("principal group remove", "Take a user out of a group", kIdentityGroup,
                                         change_membership<kms::remove_user_from_group>));
}

}  // namespace

void add_identity_commands(Commands& commands) {
  commands.push_back(command<NewPrincipal>("principal create", "Create a user, group or role", kIdentityGroup,
                                           create_principal, &row_of<kms::create_principal>()));
  commands.push_back(command<PrincipalScreen>("principal show", "Show a user, group or role on one screen",
                                              kIdentityGroup, show_one, &row_of<kms::describe_principal>()));
  commands.push_back(of_principal<kms::delete_principal>("principal delete", "Delete a user, group or role"));
  commands.push_back(list_command<kms::list_principals>(
      {"principal list",
       "List users, groups and roles",
       kIdentityGroup,
       {{"--account", "AccountId", Reading::kValue, "Of which account; your own when left out"}}},
      {{"PRINCIPAL"}, {"ID", 2}, {"CREATED", 1}}, principal_rows));
  add_principal_policies(commands);
  add_tags_and_groups(commands);
}

}  // namespace kms::cli
