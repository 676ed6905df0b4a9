#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <utility>

#include "cli/ask.h"
#include "cli/commands/lists.h"
#include "cli/commands/principal_picture.h"
#include "cli/commands/registry.h"
#include "cli/commands/slot_options.h"
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

struct IdentityOptions {
  std::string principal;
  std::string name;
  std::string file;
  std::string trust;
  std::string boundary;
  std::string account;
  std::string duration;
  std::vector<std::string> tags;
  NewCredentialOptions credential;
  bool wide = false;
};

using IdentityAction = void (*)(Session&, const IdentityOptions&);

// `name` is what the command calls them.
Json tags_of(const std::vector<std::string>& words, std::string_view name) {
  Json tags = Json::array();
  for (const auto& [key, value] : parse_pairs(words, name)) tags.push_back({{"TagKey", key}, {"TagValue", value}});
  return tags;
}

Json identity_request(const IdentityOptions& options) {
  Json request{{"Principal", options.principal}};
  if (!options.trust.empty()) request["TrustPolicy"] = file_text(options.trust);
  if (!options.boundary.empty()) request["PermissionsBoundary"] = file_text(options.boundary);
  if (!options.duration.empty()) request["MaxSessionDuration"] = parse_seconds(options.duration);
  if (!options.tags.empty()) request["Tags"] = tags_of(options.tags, "--tag");
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

void make_identity(Session& session, const IdentityOptions& options) {
  const bool with_slot =
      options.credential.fd >= 0 || !options.credential.file.empty() || !options.credential.generate_keyfile.empty();
  if (with_slot && !options.principal.starts_with("user/")) {
    throw Error(ErrorCode::kUsage, "only a user unlocks the vault; roles are assumed");
  }
  if (!with_slot && !options.credential.label.empty()) {
    throw Error(ErrorCode::kUsage, "--label is for a credential: give one of a user, as --generate-keyfile FILE");
  }
  require_one_source(options.credential);
  Json request = identity_request(options);
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

void print_principals(Session& session, const IdentityOptions& options) {
  Json request = Json::object();
  if (!options.account.empty()) request["AccountId"] = options.account;
  show_list<kms::list_principals>(session, std::move(request), options.wide,
                                  Listing({{"PRINCIPAL"}, {"ID", 2}, {"CREATED", 1}}),
                                  [](Listing& rows, const ListPrincipalsResponse& page) {
                                    for (const PrincipalSummary& each : page.principals) {
                                      rows.add({each.principal, each.principal_id, shown_time(each.creation_date)});
                                    }
                                  });
}

void print_policy_names(Session& session, const IdentityOptions& options) {
  show_list<kms::list_principal_policies>(session, {{"Principal", options.principal}}, options.wide,
                                          Listing({{"POLICY"}}),
                                          [](Listing& rows, const ListPrincipalPoliciesResponse& answer) {
                                            for (const std::string& name : answer.policy_names) rows.add({name});
                                          });
}

Command principal_command(const char* path, const char* summary, IdentityAction action,
                          void (*more)(ArgumentParser&, IdentityOptions&) = nullptr) {
  return {path, summary, kIdentityGroup, [action, more](ArgumentParser& parser, Session& session) {
            auto options = std::make_shared<IdentityOptions>();
            parser.add_option("principal", options->principal, kPrincipalHelp).required();
            if (more != nullptr) more(parser, *options);
            parser.callback([&session, options, action] { action(session, *options); });
          }};
}

void name_option(ArgumentParser& parser, IdentityOptions& options) {
  parser.add_option("name", options.name, "Name of the policy").required();
}

void file_option(ArgumentParser& parser, IdentityOptions& options) {
  parser.add_option("file", options.file, "File that holds the policy; - is standard input").names_file().required();
}

void create_options(ArgumentParser& parser, IdentityOptions& options) {
  parser.prints(row_of<kms::create_principal>());
  parser.add_option("--trust-policy", options.trust, "File that says who may assume a role").names_file();
  parser.add_option("--permissions-boundary", options.boundary, "File with a policy that limits what it may do")
      .names_file();
  parser.add_option("--max-session-duration", options.duration, "Of a role: the longest session, as 30m or 12h");
  parser.add_option("--tag", options.tags, "Tag: KEY=VALUE; may be repeated");
  add_new_credential_options(parser, options.credential);
}

void add_policy_family(Commands& commands) {
  commands.push_back(principal_command(
      "principal policy put", "Give a user, group or role a policy",
      [](Session& s, const IdentityOptions& o) {
        s.call(name_of<kms::put_principal_policy>(),
               {{"Principal", o.principal}, {"PolicyName", o.name}, {"Policy", file_text(o.file)}});
      },
      [](ArgumentParser& parser, IdentityOptions& o) {
        name_option(parser, o);
        file_option(parser, o);
      }));
  commands.push_back(principal_command(
      "principal policy get", "Show a policy of a user, group or role",
      [](Session& s, const IdentityOptions& o) {
        const auto answer = ask<kms::get_principal_policy>(s, {{"Principal", o.principal}, {"PolicyName", o.name}});
        s.out() << pretty_policy(answer.policy);
      },
      name_option));
  commands.push_back(principal_command("principal policy list", "List the policies of a user, group or role",
                                       print_policy_names, [](ArgumentParser& parser, IdentityOptions& o) {
                                         parser.prints(row_of<kms::list_principal_policies>());
                                         add_wide_option(parser, o.wide);
                                       }));
  commands.push_back(principal_command(
      "principal policy delete", "Delete a policy of a user, group or role",
      [](Session& s, const IdentityOptions& o) {
        s.call(name_of<kms::delete_principal_policy>(), {{"Principal", o.principal}, {"PolicyName", o.name}});
      },
      name_option));
}

void add_single_policies(Commands& commands) {
  commands.push_back(principal_command(
      "principal boundary put", "Limit what a user or role may do",
      [](Session& s, const IdentityOptions& o) {
        s.call(name_of<kms::put_permissions_boundary>(), {{"Principal", o.principal}, {"Policy", file_text(o.file)}});
      },
      file_option));
  commands.push_back(principal_command(
      "principal boundary delete", "Remove the limit of a user or role", [](Session& s, const IdentityOptions& o) {
        s.call(name_of<kms::delete_permissions_boundary>(), {{"Principal", o.principal}});
      }));
  commands.push_back(principal_command(
      "principal trust put", "Change who may assume a role",
      [](Session& s, const IdentityOptions& o) {
        s.call(name_of<kms::update_trust_policy>(), {{"Principal", o.principal}, {"Policy", file_text(o.file)}});
      },
      file_option));
}

void add_tags_and_groups(Commands& commands) {
  commands.push_back(principal_command(
      "principal tag add", "Give a user, group or role tags",
      [](Session& s, const IdentityOptions& o) {
        s.call(name_of<kms::tag_principal>(), {{"Principal", o.principal}, {"Tags", tags_of(o.tags, "tag")}});
      },
      [](ArgumentParser& parser, IdentityOptions& o) {
        parser.add_option("tag", o.tags, "Tags: KEY=VALUE...").required();
      }));
  commands.push_back(principal_command(
      "principal tag remove", "Remove tags from a user, group or role",
      [](Session& s, const IdentityOptions& o) {
        s.call(name_of<kms::untag_principal>(), {{"Principal", o.principal}, {"TagKeys", o.tags}});
      },
      [](ArgumentParser& parser, IdentityOptions& o) { parser.add_option("tag", o.tags, "Keys of tags").required(); }));
  for (const bool joins : {true, false}) {
    commands.push_back({joins ? "principal group add" : "principal group remove",
                        joins ? "Put a user into a group" : "Take a user out of a group", kIdentityGroup,
                        [joins](ArgumentParser& parser, Session& session) {
                          auto options = std::make_shared<IdentityOptions>();
                          parser.add_option("group", options->name, "group/NAME").required();
                          parser.add_option("user", options->principal, "user/NAME").required();
                          parser.callback([&session, options, joins] {
                            if (options->name.starts_with("user/")) {
                              throw Error(ErrorCode::kUsage, "the group comes first: group/NAME user/NAME");
                            }
                            session.call(
                                joins ? name_of<kms::add_user_to_group>() : name_of<kms::remove_user_from_group>(),
                                {{"Group", options->name}, {"User", options->principal}});
                          });
                        }});
  }
}

}  // namespace

void add_identity_commands(Commands& commands) {
  commands.push_back(
      principal_command("principal create", "Create a user, group or role", make_identity, create_options));
  commands.push_back(principal_command(
      "principal show", "Show a user, group or role on one screen",
      [](Session& s, const IdentityOptions& o) { show_principal(s, o.principal, o.wide); },
      [](ArgumentParser& parser, IdentityOptions& o) {
        parser.prints(row_of<kms::describe_principal>());
        add_wide_option(parser, o.wide);
      }));
  commands.push_back(
      principal_command("principal delete", "Delete a user, group or role", [](Session& s, const IdentityOptions& o) {
        s.call(name_of<kms::delete_principal>(), {{"Principal", o.principal}});
      }));
  commands.push_back(
      {"principal list", "List users, groups and roles", kIdentityGroup, [](ArgumentParser& parser, Session& session) {
         parser.prints(row_of<kms::list_principals>());
         auto options = std::make_shared<IdentityOptions>();
         parser.add_option("--account", options->account, "Of which account; your own when left out");
         add_wide_option(parser, options->wide);
         parser.callback([&session, options] { print_principals(session, *options); });
       }});
  add_policy_family(commands);
  add_single_policies(commands);
  add_tags_and_groups(commands);
}

}  // namespace kms::cli
