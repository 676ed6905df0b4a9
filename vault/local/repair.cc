// Drops what does not fit the tree of records, so that a vault whose records somebody moved about can be used again: to
// revoke his credential, above all. One commit of the data file; a crash leaves the vault as it was, or repaired.
#include "core/store/repair.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/retry.h"
#include "vault/engine/page_walker.h"
#include "vault/local/open_vault.h"

namespace kms::vault {
namespace {

class Repair {
 public:
  Repair(EngineTransaction& txn, RecordTable& table, const Keys& keys) : txn_(txn), table_(table), keys_(keys) {}

  RepairReport run() {
    look();
    State state = table_.read_state();
    state.records = records_;
    state.fingerprint = fingerprint_;
    ++state.changes.generation;
    state.changes.changed_at.fill(state.changes.generation);  // whatever was made of what is dropped
    table_.start_state(state);
    for (const Bytes& key : dropped_) (void)txn_.erase(key);
    for (const RecordPlace& place : unlisted_) table_.tree().erase(place);
    return std::move(report_);
  }

 private:
  void look() {
    listed_ = table_.tree().first_from({});
    const Bytes own_state = state_key(keys_);
    const auto cursor = txn_.cursor();
    for (bool more = cursor->first(); more; more = cursor->next()) {
      if (as_text(cursor->key()) == kEpochKey || cursor->key() == own_state) continue;
      look_at(cursor->key(), cursor->value());
    }
    pass_missing(nullptr);
  }

  void look_at(const Bytes& key, const Bytes& sealed) {
    const RecordFront front = peek_record(sealed);
    if (front.kind == RecordKind::kTree) return;
    if (!is_in_tree(front.kind)) return keep(key, front);
    const RecordPlace place = place_of(key);
    pass_missing(&place);
    const bool is_listed = listed_ && listed_->place == place;
    const bool is_newest = is_listed && listed_->mark == mark_of(sealed);
    if (is_listed) listed_ = table_.tree().first_behind(place);
    if (is_newest) return keep(key, front);
    if (is_listed) unlisted_.push_back(place);
    dropped_.push_back(key);
    report_.dropped.push_back(name_of(key, sealed));
  }

  void keep(const Bytes& key, const RecordFront& front) {
    ++records_;
    fingerprint_ ^= record_print(keys_, key, front.version);
    report_.kept += is_in_tree(front.kind) ? 1 : 0;
  }

  // Of the list, up to the place, or to the end.
  void pass_missing(const RecordPlace* end) {
    for (; listed_ && (end == nullptr || listed_->place < *end); listed_ = table_.tree().first_behind(listed_->place)) {
      unlisted_.push_back(listed_->place);
      ++report_.missing;
    }
  }

  std::string name_of(const Bytes& key, const Bytes& sealed) const {
    try {
      const OpenedRecord record = open_record(keys_, key, sealed);
      return cat(record.collection, ": ", record.item);
    } catch (const Error&) {
      return "a record that cannot be read";
    }
  }

  EngineTransaction& txn_;
  RecordTable& table_;
  const Keys& keys_;
  std::optional<TreeEntry> listed_;  // the next one that the list has
  std::vector<Bytes> dropped_;
  std::vector<RecordPlace> unlisted_;
  std::uint64_t records_ = 0;
  std::uint64_t fingerprint_ = 0;
  RepairReport report_;
};

}  // namespace

RepairReport OpenVault::repair() {
  const TransactionGate::Held alone(gate_, Hold::kAlone);
  recover_alone();
  const auto txn = env_->begin(Access::kWrite);
  require_sound_pages(open_data_file(directory_).get());
  RecordTable table = table_of(*txn);
  RepairReport report = Repair(*txn, table, *keys_).run();
  if (report.dropped.empty() && report.missing == 0) return report;
  table.set_header(header_.generation);
  table.write_state();
  Commit outcome = Commit::kUnknown;
  step("repair", [&] { outcome = txn->commit(); });
  memory_.forget();
  if (outcome != Commit::kDone) throw_unknown_outcome("a repair");
  remember_change(table.changed_state());
  return report;
}

}  // namespace kms::vault
