#include "core/audit/log_key.h"

#include <utility>

#include "core/base/text.h"
#include "core/records/vault.h"
#include "formats/checkpoint.h"
#include "formats/cosignature.h"

namespace kms {

LogKey::LogKey(std::string name, formats::NoteKeyType type, const SecretBytes& seed)
    : pair_(crypto::KeyPair::from_stored(crypto::KeyType::kEd25519, seed)),
      public_key_(formats::make_note_key(std::move(name), type, pair_)) {}

LogKey LogKey::of_log(const Transaction& transaction, std::string_view vault_id, const AccountRegion& home) {
  return {formats::audit_log_origin(vault_id, home.account, home.region), formats::NoteKeyType::kEd25519,
          owned_key(transaction, OwnedKey::kAuditLog)};
}

LogKey LogKey::of_witness(const Transaction& transaction, std::string_view vault_id) {
  return {cat("kmsctl.local/", vault_id, "/witness"), formats::NoteKeyType::kCosignature,
          owned_key(transaction, OwnedKey::kWitness)};
}

formats::NoteSigner LogKey::signer() const {
  return [this](ByteView message) {
    return pair_.signing().value().sign({crypto::SignatureKind::kEd25519, crypto::Hash::kSha512}, message);
  };
}

formats::NoteSignature LogKey::sign(std::string_view text) const {
  return formats::sign_note(text, public_key_, signer());
}

formats::NoteSignature LogKey::cosign(std::string_view text, std::uint64_t time) const {
  return formats::cosign(text, time, public_key_, signer());
}

formats::SignedNote LogKey::checkpoint(std::uint64_t size, const formats::MerkleHash& root) const {
  formats::SignedNote note{formats::checkpoint_text({public_key_.name, size, root, {}}), {}};
  note.signatures.push_back(sign(note.text));
  return note;
}

}  // namespace kms
