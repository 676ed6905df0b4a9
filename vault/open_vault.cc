#include "vault/open_vault.h"

#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "vault/metadata.h"
#include "vault/page_walker.h"
#include "vault/slot_keys.h"

namespace kms::vault {
namespace {

constexpr std::chrono::seconds kPatience{30};

[[noreturn]] void in_use() {
  throw Error(ErrorCode::kConflict, "the vault is in use by another process; run the command again");
}

std::string_view name_of(SlotKind kind) {
  switch (kind) {
    case SlotKind::kPassphrase:
      return "passphrase";
    case SlotKind::kKeyfile:
      return "keyfile";
    case SlotKind::kRecoveryCode:
      break;
  }
  return "recovery code";
}

}  // namespace

OpenVault::OpenVault(std::string path, Random& random, Options options)
    : path_(std::move(path)),
      random_(random),
      options_(std::move(options)),
      lock_((require_private_directory(path_), (void)read_header_file(path_), path_)) {
  if (!lock_.share(kPatience)) in_use();
  load_header();
  open_data();
  find_live_section();
}

void OpenVault::load_header() {
  parsed_ = parse_header(read_header_file(path_));
  header_ = parsed_.header;
  id_ = uuid_text(header_.id);
}

void OpenVault::open_data() {
  const UniqueFd fd = open_data_file(path_);
  require_sound_metas(fd.get());
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) throw_file_error(path_, errno);
  const auto size = static_cast<std::size_t>(info.st_size);
  std::size_t map = options_.initial_map_bytes;
  while (map < 2 * size) map *= 2;
  env_ = std::make_unique<lmdb::Env>(path_, map);
}

// LMDB changes in one step, so its epoch says which root key counts.
void OpenVault::find_live_section() {
  const lmdb::Txn txn(*env_, false);
  const auto stored = txn.get(as_bytes(kEpochKey));
  if (!stored) throw Error(ErrorCode::kVaultDamaged, "data.mdb is damaged: it has no epoch");
  ByteReader in(*stored, ErrorCode::kVaultDamaged, "data.mdb is damaged: its epoch is unreadable");
  const std::uint32_t epoch = in.u32();
  for (live_ = 0; live_ < header_.sections.size(); ++live_) {
    if (live().epoch == epoch) return;
  }
  throw Error(ErrorCode::kVaultDamaged, "vault.hdr and data.mdb do not belong together: one of them is an old copy");
}

void OpenVault::unlock(const Credential& credential) {
  for (const SlotEntry& entry : live().slots) {
    if (entry.kind != credential.kind) continue;
    if (entry.kind == SlotKind::kPassphrase) require_sane_cost(entry.cost, options_.minimum_cost);
    auto opened = open_slot(header_.id, entry, credential.secret);
    if (!opened) continue;
    keys_.emplace(header_.id, live().epoch, std::move(opened->root), std::move(opened->anchor));
    slot_ = slot_text(entry.id);
    accept_header();
    finish_interrupted();
    return;
  }
  throw Error(ErrorCode::kWrongPassphrase, cat("the ", name_of(credential.kind), " opens no slot of this vault"));
}

void OpenVault::accept_header() {
  if (!equal_secrets(header_mac(*keys_, parsed_.body), parsed_.macs.at(live_))) {
    throw Error(ErrorCode::kVaultDamaged, "vault.hdr is damaged: it was changed without its keys");
  }
  keys_->open_material(live().material);
  slots_ = open_metadata(*keys_, live().slots, live().metadata);
  for (const Slot& slot : slots_) {
    if (slot.id == slot_) principal_ = slot.principal;
  }
}

std::unique_ptr<Transaction> OpenVault::begin(Access access) {
  if (access == Access::kExclusive) enter_exclusive();
  if (access == Access::kWrite) env_->reserve_headroom();
  return std::make_unique<VaultTransaction>(*this, access);
}

// While the lock is converted somebody else may have had it, so everything is looked at again.
void OpenVault::enter_exclusive() {
  env_.reset();
  const bool got_it = lock_.exclude(kPatience);
  if (!got_it && !lock_.share(kPatience)) in_use();
  load_header();
  open_data();
  find_live_section();
  if (live().epoch != keys_->epoch()) {
    leave_exclusive();
    throw Error(ErrorCode::kConflict, "the credentials of the vault were changed meanwhile; run the command again");
  }
  accept_header();
  if (!got_it) in_use();
  remove_temporary_files(path_);
  // A renewal writes every record again beside the old ones.
  env_->reserve(3 * env_->used_bytes() + (std::size_t{64} << 20U));
}

void OpenVault::leave_exclusive() {
  (void)lock_.share(kPatience);
}

std::vector<Slot> OpenVault::list(const Transaction& /*transaction*/) const {
  return slots_;
}

VaultTransaction::VaultTransaction(OpenVault& vault, Access access) : vault_(vault), access_(access) {
  txn_.emplace(*vault_.env_, access != Access::kRead);
  // A renewal by another process ends only when nobody has the vault open: the epoch cannot have changed.
  table_.emplace(*txn_, *vault_.keys_, vault_.random_);
}

VaultTransaction::~VaultTransaction() {
  table_.reset();
  txn_.reset();
  if (access_ == Access::kExclusive) vault_.leave_exclusive();
}

void VaultTransaction::require_write() const {
  if (access_ == Access::kRead) throw Error(ErrorCode::kInternal, "a write in a read transaction");
}

std::optional<std::string> VaultTransaction::get(std::string_view collection, std::string_view item) const {
  const auto record = table_->get(collection, item);
  if (!record) return std::nullopt;
  if (record->kind != RecordKind::kRecord) throw Error(ErrorCode::kVaultDamaged, "a record of the vault is damaged");
  return std::string(as_text(record->value));
}

void VaultTransaction::put(std::string_view collection, std::string_view item, std::string_view value) {
  require_write();
  table_->put({RecordKind::kRecord, collection, item}, as_bytes(value));
}

void VaultTransaction::erase(std::string_view collection, std::string_view item) {
  require_write();
  table_->erase(collection, item);
}

void VaultTransaction::scan(std::string_view collection, std::string_view after, const Visit& visit) const {
  table_->scan(collection, after, visit);
}

std::optional<SecretBytes> VaultTransaction::get_secret(std::string_view collection, std::string_view item) const {
  auto record = table_->get(collection, item);
  if (!record) return std::nullopt;
  if (record->kind != RecordKind::kSecret) throw Error(ErrorCode::kVaultDamaged, "a record of the vault is damaged");
  return std::move(record->secret);
}

void VaultTransaction::put_secret(std::string_view collection, std::string_view item, const SecretBytes& value) {
  require_write();
  table_->put({RecordKind::kSecret, collection, item}, value.reveal());
}

std::uint64_t VaultTransaction::append(std::string_view log, std::string_view value) {
  require_write();
  return table_->append(log, as_bytes(value));
}

std::uint64_t VaultTransaction::log_size(std::string_view log) const {
  return table_->log_size(log);
}

void VaultTransaction::read_log(std::string_view log, std::uint64_t from, const VisitLog& visit) const {
  table_->read_log(log, from, visit);
}

void VaultTransaction::commit() {
  require_write();
  if (plan_) return vault_.apply(*this);
  if (table_->changed()) table_->write_state();
  txn_->commit();
}

std::unique_ptr<Vault> Vault::open(const std::string& path, const Credential& credential, Random& random,
                                   const Options& options) {
  auto vault = std::make_unique<OpenVault>(path, random, options);
  vault->unlock(credential);
  return vault;
}

Summary inspect(const std::string& path) {
  require_private_directory(path);
  const ParsedHeader parsed = parse_header(read_header_file(path));
  Summary summary;
  summary.vault_id = uuid_text(parsed.header.id);
  summary.format_version = kFormatVersion;
  for (const SlotEntry& entry : parsed.header.sections.front().slots) summary.slots.push_back(entry.kind);
  struct stat info {};
  if (fstat(open_data_file(path).get(), &info) == 0) summary.data_bytes = static_cast<std::uint64_t>(info.st_size);
  return summary;
}

}  // namespace kms::vault
