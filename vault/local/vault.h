#pragma once
// The vault: a directory of ciphertext that a credential opens (vault/vault.md is the format). Vault is the Store and
// the SlotKeeper of an opened one.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "core/store/backups.h"
#include "core/store/repair.h"
#include "core/store/rollback.h"
#include "core/store/slots.h"
#include "core/store/store.h"
#include "core/store/vault_care.h"
#include "vault/sealed/credential.h"

namespace kms::vault {

struct Options : SlotCosts {
  std::size_t initial_map_bytes = std::size_t{1} << 30U;  // address space, not disk or memory; doubled when it fills
  std::size_t sorting_memory = std::size_t{32} << 20U;    // of a renewal; what it has no room for meets a file
  std::chrono::milliseconds lock_patience{30000};         // how long to wait for others to let go of the vault
  // What needs the files for itself waits no longer than this either; nobody waits for an agent to end.
  std::chrono::milliseconds alone_patience{30000};
  // How many entries of a log make a segment; a multiple of 256. A log keeps what its first one had.
  std::uint64_t segment_entries = 16384;
  // For a process that serves many calls: remember what is derived from records (Transaction::remembered), and keep
  // room in the data file.
  bool remember = false;
  // Where this machine remembers the newest change that it saw of each vault (anchor.h); nowhere where it is empty.
  std::string anchors = {};
  bool allow_rollback = false;   // open a vault although it is older than that: see RollbackKeeper
  bool new_incarnation = false;  // of a renewal: its vault goes on beside the one that it is a copy of
  // Called with the name of each step of a change that spans header and records. Tests end the process in it.
  std::function<void(std::string_view step)> at_step = [](std::string_view) {};
  // Called now and then while every record is sealed again.
  std::function<void(std::uint64_t done, std::uint64_t of)> progress = [](std::uint64_t, std::uint64_t) {};
};

// The message of a ConflictException: somebody else has the vault open.
inline constexpr std::string_view kInUse = "the vault is in use by another process";

struct NewSlot {
  SlotKind kind;
  std::string principal;  // ARN
  const SecretBytes* credential;
  std::string label = {};
};

// Makes the vault at `path` complete or not at all: it is built in a temporary directory beside it and renamed. `path`
// must not exist (AlreadyExistsException). `fill` writes the first records and leaves the commit to create().
// Throws FileException.
void create(const std::string& path, const std::vector<NewSlot>& slots, Time now, Random& random,
            const Options& options, const std::function<void(Transaction&)>& fill);

// What can be told without a credential.
struct Summary {
  std::string vault_id;  // UUID
  std::uint32_t format_version = 0;
  std::vector<SlotKind> slots;
  std::uint64_t data_bytes = 0;
};
// NotFoundException when there is no vault at `path`, FileException when it is not private to this user,
// VaultDamagedException when it cannot be a vault.
Summary inspect(const std::string& path);

// What a credential opens of a vault's header: found apart from opening the vault, since it may take a second.
// WrongPassphraseException when it opens no slot of its kind; else as inspect(). Keeps nobody from the vault.
std::unique_ptr<const OpenedSlots> open_slots(const std::string& path, const Credential& credential,
                                              const Options& options);

// Whom the credential would open the vault as, told by the header alone. Throws as open_slots(); ConflictException when
// the credentials are being changed.
std::string principal_of(const std::string& path, const Credential& credential, const Options& options);

// Notes an attempt that failed in the file unlock.failed, beside the header, with the ids of all slots of its kind: the
// next who opens the vault finds it there (VaultCare::take_failed_unlocks()). Bounded: 64 lines, and at most 16 KiB.
// Never throws: what cannot be noted is dropped, for a failure has been told already.
void note_failed_unlock(const std::string& path, FailedUnlock attempt) noexcept;
// The ids of the slots of a kind, told by the header alone. Throws as inspect().
std::vector<std::string> slot_ids(const std::string& path, SlotKind kind);

// Thread-safe; each transaction belongs to the thread that began it. Holds the vault open while it lives: what destroys
// secrets or changes slots in other processes waits for that. Not to be used after fork(), and open only once in a
// process per vault: ConflictException. A transaction must end before its Vault does. A second transaction that writes
// waits in begin() for the first.
//
// The commit of a transaction that destroys secrets renews their key, so that no copy of a secret in the file or in an
// older copy of data.mdb can be opened. It waits for all transactions of other threads and for other processes to let
// go of the vault; where one of them changed records meanwhile, it answers kConflict. So does the commit of one that
// changes slots.
class Vault : public Store,
              public SlotKeeper,
              public VaultCare,
              public BackupMaker,
              public RollbackKeeper,
              public RepairKeeper {
 public:
  // Finishes what a crash interrupted. Throws as inspect(); ConflictException when the credentials were changed since
  // the slots were opened.
  static std::unique_ptr<Vault> open(const std::string& path, const OpenedSlots& slots, Random& random,
                                     const Options& options);
  // The same, of what open_slots() finds.
  static std::unique_ptr<Vault> open(const std::string& path, const Credential& credential, Random& random,
                                     const Options& options);

  virtual const std::string& principal() const = 0;  // of the slot that opened it
  virtual SlotKind unlocking_kind() const = 0;       // of that slot
  // Of a vault that remembers: false where its journal cannot be had, as on a full disk. Each commit then goes through
  // the data file, as durable and a good deal slower.
  virtual bool journals() const = 0;

  // The slot that the credential opens. WrongPassphraseException when it opens none. Takes as long as its key
  // derivation, without keeping anybody else from the vault.
  virtual Slot slot_of(const Credential& credential) = 0;
};

}  // namespace kms::vault
