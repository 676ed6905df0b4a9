#include "vault/sealed/transaction.h"

#include <utility>

#include "core/base/error.h"

namespace kms::vault {
namespace {

using Kind = RecordedChange::Kind;

void require_kind(const OpenedRecord& record, RecordKind kind) {
  if (record.kind == kind) return;
  throw Error(ErrorCode::kInternal, "a record of the vault is used as a secret, or a secret as a record");
}

}  // namespace

VaultTransaction::VaultTransaction(std::unique_ptr<EngineTransaction> txn, std::shared_ptr<const Keys> keys,
                                   Random& random, Access access, std::shared_ptr<const std::vector<SlotRecord>> slots,
                                   Hooks hooks)
    : keys_(std::move(keys)),
      access_(access),
      slots_(std::move(slots)),
      hooks_(std::move(hooks)),
      txn_(std::move(txn)),
      table_(*txn_, *keys_, random, hooks_.segments) {}

VaultTransaction::~VaultTransaction() {
  txn_->abort();
  hooks_.ended();
}

void VaultTransaction::require_writable() const {
  if (access_ == Access::kRead) throw Error(ErrorCode::kInternal, "the transaction only reads");
}

void VaultTransaction::note(Kind kind, std::string_view collection, std::string_view item, std::string_view value) {
  require_writable();
  if (recording_) changes_.push_back({kind, std::string(collection), std::string(item), std::string(value)});
}

std::optional<std::string> VaultTransaction::get(std::string_view collection, std::string_view item) const {
  const auto record = table_.get(collection, item);
  if (!record) return std::nullopt;
  require_kind(*record, RecordKind::kRecord);
  return std::string(as_text(record->value));
}

void VaultTransaction::put(std::string_view collection, std::string_view item, std::string_view value) {
  note(Kind::kPut, collection, item, value);
  table_.put({RecordKind::kRecord, collection, item}, as_bytes(value));
}

void VaultTransaction::put_unremembered(std::string_view collection, std::string_view item, std::string_view value) {
  note(Kind::kPutUnremembered, collection, item, value);
  table_.put_unremembered({RecordKind::kRecord, collection, item}, as_bytes(value));
}

void VaultTransaction::erase(std::string_view collection, std::string_view item) {
  note(Kind::kErase, collection, item, {});
  (void)table_.erase(collection, item);
}

void VaultTransaction::scan(std::string_view collection, std::string_view after, const Visit& visit) const {
  table_.scan(collection, after, visit);
}

void VaultTransaction::scan_secrets(std::string_view collection,
                                    const std::function<void(std::string_view item)>& visit) const {
  table_.scan_secrets(collection, visit);
}

std::string VaultTransaction::order() const {
  return order_name(*keys_);
}

std::optional<SecretBytes> VaultTransaction::get_secret(std::string_view collection, std::string_view item) const {
  auto record = table_.get(collection, item);
  if (!record) return std::nullopt;
  require_kind(*record, RecordKind::kSecret);
  return std::move(record->secret);
}

void VaultTransaction::put_secret(std::string_view collection, std::string_view item, const SecretBytes& value) {
  note(Kind::kPutSecret, collection, item, {});
  if (recording_) changes_.back().secret = SecretBytes::copy_of(value.reveal());
  table_.put({RecordKind::kSecret, collection, item}, value.reveal());
}

void VaultTransaction::destroy(std::string_view collection, std::string_view item) {
  // What was put a moment ago is not to be written again only to be erased.
  std::erase_if(changes_, [&](const RecordedChange& change) {
    return change.kind == Kind::kPutSecret && change.collection == collection && change.item == item;
  });
  note(Kind::kErase, collection, item, {});
  destroys_ = table_.erase(collection, item) || destroys_;
}

void VaultTransaction::append(std::string_view log, std::string_view value) {
  note(Kind::kAppend, log, {}, value);
  table_.append(log, as_bytes(value));
}

std::uint64_t VaultTransaction::log_size(std::string_view log) const {
  return table_.log_size(log);
}

std::uint64_t VaultTransaction::prune(std::string_view log, std::uint64_t before) {
  note(Kind::kPrune, log, {}, std::to_string(before));
  const std::vector<SegmentId> released = prune_log(table_, log, before);
  released_.insert(released_.end(), released.begin(), released.end());
  return log_begin(log);
}

void VaultTransaction::read_log(std::string_view log, std::uint64_t from, const VisitLog& visit) const {
  table_.read_log(log, from, visit);
}

std::uint64_t VaultTransaction::generation() const {
  if (!generation_) {
    generation_ = hooks_.memory->generation_of(txn_->snapshot(), [&] { return table_.read_state().changes; });
  }
  return *generation_;
}

std::shared_ptr<const void> VaultTransaction::remember(const std::string& key, const MakeAny& make) const {
  if (hooks_.memory == nullptr) return make();
  Footprint& footprint = table_.footprint();
  if (auto known = hooks_.memory->find(key, generation()); known && !footprint.changed_any(*known->of)) {
    footprint.read(*known->of);
    return std::move(known->made);
  }
  const Footprint::Recording recording(footprint);
  auto made = make();
  if (made && !footprint.changed_any(recording.scopes())) {
    auto of = std::make_shared<const std::vector<Scope>>(recording.scopes());
    hooks_.memory->insert(key, {made, std::move(of)}, generation());
  }
  return made;
}

SlotChanges& VaultTransaction::change_slots() {
  require_writable();
  if (!slot_changes_) slot_changes_ = {*slots_, false, false};
  return *slot_changes_;
}

void VaultTransaction::redo(const std::vector<RecordedChange>& changes) {
  for (const RecordedChange& change : changes) {
    if (change.kind == Kind::kPut) put(change.collection, change.item, change.value);
    if (change.kind == Kind::kPutUnremembered) put_unremembered(change.collection, change.item, change.value);
    if (change.kind == Kind::kErase) erase(change.collection, change.item);
    if (change.kind == Kind::kPutSecret) put_secret(change.collection, change.item, change.secret);
    if (change.kind == Kind::kAppend) append(change.collection, change.value);
    if (change.kind == Kind::kPrune) (void)prune(change.collection, std::stoull(change.value));
  }
}

Commit VaultTransaction::commit_changes(Patience patience) {
  if (table_.changed() || (slot_changes_ && slot_changes_->changed)) return hooks_.commit(*this, patience);
  txn_->abort();
  return Commit::kDone;
}

}  // namespace kms::vault
