#include <nlohmann/json.hpp>

#include "cli/commands/key_words.h"
#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/ops/kms/grants.h"
#include "core/ops/table.h"

namespace kms::cli {
namespace {

constexpr const char* kGrantGroup = "Grants";

constexpr OptionRow kKeyOfGrants{"-k,--key-id", "KeyId", Reading::kKey, kKeyHelp};

struct NewGrant {
  std::string key_id;
  std::string grantee;
  std::vector<std::string> operations;
  std::string retiring;
  std::string name;
  TextMap context;
  bool context_equals = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-k,--key-id", key_id, {.required = true, .help = kKeyHelp});
    visit("--to", grantee, {.required = true, .help = "Whom: user/NAME, role/NAME or an ARN"});
    visit("--allow", operations, {.required = true, .several_words = true, .help = "Operations, as Encrypt Decrypt"});
    visit("--retiring", retiring, {.help = "Who may retire the grant"});
    visit("--name", name, {.help = "With it, the same call makes one grant only"});
    visit("-c,--encryption-context", context,
          {.help = "Pair that the encryption context must hold: KEY=VALUE; may be repeated"});
    visit("--context-equals", context_equals,
          {.needs = "--encryption-context", .help = "The context must be these pairs and no others"});
  }
};

struct RetiredGrant {
  std::string key_id;
  std::string grant_id;
  std::string token;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-k,--key-id", key_id, {.help = kKeyHelp});
    visit("grant-id", grant_id, {.help = "Id of the grant"});
    visit("--token", token, {.help = "What grant create answered"});
  }
};

std::string principal_of(Session& session, const std::string& text) {
  session.require_open();  // whose account it is, is known only then
  const auto arn = principal_arn(session.home().account, text);
  if (!arn) throw Error(ErrorCode::kUsage, cat("'", text, "' is no principal: root, user/NAME, role/NAME or an ARN"));
  return *arn;
}

void make_grant(Session& session, const NewGrant& options) {
  Json request{{"KeyId", key_of(session, options.key_id)},
               {"GranteePrincipal", principal_of(session, options.grantee)},
               {"Operations", options.operations}};
  if (!options.retiring.empty()) request["RetiringPrincipal"] = principal_of(session, options.retiring);
  if (!options.name.empty()) request["Name"] = options.name;
  if (!options.context.empty()) {
    const char* kind = options.context_equals ? "EncryptionContextEquals" : "EncryptionContextSubset";
    request["Constraints"] = {{kind, options.context}};
  }
  print_call(session, row_of<kms::create_grant>(), std::move(request));
}

void grant_rows(Listing& rows, const ListGrantsResponse& page, Session& session) {
  const std::string account = page.grants.empty() ? "" : session.home().account;
  for (const GrantListEntry& each : page.grants) {
    rows.add({each.grant_id, grantee_of(each, account), operations_of(each), constraints_of(each), each.name,
              each.retiring_principal ? short_principal(account, *each.retiring_principal) : std::string(),
              shown_time(each.creation_date)});
  }
}

void retire(Session& session, const RetiredGrant& options) {
  const bool by_key = !options.key_id.empty();
  const bool by_id = !options.grant_id.empty();
  if (by_key != by_id || by_key == !options.token.empty())
    throw Error(ErrorCode::kUsage, "give --token, or -k KEY and the id of the grant");
  Json request = Json::object();
  if (by_id) {
    request = {{"KeyId", key_of(session, options.key_id)}, {"GrantId", options.grant_id}};
  } else {
    request["GrantToken"] = options.token;
  }
  session.call(name_of<kms::retire_grant>(), std::move(request));
}

}  // namespace

void add_grant_commands(Commands& commands) {
  commands.push_back(command<NewGrant>("grant create", "Allow a principal to use a key", kGrantGroup, make_grant,
                                       &row_of<kms::create_grant>()));
  commands.push_back(
      list_command<kms::list_grants>({"grant list", "List the grants of a key", kGrantGroup, {kKeyOfGrants}},
                                     {{"GRANT", 1, Cut::kToLeast, 9},
                                      {"GRANTEE", 0, Cut::kAsNeeded, 12},
                                      {"MAY", 0, Cut::kAsNeeded, 10},
                                      {"WHEN", 1, Cut::kAsNeeded, 12},
                                      {"NAME", 2},
                                      {"RETIRED BY", 3},
                                      {"CREATED", 4}},
                                     grant_rows));
  commands.push_back(operation_command<kms::revoke_grant>(
      {"grant revoke", "Take a grant back", kGrantGroup, {kKeyOfGrants, {"grant-id", "GrantId"}}}));
  commands.push_back(command<RetiredGrant>("grant retire", "Give a grant back", kGrantGroup, retire));
}

}  // namespace kms::cli
