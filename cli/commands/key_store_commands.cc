// Custom key stores, beyond the operations of the API.
#include <nlohmann/json.hpp>

#include "cli/commands/registry.h"
#include "cli/commands/support.h"
#include "core/ops/table.h"
#include "core/ops/vault/orphaned_keys.h"

namespace kms::cli {
namespace {

constexpr const char* kKeyStoreGroup = "Keys";

}  // namespace

void add_key_store_commands(Commands& commands) {
  commands.push_back({"key-store orphans", "List what custom key stores may still hold of keys that are not there",
                      kKeyStoreGroup, [](ArgumentParser& parser, Session& session) {
                        parser.prints(row_of<kms::list_orphaned_keys>());
                        parser.callback(
                            [&session] { print_pages(session, row_of<kms::list_orphaned_keys>(), Json::object()); });
                      }});
}

}  // namespace kms::cli
