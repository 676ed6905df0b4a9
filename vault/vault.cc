#include "vault/vault.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "core/base/text.h"
#include "vault/opened_vault.h"
#include "vault/page_walker.h"

namespace kms::vault {
namespace {

// Removed with what was built in it unless it got its name.
class BuildingSite {
 public:
  explicit BuildingSite(std::string target) : target_(std::move(target)) {
    while (target_.size() > 1 && target_.back() == '/') target_.pop_back();
    path_ = cat(parent_directory(target_), "/.kmsctl-vault-XXXXXX");
    if (mkdtemp(path_.data()) == nullptr) throw_file_error(target_, errno);
  }
  ~BuildingSite() {
    if (path_.empty()) return;
    for (const auto name : {kHeaderName, kDataName, kReaderTableName, kLockName}) unlink(file_in(path_, name).c_str());
    rmdir(path_.c_str());
  }
  BuildingSite(const BuildingSite&) = delete;
  BuildingSite& operator=(const BuildingSite&) = delete;

  const std::string& path() const { return path_; }
  void commit() {
    sync_directory(path_);
    if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) != 0) {
      throw_file_error(target_, errno);
    }
    path_.clear();
    sync_directory(parent_directory(target_));
  }

 private:
  std::string target_;
  std::string path_;
};

// Records of a vault that has no header yet.
class FirstTransaction final : public Transaction {
 public:
  explicit FirstTransaction(RecordTable& table) : table_(table) {}
  std::optional<std::string> get(std::string_view collection, std::string_view item) const override {
    const auto record = table_.get(collection, item);
    if (!record) return std::nullopt;
    return std::string(as_text(record->value));
  }
  void put(std::string_view collection, std::string_view item, std::string_view value) override {
    table_.put({RecordKind::kRecord, collection, item}, as_bytes(value));
  }
  void erase(std::string_view collection, std::string_view item) override { table_.erase(collection, item); }
  void scan(std::string_view collection, std::string_view after, const Visit& visit) const override {
    table_.scan(collection, after, visit);
  }
  std::optional<SecretBytes> get_secret(std::string_view collection, std::string_view item) const override {
    auto record = table_.get(collection, item);
    if (!record) return std::nullopt;
    return std::move(record->secret);
  }
  void put_secret(std::string_view collection, std::string_view item, const SecretBytes& value) override {
    table_.put({RecordKind::kSecret, collection, item}, value.reveal());
  }
  std::uint64_t append(std::string_view log, std::string_view value) override {
    return table_.append(log, as_bytes(value));
  }
  std::uint64_t log_size(std::string_view log) const override { return table_.log_size(log); }
  void read_log(std::string_view log, std::uint64_t from, const VisitLog& visit) const override {
    table_.read_log(log, from, visit);
  }
  void commit() override {}  // create() commits

 private:
  RecordTable& table_;
};

void write_first_records(const std::string& path, const Keys& keys, Random& random, const Options& options,
                         const std::function<void(Transaction&)>& fill) {
  for (const auto name : {kDataName, kReaderTableName, kLockName}) make_private_file(file_in(path, name));
  lmdb::Env env(path, options.initial_map_bytes);
  lmdb::Txn txn(env, true);
  txn.put(as_bytes(kEpochKey), epoch_bytes(keys.epoch()));
  RecordTable table(txn, keys, random);
  table.start_state({});
  FirstTransaction transaction(table);
  fill(transaction);
  table.write_state();
  txn.commit();
}

}  // namespace

Bytes epoch_bytes(std::uint32_t epoch) {
  Bytes out;
  ByteWriter(out).u32(epoch);
  return out;
}

void create(const std::string& path, const std::vector<NewSlot>& slots, Time now, Random& random,
            const Options& options, const std::function<void(Transaction&)>& fill) {
  if (slots.empty()) throw Error(ErrorCode::kValidation, "a vault needs a credential that opens it");
  BuildingSite site(path);
  Header header;
  random.fill(header.id);
  header.id[6] = static_cast<std::uint8_t>((header.id[6] & 0x0fU) | 0x40U);
  header.id[8] = static_cast<std::uint8_t>((header.id[8] & 0x3fU) | 0x80U);
  header.generation = 1;
  Keys keys(header.id, 1, random.secret(kKeySize), random.secret(kKeySize));
  keys.new_material(random);
  std::vector<SlotRecord> records;
  for (const auto& slot : slots) {
    const SlotId id = new_slot_id(records, random);
    records.push_back(
        {make_slot(header.id, id, slot.kind, *slot.credential, keys.anchor(), random, options), slot.principal, now});
  }
  header.sections.push_back(make_section(keys, records, random));
  write_first_records(site.path(), keys, random, options, fill);
  const Keys* const of_section = &keys;
  HeaderReplacement(site.path(), header_file(header, {&of_section, 1})).commit();
  site.commit();
}

Summary inspect(const std::string& path) {
  require_private_directory(path);
  const ParsedHeader parsed = parse_header(read_header_file(path));
  const UniqueFd data = open_data_file(path);
  struct stat info {};
  if (fstat(data.get(), &info) != 0) throw_file_error(file_in(path, kDataName), errno);
  Summary summary;
  summary.vault_id = uuid_text(parsed.header.id);
  summary.format_version = kFormatVersion;
  for (const auto& slot : parsed.header.sections.front().slots) summary.slots.push_back(slot.kind);
  summary.data_bytes = static_cast<std::uint64_t>(info.st_size);
  return summary;
}

std::unique_ptr<Vault> Vault::open(const std::string& path, const Credential& credential, Random& random,
                                   const Options& options) {
  require_private_directory(path);
  (void)read_header_file(path);  // no lock file is made where there is no vault
  auto vault = std::make_unique<OpenedVault>(path, random, options);
  vault->unlock(credential);
  return vault;
}

OpenedVault::OpenedVault(std::string path, Random& random, Options options)
    : path_(std::move(path)), random_(random), options_(std::move(options)), lock_(path_) {}

void OpenedVault::load() {
  env_.reset();
  parsed_ = parse_header(read_header_file(path_));
  require_sound_metas(open_data_file(path_).get());
  env_ = std::make_unique<lmdb::Env>(path_, options_.initial_map_bytes);
  const auto epoch = lmdb::Txn(*env_, false).get(as_bytes(kEpochKey));
  const auto& sections = parsed_.header.sections;
  const auto found = std::find_if(sections.begin(), sections.end(),
                                  [&](const Section& s) { return epoch && epoch_bytes(s.epoch) == *epoch; });
  if (found == sections.end()) throw Error(ErrorCode::kVaultDamaged, "data.mdb does not belong to vault.hdr");
  live_ = static_cast<std::size_t>(found - sections.begin());
}

void OpenedVault::read_live() {
  const Section& section = parsed_.header.sections.at(live_);
  if (parsed_.header.id != keys_->id() || section.epoch != keys_->epoch()) {
    throw Error(ErrorCode::kConflict, "the credentials of the vault were changed meanwhile: open it again");
  }
  require_mac(parsed_, live_, *keys_);
  keys_->open_material(section.material);
  slots_ = read_slots(*keys_, section);
  lmdb::Txn txn(*env_, false);
  (void)RecordTable(txn, *keys_, random_).read_state();
}

void OpenedVault::unlock(const Credential& credential) {
  if (!lock_.share(options_.patience))
    throw Error(ErrorCode::kConflict, "the vault is being changed by another process");
  load();
  const Header& header = parsed_.header;
  id_ = uuid_text(header.id);
  const Section& section = header.sections.at(live_);
  require_credential(credential.kind, credential.secret);
  for (const auto& slot : section.slots) {
    if (slot.kind != credential.kind) continue;
    if (slot.kind == SlotKind::kPassphrase) require_sane_cost(slot.cost, options_.minimum_cost);
    auto opened = open_slot(header.id, slot, credential.secret);
    if (!opened) continue;
    keys_ = std::make_unique<Keys>(header.id, section.epoch, std::move(opened->root), std::move(opened->anchor));
    slot_id_ = slot.id;
    break;
  }
  if (!keys_) throw Error(ErrorCode::kWrongPassphrase, "the credential opens no slot of the vault");
  read_live();
  for (const auto& slot : slots_) {
    if (slot.entry.id == slot_id_) principal_ = slot.principal;
  }
  if (!change_unfinished()) return;
  try {
    lock_exclusively();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kConflict) throw;
    // Others have it open: the live section serves until somebody has the vault alone.
  }
  env_.reset();
  stale_ = true;
  refresh();
}

bool OpenedVault::change_unfinished() const {
  return parsed_.header.compaction_due || parsed_.header.sections.size() > 1;
}

void OpenedVault::refresh() {
  if (!stale_) return;
  if (!lock_.share(options_.patience))
    throw Error(ErrorCode::kConflict, "the vault is being changed by another process");
  load();
  read_live();
  stale_ = false;
}

void OpenedVault::lock_exclusively() {
  env_.reset();
  stale_ = true;
  if (!lock_.exclude(options_.patience)) {
    throw Error(ErrorCode::kConflict, "another process has the vault open: try again when it is done");
  }
  remove_temporary_files(path_);
  load();
  read_live();
  if (change_unfinished()) finish_change();
}

std::unique_ptr<Transaction> OpenedVault::begin(Access access) {
  const bool conflict = access == Access::kExclusive ? transactions_ > 0 : access == Access::kWrite && writing_;
  if (conflict) throw Error(ErrorCode::kInternal, "another transaction of this vault is open");
  if (access == Access::kExclusive) {
    lock_exclusively();
    env_->reserve(3 * env_->used_bytes() + (std::size_t{1} << 20U));
  } else {
    refresh();
    if (access == Access::kWrite) env_->reserve_headroom();
  }
  return std::make_unique<VaultTransaction>(*this, access);
}

}  // namespace kms::vault
