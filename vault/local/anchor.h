#pragma once
// What this machine remembers of a vault outside of its directory: the newest change that it saw. A whole older copy of
// the vault, which fits in itself, does not fit that. One file for each vault and incarnation, of one line:
//   kmsctl anchor 1 SEQUENCE MARK     numbers of the state of the vault; the mark of its tree of records in hex
// It is written in place and not flushed: behind a crash of the system it may be older, or unreadable, which counts as
// none.
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/clock.h"
#include "vault/sealed/record_table.h"

namespace kms::vault {

struct AnchorValue {
  std::uint64_t sequence = 0;
  RecordMark mark{};
  bool operator==(const AnchorValue&) const = default;
};
AnchorValue anchor_value_of(const State& state);

// Thread-safe, beside other processes, too.
class Anchor {
 public:
  // Without a directory there is none: nothing is remembered.
  Anchor(const std::string& directory, const std::string& vault_id, const Incarnation& incarnation);

  struct Found {
    AnchorValue value;
    Time written;
  };
  std::optional<Found> read() const;
  // Unless what stands there is newer. Where it cannot be written, it is older than it could be: no reason to fail.
  void advance(const AnchorValue& value) const noexcept { write(value, /*back=*/false); }
  void put_back(const AnchorValue& value) const noexcept { write(value, /*back=*/true); }

 private:
  void write(const AnchorValue& value, bool back) const noexcept;
  std::string path_;
};

}  // namespace kms::vault
