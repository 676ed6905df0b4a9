#pragma once
// A vault that is older than what this machine remembers of it, as operations see it. vault/ implements it for a store
// that has VaultCare.
#include <cstdint>
#include <optional>

#include "core/base/clock.h"

namespace kms {

struct Rollback {
  std::uint64_t expected = 0;  // the number of the newest change that was seen
  std::uint64_t found = 0;     // that of the newest change that is there; the same where it is another change
  Time seen;                   // when that was
};

// Thread-safe.
class RollbackKeeper {
 public:
  virtual ~RollbackKeeper() = default;
  // Of a vault that was opened although it is older.
  virtual std::optional<Rollback> rollback() const = 0;
  // From the next commit of this process on, that is what is remembered.
  virtual void accept_rollback() = 0;
};

}  // namespace kms
