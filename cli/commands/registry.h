#pragma once
// All commands: those for people, and one for each operation of the API.
#include <vector>

#include "cli/command.h"

namespace kms::cli {

class ServiceSession;
using Commands = std::vector<Command>;

// `session` outlives the commands.
Commands registry(ServiceSession& session);
// Those that work with any session: all but the ones that start and end agents, and make vaults.
Commands session_commands();

// The families. Each file adds its own.
void add_vault_commands(Commands& commands, ServiceSession& session);
void add_slot_commands(Commands& commands);
void add_recovery_commands(Commands& commands);
void add_backup_commands(Commands& commands);
void add_backup_look_commands(Commands& commands);
void add_restore_command(Commands& commands);
void add_key_commands(Commands& commands);
void add_key_list_commands(Commands& commands);
void add_key_picture_commands(Commands& commands);
void add_encrypt_commands(Commands& commands);
void add_file_commands(Commands& commands);
void add_sign_commands(Commands& commands);
void add_audit_commands(Commands& commands);
void add_audit_checkpoint_commands(Commands& commands);
void add_audit_cosign_command(Commands& commands);
void add_alert_commands(Commands& commands);
void add_audit_prune_command(Commands& commands);
void add_audit_prove_command(Commands& commands);
void add_audit_verify_command(Commands& commands);
void add_audit_show_command(Commands& commands);
void add_audit_tail_command(Commands& commands);
void add_usage_commands(Commands& commands);
void add_audit_export_command(Commands& commands);
void add_audit_verify_export_command(Commands& commands);
void add_audit_verify_proof_command(Commands& commands);
void add_report_command(Commands& commands);
void add_lifecycle_commands(Commands& commands);
void add_alias_commands(Commands& commands);
void add_grant_commands(Commands& commands);
void add_policy_commands(Commands& commands);
void add_import_commands(Commands& commands);
void add_region_commands(Commands& commands);
void add_replica_commands(Commands& commands);
void add_identity_commands(Commands& commands);
void add_access_commands(Commands& commands);
void add_policy_statement_commands(Commands& commands);
void add_role_commands(Commands& commands);
void add_agent_commands(Commands& commands, ServiceSession& session);
void add_key_store_commands(Commands& commands);
void add_credential_commands(Commands& commands);
void add_completion_commands(Commands& commands, ServiceSession& session);
void add_organization_commands(Commands& commands);

}  // namespace kms::cli
