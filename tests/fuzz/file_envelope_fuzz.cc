// Any bytes as a file: decrypting ends with an answer or an Error, and what opened is what an encryptor could have
// made.
#include <algorithm>
#include <cstdint>

#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"
#include "formats/armor.h"
#include "formats/file_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::size_t at = 0;
  const kms::formats::ReadFn read = [&](kms::MutableBytes out) {
    const std::size_t count = std::min(out.size(), size - at);
    std::copy_n(data + at, count, out.begin());
    at += count;
    return count;
  };
  try {
    kms::formats::decrypt_stream(
        kms::formats::detect_armor(read), [](kms::ByteView) {},
        [](const auto&, const auto&) { return kms::SecretBytes(kms::formats::kDataKeySize); }, {.threads = 1});
  } catch (const kms::Error&) {  // NOLINT(bugprone-empty-catch): the expected end
  }
  return 0;
}

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  kms::crypto::init();
  (void)kms::init_secure_heap(1U << 20U);
  return 0;
}
