#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "cli/ask.h"
#include "cli/commands/lists.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "core/ops/table.h"
#include "core/ops/vault/identities.h"
#include "core/ops/vault/organization.h"

namespace kms::cli {
namespace {

constexpr const char* kOrganizationGroup = "Accounts and organization";

struct OrganizationOptions {
  std::string level;
  std::string name;
  std::optional<std::string> account_name;
  std::string file;
  std::string type = "scp";
  std::string account;
  std::optional<std::string> unit;
  bool wide = false;
};

using OrganizationAction = void (*)(Session&, const OrganizationOptions&);

Json policy_request(const OrganizationOptions& options) {
  const char* type = options.type == "rcp" ? "RESOURCE_CONTROL_POLICY" : "SERVICE_CONTROL_POLICY";
  return {{"Level", options.level}, {"Type", type}, {"PolicyName", options.name}};
}

Command org_command(const char* path, const char* summary, bool with_file, OrganizationAction action) {
  return {path, summary, kOrganizationGroup, [with_file, action](ArgumentParser& parser, Session& session) {
            auto options = std::make_shared<OrganizationOptions>();
            parser.add_option("level", options->level, "root, root/UNIT or an account id").required();
            parser.add_option("name", options->name, "Name of the policy").required();
            if (with_file)
              parser.add_option("file", options->file, "The policy; - is standard input").names_file().required();
            parser.add_option("--type", options->type, "scp (service control) or rcp (resource control)")
                .among({"scp", "rcp"});
            parser.callback([&session, options, action] { action(session, *options); });
          }};
}

Command endpoint_command(const char* path, const char* summary, bool with_file, OrganizationAction action) {
  return {path, summary, kOrganizationGroup, [with_file, action](ArgumentParser& parser, Session& session) {
            auto options = std::make_shared<OrganizationOptions>();
            parser.add_option("listener", options->name, "Of the agent: unix or loopback").required();
            if (with_file)
              parser.add_option("file", options->file, "The policy; - is standard input").names_file().required();
            parser.callback([&session, options, action] { action(session, *options); });
          }};
}

Command account_command(const char* path, const char* summary, bool with_place, OrganizationAction action) {
  return {path, summary, kOrganizationGroup, [with_place, action](ArgumentParser& parser, Session& session) {
            auto options = std::make_shared<OrganizationOptions>();
            parser.add_option("account", options->account, "12 digits").required();
            if (with_place) {
              parser.add_option(
                  "--name", [options](const std::string& text) { options->account_name = text; },
                  "What people call it");
              parser
                  .add_option(
                      "--unit", [options](const std::string& text) { options->unit = text; },
                      "Where it stands in the organization, as workloads/prod; \"\" is the top")
                  .may_be_empty();
            }
            parser.callback([&session, options, action] { action(session, *options); });
          }};
}

Json account_request(const OrganizationOptions& options) {
  Json request{{"AccountId", options.account}};
  if (options.account_name) request["AccountName"] = *options.account_name;
  if (options.unit) request["Unit"] = *options.unit;
  return request;
}

void put_organization_policy_from(Session& session, const OrganizationOptions& options) {
  Json request = policy_request(options);
  request["Policy"] = file_text(options.file);
  if (!ask<kms::put_organization_policy>(session, std::move(request)).account_ids.empty()) return;
  session.err() << "kmsctl: hint: the policy is attached, but no account stands in " << options.level
                << "; `kmsctl account list` shows where they stand\n";
}

void list_accounts(Session& session, const OrganizationOptions& options) {
  show_list<kms::list_accounts>(session, Json::object(), options.wide, Listing({{"ACCOUNT"}, {"NAME", 1}, {"UNIT", 2}}),
                                [](Listing& rows, const ListAccountsResponse& answer) {
                                  for (const AccountDescription& each : answer.accounts) {
                                    rows.add({each.account_id, each.account_name, each.unit});
                                  }
                                });
}

void list_levels(Session& session, const OrganizationOptions& options) {
  Json request = Json::object();
  if (!options.account.empty()) request["AccountId"] = options.account;
  show_list<kms::list_organization_policies>(
      session, std::move(request), options.wide, Listing({{"LEVEL"}, {"SERVICE CONTROL", 1}, {"RESOURCE CONTROL", 1}}),
      [](Listing& rows, const ListOrganizationPoliciesResponse& answer) {
        for (const LevelDescription& each : answer.levels) {
          rows.add({each.level, in_a_row(each.service_control_policies), in_a_row(each.resource_control_policies)});
        }
      });
}

void add_organization_policies(Commands& commands) {
  commands.push_back(org_command("org policy put", "Attach a policy to a level of the organization", true,
                                 put_organization_policy_from));
  commands.push_back(org_command("org policy get", "Show a policy of a level of the organization", false,
                                 [](Session& s, const OrganizationOptions& o) {
                                   const auto answer = ask<kms::get_organization_policy>(s, policy_request(o));
                                   s.out() << pretty_policy(answer.policy);
                                 }));
  commands.push_back(org_command("org policy delete", "Detach a policy from a level of the organization", false,
                                 [](Session& s, const OrganizationOptions& o) {
                                   s.call(name_of<kms::delete_organization_policy>(), policy_request(o));
                                 }));
  commands.push_back({"org policy list", "List the policies above an account, level by level", kOrganizationGroup,
                      [](ArgumentParser& parser, Session& session) {
                        parser.prints(row_of<kms::list_organization_policies>());
                        auto options = std::make_shared<OrganizationOptions>();
                        parser.add_option("--account", options->account, "12 digits; your own when left out");
                        add_wide_option(parser, options->wide);
                        parser.callback([&session, options] { list_levels(session, *options); });
                      }});
}

}  // namespace

void add_organization_commands(Commands& commands) {
  commands.push_back(account_command(
      "account add", "Let the vault know another account", true,
      [](Session& s, const OrganizationOptions& o) { s.call(name_of<kms::create_account>(), account_request(o)); }));
  commands.push_back(account_command(
      "account move", "Move an account in the organization, or rename it", true,
      [](Session& s, const OrganizationOptions& o) { s.call(name_of<kms::update_account>(), account_request(o)); }));
  commands.push_back(account_command("account remove", "Forget an account that has nothing", false,
                                     [](Session& s, const OrganizationOptions& o) {
                                       s.call(name_of<kms::delete_account>(), {{"AccountId", o.account}});
                                     }));
  commands.push_back({"account list", "List the accounts that the vault knows", kOrganizationGroup,
                      [](ArgumentParser& parser, Session& session) {
                        parser.prints(row_of<kms::list_accounts>());
                        auto options = std::make_shared<OrganizationOptions>();
                        add_wide_option(parser, options->wide);
                        parser.callback([&session, options] { list_accounts(session, *options); });
                      }});
  add_organization_policies(commands);
  commands.push_back(endpoint_command(
      "endpoint policy put", "Limit what a listener of the agent lets through", true,
      [](Session& s, const OrganizationOptions& o) {
        s.call(name_of<kms::put_endpoint_policy>(), {{"Listener", o.name}, {"Policy", file_text(o.file)}});
      }));
  commands.push_back(
      endpoint_command("endpoint policy get", "Show the policy of a listener of the agent", false,
                       [](Session& s, const OrganizationOptions& o) {
                         s.out() << pretty_policy(ask<kms::get_endpoint_policy>(s, {{"Listener", o.name}}).policy);
                       }));
  commands.push_back(endpoint_command("endpoint policy delete", "Let a listener pass every call again", false,
                                      [](Session& s, const OrganizationOptions& o) {
                                        s.call(name_of<kms::delete_endpoint_policy>(), {{"Listener", o.name}});
                                      }));
}

}  // namespace kms::cli
