#include "vault/sealed/keys.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/crypto/aead.h"
#include "core/crypto/kdf.h"
#include "core/crypto/mac.h"

namespace kms::vault {
namespace {

SecretBytes derive(const SecretBytes& key, std::string_view label, std::size_t size = kKeySize) {
  return crypto::hkdf_expand(crypto::Hash::kSha256, key, as_bytes(cat("kmsctl vault 1 ", label)), size);
}

}  // namespace

Keys::Keys(const VaultId& id, std::uint32_t epoch, SecretBytes root, SecretBytes anchor)
    : id_(id), epoch_(epoch), root_(std::move(root)), anchor_(std::move(anchor)) {
  const SecretBytes extracted = crypto::hkdf_extract(crypto::Hash::kSha256, anchor_.reveal(), root_);
  index_ = derive(extracted, "index");
  fingerprint_ = derive(extracted, "fingerprint", crypto::kSipHashKeySize);
  records_ = derive(extracted, "records");
  journal_ = derive(extracted, "journal");
  header_mac_ = derive(extracted, "header mac");
  header_seal_ = derive(extracted, "header seal");
}

std::shared_ptr<Keys> Keys::of_epoch(std::uint32_t epoch) const {
  return std::make_shared<Keys>(id_, epoch, SecretBytes::copy_of(root_.reveal()),
                                SecretBytes::copy_of(anchor_.reveal()));
}

void Keys::set_material(SecretBytes material) {
  material_ = std::move(material);
  secrets_ = derive(material_, "secrets");
}

Bytes Keys::material_aad() const {
  Bytes aad;
  ByteWriter(aad).text("kmsctl material").bytes(id_).u32(epoch_);
  return aad;
}

void Keys::new_material(Random& random) {
  set_material(random.secret(kKeySize));
}

std::array<std::uint8_t, kSealedKeySize> Keys::seal_material(Random& random) const {
  return seal_key(header_seal(), material_aad(), material_, random);
}

void Keys::open_material(ByteView sealed) {
  SecretBytes opened(kKeySize);
  if (!unseal(header_seal(), material_aad(), sealed, opened.reveal())) {
    throw Error(ErrorCode::kVaultDamaged, "vault.hdr is damaged");
  }
  set_material(std::move(opened));
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
