#include <map>

#include "core/base/text.h"
#include "vault/open_vault.h"
#include "vault/page_walker.h"

namespace kms::vault {
namespace {

// Counts the records of one table and compares them with what the state says.
class Checker {
 public:
  Checker(const lmdb::Txn& txn, const Keys& keys, CheckReport& report) : txn_(txn), keys_(keys), report_(report) {}

  void run(const State& state) {
    lmdb::Cursor cursor(txn_);
    for (bool more = cursor.first(); more; more = cursor.next()) {
      if (as_text(cursor.key()) == kEpochKey || cursor.key() == state_key(keys_)) continue;
      record(cursor.key(), cursor.value());
    }
    const std::uint64_t found = report_.records + report_.secrets + report_.log_records;
    if (found != state.records) {
      problem(
          cat("the vault counts ", std::to_string(state.records), " records, ", std::to_string(found), " are intact"));
    } else if (fingerprint_ != state.fingerprint) {
      problem("a record was put back as it once was");
    }
    for (const auto& [log, next] : logs_) {
      if (next.count != next.last + 1) problem("records are missing in a log");
    }
  }

 private:
  struct Log {
    std::uint64_t count = 0;
    std::uint64_t last = 0;
  };

  void record(const Bytes& key, const Bytes& sealed) {
    try {
      const OpenedRecord opened = open_record(keys_, key, sealed);
      const bool is_log = opened.kind == RecordKind::kLog;
      const Bytes expected = is_log ? log_key(keys_, opened.collection, number_from(as_bytes(opened.item)))
                                    : record_key(keys_, opened.collection, opened.item);
      if (expected != key) throw Error(ErrorCode::kVaultDamaged, "a record stands in the place of another");
      fingerprint_ ^= record_print(keys_, key, peek_record(sealed).version);
      if (opened.kind == RecordKind::kSecret) {
        ++report_.secrets;
      } else if (is_log) {
        Log& log = logs_[opened.collection];
        ++log.count;
        log.last = number_from(as_bytes(opened.item));
        ++report_.log_records;
      } else {
        ++report_.records;
      }
    } catch (const Error& error) {
      problem(error.what());
    }
  }
  void problem(const std::string& text) { report_.problems.push_back(text); }

  const lmdb::Txn& txn_;
  const Keys& keys_;
  CheckReport& report_;
  std::uint64_t fingerprint_ = 0;
  std::map<std::string, Log> logs_;
};

}  // namespace

CheckReport OpenVault::check() {
  CheckReport report;
  try {
    // A write transaction keeps others from committing while the pages are read.
    lmdb::Txn txn(*env_, true);
    require_sound_pages(open_data_file(path_).get());
    RecordTable table(txn, *keys_, random_);
    Checker(txn, *keys_, report).run(table.read_state());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) throw;
    report.problems.emplace_back(error.what());
  }
  return report;
}

}  // namespace kms::vault
