#pragma once
// New key material, by the kind of key.
#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "core/model/key_spec.h"

namespace kms {

inline constexpr std::size_t kSymmetricKeySize = 32;

struct Material {
  SecretBytes secret;  // as the store keeps it
  Bytes public_key;    // SubjectPublicKeyInfo; empty unless the spec is asymmetric
};

// UnsupportedOperationException where the library lacks the algorithm.
void require_available(KeySpec spec);
Material make_material(KeySpec spec, Random& random);

}  // namespace kms
