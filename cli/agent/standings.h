#pragma once
// As whom the users of the system have unlocked the vault that the agent holds: who can unlock as somebody is that one
// for as long as the vault is unlocked.
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace kms::agent {

struct Standing {
  std::string principal;
  std::string principal_id;  // the unique id of then; empty for the root of an account
};

// Thread-safe.
class Standings {
 public:
  void put(std::uint32_t uid, Standing standing) {
    const std::lock_guard lock(mutex_);
    by_uid_[uid] = std::move(standing);
  }
  std::optional<Standing> find(std::uint32_t uid) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_uid_.find(uid);
    if (found == by_uid_.end()) return std::nullopt;
    return found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::uint32_t, Standing> by_uid_;
};

}  // namespace kms::agent
