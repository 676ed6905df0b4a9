#include "vault/keys.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/crypto/aead.h"
#include "core/crypto/kdf.h"

namespace kms::vault {
namespace {
constexpr std::string_view kLabel = "kmsctl vault 1 ";
}

Keys::Keys(const VaultId& id, std::uint32_t epoch, SecretBytes root, SecretBytes anchor)
    : id_(id),
      epoch_(epoch),
      root_(std::move(root)),
      anchor_(std::move(anchor)),
      extracted_(crypto::hkdf_extract(crypto::Hash::kSha256, anchor_.reveal(), root_)) {}

const SecretBytes& Keys::subkey(std::optional<SecretBytes>& slot, std::string_view label) const {
  if (!slot) slot = crypto::hkdf_expand(crypto::Hash::kSha256, extracted_, as_bytes(cat(kLabel, label)), kKeySize);
  return *slot;
}

const SecretBytes& Keys::secrets() const {
  if (!secrets_) {
    secrets_ = crypto::hkdf_expand(crypto::Hash::kSha256, material_, as_bytes(cat(kLabel, "secrets")), kKeySize);
  }
  return *secrets_;
}

Bytes Keys::material_aad() const {
  Bytes aad;
  ByteWriter(aad).text("kmsctl material").bytes(id_).u32(epoch_);
  return aad;
}

void Keys::new_material(Random& random) {
  material_ = random.secret(kKeySize);
  secrets_.reset();
}

std::array<std::uint8_t, kSealedKeySize> Keys::seal_material(Random& random) const {
  return seal_key(header_seal(), material_aad(), material_, random);
}

void Keys::open_material(ByteView sealed) {
  SecretBytes opened(kKeySize);
  if (!unseal(header_seal(), material_aad(), sealed, opened.reveal())) {
    throw Error(ErrorCode::kVaultDamaged, "vault.hdr is damaged");
  }
  material_ = std::move(opened);
  secrets_.reset();
}

Bytes seal(const SecretBytes& key, ByteView aad, ByteView plaintext, Random& random) {
  Bytes out = random.bytes(crypto::kXChaChaNonceSize);
  const Bytes sealed = crypto::xchacha_seal(key, out, aad, plaintext);
  out.insert(out.end(), sealed.begin(), sealed.end());
  return out;
}

bool unseal(const SecretBytes& key, ByteView aad, ByteView sealed, MutableBytes out) {
  if (sealed.size() < kSealOverhead) return false;
  const ByteView nonce = sealed.first(crypto::kXChaChaNonceSize);
  return crypto::xchacha_open(key, nonce, aad, sealed.subspan(nonce.size()), out);
}

std::array<std::uint8_t, kSealedKeySize> seal_key(const SecretBytes& key, ByteView aad, const SecretBytes& plaintext,
                                                  Random& random) {
  std::array<std::uint8_t, kSealedKeySize> out{};
  const Bytes sealed = seal(key, aad, plaintext.reveal(), random);
  if (sealed.size() != out.size()) throw Error(ErrorCode::kInternal, "a key of the vault has the wrong size");
  std::copy(sealed.begin(), sealed.end(), out.begin());
  return out;
}

}  // namespace kms::vault
