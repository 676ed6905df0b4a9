// A private key that is taken from a file must be one that comes back from what is written of it.
#include <cstdlib>

#include "core/crypto/key_pair.h"
#include "core/crypto/private_key_file.h"
#include "tests/fuzz/start.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using kms::crypto::KeyPair;
  const auto file = kms::SecretBytes::copy_of({data, size});
  // The work of a password hash is the file's to choose.
  if (kms::crypto::is_encrypted_private_key(file)) return 0;
  const auto der = kms::crypto::private_der_of(file, kms::SecretBytes());
  const auto key = KeyPair::from_private_der(der ? *der : file);
  if (!key) return 0;
  if (!der) std::abort();  // what loads as PKCS#8 is a file of it
  const auto again = KeyPair::from_private_der(key->to_private_der());
  if (!again || again->type() != key->type() || again->to_stored() != key->to_stored()) std::abort();
  return 0;
}
