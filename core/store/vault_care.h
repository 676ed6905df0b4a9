#pragma once
// What only the vault itself can tell of its files and of the process that holds it. vault/ implements it; a store
// without files has none.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/clock.h"
#include "core/store/slots.h"

namespace kms {

struct CheckReport {
  std::uint64_t records = 0;  // intact ones, of every kind
  std::uint64_t secrets = 0;
  std::uint64_t log_entries = 0;
  std::vector<std::string> problems;  // empty when the vault is sound
};

// An attempt to open the vault that failed where nothing could be written into the vault. Whoever can write its
// directory can forge one, or take it away.
struct FailedUnlock {
  Time when;
  std::uint32_t uid = 0;  // of the user of the system
  SlotKind kind = SlotKind::kPassphrase;
  std::vector<std::string> slots = {};  // ids of those that it was tried against, as many as are noted
  bool terminal = false;                // somebody was asked at one
  std::uint64_t count = 1;              // of how many attempts it stands for, the last where there was no room for more
};
struct UnlockNotes {
  std::vector<FailedUnlock> attempts;
  std::uint64_t unreadable = 0;  // lines, or files, that nobody here has written
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
  // Hands over what was noted of failed attempts, where there is any, and forgets it unless `record` throws, which is
  // passed on. Nothing where another process is at it.
  virtual void take_failed_unlocks(const std::function<void(const UnlockNotes&)>& record) = 0;
  // Moves entries of the logs that have grown out of the data file, where that has twice as many as a segment takes:
  // one segment of each log. Answers how many it closed: none while another process does the same. The calling thread
  // has no transaction; others wait for the end of it only.
  virtual std::int32_t close_segments() = 0;
};

}  // namespace kms
