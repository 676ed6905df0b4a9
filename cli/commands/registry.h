#pragma once
// All commands: those for people, and one for each operation of the API.
#include <vector>

#include "cli/command.h"
#include "cli/commands/service_session.h"

namespace kms::cli {

// `session` outlives the commands.
std::vector<Command> registry(ServiceSession& session);

// The families. Each file adds its own.
using Commands = std::vector<Command>;
void add_vault_commands(Commands& commands, ServiceSession& session);
void add_slot_commands(Commands& commands, ServiceSession& session);
void add_key_commands(Commands& commands, ServiceSession& session);
void add_encrypt_commands(Commands& commands, ServiceSession& session);
void add_file_commands(Commands& commands, ServiceSession& session);
void add_sign_commands(Commands& commands, ServiceSession& session);
void add_audit_commands(Commands& commands, ServiceSession& session);
void add_lifecycle_commands(Commands& commands, ServiceSession& session);
void add_alias_commands(Commands& commands, ServiceSession& session);
void add_grant_commands(Commands& commands, ServiceSession& session);
void add_policy_commands(Commands& commands, ServiceSession& session);
void add_import_commands(Commands& commands, ServiceSession& session);
void add_region_commands(Commands& commands, ServiceSession& session);
void add_replica_commands(Commands& commands, ServiceSession& session);
void add_identity_commands(Commands& commands, ServiceSession& session);
void add_access_commands(Commands& commands, ServiceSession& session);
void add_policy_statement_commands(Commands& commands, ServiceSession& session);
void add_role_commands(Commands& commands, ServiceSession& session);
void add_agent_commands(Commands& commands, ServiceSession& session);
void add_key_store_commands(Commands& commands, ServiceSession& session);
void add_credential_commands(Commands& commands, ServiceSession& session);
void add_organization_commands(Commands& commands, ServiceSession& session);

}  // namespace kms::cli
