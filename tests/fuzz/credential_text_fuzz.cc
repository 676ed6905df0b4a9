// What is read as a keyfile or as a recovery code is written again as the same, but for what readers overlook.
#include <cstdlib>

#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"
#include "formats/credential_text.h"

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  kms::crypto::init();
  (void)kms::init_secure_heap(1U << 20U);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kms::formats;
  if (size > 4096) return 0;
  const auto text = kms::SecretBytes::copy_of({data, size});
  if (const auto secret = decode_keyfile(text)) {
    const auto again = decode_keyfile(encode_keyfile(*secret));
    if (!again || !(*again == *secret)) abort();
  }
  if (const auto secret = decode_recovery_code(text)) {
    const auto again = decode_recovery_code(encode_recovery_code(*secret));
    if (!again || !(*again == *secret)) abort();
  }
  return 0;
}
