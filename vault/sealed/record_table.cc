#include "vault/sealed/record_table.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "vault/sealed/log_page.h"
#include "vault/sealed/log_segments.h"

namespace kms::vault {
namespace {

[[noreturn]] void damaged(const char* message) {
  throw Error(ErrorCode::kVaultDamaged, message);
}

bool has_prefix(const Bytes& key, const Bytes& prefix) {
  return key.size() > prefix.size() && std::equal(prefix.begin(), prefix.end(), key.begin());
}

std::uint64_t number_of(const Bytes& key) {
  if (key.size() != kBlindSize + sizeof(std::uint64_t)) damaged("a log of the vault is damaged");
  return number_from(ByteView(key).subspan(kBlindSize));
}

// The page for the entries behind the first `count`.
Bytes without_first(ByteView page, std::uint64_t count) {
  Bytes rest;
  const auto entries = entries_of(page);
  for (std::size_t i = count; i < entries.size(); ++i) add_entry(rest, entries[i]);
  return rest;
}

}  // namespace

std::optional<OpenedRecord> RecordTable::get(std::string_view collection, std::string_view item) const {
  footprint_.read(scope_of(collection, item));
  const Bytes key = record_key(keys_, collection, item);
  const auto sealed = txn_.get(key);
  require_listed(key, sealed);
  if (!sealed) return std::nullopt;
  return open_record(keys_, key, *sealed);
}

RecordTree& RecordTable::tree() const {
  if (!tree_) {
    const auto top = state_ ? state_->tree : read_state().tree;
    if (!top) damaged("the state of the vault is one that an earlier version wrote: it was put back");
    tree_.emplace(txn_, keys_, random_, *top);
  }
  return *tree_;
}

// What is not there is none of the tree either.
void RecordTable::require_listed(ByteView key, const std::optional<Bytes>& sealed) const {
  const auto mark = tree().find(place_of(key));
  if (mark.has_value() != sealed.has_value() || (mark && *mark != mark_of(*sealed))) throw_put_back();
}

void RecordTable::put(const RecordName& name, ByteView value) {
  footprint_.change(name.collection, name.item);
  put_unremembered(name, value);
}

void RecordTable::put_unremembered(const RecordName& name, ByteView value) {
  put_at(record_key(keys_, name), name, value);
}

void RecordTable::put_at(const Bytes& key, const RecordName& name, ByteView value) {
  State& now = state();
  const std::uint64_t version = now.sequence + 1;
  const Bytes sealed = seal_record(keys_, key, version, name, value, random_);
  if (sealed.size() > kMostValueBytes) throw Error(ErrorCode::kLimitExceeded, "a record takes more than 64 MiB");
  const bool in_tree = is_in_tree(name.kind);
  if (txn_.insert(key, sealed)) {
    if (in_tree && tree().find(place_of(key))) throw_put_back();
  } else {
    const auto old = txn_.get(key);
    if (!old) damaged("data.mdb is damaged");
    if (in_tree) require_listed(key, old);
    uncount(key, peek_record(*old).version);
    txn_.put(key, sealed);
  }
  if (in_tree) tree().set(place_of(key), mark_of(sealed));
  ++now.records;
  now.fingerprint ^= record_print(keys_, key, version);
}

bool RecordTable::erase(std::string_view collection, std::string_view item) {
  if (!erase_unremembered(collection, item)) return false;
  footprint_.change(collection, item);
  return true;
}

bool RecordTable::erase_unremembered(std::string_view collection, std::string_view item) {
  const Bytes key = record_key(keys_, collection, item);
  const auto old = txn_.get(key);
  require_listed(key, old);
  if (!old) return false;
  uncount(key, peek_record(*old).version);
  tree().erase(place_of(key));
  return txn_.erase(key);
}

void RecordTable::uncount(ByteView key, std::uint64_t version) {
  State& now = state();
  --now.records;
  now.fingerprint ^= record_print(keys_, key, version);
}

void RecordTable::scan_kind(std::string_view collection, std::string_view after, RecordKind kind,
                            const VisitRecord& visit) const {
  footprint_.read(scope_of_all(collection));
  const Bytes prefix = collection_prefix(keys_, collection);
  const Bytes start = after.empty() ? prefix : record_key(keys_, collection, after);
  const auto cursor = txn_.cursor();
  bool more = cursor->seek(start);
  if (more && cursor->key() == start) more = cursor->next();
  auto listed = first_listed(start, !after.empty());
  for (; more && has_prefix(cursor->key(), prefix); more = cursor->next()) {
    const Bytes sealed = cursor->value();
    const RecordPlace place = place_of(cursor->key());
    if (!listed || listed->place != place || listed->mark != mark_of(sealed)) throw_put_back();
    listed = tree().first_behind(place);
    const OpenedRecord record = open_record(keys_, cursor->key(), sealed);
    if (record.kind != kind) {
      throw Error(ErrorCode::kInternal, "a collection of secrets is read as one of records, or the other way round");
    }
    if (!visit(record)) return;
  }
  if (listed && std::equal(prefix.begin(), prefix.end(), listed->place.begin())) throw_put_back();
}

// The first record of the tree from the start of a scan on, or behind it.
std::optional<TreeEntry> RecordTable::first_listed(ByteView start, bool behind) const {
  RecordPlace place{};
  std::copy(start.begin(), start.end(), place.begin());
  return behind ? tree().first_behind(place) : tree().first_from(place);
}

void RecordTable::scan(std::string_view collection, std::string_view after, const Transaction::Visit& visit) const {
  scan_kind(collection, after, RecordKind::kRecord,
            [&](const OpenedRecord& record) { return visit(record.item, as_text(record.value)); });
}

void RecordTable::scan_secrets(std::string_view collection,
                               const std::function<void(std::string_view item)>& visit) const {
  scan_kind(collection, "", RecordKind::kSecret, [&](const OpenedRecord& record) {
    visit(record.item);
    return true;
  });
}

void RecordTable::append(std::string_view log, ByteView value) {
  (void)state();  // it changes
  auto found = logs_.find(log);
  if (found == logs_.end()) {
    const std::uint64_t size = log_size(log);
    found = logs_.emplace(log, Log{log_prefix(keys_, log), size, {}, 0, TreeGrowth(*this, log, size)}).first;
  }
  Log& known = found->second;
  if (!has_room(known.page, value)) write_page(log, known);
  if (known.page.empty()) known.page_start = known.size;
  add_entry(known.page, value);
  known.tree.append(value);
  ++known.size;
}

void RecordTable::write_page(std::string_view name, Log& log) {
  const Bytes item = number_bytes(log.page_start);
  put_at(numbered_key(log.prefix, log.page_start), {RecordKind::kLog, name, as_text(item)}, log.page);
  log.page.clear();
}

void RecordTable::write_logs() {
  for (auto& [name, log] : logs_) {
    if (!log.page.empty()) write_page(name, log);
    log.tree.write(*this, name);
  }
}

std::uint64_t RecordTable::log_size(std::string_view log) const {
  if (const auto known = logs_.find(log); known != logs_.end()) return known->second.size;
  const Bytes prefix = log_prefix(keys_, log);
  const auto cursor = txn_.cursor();
  const bool found = cursor->seek(numbered_key(prefix, ~std::uint64_t{0})) ? cursor->previous() : cursor->last();
  if (!found || !has_prefix(cursor->key(), prefix)) return 0;
  const OpenedRecord page = open_record(keys_, cursor->key(), cursor->value());
  return number_of(cursor->key()) + entries_of(page.value).size();
}

std::optional<std::uint64_t> RecordTable::first_in_records(std::string_view log) const {
  const Bytes prefix = log_prefix(keys_, log);
  const auto cursor = txn_.cursor();
  if (!cursor->seek(prefix) || !has_prefix(cursor->key(), prefix)) return std::nullopt;
  return number_of(cursor->key());
}

void RecordTable::erase_entries(std::string_view log, std::uint64_t before) {
  struct Page {
    Bytes key;
    std::uint64_t version;
  };
  std::vector<Page> gone;
  const Bytes prefix = log_prefix(keys_, log);
  const auto cursor = txn_.cursor();
  for (bool more = cursor->seek(prefix); more && has_prefix(cursor->key(), prefix); more = cursor->next()) {
    if (number_of(cursor->key()) >= before) break;
    gone.push_back({cursor->key(), peek_record(cursor->front_of_value(kRecordFrontSize)).version});
  }
  if (gone.empty()) return;
  const Bytes& last = gone.back().key;  // alone may reach further
  const Bytes rest = without_first(open_record(keys_, last, txn_.get(last).value()).value, before - number_of(last));
  for (const Page& page : gone) {
    uncount(page.key, page.version);
    (void)txn_.erase(page.key);
  }
  const Bytes item = number_bytes(before);
  if (!rest.empty()) put_at(numbered_key(prefix, before), {RecordKind::kLog, log, as_text(item)}, rest);
}

void RecordTable::read_log(std::string_view log, std::uint64_t from, const Transaction::VisitLog& visit) const {
  std::optional<std::uint64_t> expected;
  const auto read = [&](std::uint64_t start, ByteView page) {
    if (expected ? *expected != start : start > from) damaged("a record is missing in a log of the vault");
    expected = start;
    for (const ByteView entry : entries_of(page)) {
      if (*expected >= from && !visit(*expected, as_text(entry))) return false;
      ++*expected;
    }
    return true;
  };
  const Bytes prefix = log_prefix(keys_, log);
  const auto cursor = txn_.cursor();
  bool more = cursor->seek(numbered_key(prefix, from));
  const bool begins_there = more && has_prefix(cursor->key(), prefix) && number_of(cursor->key()) == from;
  if (!begins_there) {  // in the page before, or at the start
    const bool before = more ? cursor->previous() : cursor->last();
    more = (before && has_prefix(cursor->key(), prefix)) || cursor->seek(prefix);
  }
  if (more && has_prefix(cursor->key(), prefix) && number_of(cursor->key()) > from) {  // it has left the records
    const std::uint64_t first = number_of(cursor->key());
    if (!read_closed(*this, log, from, first, visit)) return;
    from = first;
  }
  for (; more && has_prefix(cursor->key(), prefix); more = cursor->next()) {
    if (!read(number_of(cursor->key()), open_record(keys_, cursor->key(), cursor->value()).value)) return;
  }
  const auto known = logs_.find(log);
  if (known != logs_.end() && !known->second.page.empty()) read(known->second.page_start, known->second.page);
}

State RecordTable::read_state() const {
  const Bytes key = state_key(keys_);
  const auto sealed = txn_.get(key);
  if (!sealed) damaged("data.mdb does not belong to vault.hdr, or is damaged: it has no state record");
  const OpenedRecord record = open_record(keys_, key, *sealed);
  ByteReader in(record.value, ErrorCode::kVaultDamaged, "the state record of the vault is damaged");
  in.require(record.kind == RecordKind::kState);
  State state;
  state.records = in.u64();
  state.sequence = in.u64();
  state.fingerprint = in.u64();
  if (!in.empty()) {  // as versions before the agent wrote it
    state.changes.generation = in.u64();
    state.journaled = in.u64();
  }
  const bool has_groups = !in.empty();  // versions before that knew only that something had changed
  for (std::uint64_t& at : state.changes.changed_at) at = has_groups ? in.u64() : state.changes.generation;
  state.tree.reset();
  if (!in.empty()) state.tree = TreeTop{in.u64(), mark_of(in.take(sizeof(RecordMark))), in.u64()};
  if (!in.empty()) {
    state.header = in.u64();
    const ByteView incarnation = in.take(state.incarnation.size());
    std::copy(incarnation.begin(), incarnation.end(), state.incarnation.begin());
  }
  in.require_end();
  return state;
}

State& RecordTable::state() {
  if (!state_) state_ = read_state();
  return *state_;
}

void RecordTable::write_state() {
  write_logs();
  State& now = state();
  ++now.sequence;
  if (footprint_.changed()) now.changes.change(footprint_.changes());
  now.tree = tree().write(now.sequence);
  Bytes value;
  ByteWriter out(value);
  out.u64(now.records).u64(now.sequence).u64(now.fingerprint).u64(now.changes.generation).u64(now.journaled);
  for (const std::uint64_t at : now.changes.changed_at) out.u64(at);
  out.u64(now.tree->page).bytes(now.tree->mark).u64(now.tree->next).u64(now.header).bytes(now.incarnation);
  const Bytes key = state_key(keys_);
  txn_.put(key, seal_record(keys_, key, now.sequence, {RecordKind::kState, {}, {}}, value, random_));
}

}  // namespace kms::vault
