#pragma once
// What an agent tells of itself at its status path: whether it is locked to everybody, the rest to whoever is somebody
// in the vault, or runs the agent.
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/enum_names.h"
#include "core/service/field.h"

namespace kms {
namespace agent {
enum class LockState : std::uint8_t { kLocked, kUnlocked };
}
template <>
struct EnumNames<agent::LockState> {
  static constexpr auto kAll = std::to_array<EnumName<agent::LockState>>(
      {{agent::LockState::kLocked, "LOCKED"}, {agent::LockState::kUnlocked, "UNLOCKED"}});
};
}  // namespace kms

namespace kms::agent {

struct Status {
  LockState state = LockState::kLocked;
  std::string version;
  std::optional<std::string> vault;
  std::optional<std::int64_t> pid;
  std::optional<TextMap> libraries;
  // Of an unlocked vault, for whoever is somebody in it.
  std::optional<std::string> vault_id;
  std::optional<std::string> mode;
  std::optional<bool> journaling;
  std::optional<std::string> principal;
  std::optional<std::string> account_id;
  std::optional<std::string> region;

  bool is_unlocked() const { return state == LockState::kUnlocked; }

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("State", state, {.help = "Whether it has the vault open"});
    visit("Version", version, {.help = "Of the agent"});
    visit("Vault", vault, {.help = "Path of the vault"});
    visit("Pid", pid, {.help = "Number of the agent's process"});
    visit("Libraries", libraries, {.help = "Versions of the libraries that keys depend on"});
    visit("VaultId", vault_id, {.help = "UUID of the vault"});
    visit("Mode", mode, {.help = "What the policies are worth"});
    visit("Journaling", journaling, {.help = "Whether events go to the journal first"});
    visit("Principal", principal, {.help = "ARN of who asks"});
    visit("AccountId", account_id, {.help = "Account of who asks"});
    visit("Region", region, {.help = "Region that is meant where none is named"});
  }
};

}  // namespace kms::agent
