#include "vault/sealed/transaction.h"

#include <utility>

namespace kms::vault {
namespace {

void require_kind(const OpenedRecord& record, RecordKind kind) {
  if (record.kind == kind) return;
  throw Error(ErrorCode::kInternal, "a record of the vault is used as a secret, or a secret as a record");
}

std::size_t headroom(const lmdb::Env& env, Access access) {
  return access == Access::kExclusive ? env.rewrite_headroom() : env.usual_headroom();
}

}  // namespace

VaultTransaction::VaultTransaction(lmdb::Env& env, std::shared_ptr<const Keys> keys, Random& random, Access access,
                                   std::shared_ptr<const std::vector<SlotRecord>> slots, Hooks hooks)
    : keys_(std::move(keys)),
      access_(access),
      slots_(std::move(slots)),
      hooks_(std::move(hooks)),
      txn_(access == Access::kRead ? lmdb::Txn(env) : lmdb::Txn(env, headroom(env, access))),
      table_(txn_, *keys_, random) {}

VaultTransaction::~VaultTransaction() {
  txn_.abort();
  hooks_.ended();
}

void VaultTransaction::require_writable() const {
  if (access_ == Access::kRead) throw Error(ErrorCode::kInternal, "the transaction only reads");
}

std::optional<std::string> VaultTransaction::get(std::string_view collection, std::string_view item) const {
  const auto record = table_.get(collection, item);
  if (!record) return std::nullopt;
  require_kind(*record, RecordKind::kRecord);
  return std::string(as_text(record->value));
}

void VaultTransaction::put(std::string_view collection, std::string_view item, std::string_view value) {
  require_writable();
  table_.put({RecordKind::kRecord, collection, item}, as_bytes(value));
}

void VaultTransaction::note(std::string_view collection, std::string_view item, std::string_view value) {
  require_writable();
  table_.note({RecordKind::kRecord, collection, item}, as_bytes(value));
}

void VaultTransaction::erase(std::string_view collection, std::string_view item) {
  require_writable();
  table_.erase(collection, item);
}

void VaultTransaction::scan(std::string_view collection, std::string_view after, const Visit& visit) const {
  table_.scan(collection, after, visit);
}

std::optional<SecretBytes> VaultTransaction::get_secret(std::string_view collection, std::string_view item) const {
  auto record = table_.get(collection, item);
  if (!record) return std::nullopt;
  require_kind(*record, RecordKind::kSecret);
  return std::move(record->secret);
}

void VaultTransaction::put_secret(std::string_view collection, std::string_view item, const SecretBytes& value) {
  require_writable();
  table_.put({RecordKind::kSecret, collection, item}, value.reveal());
}

std::uint64_t VaultTransaction::append(std::string_view log, std::string_view value) {
  require_writable();
  return table_.append(log, as_bytes(value));
}

std::uint64_t VaultTransaction::log_size(std::string_view log) const {
  return table_.log_size(log);
}

void VaultTransaction::read_log(std::string_view log, std::uint64_t from, const VisitLog& visit) const {
  table_.read_log(log, from, visit);
}

std::uint64_t VaultTransaction::snapshot() const {
  return access_ == Access::kRead ? txn_.id() : txn_.id() - 1;
}

std::shared_ptr<const void> VaultTransaction::remember(const std::string& key, const MakeAny& make) const {
  if (table_.has_new_generation() || !hooks_.recall) return make();
  if (!memory_) memory_ = hooks_.recall(const_cast<VaultTransaction&>(*this));
  Memory* const memory = memory_->get();
  if (memory == nullptr) return make();
  if (auto known = memory->find(key)) return known;
  auto made = make();
  if (made) memory->insert(key, made);
  return made;
}

SlotChanges& VaultTransaction::change_slots() {
  if (!slot_changes_) slot_changes_ = {*slots_, false, false};
  return *slot_changes_;
}

void VaultTransaction::commit() {
  if (table_.changed() || (slot_changes_ && slot_changes_->changed)) {
    hooks_.commit(*this);
  } else {
    txn_.abort();
  }
}

}  // namespace kms::vault
