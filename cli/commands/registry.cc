#include "cli/commands/registry.h"

#include "cli/api_commands.h"
#include "core/ops/table.h"

namespace kms::cli {

namespace {

constexpr std::size_t kUsualCount = 192;

void add_api_commands(Commands& commands) {
  std::vector<const OperationInfo*> api;
  std::vector<const OperationInfo*> sts;
  std::vector<const OperationInfo*> cloudtrail;
  for (const Operation& operation : operations()) {
    if (operation.of_aws_kms()) api.push_back(&operation);
    if (operation.service == &kStsService) sts.push_back(&operation);
    if (operation.service == &kCloudTrailService) cloudtrail.push_back(&operation);
  }
  for (Command& command : api_commands(sts, kStsGroup, "sts ")) commands.push_back(std::move(command));
  for (Command& command : api_commands(cloudtrail, kCloudTrailGroup, "cloudtrail ")) {
    commands.push_back(std::move(command));
  }
  for (Command& command : api_commands(api)) commands.push_back(std::move(command));
}

}  // namespace

Commands session_commands() {
  Commands commands;
  commands.reserve(kUsualCount);
  add_slot_commands(commands);
  add_recovery_commands(commands);
  add_backup_commands(commands);
  add_backup_look_commands(commands);
  add_restore_command(commands);
  add_key_commands(commands);
  add_key_list_commands(commands);
  add_key_picture_commands(commands);
  add_encrypt_commands(commands);
  add_file_commands(commands);
  add_sign_commands(commands);
  add_audit_commands(commands);
  add_audit_show_command(commands);
  add_audit_tail_command(commands);
  add_audit_checkpoint_commands(commands);
  add_audit_prove_command(commands);
  add_audit_verify_command(commands);
  add_audit_cosign_command(commands);
  add_usage_commands(commands);
  add_audit_export_command(commands);
  add_audit_verify_export_command(commands);
  add_audit_verify_proof_command(commands);
  add_audit_prune_command(commands);
  add_alert_commands(commands);
  add_report_command(commands);
  add_import_commands(commands);
  add_lifecycle_commands(commands);
  add_alias_commands(commands);
  add_grant_commands(commands);
  add_policy_commands(commands);
  add_region_commands(commands);
  add_replica_commands(commands);
  add_identity_commands(commands);
  add_access_commands(commands);
  add_policy_statement_commands(commands);
  add_role_commands(commands);
  add_organization_commands(commands);
  add_key_store_commands(commands);
  add_credential_commands(commands);
  add_api_commands(commands);
  return commands;
}

Commands registry(ServiceSession& session) {
  Commands commands;
  add_vault_commands(commands, session);
  add_agent_commands(commands, session);
  add_completion_commands(commands, session);
  for (Command& command : session_commands()) commands.push_back(std::move(command));
  return commands;
}

}  // namespace kms::cli
