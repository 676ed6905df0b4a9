// A public key in PEM or DER that loads must have one written form that loads as the same key.
#include <cstdlib>

#include "core/crypto/key_pair.h"
#include "formats/pem.h"
#include "tests/fuzz/start.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto der = kms::formats::decode_public_key({data, size});
  if (!der) return 0;
  const std::string pem = kms::formats::encode_public_key_pem(*der);
  if (kms::formats::decode_public_key(kms::as_bytes(pem)) != der) std::abort();
  const auto key = kms::crypto::KeyPair::from_public_der(*der);
  if (!key) return 0;
  const kms::Bytes written = key->public_der();
  const auto again = kms::crypto::KeyPair::from_public_der(written);
  if (!again || again->type() != key->type() || again->public_der() != written) std::abort();
  return 0;
}
