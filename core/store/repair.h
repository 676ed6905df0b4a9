#pragma once
// What is left of a vault when records of it were moved about by somebody without its keys, as operations see it.
// vault/ implements it for a store that has VaultCare.
#include <cstdint>
#include <string>
#include <vector>

namespace kms {

struct RepairReport {
  std::uint64_t kept = 0;            // records that are as they were written last
  std::uint64_t missing = 0;         // of which nothing is there; what they were called is not known either
  std::vector<std::string> dropped;  // what is not: COLLECTION: ITEM, or that it cannot be read
};

// Thread-safe.
class RepairKeeper {
 public:
  virtual ~RepairKeeper() = default;
  // Drops the records that are not as they were written last, in one commit: what they decided is decided as if they
  // had never been. VaultDamagedException, and nothing is changed, where the list of records itself is damaged. The
  // calling thread has no transaction.
  virtual RepairReport repair() = 0;
};

}  // namespace kms
