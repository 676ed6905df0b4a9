#pragma once
// The Ed25519 keys of a vault that sign for its trails (formats/audit_log.md). They are owned by the vault: no list
// shows them, and no call names them.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/crypto/key_pair.h"
#include "core/model/arn.h"
#include "core/store/store.h"
#include "formats/merkle_tree.h"
#include "formats/note_key.h"
#include "formats/signed_note.h"

namespace kms {

// Immutable: members may be called from several threads.
class LogKey {
 public:
  // Of the trail of `home` in the vault of this id, and named as that log is.
  static LogKey of_log(const Transaction& transaction, std::string_view vault_id, const AccountRegion& home);
  // Of the vault as a witness of other logs.
  static LogKey of_witness(const Transaction& transaction, std::string_view vault_id);

  const formats::NoteKey& public_key() const { return public_key_; }
  // The line of a log's key over the text of a checkpoint.
  formats::NoteSignature sign(std::string_view text) const;
  // The line of a witness. `time` in seconds since 1970.
  formats::NoteSignature cosign(std::string_view text, std::uint64_t time) const;
  // A checkpoint of the log, with its line.
  formats::SignedNote checkpoint(std::uint64_t size, const formats::MerkleHash& root) const;

 private:
  LogKey(std::string name, formats::NoteKeyType type, const SecretBytes& seed);
  formats::NoteSigner signer() const;
  crypto::KeyPair pair_;
  formats::NoteKey public_key_;
};

}  // namespace kms
