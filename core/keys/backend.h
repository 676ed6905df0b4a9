#pragma once
// Where keys have their material: in the vault, or in a custom key store. Backends are thread-safe and outlive every
// call.
#include <memory>
#include <string>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "core/keys/usable_key.h"
#include "core/model/key.h"
#include "core/records/key_stores.h"
#include "core/records/orphans.h"
#include "core/store/store.h"

namespace kms {

// New material, before any record speaks of it.
struct MadeMaterial {
  std::string id;      // 64 hex digits
  Bytes public_key;    // SubjectPublicKeyInfo; empty unless the spec is asymmetric
  SecretBytes secret;  // what the vault is to keep; empty where the material is elsewhere
};

class KeyBackend {
 public:
  virtual ~KeyBackend() = default;

  // Whether the material is elsewhere: then using and making keys may take long and fail for reasons of its own, and
  // the door holds no transaction meanwhile (core/service/key_use.h).
  virtual bool remote() const = 0;

  // For use while `transaction` and `key` last. A remote one's needs neither any more, and open() goes nowhere.
  virtual std::unique_ptr<const UsableKey> open(const Transaction& transaction, const Key& key) const = 0;
  // UnsupportedOperationException where there can be no such key.
  virtual MadeMaterial make(const Key& key, Random& random) const = 0;

  // The rest is for remote ones; nobody else is asked. destroy() succeeds where there is nothing.
  virtual void destroy(const Orphan& orphan) const;
  // A ConnectionErrorCode; empty: it is connected. `credential` is the store's password or secret access key.
  virtual std::string connect(const KeyStore& store, const SecretBytes& credential) const;
  virtual void disconnect(const KeyStore& store) const;
};

// Which backend a key has, by its origin.
class KeyBackends {
 public:
  KeyBackends() = default;
  // Null: this kmsctl has none for that type of custom key store.
  KeyBackends(const KeyBackend* cloud_hsm, const KeyBackend* external) : cloud_hsm_(cloud_hsm), external_(external) {}

  const KeyBackend* find(CustomKeyStoreType type) const;
  // UnsupportedOperationException where there is none.
  const KeyBackend& of(const Key& key) const;

 private:
  const KeyBackend* cloud_hsm_ = nullptr;
  const KeyBackend* external_ = nullptr;
};

}  // namespace kms
