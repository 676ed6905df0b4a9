// Any bytes as a ciphertext blob: it is refused, unless it is one that was sealed.
#include <cstdint>
#include <cstdlib>

#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"
#include "formats/ciphertext_blob.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const kms::ByteView blob(data, size);
  const kms::SecretBytes key(32);
  const bool parsed = kms::formats::parse_blob(blob).has_value();
  const bool opened = kms::formats::open_blob(blob, key, "111122223333", {}).has_value();
  if (opened) std::abort();  // nobody can forge one
  return parsed ? 0 : -1;
}

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  kms::crypto::init();
  (void)kms::init_secure_heap(1U << 20U);
  return 0;
}
