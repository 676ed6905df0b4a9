#include <array>
#include <optional>

#include "core/base/text.h"
#include "vault/opened_vault.h"
#include "vault/page_walker.h"

namespace kms::vault {
namespace {

class RecordCheck {
 public:
  RecordCheck(const Keys& keys, CheckReport& report) : keys_(keys), report_(report) {}

  void record(const Bytes& key, const Bytes& sealed) {
    const OpenedRecord opened = open_record(keys_, key, sealed);
    if (opened.kind == RecordKind::kState) return;
    ++found_;
    fingerprint_ ^= record_print(keys_, key, peek_record(sealed).version);
    const bool log = opened.kind == RecordKind::kLog;
    const Bytes expected = log ? log_key(keys_, opened.collection, number_from(as_bytes(opened.item)))
                               : record_key(keys_, opened.collection, opened.item);
    if (key != expected) throw Error(ErrorCode::kVaultDamaged, "a record lies in the place of another");
    ++report_.records;
    if (opened.kind == RecordKind::kSecret) ++report_.secrets;
    if (!log) return;
    ++report_.log_records;
    const std::uint64_t number = number_from(as_bytes(opened.item));
    const std::uint64_t wanted = opened.collection == log_ ? next_ : 0;
    if (number != wanted) report_.problems.emplace_back("a record is missing in a log");
    log_ = opened.collection;
    next_ = number + 1;
  }

  void state(const State& state) {
    if (state.records != found_ || state.fingerprint != fingerprint_) {
      report_.problems.emplace_back("the records are not those that the last commit left");
    }
  }

 private:
  const Keys& keys_;
  CheckReport& report_;
  std::uint64_t found_ = 0;
  std::uint64_t fingerprint_ = 0;
  std::optional<std::string> log_;
  std::uint64_t next_ = 0;
};

}  // namespace

CheckReport OpenedVault::check() {
  refresh();
  if (writing_) throw Error(ErrorCode::kInternal, "another transaction of this vault is open");
  CheckReport report;
  lmdb::Txn txn(*env_, true);  // keeps writers out while pages are read beside LMDB
  try {
    require_sound_pages(open_data_file(path_).get());
    RecordCheck records(*keys_, report);
    lmdb::Cursor cursor(txn);
    for (bool more = cursor.first(); more; more = cursor.next()) {
      if (as_text(cursor.key()) == kEpochKey) continue;
      try {
        records.record(cursor.key(), cursor.value());
      } catch (const Error& error) {
        report.problems.emplace_back(error.what());
      }
    }
    records.state(RecordTable(txn, *keys_, random_).read_state());
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) throw;
    report.problems.emplace_back(error.what());
  }
  return report;
}

}  // namespace kms::vault
