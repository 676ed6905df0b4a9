#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "cli/output.h"
#include "core/ops/vault/credentials.h"
#include "core/ops/vault/quotas.h"

namespace kms::cli {
namespace {

constexpr const char* kCredentialGroup = "Agent";
constexpr OptionRow kUidArgument{"uid", "Uid", Reading::kValue, "Number of the user, as `id -u` prints it"};
constexpr OptionRow kQuotaPrincipal{"--principal", "Principal"};
constexpr OptionRow kQuotaClass{"--class", "RequestClass"};

std::string short_of(Session& session, const std::string& principal) {
  return short_principal(session.home().account, principal);
}

void access_key_rows(Listing& rows, const ListAccessKeysResponse& answer, Session& session) {
  for (const AccessKeyDescription& key : answer.access_keys) {
    rows.add({key.access_key_id, short_of(session, key.principal), shown_time(key.creation_date)});
  }
}

void uid_rows(Listing& rows, const ListUidMappingsResponse& answer, Session& session) {
  for (const UidMappingDescription& each : answer.uid_mappings) {
    rows.add({std::to_string(each.uid), short_of(session, each.principal)});
  }
}

void quota_rows(Listing& rows, const ListQuotasResponse& answer, Session& session) {
  for (const QuotaDescription& each : answer.quotas) {
    rows.add({each.principal == "*" ? "each principal" : short_of(session, each.principal),
              each.request_class == "*" ? "all" : each.request_class, std::to_string(each.requests_per_second),
              std::to_string(each.burst)});
  }
}

struct AccessKeyUser {
  std::string user;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("--user", user, {.required = true, .help = "Name of the user; root for the owner of the account"});
  }
};

void create_access_key(Session& session, const AccessKeyUser& options) {
  const bool named = options.user == "root" || options.user.find('/') != std::string::npos;
  print_call(session, row_of<kms::create_access_key>(), {{"Principal", named ? options.user : "user/" + options.user}});
}

struct NewQuota {
  OperationOptions quota = {row_of<kms::put_quota>(),
                            {kQuotaPrincipal, kQuotaClass, {"--rate", "RequestsPerSecond"}, {"--burst", "Burst"}}};

  template <class Visitor>
  void fields(Visitor& visit) {
    quota.fields(visit);
  }
};

void set_quota(Session& session, const NewQuota& options) {
  session.call(name_of<kms::put_quota>(), options.quota.request(session));
  if (session.uses_agent()) return;
  session.err() << "kmsctl: note: an agent counts requests; a command that opens the vault itself is not limited\n";
}

void add_access_key_commands(Commands& commands) {
  constexpr const char* kGroup = kCredentialGroup;
  commands.push_back(command<AccessKeyUser>("access-key create",
                                            "Make an access key of a user, and print its secret once", kGroup,
                                            create_access_key, &row_of<kms::create_access_key>()));
  commands.push_back(list_command<kms::list_access_keys>({"access-key list", "List the access keys", kGroup, {}},
                                                         {{"ACCESS KEY"}, {"PRINCIPAL"}, {"CREATED", 1}},
                                                         access_key_rows));
  commands.push_back(operation_command<kms::delete_access_key>(
      {"access-key delete", "Revoke an access key", kGroup, {{"access-key-id", "AccessKeyId"}}}));
}

void add_uid_commands(Commands& commands) {
  constexpr const char* kGroup = kCredentialGroup;
  commands.push_back(operation_command<kms::map_uid>({"principal map-uid",
                                                      "Let a user of this system call the agent as a principal",
                                                      kGroup,
                                                      {kUidArgument, {"principal", "Principal"}}}));
  commands.push_back(operation_command<kms::unmap_uid>(
      {"principal unmap-uid", "Let a user of this system call the agent as nobody", kGroup, {kUidArgument}}));
  commands.push_back(list_command<kms::list_uid_mappings>(
      {"principal list-uids", "List which users of this system call the agent as whom", kGroup, {}},
      {{"UID"}, {"PRINCIPAL"}}, uid_rows));
}

void add_quota_commands(Commands& commands) {
  constexpr const char* kGroup = kCredentialGroup;
  commands.push_back(
      command<NewQuota>("quota set", "Limit how often principals may call the agent", kGroup, set_quota));
  commands.push_back(operation_command<kms::delete_quota>(
      {"quota delete", "Limit requests no longer", kGroup, {kQuotaPrincipal, kQuotaClass}}));
  commands.push_back(list_command<kms::list_quotas>({"quota list", "List the quotas", kGroup, {}},
                                                    {{"OF"}, {"REQUESTS"}, {"A SECOND"}, {"AT ONCE"}}, quota_rows));
}

}  // namespace

void add_credential_commands(Commands& commands) {
  add_access_key_commands(commands);
  add_uid_commands(commands);
  add_quota_commands(commands);
}

}  // namespace kms::cli
