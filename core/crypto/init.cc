#include "core/crypto/init.h"

#include <openssl/crypto.h>
#include <sodium.h>

#include "core/crypto/handles.h"

namespace kms::crypto {

void init() {
  require_ok(OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr) == 1, "OpenSSL start");
  require_ok(sodium_init() >= 0, "libsodium start");
}

}  // namespace kms::crypto
