#include "core/keys/material.h"

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms {

void require_available(KeySpec spec) {
  const auto type = key_type(spec);
  if (!type || crypto::is_available(*type)) return;
  throw Error(ErrorCode::kUnsupportedOperation,
              cat("KeySpec ", to_text(spec), " needs OpenSSL 3.5 or newer, which this kmsctl is not linked with."));
}

Material make_material(KeySpec spec, Random& random) {
  require_available(spec);
  if (const auto type = key_type(spec)) {
    const auto pair = crypto::KeyPair::generate(*type);
    return {pair.to_stored(), pair.public_der()};
  }
  if (const auto algorithm = mac_algorithm(spec)) {
    return {random.secret(crypto::digest_size(mac_hash(*algorithm))), {}};
  }
  return {random.secret(kSymmetricKeySize), {}};
}

}  // namespace kms
