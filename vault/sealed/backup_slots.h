#pragma once
// What opens a backup (formats/backup.md, "Keys"): it is made from slots, and opened by a credential of one.
#include <optional>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/store/backups.h"
#include "vault/sealed/backup_header.h"
#include "vault/sealed/credential.h"
#include "vault/sealed/keys.h"

namespace kms::vault {

// What all is sealed under. Both come from the key of the backup and ANCHOR together, and from the header: who knows
// public keys alone makes no file that a slot with ANCHOR opens.
struct BackupSecrets {
  SecretBytes stream;
  SecretBytes vault_keys;
};

struct SealedBackupHeader {
  Bytes bytes;
  BackupSecrets secrets;
};
// `of_vault` are the slots of the vault. ValidationException for a credential or a recipient that is none;
// LimitExceededException for too many of them. A passphrase takes its time.
SealedBackupHeader make_backup_header(const Keys& keys, const std::vector<SlotEntry>& of_vault,
                                      const BackupSlots& wanted, Random& random, const SlotCosts& costs);

struct OpenedBackupHeader {
  BackupHeader header;
  BackupSecrets secrets;
  SlotId slot{};
  // Whether the slot has ANCHOR: then the file was made by who had a vault open that the credential opens, too, or by
  // who knew the credential. A recipient's slot anybody can make.
  bool proven = false;
};
// WrongPassphraseException when the credential opens none of the slots of its kind; InvalidCiphertextException where a
// cost is out of bounds, of any slot, or a slot was changed.
OpenedBackupHeader open_backup_header(ParsedBackupHeader parsed, const Credential& credential, const SlotCosts& costs);

}  // namespace kms::vault
