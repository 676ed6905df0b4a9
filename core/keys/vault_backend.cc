#include "core/keys/vault_backend.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/mac.h"
#include "core/keys/material.h"
#include "core/records/keys.h"
#include "formats/ciphertext_blob.h"

namespace kms {
namespace {

constexpr Memo<crypto::KeyPair> kKeyPair{"key pair"};

using SharedPair = std::shared_ptr<const crypto::KeyPair>;

// Looks at the material at its first use.
class VaultKey final : public UsableKey,
                       UsableKey::Sealer,
                       UsableKey::Signer,
                       UsableKey::MacMaker,
                       UsableKey::Agreement,
                       UsableKey::Decapsulator {
 public:
  VaultKey(const Transaction& transaction, const Key& key) : transaction_(transaction), key_(key) {}

  const UsableKey::Sealer* sealer() const override { return part(KeyUsage::kEncryptDecrypt); }
  const UsableKey::Signer* signer() const override { return part(KeyUsage::kSignVerify); }
  const UsableKey::MacMaker* mac() const override { return part(KeyUsage::kGenerateVerifyMac); }
  const UsableKey::Agreement* agreement() const override { return part(KeyUsage::kKeyAgreement); }
  const UsableKey::Decapsulator* decapsulator() const override { return part(KeyUsage::kEncapsulateDecapsulate); }

 private:
  const VaultKey* part(KeyUsage usage) const { return key_.usage == usage ? this : nullptr; }

  Bytes seal(EncryptionAlgorithm algorithm, const formats::EncryptionContext& context, const SecretBytes& plaintext,
             Random& random) const override {
    if (algorithm == EncryptionAlgorithm::kSymmetric) {
      const formats::BlobKey names{key_.home.account, key_.id.raw(), key_.multi_region(),
                                   backing_key_id(key_.material_id())};
      return formats::seal_blob(names, *current(), context, plaintext, random);
    }
    if (algorithm == EncryptionAlgorithm::kSm2Pke) return pair()->sm2()->encrypt(plaintext);
    return pair()->oaep()->encrypt(oaep_hash(algorithm), plaintext);
  }

  std::optional<Opened> open(EncryptionAlgorithm algorithm, const formats::EncryptionContext& context,
                             ByteView ciphertext) const override {
    if (algorithm == EncryptionAlgorithm::kSymmetric) return open_symmetric(context, ciphertext);
    auto plaintext = algorithm == EncryptionAlgorithm::kSm2Pke
                         ? pair()->sm2()->decrypt(ciphertext)
                         : pair()->oaep()->decrypt(oaep_hash(algorithm), ciphertext);
    if (!plaintext) return std::nullopt;
    return Opened{*std::move(plaintext), {}};
  }

  std::optional<Opened> open_symmetric(const formats::EncryptionContext& context, ByteView ciphertext) const {
    const auto names = formats::parse_blob(ciphertext);
    const auto material = names ? shared_material(transaction_, key_, names->backing_key_id) : nullptr;
    auto plaintext = material ? formats::open_blob(ciphertext, *material, context) : std::nullopt;
    if (!plaintext) return std::nullopt;
    return Opened{*std::move(plaintext), material_of(names->backing_key_id)};
  }

  // The backing key that a ciphertext names: an older one than the current one after a rotation.
  std::string material_of(const BackingKeyId& id) const {
    for (const BackingKey& each : key_.materials) {
      if (backing_key_id(each.id) == id) return each.id;
    }
    return key_.material_id();
  }

  Bytes sign(crypto::SignatureScheme scheme, ByteView input) const override {
    return pair()->signing()->sign(scheme, input);
  }
  bool verify(crypto::SignatureScheme scheme, ByteView input, ByteView signature) const override {
    return pair()->signing()->verify(scheme, input, signature);
  }

  Bytes mac(MacAlgorithm algorithm, ByteView message) const override {
    return crypto::hmac(mac_hash(algorithm), *current(), message);
  }

  std::optional<SecretBytes> derive(ByteView peer) const override {
    const auto other = crypto::KeyPair::from_public_der(peer);
    return other ? pair()->agreement()->derive(*other) : std::nullopt;
  }

  crypto::Encapsulated encapsulate() const override { return pair()->encapsulation()->encapsulate(); }
  std::optional<SecretBytes> decapsulate(ByteView ciphertext) const override {
    return pair()->encapsulation()->decapsulate(ciphertext);
  }

  SharedSecret current() const {
    auto material = shared_material(transaction_, key_, backing_key_id(key_.material_id()));
    if (!material) throw Error(ErrorCode::kVaultDamaged, cat("the key material of ", key_.arn(), " is missing"));
    return material;
  }

  SharedPair pair() const {
    return transaction_.remembered(
        kKeyPair, {key_.home.account, key_.home.region, key_.id.str(), key_.material_id()},
        [&] { return crypto::KeyPair::from_stored(key_type(key_.spec).value(), *current()); });
  }

  const Transaction& transaction_;
  const Key& key_;
};

}  // namespace

std::unique_ptr<const UsableKey> VaultBackend::open(const Transaction& transaction, const Key& key) const {
  return std::make_unique<const VaultKey>(transaction, key);
}

MadeMaterial VaultBackend::make(const Key& key, Random& random) const {
  Material made = make_material(key.spec, random);
  std::string id = make_material_id(key.id, made.secret);
  return {std::move(id), std::move(made.public_key), std::move(made.secret)};
}

const VaultBackend& vault_backend() {
  static const VaultBackend backend;
  return backend;
}

}  // namespace kms
