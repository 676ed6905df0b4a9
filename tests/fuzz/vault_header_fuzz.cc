// A header is read before any key is known: whatever it holds, the answer is a header or an Error. The checksum is made
// right here, so that the fuzzer gets behind it.
#include <cstdlib>

#include "core/crypto/digest.h"
#include "core/crypto/init.h"
#include "vault/header.h"

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  kms::crypto::init();
  (void)kms::init_secure_heap(1U << 20U);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kChecksumSize = 8;
  kms::Bytes file(data, data + size);
  const kms::Bytes sum = kms::crypto::digest(kms::crypto::Hash::kSha256, file);
  file.insert(file.end(), sum.begin(), sum.begin() + kChecksumSize);
  try {
    const auto parsed = kms::vault::parse_header(file);
    // One header has one spelling.
    const kms::Bytes body = kms::vault::encode_header_body(parsed.header);
    if (body != parsed.body || kms::vault::encode_header_file(body, parsed.macs) != file) std::abort();
  } catch (const kms::Error&) {
    return 0;
  }
  return 0;
}
