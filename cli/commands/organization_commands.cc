#include <ostream>

#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "core/ops/vault/identities.h"
#include "core/ops/vault/organization.h"

namespace kms::cli {
namespace {

constexpr const char* kOrganizationGroup = "Accounts and organization";
constexpr OptionRow kAccountArgument{"account", "AccountId", Reading::kValue, "12 digits"};
constexpr OptionRow kListenerArgument{"listener", "Listener", Reading::kValue, "Of the agent: unix or loopback"};
constexpr OptionRow kAccountName{"--name", "AccountName", Reading::kValue, "What people call it"};
constexpr OptionRow kAccountUnit{"--unit", "Unit", Reading::kValue,
                                 "Where it stands in the organization, as workloads/prod; \"\" is the top", true};
constexpr OptionRow kPolicyArgument{"file", "Policy", Reading::kFile, "The policy; - is standard input"};

// Which policy of which level: the type has a short name here.
struct PolicyName {
  std::string level;
  std::string name;
  std::string type = "scp";

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("level", level, {.required = true, .help = "root, root/UNIT or an account id"});
    visit("name", name, {.required = true, .help = "Name of the policy"});
    visit("--type", type, {.among = {"scp", "rcp"}, .help = "scp (service control) or rcp (resource control)"});
  }
  Json request() const {
    const char* long_name = type == "rcp" ? "RESOURCE_CONTROL_POLICY" : "SERVICE_CONTROL_POLICY";
    return {{"Level", level}, {"Type", long_name}, {"PolicyName", name}};
  }
};

struct NewPolicy {
  PolicyName name;
  std::string file;

  template <class Visitor>
  void fields(Visitor& visit) {
    name.fields(visit);
    visit("file", file, {.required = true, .file = true, .help = "The policy; - is standard input"});
  }
};

void put_organization_policy(Session& session, const NewPolicy& options) {
  Json request = options.name.request();
  request["Policy"] = file_text(session, options.file);
  if (!ask<kms::put_organization_policy>(session, std::move(request)).account_ids.empty()) return;
  session.err() << "kmsctl: hint: the policy is attached, but no account stands in " << options.name.level
                << "; `kmsctl account list` shows where they stand\n";
}

void get_organization_policy(Session& session, const PolicyName& options) {
  print_policy(session, row_of<kms::get_organization_policy>(), options.request());
}

void delete_organization_policy(Session& session, const PolicyName& options) {
  session.call(name_of<kms::delete_organization_policy>(), options.request());
}

void account_rows(Listing& rows, const ListAccountsResponse& answer, Session& /*session*/) {
  for (const AccountDescription& each : answer.accounts) rows.add({each.account_id, each.account_name, each.unit});
}

void level_rows(Listing& rows, const ListOrganizationPoliciesResponse& answer, Session& /*session*/) {
  for (const LevelDescription& each : answer.levels) {
    rows.add({each.level, in_a_row(each.service_control_policies), in_a_row(each.resource_control_policies)});
  }
}

void add_account_commands(Commands& commands) {
  constexpr const char* kGroup = kOrganizationGroup;
  commands.push_back(operation_command<kms::create_account>(
      {"account add", "Let the vault know another account", kGroup, {kAccountArgument, kAccountName, kAccountUnit}}));
  commands.push_back(operation_command<kms::update_account>({"account move",
                                                             "Move an account in the organization, or rename it",
                                                             kGroup,
                                                             {kAccountArgument, kAccountName, kAccountUnit}}));
  commands.push_back(operation_command<kms::delete_account>(
      {"account remove", "Forget an account that has nothing", kGroup, {kAccountArgument}}));
  commands.push_back(
      list_command<kms::list_accounts>({"account list", "List the accounts that the vault knows", kGroup, {}},
                                       {{"ACCOUNT"}, {"NAME", 1}, {"UNIT", 2}}, account_rows));
}

void add_organization_policies(Commands& commands) {
  constexpr const char* kGroup = kOrganizationGroup;
  commands.push_back(command<NewPolicy>("org policy put", "Attach a policy to a level of the organization", kGroup,
                                        put_organization_policy));
  commands.push_back(command<PolicyName>("org policy get", "Show a policy of a level of the organization", kGroup,
                                         get_organization_policy));
  commands.push_back(command<PolicyName>("org policy delete", "Detach a policy from a level of the organization",
                                         kGroup, delete_organization_policy));
  commands.push_back(list_command<kms::list_organization_policies>(
      {"org policy list",
       "List the policies above an account, level by level",
       kGroup,
       {{"--account", "AccountId", Reading::kValue, "12 digits; your own when left out"}}},
      {{"LEVEL"}, {"SERVICE CONTROL", 1}, {"RESOURCE CONTROL", 1}}, level_rows));
}

void add_endpoint_policies(Commands& commands) {
  constexpr const char* kGroup = kOrganizationGroup;
  commands.push_back(operation_command<kms::put_endpoint_policy>({"endpoint policy put",
                                                                  "Limit what a listener of the agent lets through",
                                                                  kGroup,
                                                                  {kListenerArgument, kPolicyArgument}}));
  commands.push_back(operation_command<kms::get_endpoint_policy>({"endpoint policy get",
                                                                  "Show the policy of a listener of the agent",
                                                                  kGroup,
                                                                  {kListenerArgument},
                                                                  Shows::kPolicy}));
  commands.push_back(operation_command<kms::delete_endpoint_policy>(
      {"endpoint policy delete", "Let a listener pass every call again", kGroup, {kListenerArgument}}));
}

}  // namespace

void add_organization_commands(Commands& commands) {
  add_account_commands(commands);
  add_organization_policies(commands);
  add_endpoint_policies(commands);
}

}  // namespace kms::cli
