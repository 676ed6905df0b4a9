// Whether what recovery shares are made of takes the same path whatever the secret is: sums and products of GF(256),
// and words and their numbers. As encoding.cc, with MemorySanitizer.
#include <sanitizer/msan_interface.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "core/base/bytes.h"
#include "core/crypto/gf256.h"
#include "formats/recovery_words.h"

namespace {

template <class Bytes>
void mark_secret_bytes(Bytes& bytes) {
  __msan_allocated_memory(bytes.data(), bytes.size());
}

void interpolate() {
  kms::Bytes first(32, 1);
  kms::Bytes second(32, 2);
  kms::Bytes out(32);
  mark_secret_bytes(first);
  mark_secret_bytes(second);
  kms::crypto::gf256_interpolate({{0, first}, {254, second}}, 255, out);
  std::array<std::uint8_t, 1> element{7};
  mark_secret_bytes(element);
  out[0] = kms::crypto::gf256_inverse(element[0]);
}

void write_word() {
  std::uint16_t number = 517;
  __msan_allocated_memory(&number, sizeof number);
  std::array<std::uint8_t, kms::formats::kLongestRecoveryWord> letters{};
  (void)kms::formats::write_recovery_word(number, letters);
  __msan_unpoison(letters.data(), letters.size());
  if (letters[0] < 'a') std::abort();
}

void read_word() {
  std::array<std::uint8_t, 8> letters{'a', 'c', 'a', 'd', 'e', 'm', 'i', 'c'};
  mark_secret_bytes(letters);
  for (const std::size_t size : {4U, 8U}) {
    std::uint16_t number = kms::formats::recovery_word_number(kms::ByteView(letters).first(size));
    __msan_unpoison(&number, sizeof number);
    if (number > kms::formats::kRecoveryWords) std::abort();
  }
}

}  // namespace

int main() {
  interpolate();
  write_word();
  read_word();
  return std::puts("no branch and no address depends on a share") < 0 ? 1 : 0;
}
