#include "core/upkeep/trail_indexes.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit/event.h"
#include "core/audit/stretch_index.h"
#include "core/audit/trail.h"
#include "core/base/error.h"
#include "core/records/identities.h"
#include "core/records/stored_record.h"
#include "core/records/vault.h"
#include "core/store/flushed.h"

namespace kms {
namespace {

// How many stretches of a log have been gone through, from the first on: {"version": of the indexes, "stretches": n}.
constexpr std::string_view kProgress = "stretches/progress";
constexpr std::uint64_t kStretchesOfCommit = 64;
constexpr std::uint64_t kMostPassed = 256;  // that a list has indexed, and are passed over in one go

struct Indexing {
  const Transaction& transaction;
  std::uint64_t left;
  std::uint64_t passes = kMostPassed;
  std::uint64_t made = 0;
  std::vector<SideRecord> records = {};

  bool spent() const { return left == 0 || passes == 0; }
};

// What is damaged is as good as missing: no call is to fail because of an index.
template <class Step>
bool is_undamaged(const Step& step) {
  try {
    return step();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) throw;
    return false;
  }
}

std::uint64_t find_progress(const Transaction& transaction, std::string_view log) {
  const auto stored = transaction.get(kProgress, log);
  std::uint64_t stretches = 0;
  (void)is_undamaged([&] {
    if (!stored) return false;
    const StoredRecord record(*stored);
    if (record.number("version") == kStretchIndexVersion) {
      stretches = static_cast<std::uint64_t>(record.number("stretches"));
    }
    return true;
  });
  return stretches;
}

void index_one(Indexing& indexing, std::string_view log, std::uint64_t stretch) {
  const bool known = is_undamaged([&] { return StretchIndex::find(indexing.transaction, log, stretch).has_value(); });
  if (known) {
    --indexing.passes;
    return;
  }
  --indexing.left;
  (void)is_undamaged([&] {
    indexing.records.push_back(index_stretch(indexing.transaction, log, stretch));
    ++indexing.made;
    return true;
  });
}

// Whether there is more.
bool index_log(Indexing& indexing, const std::string& log) {
  const std::uint64_t whole = indexing.transaction.log_size(log) / kStretch;
  const std::uint64_t before = find_progress(indexing.transaction, log);
  // What was pruned gets none, nor the stretch of which some was.
  const std::uint64_t first = (indexing.transaction.log_begin(log) + kStretch - 1) / kStretch;
  std::uint64_t done = std::max(before, first);
  for (; done < whole && !indexing.spent(); ++done) index_one(indexing, log, done);
  if (done != before) {
    indexing.records.push_back(
        {std::string(kProgress), log, Json{{"version", kStretchIndexVersion}, {"stretches", done}}.dump()});
  }
  return done < whole;
}

}  // namespace

IndexedTrails index_trails(Store& store, std::uint64_t most) {
  IndexedTrails done;
  std::vector<SideRecord> records;
  read_flushed(store, [&](const Transaction& transaction) {
    Indexing indexing{transaction, most};
    for (const Account& account : list_accounts(transaction)) {
      for (const std::string& region : find_regions(transaction)) {
        done.more = index_log(indexing, audit_log({account.id, region})) || done.more;
      }
    }
    done.stretches = indexing.made;
    records = std::move(indexing.records);
  });
  // What is not kept is made again.
  if (!records.empty()) (void)store.append_durably(records, {});
  return done;
}

std::uint64_t index_all_trails(Store& store) {
  std::uint64_t stretches = 0;
  IndexedTrails last;
  do {
    last = index_trails(store, kStretchesOfCommit);
    stretches += last.stretches;
  } while (last.more);
  return stretches;
}

}  // namespace kms
