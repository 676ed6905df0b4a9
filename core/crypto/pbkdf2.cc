#include "core/crypto/pbkdf2.h"

#include <climits>

#include "core/crypto/fetched.h"
#include "core/crypto/handles.h"

namespace kms::crypto {

SecretBytes pbkdf2_hmac_sha256(const SecretBytes& password, const SecretBytes& salt, std::uint32_t iterations,
                               std::size_t size) {
  require_ok(iterations <= INT_MAX && size <= INT_MAX, "PBKDF2");
  SecretBytes out(size);
  const ByteView secret = password.reveal();
  const ByteView salting = salt.reveal();
  const int done = PKCS5_PBKDF2_HMAC(reinterpret_cast<const char*>(secret.data()), static_cast<int>(secret.size()),
                                     salting.data(), static_cast<int>(salting.size()), static_cast<int>(iterations),
                                     fetched_digest(Hash::kSha256), static_cast<int>(size), out.reveal().data());
  require_ok(done == 1, "PBKDF2");
  return out;
}

}  // namespace kms::crypto
