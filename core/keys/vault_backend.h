#pragma once
// Keys whose material the vault holds: made here (AWS_KMS) or imported (EXTERNAL). Stateless.
#include "core/keys/backend.h"

namespace kms {

class VaultBackend final : public KeyBackend {
 public:
  bool remote() const override { return false; }
  std::unique_ptr<const UsableKey> open(const Transaction& transaction, const Key& key) const override;
  MadeMaterial make(const Key& key, Random& random) const override;
};

const VaultBackend& vault_backend();

}  // namespace kms
