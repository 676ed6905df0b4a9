#pragma once
// The keys of an unlocked vault, for one epoch. All come from ROOT and the anchor together: ROOT is renewed when a
// credential is revoked, and stands in a box that anybody could make for a slot's public key; the anchor stands where
// only a credential reaches it, so that a forged ROOT gives none of these keys.
#include <cstdint>
#include <memory>
#include <string_view>

#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "vault/sealed/header.h"

namespace kms::vault {

class Keys {  // Any number of threads may read it.
 public:
  Keys(const VaultId& id, std::uint32_t epoch, SecretBytes root, SecretBytes anchor);

  // Of the same root key in another epoch, without a MATERIAL_KEK.
  std::shared_ptr<Keys> of_epoch(std::uint32_t epoch) const;

  const VaultId& id() const { return id_; }
  std::uint32_t epoch() const { return epoch_; }
  const SecretBytes& root() const { return root_; }
  const SecretBytes& anchor() const { return anchor_; }

  const SecretBytes& index() const { return index_; }
  const SecretBytes& fingerprint() const { return fingerprint_; }
  const SecretBytes& records() const { return records_; }
  const SecretBytes& journal() const { return journal_; }
  const SecretBytes& header_mac() const { return header_mac_; }
  const SecretBytes& header_seal() const { return header_seal_; }
  const SecretBytes& secrets() const { return secrets_; }  // from MATERIAL_KEK, once that is there

  // MATERIAL_KEK as the header keeps it. new_material() makes a fresh one.
  void new_material(Random& random);
  std::array<std::uint8_t, kSealedKeySize> seal_material(Random& random) const;
  void open_material(ByteView sealed);  // VaultDamagedException

 private:
  void set_material(SecretBytes material);
  Bytes material_aad() const;

  VaultId id_;
  std::uint32_t epoch_;
  SecretBytes root_;
  SecretBytes anchor_;
  SecretBytes index_;
  SecretBytes fingerprint_;
  SecretBytes records_;
  SecretBytes journal_;
  SecretBytes header_mac_;
  SecretBytes header_seal_;
  SecretBytes material_;
  SecretBytes secrets_;
};

// nonce || XChaCha20-Poly1305, the one way in which the vault seals.
Bytes seal(const SecretBytes& key, ByteView aad, ByteView plaintext, Random& random);
// `out` is kSealOverhead shorter than `sealed`. False when it was not sealed so.
[[nodiscard]] bool unseal(const SecretBytes& key, ByteView aad, ByteView sealed, MutableBytes out);

// 32 bytes in an array of the header.
std::array<std::uint8_t, kSealedKeySize> seal_key(const SecretBytes& key, ByteView aad, const SecretBytes& plaintext,
                                                  Random& random);

}  // namespace kms::vault
