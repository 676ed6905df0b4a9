#pragma once
// What only the vault itself can tell of its files and of the process that holds it. vault/ implements it; a store
// without files has none.
#include <cstdint>
#include <string>
#include <vector>

namespace kms {

struct CheckReport {
  std::uint64_t records = 0;  // intact ones, of every kind
  std::uint64_t secrets = 0;
  std::uint64_t log_entries = 0;
  std::vector<std::string> problems;  // empty when the vault is sound
};

// Thread-safe.
class VaultCare {
 public:
  virtual ~VaultCare() = default;
  virtual const std::string& id() const = 0;  // UUID
  virtual std::uint32_t format_version() const = 0;
  virtual std::uint64_t data_bytes() const = 0;  // size of the data file
  // Reads every record and verifies it: seal, place, numbering of the logs, count. Damage is listed, not thrown. The
  // calling thread has no transaction.
  virtual CheckReport check() = 0;
};

}  // namespace kms
