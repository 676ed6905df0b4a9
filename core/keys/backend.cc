#include "core/keys/backend.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/keys/vault_backend.h"

namespace kms {
namespace {

[[noreturn]] void throw_not_remote() {
  throw Error(ErrorCode::kInternal, "the vault is no custom key store");
}

}  // namespace

void KeyBackend::destroy(const Orphan& /*orphan*/) const {
  throw_not_remote();
}

std::string KeyBackend::connect(const KeyStore& /*store*/, const SecretBytes& /*credential*/) const {
  throw_not_remote();
}

void KeyBackend::disconnect(const KeyStore& /*store*/) const {
  throw_not_remote();
}

const KeyBackend* KeyBackends::find(CustomKeyStoreType type) const {
  return type == CustomKeyStoreType::kCloudHsm ? cloud_hsm_ : external_;
}

const KeyBackend& KeyBackends::of(const Key& key) const {
  if (key.custom_key_store_id.empty()) return vault_backend();
  const KeyBackend* const backend = key.origin == Origin::kCloudHsm ? cloud_hsm_ : external_;
  if (backend != nullptr) return *backend;
  throw Error(ErrorCode::kUnsupportedOperation, cat("This version can use and make nothing in custom key stores, as ",
                                                    key.custom_key_store_id, " is one."));
}

}  // namespace kms
