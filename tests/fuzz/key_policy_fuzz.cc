// Key policies as anybody may send them.
#include "core/base/error.h"
#include "core/policy/key_policy.h"
#include "tests/fuzz/start.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const kms::KeyPolicy policy = kms::parse_key_policy(text);
    (void)policy.surely_allows("arn:aws:iam::111122223333:user/x", "kms:PutKeyPolicy");
  } catch (const kms::Error& error) {
    if (error.code() != kms::ErrorCode::kMalformedPolicy) std::abort();
  }
  // Every text is matched by a star, and by itself unless it holds wildcards; no pattern takes for ever.
  if (!kms::matches_action("*", text)) __builtin_trap();
  (void)kms::matches_action(text, text);
  return 0;
}
