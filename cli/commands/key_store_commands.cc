// Custom key stores, beyond the operations of the API.
#include "cli/commands/operation_command.h"
#include "cli/commands/registry.h"
#include "core/ops/vault/orphaned_keys.h"

namespace kms::cli {

void add_key_store_commands(Commands& commands) {
  commands.push_back(operation_command<kms::list_orphaned_keys>(
      {"key-store orphans", "List what custom key stores may still hold of keys that are not there", "Keys", {}}));
}

}  // namespace kms::cli
