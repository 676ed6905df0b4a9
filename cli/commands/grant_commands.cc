#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands/key_words.h"
#include "cli/commands/lists.h"
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

struct GrantOptions {
  std::string key_id;
  std::string grantee;
  std::vector<std::string> operations;
  std::string retiring;
  std::string name;
  std::vector<std::string> context;
  bool context_equals = false;
  std::string grant_id;
  std::string token;
  bool wide = false;
};

std::string principal_of(Session& session, const std::string& text) {
  session.require_open();  // whose account it is, is known only then
  const auto arn = principal_arn(session.home().account, text);
  if (!arn) throw Error(ErrorCode::kUsage, cat("'", text, "' is no principal: root, user/NAME, role/NAME or an ARN"));
  return *arn;
}

void make_grant(Session& session, const GrantOptions& options) {
  Json request{{"KeyId", key_of(session, options.key_id)},
               {"GranteePrincipal", principal_of(session, options.grantee)},
               {"Operations", options.operations}};
  if (!options.retiring.empty()) request["RetiringPrincipal"] = principal_of(session, options.retiring);
  if (!options.name.empty()) request["Name"] = options.name;
  if (!options.context.empty()) {
    const char* kind = options.context_equals ? "EncryptionContextEquals" : "EncryptionContextSubset";
    request["Constraints"] = {{kind, parse_context(options.context)}};
  }
  print_call(session, row_of<kms::create_grant>(), std::move(request));
}

void list_grants(Session& session, const GrantOptions& options) {
  const std::string key = key_of(session, options.key_id);
  Listing listing({{"GRANT", 1, Cut::kToLeast, 9},
                   {"GRANTEE", 0, Cut::kAsNeeded, 12},
                   {"MAY", 0, Cut::kAsNeeded, 10},
                   {"WHEN", 1, Cut::kAsNeeded, 12},
                   {"NAME", 2},
                   {"RETIRED BY", 3},
                   {"CREATED", 4}});
  show_list<kms::list_grants>(
      session, {{"KeyId", key}}, options.wide, std::move(listing), [&](Listing& rows, const ListGrantsResponse& page) {
        const std::string account = page.grants.empty() ? "" : session.home().account;
        for (const GrantListEntry& each : page.grants) {
          rows.add({each.grant_id, grantee_of(each, account), operations_of(each), constraints_of(each), each.name,
                    each.retiring_principal ? short_principal(account, *each.retiring_principal) : std::string(),
                    shown_time(each.creation_date)});
        }
      });
}

void retire(Session& session, const GrantOptions& options) {
  const bool named = !options.key_id.empty() && !options.grant_id.empty();
  if (named == !options.token.empty())
    throw Error(ErrorCode::kUsage, "give --token, or -k KEY and the id of the grant");
  Json request = Json::object();
  if (named) {
    request = {{"KeyId", key_of(session, options.key_id)}, {"GrantId", options.grant_id}};
  } else {
    request["GrantToken"] = options.token;
  }
  session.call(name_of<kms::retire_grant>(), std::move(request));
}

}  // namespace

void add_grant_commands(Commands& commands) {
  commands.push_back(
      {"grant create", "Allow a principal to use a key", kGrantGroup, [](ArgumentParser& parser, Session& session) {
         parser.prints(row_of<kms::create_grant>());
         auto options = std::make_shared<GrantOptions>();
         parser.add_option("-k,--key-id", options->key_id, kKeyHelp).required();
         parser.add_option("--to", options->grantee, "Whom: user/NAME, role/NAME or an ARN").required();
         parser.add_option("--allow", options->operations, "Operations, as Encrypt Decrypt").several_words().required();
         parser.add_option("--retiring", options->retiring, "Who may retire the grant");
         parser.add_option("--name", options->name, "With it, the same call makes one grant only");
         parser.add_option("-c,--encryption-context", options->context,
                           "Pair that the encryption context must hold: KEY=VALUE; may be repeated");
         parser.add_flag("--context-equals", options->context_equals, "The context must be these pairs and no others");
         parser.callback([&session, options] { make_grant(session, *options); });
       }});
  commands.push_back(
      {"grant list", "List the grants of a key", kGrantGroup, [](ArgumentParser& parser, Session& session) {
         parser.prints(row_of<kms::list_grants>());
         auto options = std::make_shared<GrantOptions>();
         parser.add_option("-k,--key-id", options->key_id, kKeyHelp).required();
         add_wide_option(parser, options->wide);
         parser.callback([&session, options] { list_grants(session, *options); });
       }});
  commands.push_back({"grant revoke", "Take a grant back", kGrantGroup, [](ArgumentParser& parser, Session& session) {
                        auto options = std::make_shared<GrantOptions>();
                        parser.add_option("-k,--key-id", options->key_id, kKeyHelp).required();
                        parser.add_option("grant-id", options->grant_id, "Id of the grant").required();
                        parser.callback([&session, options] {
                          session.call(name_of<kms::revoke_grant>(),
                                       {{"KeyId", key_of(session, options->key_id)}, {"GrantId", options->grant_id}});
                        });
                      }});
  commands.push_back({"grant retire", "Give a grant back", kGrantGroup, [](ArgumentParser& parser, Session& session) {
                        auto options = std::make_shared<GrantOptions>();
                        parser.add_option("-k,--key-id", options->key_id, kKeyHelp);
                        parser.add_option("grant-id", options->grant_id, "Id of the grant");
                        parser.add_option("--token", options->token, "What grant create answered");
                        parser.callback([&session, options] { retire(session, *options); });
                      }});
}

}  // namespace kms::cli
