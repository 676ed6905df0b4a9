// The steps, all in a directory that has another name until the last of them:
//   1. the records as they were sealed, the segments, and a header with one slot, whose credential this process made up
//   2. "fill" and the slots in one transaction, whose commit renews all keys (renewal.cc)
//   3. "name": the directory gets its name
// A crash before the end of the last one leaves nothing at the target.
#include "vault/local/unpacked_backup.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/text.h"
#include "core/store/retry.h"
#include "vault/local/open_vault.h"
#include "vault/local/workshop.h"
#include "vault/sealed/backup_reading.h"
#include "vault/sealed/slot_keys.h"

namespace kms::vault {
namespace {

const std::string& with_parents(const std::string& target) {
  make_parents(target);
  return target;
}

// Entries come in the order of their keys: each page of the data file is written once.
class UnpackingSink final : public BackupReader::Sink {
 public:
  UnpackingSink(const Directory& directory, const VaultId& vault, const Options& options)
      : directory_(directory),
        data_(open_own_file(directory, kDataName, O_RDWR)),
        env_(lmdb::Env::InTheMaking{directory.route(kDataName), data_.get()}, options.initial_map_bytes,
             directory.text(kDataName)),
        segments_(directory) {
    segments_.set_vault(vault, [](const SegmentId&) { return true; });
  }

  void entry(ByteView key, ByteView value) override {
    if (!txn_) txn_ = std::make_unique<lmdb::Txn>(env_, Access::kWrite);
    try {
      txn_->append(key, value);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kVaultDamaged) throw;
      formats::throw_damaged_backup("an entry of it does not belong where it is");
    }
    waiting_ += key.size() + value.size();
    if (waiting_ >= env_.usual_headroom() / 4) commit();  // pages may be half empty, and have a tree above them
  }
  void begin_segment(const SegmentPlace& place) override { file_.emplace(segments_.make(place.id)); }
  void piece(ByteView bytes) override { file_->write(bytes); }
  void end_segment() override {
    segments_.with_texts([&] { file_->commit(); });
    file_.reset();
  }
  void finish() {
    commit();
    env_.sync();
  }

 private:
  void commit() {
    if (txn_ && txn_->commit() != Commit::kDone) throw_file_error(directory_.text(kDataName), EIO);
    txn_.reset();
    waiting_ = 0;
  }
  const Directory& directory_;
  const UniqueFd data_;
  lmdb::Env env_;
  SegmentFiles segments_;
  std::unique_ptr<lmdb::Txn> txn_;
  std::size_t waiting_ = 0;
  std::optional<OutputFile> file_;
};

Options of_copy(Options options) {
  options.new_incarnation = true;
  return options;
}

class Unpacked final : public UnpackedBackup {
 public:
  Unpacked(const formats::ReadFn& read, const Credential& credential, const std::string& target, Random& random,
           const Options& options)
      : random_(random),
        options_(of_copy(options)),
        credential_{credential.kind, SecretBytes::copy_of(credential.secret)},
        reader_(read, credential, options),
        id_(uuid_text(reader_.vault())),
        slot_(slot_id_text(reader_.slot())),
        workshop_(with_parents(target), random) {
    unpack();
  }

  const std::string& vault_id() const override { return id_; }
  const BackupSummary& summary() const override { return reader_.summary(); }
  const std::string& slot() const override { return slot_; }
  bool is_proven() const override { return reader_.proven(); }
  bool is_slot_of_vault() const override {
    return is_proven() && std::ranges::any_of(reader_.slots(),
                                              [&](const SlotRecord& slot) { return slot.entry.id == reader_.slot(); });
  }
  Vault& vault() override { return *vault_; }
  std::vector<std::string> differences() override;
  void restore(const std::string& target, const std::string& owner, Time now,
               const std::function<void(Transaction&)>& fill) override;

 private:
  void unpack();
  std::vector<SlotRecord> restored_slots(const std::string& owner, Time now) const;
  Random& random_;
  const Options options_;
  const Credential credential_;
  BackupReader reader_;
  const std::string id_;
  const std::string slot_;
  Workshop workshop_;
  std::unique_ptr<Vault> vault_;  // ends before the directory
};

// Nobody else has the credential of the one slot: what a crash leaves opens to nobody.
void Unpacked::unpack() {
  const Directory& directory = workshop_.directory();
  const Keys& keys = *reader_.keys();
  const Credential passing{SlotKind::kKeyfile, random_.secret(kKeySize)};
  SlotRecord slot;
  slot.entry =
      make_slot(keys.id(), new_slot_id({}, random_), passing.kind, passing.secret, keys.anchor(), random_, options_);
  put_root(slot.entry, keys.root());
  write_first_header(directory, keys, {slot}, random_);
  make_first_files(directory);
  {
    UnpackingSink sink(directory, keys.id(), options_);
    with_texts(directory, [&] { reader_.read_all(sink); });
    sink.finish();
  }
  vault_ = Vault::open(workshop_.path(), passing, random_, options_);
}

std::vector<std::string> Unpacked::differences() {
  std::vector<std::string> found;
  const auto transaction = vault_->begin(Access::kRead);
  const State state = dynamic_cast<VaultTransaction&>(*transaction).table().read_state();
  if (state.sequence != summary().sequence || state.records != summary().records) {
    found.emplace_back("the records are of another time than the summary");
  }
  for (const BackupLog& log : summary().logs) {
    const auto tree = transaction->log_tree(log.name);
    if (tree.size() == log.size && tree.root() == log.root) continue;
    found.push_back(cat("the tree of ", log.name, " is not the one that the summary names"));
  }
  return found;
}

std::vector<SlotRecord> Unpacked::restored_slots(const std::string& owner, Time now) const {
  if (is_slot_of_vault()) return reader_.slots();
  SlotRecord slot;
  slot.entry = make_slot(reader_.vault(), new_slot_id({}, random_), credential_.kind, credential_.secret,
                         reader_.keys()->anchor(), random_, options_);
  slot.principal = owner;
  slot.created = now;
  return {std::move(slot)};
}

void Unpacked::restore(const std::string& target, const std::string& owner, Time now,
                       const std::function<void(Transaction&)>& fill) {
  const std::vector<SlotRecord> slots = restored_slots(owner, now);
  transact(*vault_, [&](Transaction& transaction) {
    fill(transaction);
    SlotChanges& changes = dynamic_cast<VaultTransaction&>(transaction).change_slots();
    changes = {slots, true, true};
  });
  vault_.reset();
  options_.at_step("before name");
  workshop_.give_name(target);
  options_.at_step("after name");
}

}  // namespace

std::unique_ptr<UnpackedBackup> unpack_backup(const formats::ReadFn& read, const Credential& credential,
                                              const std::string& target, Random& random, const Options& options) {
  return std::make_unique<Unpacked>(read, credential, new_vault_path(target), random, options);
}

}  // namespace kms::vault
