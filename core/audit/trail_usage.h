#pragma once
// How often, when and with what result things were done, counted over a trail: of stretches that have an index, by that
// alone, and no event is opened.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/audit/stretch_index.h"
#include "core/store/store.h"

namespace kms {

// What counts together.
enum class UsageKind : std::uint8_t {
  kKey,        // ARN; an event about several counts with each, one about none with no group
  kPrincipal,  // ARN; what the vault did by itself under the name that such events have
  kOperation,
  kDay,    // 2026-11-27, in UTC
  kError,  // its name; only what failed
};

// Which events, and how they are counted. The texts are as as_in_event() has them.
struct UsageQuestion {
  UsageKind by = UsageKind::kKey;
  std::string resource = {};                 // ARN; empty: any
  std::vector<std::string> operations = {};  // empty: any
  std::optional<std::int64_t> from = {};     // seconds since 1970: from then on
  std::optional<std::int64_t> until = {};    // before then
  std::int64_t first_day = 0;                // since 1970: counts of a day are kept from then on
};

struct UsageCount {
  std::uint64_t count = 0;
  std::uint64_t errors = 0;
  std::int64_t last = 0;                                          // seconds since 1970
  std::vector<std::pair<std::int64_t, std::uint64_t>> days = {};  // since 1970, and how often; in no order

  void add(std::int64_t time, bool failed, std::int64_t first_day);
  void add(const UsageCount& other);
};

// Counts. Its groups take room for each of their days, at most for each event.
class TrailUsage {
 public:
  using Groups = std::map<std::string, UsageCount, std::less<>>;  // names as as_in_event() has them
  explicit TrailUsage(UsageQuestion question) : question_(std::move(question)) {}

  // Events of a stretch that are at `there`.
  void add(const StretchIndex& index, const Positions& there);
  const UsageCount& total() const { return total_; }
  Groups take_groups() { return std::move(groups_); }

 private:
  Positions asked_for(const StretchIndex& index, const Positions& there) const;
  void add_group(std::string_view name, const StretchIndex& index, const Positions& events, const Positions& failed);
  void add_texts(IndexedText kind, const StretchIndex& index, const Positions& events, const Positions& failed);
  void add_days(const StretchIndex& index, const Positions& events, const Positions& failed);
  const UsageQuestion question_;
  Groups groups_;
  UsageCount total_;
};

// What became of a count.
struct UsageReading {
  std::uint64_t unread = 0;              // events of stretches without an index, of which it read no more
  std::vector<SideRecord> indexes = {};  // of those that it read, for those that come after
};

// Counts the whole trail, the newest stretch first; of those without an index at most `most` events are opened, give or
// take a stretch. VaultDamagedException where one of these cannot be read.
UsageReading count_usage(const Transaction& transaction, std::string_view log, TrailUsage& usage, std::uint64_t most);

// 2026-11-27, of a day since 1970; empty before year 0 and after year 9999.
std::string name_of_day(std::int64_t day);

}  // namespace kms
