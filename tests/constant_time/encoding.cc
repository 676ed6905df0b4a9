// Whether the text forms of secrets take the same path whatever the secret is. MemorySanitizer knows which bits depend
// on memory that nobody set, and stops where a branch or an address does: so the secrets here are marked as such
// memory. What it cannot see are instructions whose time depends on their operands; there are only shifts and sums.
#include "core/base/encoding.h"

#include <sanitizer/msan_interface.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/base/bytes.h"

namespace {

void mark_secret(std::string& text, std::size_t size) {
  __msan_allocated_memory(text.data(), size);
}

void encode(std::size_t size) {
  std::string secret(size, 's');
  mark_secret(secret, size);
  if (kms::encode_base64(kms::as_bytes(secret)).size() < size) std::abort();
  if (kms::encode_hex(kms::as_bytes(secret)).size() != 2 * size) std::abort();
  kms::Bytes text = kms::to_bytes(kms::as_bytes(secret));
  kms::make_base64_digits(text);
}

// How long the padding is tells the length, which is no secret, so the two places where it may stand are none. Whether
// all of it was base64 is told to the caller.
void decode(std::size_t size) {
  std::string text = kms::encode_base64(kms::as_bytes(std::string(size, 's')));
  constexpr std::size_t kPadding = 2;
  kms::Bytes out(size);
  mark_secret(text, text.size() - kPadding);
  bool sound = kms::decode_base64(text, out);
  __msan_unpoison(&sound, sizeof sound);
  if (!sound) std::abort();
}

}  // namespace

int main() {
  for (const std::size_t size : {1, 2, 3, 32, 100, 4096}) {
    encode(size);
    decode(size);
  }
  return std::puts("no branch and no address depends on a secret") < 0 ? 1 : 0;
}
