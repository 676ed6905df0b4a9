#pragma once
// A backup of a vault (formats/backup.md) that was read from front to end, as a vault in a directory of its own: to
// look at, to verify, and to become a vault again. Nothing but this object opens it, and it goes with it.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "formats/stream.h"
#include "vault/local/vault.h"
#include "vault/sealed/backup_contents.h"

namespace kms::vault {

// Belongs to one thread.
class UnpackedBackup {
 public:
  virtual ~UnpackedBackup() = default;

  virtual const std::string& vault_id() const = 0;
  virtual const BackupSummary& summary() const = 0;
  // Of the credential that opened it: the id of its slot, and whether that proves who made the file (formats/backup.md,
  // "What is proven"). A slot that is one of the vault's has its id there.
  virtual const std::string& slot() const = 0;
  virtual bool is_proven() const = 0;
  virtual bool is_slot_of_vault() const = 0;
  // With the records as they were. A change is one of this copy.
  virtual Vault& vault() = 0;
  // In what the vault differs from the summary: a sentence each.
  virtual std::vector<std::string> differences() = 0;

  // Makes it a vault at `target`, where nothing is, complete or not at all: under a new root key and a new key of
  // secrets, which no copy from before opens. Its slots are those of the vault where the credential that opened the
  // backup has one of them; else that credential has the only one, and unlocks as `owner`. `fill` changes the records
  // in the same transaction, and may run again. Ends the object: vault() is not to be used after it.
  // AlreadyExistsException, FileException; ConflictException as a store.
  virtual void restore(const std::string& target, const std::string& owner, Time now,
                       const std::function<void(Transaction&)>& fill) = 0;
};

// `target` is where restore() would make the vault: the directory stands beside it. For who restores nothing, any name
// in a directory that takes as much as the backup has. InvalidCiphertextException where the file is not as it was
// written, WrongPassphraseException where the credential does not open it, FileException.
std::unique_ptr<UnpackedBackup> unpack_backup(const formats::ReadFn& read, const Credential& credential,
                                              const std::string& target, Random& random, const Options& options);

}  // namespace kms::vault
