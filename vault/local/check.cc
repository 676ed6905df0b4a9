#include <functional>
#include <map>
#include <optional>
#include <set>

#include "core/base/text.h"
#include "vault/engine/page_walker.h"
#include "vault/local/open_vault.h"
#include "vault/sealed/log_page.h"

namespace kms::vault {
namespace {

constexpr std::size_t kMostProblems = 100;

bool is_tree_page(ByteView sealed) {
  return sealed.size() >= kRecordFrontSize && sealed[1] == static_cast<std::uint8_t>(RecordKind::kTree);
}

class Checker {
 public:
  Checker(const EngineTransaction& txn, const RecordTable& table, const Keys& keys, CheckReport& report)
      : txn_(txn), table_(table), keys_(keys), report_(report) {}

  void read_all(const State& state) {
    const Bytes own_state = state_key(keys_);
    read_list([&] { listed_ = table_.tree().first_from({}); });
    const auto cursor = txn_.cursor();
    for (bool more = cursor->first(); more; more = cursor->next()) {
      if (as_text(cursor->key()) == kEpochKey || cursor->key() == own_state) continue;
      const Bytes sealed = cursor->value();
      if (is_tree_page(sealed)) continue;  // read as a tree
      ++seen_;
      try {
        if (is_in_tree(peek_record(sealed).kind)) compare(place_of(cursor->key()), mark_of(sealed));
        verify(cursor->key(), sealed, state);
      } catch (const Error& error) {
        problem(cat("record ", std::to_string(seen_), ": ", error.what()));
      }
    }
    if (seen_ != state.records) {
      problem(cat("the vault has ", std::to_string(seen_), " records and should have ", std::to_string(state.records)));
    } else if (report_.problems.empty() && fingerprint_ != state.fingerprint) {
      problem("a record was put back as it was at an earlier time");
    }
    read_list([&] { pass_missing(nullptr); });
    for (const auto& [log, next] : logs_) {
      if (read_closed_part(log) + next.entries != next.end) problem("entries are missing in a log");
    }
  }

  // All segments that the records name.
  const std::set<SegmentId>& segments() const { return segments_; }

 private:
  struct Log {
    std::uint64_t entries = 0;
    std::uint64_t end = 0;
  };

  void verify(ByteView key, ByteView sealed, const State& state) {
    const OpenedRecord record = open_record(keys_, key, sealed);
    const std::uint64_t version = peek_record(sealed).version;
    const ByteReader in({}, ErrorCode::kVaultDamaged, "it is not where its name belongs");
    if (record.kind == RecordKind::kLog) {
      const std::uint64_t number = number_from(as_bytes(record.item));
      in.require(equal_secrets(key, log_key(keys_, record.collection, number)));
      Log& log = logs_[record.collection];
      const std::size_t entries = entries_of(record.value).size();
      log.entries += entries;
      log.end = std::max(log.end, number + entries);
      report_.log_entries += entries;
    } else {
      in.require(record.kind != RecordKind::kState &&
                 equal_secrets(key, record_key(keys_, record.collection, record.item)));
      if (record.kind == RecordKind::kSecret) ++report_.secrets;
    }
    in.require(version <= state.sequence);
    fingerprint_ ^= record_print(keys_, key, version);
    ++report_.records;
  }

  // Records and list come in one order.
  void compare(const RecordPlace& place, const RecordMark& mark) {
    read_list([&] {
      pass_missing(&place);
      if (!listed_ || listed_->place != place)
        return problem("a record was added that the list of records does not have");
      if (listed_->mark != mark) problem("a record is not the one that was written last");
      listed_ = table_.tree().first_behind(place);
    });
  }

  // Of the list, up to the place, or to the end.
  void pass_missing(const RecordPlace* end) {
    for (; listed_ && (end == nullptr || listed_->place < *end); listed_ = table_.tree().first_behind(listed_->place)) {
      problem("a record is missing that the list of records has");
    }
  }

  void read_list(const std::function<void()>& action) {
    if (list_is_damaged_) return;
    try {
      action();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kVaultDamaged) throw;
      list_is_damaged_ = true;
      problem(error.what());
    }
  }

  // How many entries of the log are not among the records, which are verified where they are.
  std::uint64_t read_closed_part(const std::string& log) {
    try {
      for (const SegmentPlace& place : read_places(table_, log)) verify_segment(log, place);
      return read_extent(table_, log).closed;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kVaultDamaged) throw;
      problem(error.what());
      return 0;
    }
  }

  void verify_segment(const std::string& log, const SegmentPlace& place) {
    segments_.insert(place.id);
    try {
      open_segment(table_, log, place)->verify();
      report_.log_entries += place.count;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kVaultDamaged && error.code() != ErrorCode::kFile) throw;
      problem(error.what());
    }
  }

  void problem(std::string_view text) {
    if (report_.problems.size() < kMostProblems) report_.problems.emplace_back(text);
  }

  const EngineTransaction& txn_;
  const RecordTable& table_;
  const Keys& keys_;
  CheckReport& report_;
  std::set<SegmentId> segments_;
  std::uint64_t seen_ = 0;
  std::uint64_t fingerprint_ = 0;
  std::map<std::string, Log> logs_;
  std::optional<TreeEntry> listed_;  // the next one that the list has
  bool list_is_damaged_ = false;
};

// Who closes a segment just now has a file that no record names yet: then nothing is said of such files.
void list_superfluous(SegmentFiles& files, const std::set<SegmentId>& named, CheckReport& report) {
  if (files.superfluous(named).empty()) return;
  const auto claim = files.claim();
  if (!claim) return;
  for (const std::string& name : files.superfluous(named)) {
    report.problems.push_back(cat(kSegmentsName, "/", name, " belongs to nothing: maintain removes it when it is due"));
  }
}

}  // namespace

CheckReport OpenVault::check() {
  CheckReport report;
  const TransactionGate::Held alone(gate_, Hold::kAlone);
  try {
    recover_alone();
    const auto txn = env_->begin(Access::kWrite);  // for as long as it is open, nobody changes a page
    require_sound_pages(open_data_file(directory_).get());
    const RecordTable table = table_of(*txn);
    Checker checker(*txn, table, *keys_, report);
    checker.read_all(table.read_state());
    list_superfluous(segment_files_, checker.segments(), report);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) throw;
    report.problems.emplace_back(error.what());
  }
  if (unfinished()) report.problems.emplace_back("a change of credentials is not finished; there is no room for it");
  return report;
}

}  // namespace kms::vault
