// Shares of strangers. What is read as one is written again as the same words; what goes together is combined, and the
// bounds hold before that.
#include <cstdlib>

#include "core/base/error.h"
#include "core/base/secret_bytes.h"
#include "formats/recovery_share_set.h"
#include "formats/recovery_shares.h"
#include "tests/fuzz/start.h"

namespace {

using kms::SecretBytes;
using namespace kms::formats;

std::vector<RecoveryShare> readable_shares(const SecretBytes& content) {
  std::vector<RecoveryShare> shares;
  for (const SecretBytes& text : recovery_share_texts(content)) {
    try {
      shares.push_back(decode_recovery_share(text));
    } catch (const kms::Error& error) {
      if (error.code() != kms::ErrorCode::kUsage && error.code() != kms::ErrorCode::kInvalidCiphertext) abort();
      continue;
    }
    const SecretBytes again = encode_recovery_share(shares.back());
    if (!(encode_recovery_share(decode_recovery_share(again)) == again)) abort();
  }
  return shares;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  const auto shares = readable_shares(SecretBytes::copy_of({data, size}));
  // More work to decrypt is more of the same.
  if (shares.empty() || shares.front().exponent > 0) return 0;
  try {
    const SecretBytes secret = combine_recovery_shares(shares, SecretBytes());
    if (secret.size() != shares.front().value.size()) abort();
  } catch (const kms::Error& error) {
    if (error.code() != kms::ErrorCode::kUsage && error.code() != kms::ErrorCode::kInvalidCiphertext) abort();
  }
  return 0;
}
