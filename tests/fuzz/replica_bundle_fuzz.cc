// Files that pretend to be replicas from another vault. A seed key is fixed, so that a real file is among the seeds.
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "formats/replica_bundle.h"
#include "tests/fuzz/start.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const kms::SecretBytes seed(kms::formats::kTransportSeedSize);
  try {
    (void)kms::formats::open_bundle(seed, {data, size});
  } catch (const kms::Error& error) {
    if (error.code() != kms::ErrorCode::kInvalidCiphertext) std::abort();
  }
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto key = kms::formats::parse_transport_key(text)) (void)kms::formats::fingerprint(*key);
  return 0;
}
