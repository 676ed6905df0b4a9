#include "cli/commands/registry.h"

#include "cli/api_commands.h"
#include "core/ops/table.h"

namespace kms::cli {

std::vector<Command> registry(ServiceSession& session) {
  constexpr std::size_t kUsualCount = 192;
  Commands commands;
  commands.reserve(kUsualCount);
  add_vault_commands(commands, session);
  add_slot_commands(commands, session);
  add_key_commands(commands, session);
  add_encrypt_commands(commands, session);
  add_file_commands(commands, session);
  add_sign_commands(commands, session);
  add_audit_commands(commands, session);
  add_import_commands(commands, session);
  add_lifecycle_commands(commands, session);
  add_alias_commands(commands, session);
  add_grant_commands(commands, session);
  add_policy_commands(commands, session);
  add_region_commands(commands, session);
  add_replica_commands(commands, session);
  add_identity_commands(commands, session);
  add_access_commands(commands, session);
  add_policy_statement_commands(commands, session);
  add_role_commands(commands, session);
  add_organization_commands(commands, session);
  add_agent_commands(commands, session);
  add_key_store_commands(commands, session);
  add_credential_commands(commands, session);
  std::vector<const OperationInfo*> api;
  std::vector<const OperationInfo*> sts;
  for (const Operation& operation : operations()) {
    if (operation.of_aws_kms()) api.push_back(&operation);
    if (operation.service == &kStsService) sts.push_back(&operation);
  }
  for (Command& command : api_commands(sts, kStsGroup, "sts ")) commands.push_back(std::move(command));
  for (Command& command : api_commands(api)) commands.push_back(std::move(command));
  return commands;
}

}  // namespace kms::cli
