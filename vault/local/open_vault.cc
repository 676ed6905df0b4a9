#include "vault/local/open_vault.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <set>
#include <tuple>

#include "core/base/text.h"
#include "vault/engine/page_walker.h"
#include "vault/local/failed_unlocks.h"
#include "vault/sealed/opened_slots.h"

namespace kms::vault {
namespace {

std::mutex claims_mutex;

using ClaimKey = std::tuple<pid_t, dev_t, ino_t>;  // a claim does not pass through fork
std::set<ClaimKey>& claims() {
  static std::set<ClaimKey> all;
  return all;
}

[[noreturn]] void throw_in_use() {
  throw Error(ErrorCode::kConflict, std::string(kInUse));
}

[[noreturn]] void throw_no_epoch() {
  throw Error(ErrorCode::kVaultDamaged, "data.mdb is damaged, or the data file of no vault");
}

[[noreturn]] void throw_changed_header() {
  throw Error(ErrorCode::kVaultDamaged, "vault.hdr was changed by something that has no key of the vault");
}

// Nothing is written before the files are known to be those of a vault.
const Directory& checked(const Directory& directory) {
  require_header_exists(directory);
  require_own_files(directory);
  return directory;
}

}  // namespace

struct OnlyOnce::Claim {
  ClaimKey key;
};

OnlyOnce::OnlyOnce(const Directory& directory) {
  struct stat info {};
  if (fstat(directory.fd(), &info) != 0) throw_file_error(directory.path(), errno);
  const ClaimKey key{getpid(), info.st_dev, info.st_ino};
  auto claim = std::make_unique<Claim>(Claim{key});
  const std::lock_guard lock(claims_mutex);
  if (!claims().insert(key).second) throw Error(ErrorCode::kConflict, "the vault is already open in this process");
  claim_ = std::move(claim);
}

OnlyOnce::~OnlyOnce() {
  const std::lock_guard lock(claims_mutex);
  claims().erase(claim_->key);
}

std::optional<std::uint32_t> read_epoch(lmdb::Env& env) {
  const auto value = env.begin(Access::kRead)->get(as_bytes(kEpochKey));
  if (!value) return std::nullopt;
  ByteReader in(*value, ErrorCode::kVaultDamaged, "the epoch of data.mdb is damaged");
  const std::uint32_t epoch = in.u32();
  in.require_end();
  return epoch;
}

void write_epoch(EngineTransaction& txn, std::uint32_t epoch) {
  Bytes value;
  ByteWriter(value).u32(epoch);
  txn.put(as_bytes(kEpochKey), value);
}

OpenVault::OpenVault(const std::string& path, Random& random, const Options& options)
    : directory_(path),
      once_(directory_),
      random_(random),
      options_(options),
      lock_(checked(directory_)),
      segment_files_(directory_) {
  if (!lock_.share(options_.lock_patience)) throw_in_use();
  header_ = parse_header(read_header_file(directory_)).header;
  id_ = uuid_text(header_.id);
  segment_files_.set_vault(header_.id, [this](const SegmentId& id) { return named_segments().contains(id); });
}

void OpenVault::open_data() {
  make_private_file(directory_, kReaderTableName);
  require_own_files(directory_);  // LMDB opens by name, and follows links
  require_sound_metas(open_data_file(directory_).get());
  env_ = std::make_unique<lmdb::Env>(directory_.route(), options_.initial_map_bytes, directory_.text(kDataName));
  memory_.forget();
}

const Section& OpenVault::live_section(std::uint32_t epoch) const {
  for (const auto& section : header_.sections) {
    if (section.epoch == epoch) return section;
  }
  throw Error(ErrorCode::kVaultDamaged, "vault.hdr and data.mdb do not belong together");
}

void OpenVault::unlock(const OpenedSlots& slots) {
  open_data();
  const auto epoch = read_epoch(*env_);
  if (!epoch) throw_no_epoch();
  (void)live_section(*epoch);
  const HeaderKeys& opened = keys_among(slots, *epoch);
  slot_ = opened.slot;
  const auto keys = std::make_shared<Keys>(header_.id, *epoch, SecretBytes::copy_of(opened.root.reveal()),
                                           SecretBytes::copy_of(opened.anchor.reveal()));
  if (!believe_header(keys)) {
    if (opened.epoch == *epoch) throw_changed_header();
    throw_stale_slots();
  }
  for (const auto& slot : *slots_) {
    if (slot.entry.id != slot_) continue;
    principal_ = slot.principal;
    kind_ = slot.entry.kind;
  }
  upgrade();
  require_newest();
  open_journal();
  if (unfinished()) try_to_finish();
}

// From here on the header is believed, and the keys are those of the vault. False, and nothing is changed, where they
// are the keys of no section.
bool OpenVault::believe_header(const std::shared_ptr<Keys>& keys) {
  const ParsedHeader parsed = parse_header(read_header_file(directory_));
  for (std::size_t i = 0; i < parsed.header.sections.size(); ++i) {
    const Section& section = parsed.header.sections[i];
    if (section.epoch != keys->epoch()) continue;
    if (parsed.header.id != keys->id() || !equal_secrets(parsed.macs[i], header_mac(*keys, parsed.body))) return false;
    keys->open_material(section.material);
    slots_ = std::make_shared<const std::vector<SlotRecord>>(read_slots(*keys, section));
    header_ = parsed.header;
    keys_ = keys;
    return true;
  }
  return false;
}

// Those that this process has, or made in a renewal whose end it could not see; or, after another process destroyed a
// secret, of the same root key. An epoch that went back is nobody's.
std::shared_ptr<Keys> OpenVault::keys_of(std::uint32_t epoch) const {
  if (epoch == keys_->epoch()) return keys_;
  if (renewed_ && epoch == renewed_->epoch()) return renewed_;
  if (epoch < keys_->epoch()) throw_stale_slots();
  return keys_->of_epoch(epoch);
}

// data.mdb decides which epoch counts. What opens with other keys is another process's since.
void OpenVault::reload() {
  open_data();
  try {
    const auto epoch = read_epoch(*env_);
    if (!epoch) throw_no_epoch();
    const auto keys = keys_of(*epoch);
    if (!believe_header(keys)) {
      if (keys == keys_) throw_changed_header();
      throw_stale_slots();
    }
  } catch (...) {
    env_.reset();
    throw;
  }
  renewed_.reset();
  // A commit whose end was not known has added them, or not.
  if (journal_) journal_->folded(last_in_records());
}

void OpenVault::enter_exclusive(std::chrono::milliseconds patience) {
  env_.reset();  // the lock is lost for a moment when it changes: nothing of the old file may be in use
  if (!lock_.exclude(patience)) {
    leave_exclusive();
    throw_in_use();
  }
  try {
    reload();
    if (unfinished()) finish();
    if (!env_) open_data();
  } catch (...) {
    leave_exclusive();
    throw;
  }
}

void OpenVault::leave_exclusive() noexcept {
  try {
    env_.reset();
    locked_ = lock_.share(options_.lock_patience);
  } catch (const Error&) {
    locked_ = false;  // begin() tries again
  }
}

void OpenVault::try_to_finish() {
  env_.reset();
  constexpr std::chrono::milliseconds kNow{0};
  try {
    if (lock_.exclude(kNow)) {
      reload();
      finish();
    }
  } catch (const Error& error) {
    // A full disk is no reason to refuse: what is left to do waits in the header for the next opening.
    if (error.code() != ErrorCode::kFile && error.code() != ErrorCode::kLimitExceeded) throw;
  }
  leave_exclusive();
}

void OpenVault::require_shared_lock() {
  const std::lock_guard lock(reopening_);
  if (!locked_) locked_ = lock_.share(options_.lock_patience);
  if (!locked_) throw_in_use();
  if (!env_) reload();
}

// For what wants no transaction of this process beside it. What the caller holds of the gate is given back for as long,
// and taken again whatever happens: it ends where it began.
void OpenVault::alone(Hold held, const std::function<void()>& action) {
  gate_.exchange(held, Hold::kAlone);
  struct GiveBack {
    GiveBack(TransactionGate& of, Hold was) : gate(of), hold(was) {}
    // Waits for nothing that could refuse it: this thread holds nothing else, and its place among the holders is there.
    ~GiveBack() { gate.exchange(Hold::kAlone, hold); }  // NOLINT(bugprone-exception-escape)
    GiveBack(const GiveBack&) = delete;
    GiveBack& operator=(const GiveBack&) = delete;
    GiveBack(GiveBack&&) = delete;
    GiveBack& operator=(GiveBack&&) = delete;
    TransactionGate& gate;
    Hold hold;
  };
  const GiveBack back(gate_, held);
  action();
}

// The same for what wants no other process either. The caller held the gate to write.
void OpenVault::alone_with_files(Patience patience, const std::function<void()>& action) {
  alone(Hold::kWrite, [&] {
    fold_alone();  // while the lock is changed, others may come, who could not wait for it
    enter_exclusive(patience == Patience::kNone ? std::chrono::milliseconds(0)
                                                : std::min(options_.lock_patience, options_.alone_patience));
    try {
      action();
    } catch (...) {
      leave_exclusive();
      throw;
    }
    leave_exclusive();
  });
}

// The map grows only while no transaction of this process is open.
void OpenVault::make_room(Access access) {
  const std::size_t wanted = access == Access::kRead ? 0 : env_->usual_headroom();
  if (env_->has_room(wanted)) return;
  alone(Hold::kWrite, [&] {
    if (env_) env_->grow(wanted);
  });
  require_shared_lock();
}

// Those that read in other threads end in peace with the old one. A thread that has such a transaction itself cannot
// wait for that, and is told so by the transaction that it begins.
void OpenVault::recover(Hold held) {
  if (!env_->is_lost() || gate_.holds_several()) return;
  alone(held, [&] { recover_alone(); });
}

// For a caller that is alone in this process. What is seen of a commit whose end was not known may be gone after a
// crash of the system, until another one follows it.
void OpenVault::recover_alone() {
  if (env_ && env_->is_lost()) {
    env_.reset();
    require_shared_lock();
    seal_epoch();
  }
  require_shared_lock();
}

std::unique_ptr<VaultTransaction> OpenVault::make_transaction(Access access, std::function<void()> ended) {
  VaultTransaction::Hooks hooks{
      [this](VaultTransaction& ending, Patience patience) { return commit(ending, patience); }, std::move(ended),
      options_.remember ? &memory_ : nullptr, &segment_files_};
  return std::make_unique<VaultTransaction>(env_->begin(access), keys_, random_, access, slots_, std::move(hooks));
}

std::unique_ptr<Transaction> OpenVault::begin(Access access) {
  auto made = begin_unfolded(access);
  if (access == Access::kWrite) {
    fold_into(*made);
    made->record();
  }
  return made;
}

std::unique_ptr<VaultTransaction> OpenVault::begin_unfolded(Access access) {
  const Hold hold = access == Access::kRead ? Hold::kRead : Hold::kWrite;
  gate_.enter(hold);
  try {
    require_shared_lock();
    recover(hold);
    if (options_.remember) make_room(access);
    return make_transaction(access, [this, hold] { gate_.leave(hold); });
  } catch (...) {
    gate_.leave(hold);
    throw;
  }
}

std::uint64_t OpenVault::data_bytes() const {
  struct stat info {};
  const UniqueFd data = open_data_file(directory_);
  return fstat(data.get(), &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
}

Slot OpenVault::slot_of(const Credential& credential) {
  std::shared_ptr<const std::vector<SlotRecord>> slots;
  {
    const auto transaction = begin(Access::kRead);  // nobody changes them meanwhile
    slots = slots_;
  }
  for (const SlotRecord& slot : *slots) {
    if (open_if_kind(keys_->id(), slot.entry, credential, options_)) return describe(slot);
  }
  throw_opens_nothing(credential.kind);
}

void OpenVault::take_failed_unlocks(const std::function<void(const UnlockNotes&)>& record) {
  take_notes(directory_, record);
}

std::unique_ptr<const OpenedSlots> open_slots(const std::string& path, const Credential& credential,
                                              const Options& options) {
  const Directory directory(path);
  require_header_exists(directory);
  require_own_files(directory);
  return open_header(parse_header(read_header_file(directory)).header, credential, options);
}

std::string principal_of(const std::string& path, const Credential& credential, const Options& options) {
  const Directory directory(path);
  require_header_exists(directory);
  const ParsedHeader parsed = parse_header(read_header_file(directory));
  const auto opened = open_header(parsed.header, credential, options);
  // While the keys are being renewed the later section is the one that will count.
  const HeaderKeys& own = keys_among(*opened, parsed.header.sections.back().epoch);
  const Keys keys(parsed.header.id, own.epoch, SecretBytes::copy_of(own.root.reveal()),
                  SecretBytes::copy_of(own.anchor.reveal()));
  for (std::size_t i = 0; i < parsed.header.sections.size(); ++i) {
    if (parsed.header.sections[i].epoch != own.epoch) continue;
    if (!equal_secrets(parsed.macs[i], header_mac(keys, parsed.body))) throw_changed_header();
    for (const SlotRecord& slot : read_slots(keys, parsed.header.sections[i])) {
      if (slot.entry.id == own.slot) return slot.principal;
    }
  }
  throw_stale_slots();
}

std::unique_ptr<Vault> Vault::open(const std::string& path, const OpenedSlots& slots, Random& random,
                                   const Options& options) {
  auto vault = std::make_unique<OpenVault>(path, random, options);
  vault->unlock(slots);
  return vault;
}

std::unique_ptr<Vault> Vault::open(const std::string& path, const Credential& credential, Random& random,
                                   const Options& options) {
  return open(path, *open_slots(path, credential, options), random, options);
}

}  // namespace kms::vault
