#include "vault/opened_vault.h"

namespace kms::vault {

VaultTransaction::VaultTransaction(OpenedVault& vault, Access access)
    : vault_(vault),
      access_(access),
      txn_(*vault.env_, access != Access::kRead),
      table_(txn_, *vault.keys_, vault.random_),
      slots_(vault.slots_) {
  ++vault_.transactions_;
  if (access != Access::kRead) vault_.writing_ = true;
}

VaultTransaction::~VaultTransaction() {
  txn_.abort();
  --vault_.transactions_;
  if (access_ != Access::kRead) vault_.writing_ = false;
  if (access_ != Access::kExclusive) return;
  vault_.env_.reset();
  try {
    vault_.lock_.share(std::chrono::milliseconds(0));
  } catch (const Error&) {
    return;  // refresh() tries again, and reports
  }
}

void VaultTransaction::require_writable() const {
  if (access_ == Access::kRead) throw Error(ErrorCode::kInternal, "a write in a transaction for reading");
}

std::optional<std::string> VaultTransaction::get(std::string_view collection, std::string_view item) const {
  const auto record = table_.get(collection, item);
  if (!record) return std::nullopt;
  if (record->kind != RecordKind::kRecord) throw Error(ErrorCode::kInternal, "a secret was read as a record");
  return std::string(as_text(record->value));
}

void VaultTransaction::put(std::string_view collection, std::string_view item, std::string_view value) {
  require_writable();
  table_.put({RecordKind::kRecord, collection, item}, as_bytes(value));
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
  if (record->kind != RecordKind::kSecret) throw Error(ErrorCode::kInternal, "a record was read as a secret");
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

std::vector<SlotRecord>& VaultTransaction::change_slots() {
  if (access_ != Access::kExclusive) throw Error(ErrorCode::kInternal, "slots change in exclusive transactions only");
  slots_changed_ = true;
  return slots_;
}

void VaultTransaction::commit() {
  if (access_ == Access::kExclusive && (slots_changed_ || table_.lost_secrets())) {
    vault_.renew(txn_, table_, slots_);
    return;
  }
  if (table_.changed()) table_.write_state();
  txn_.commit();
}

}  // namespace kms::vault
