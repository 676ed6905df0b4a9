#include "tests/support/token_backend.h"

#include "core/base/error.h"
#include "core/records/keys.h"
#include "formats/ciphertext_blob.h"

namespace kms::testing {

struct TokenBackend::Held final : UsableKey, UsableKey::Sealer {
  Held(const TokenBackend& of, const Key& key)
      : token(of),
        id(key.id.str()),
        material_id(key.material_id()),
        names{key.home.account, key.id.raw(), key.multi_region(), backing_key_id(material_id)} {}

  const UsableKey::Sealer* sealer() const override { return this; }

  std::shared_ptr<const SecretBytes> secret() const {
    const std::lock_guard lock(token.mutex_);
    const auto found = token.keys_.find(id);
    if (found == token.keys_.end()) throw_token_gone();
    return found->second;
  }

  Bytes seal(EncryptionAlgorithm /*algorithm*/, const formats::EncryptionContext& context, const SecretBytes& plaintext,
             Random& random) const override {
    token.begin("seal");
    return formats::seal_blob(names, *secret(), context, plaintext, random);
  }

  std::optional<Opened> open(EncryptionAlgorithm /*algorithm*/, const formats::EncryptionContext& context,
                             ByteView ciphertext) const override {
    token.begin("open");
    auto plaintext = formats::open_blob(ciphertext, *secret(), context);
    if (!plaintext) return std::nullopt;
    return Opened{*std::move(plaintext), material_id};
  }

  const TokenBackend& token;
  const std::string id;
  const std::string material_id;
  const formats::BlobKey names;
};

void throw_token_gone() {
  throw Error(ErrorCode::kInvalidState, "The token is gone.");
}

void TokenBackend::begin(std::string_view what) const {
  if (before) before(what);
  const std::lock_guard lock(mutex_);
  ++counts_[std::string(what)];
}

std::unique_ptr<const UsableKey> TokenBackend::open(const Transaction& /*transaction*/, const Key& key) const {
  return std::make_unique<const Held>(*this, key);
}

MadeMaterial TokenBackend::make(const Key& key, Random& random) const {
  begin("make");
  auto secret = std::make_shared<const SecretBytes>(random.secret(32));
  const std::string id = make_material_id(key.id, *secret);
  const std::lock_guard lock(mutex_);
  keys_[key.id.str()] = std::move(secret);
  return {id, {}, {}};
}

void TokenBackend::destroy(const Orphan& orphan) const {
  begin("destroy");
  const std::lock_guard lock(mutex_);
  keys_.erase(orphan.key.str());
}

std::string TokenBackend::connect(const KeyStore& /*store*/, const SecretBytes& credential) const {
  begin("connect");
  return credential == SecretBytes::copy_of(as_bytes("kmsPswd1")) ? "" : "INVALID_CREDENTIALS";
}

void TokenBackend::disconnect(const KeyStore& /*store*/) const {
  begin("disconnect");
}

std::size_t TokenBackend::size() const {
  const std::lock_guard lock(mutex_);
  return keys_.size();
}

int TokenBackend::count(std::string_view what) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(what);
  return found != counts_.end() ? found->second : 0;
}

}  // namespace kms::testing
