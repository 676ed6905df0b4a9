#include "formats/recovery_words.h"

#include <array>
#include <string_view>

#include "formats/recovery_word_list.h"

namespace kms::formats {
namespace {

// Up to eight letters, the first in the highest byte, zeros behind them.
using Letters = std::uint64_t;

constexpr std::array<Letters, kRecoveryWords> letters_of_all() {
  std::array<Letters, kRecoveryWords> all{};
  std::size_t word = 0;
  std::size_t letter = 0;
  for (const char character : kRecoveryWordList) {
    if (character == ' ') {
      ++word;
      letter = 0;
      continue;
    }
    all.at(word) |= static_cast<Letters>(character) << (8 * (kLongestRecoveryWord - 1 - letter));
    ++letter;
  }
  return all;
}
constexpr std::array<Letters, kRecoveryWords> kAllLetters = letters_of_all();
static_assert(kAllLetters.back() >> 32U == 0x7a65726fU);  // "zero"

// Those of the first `size` letters.
constexpr Letters mask_of(std::size_t size) {
  return size == 0 ? 0 : ~Letters{0} << (8 * (kLongestRecoveryWord - size));
}

Letters ones_if(bool condition) {
  return Letters{0} - static_cast<Letters>(condition);
}

// `wrong` becomes other than zero where a byte is no letter. Upper case becomes lower case.
Letters letters_of(ByteView text, unsigned& wrong) {
  constexpr unsigned kLowerCase = 0x20;
  constexpr unsigned kAlphabet = 26;
  Letters letters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unsigned lower = text[i] | kLowerCase;
    wrong |= static_cast<unsigned>(lower - 'a' >= kAlphabet);
    letters |= static_cast<Letters>(lower) << (8 * (kLongestRecoveryWord - 1 - i));
  }
  return letters;
}

}  // namespace

std::uint16_t recovery_word_number(ByteView text) {
  if (text.size() < kShortestRecoveryWord || text.size() > kLongestRecoveryWord) return kRecoveryWords;
  unsigned wrong = 0;
  const Letters letters = letters_of(text, wrong);
  // Four letters are those of one word, whole or not; more have to be all of it.
  const Letters mask = text.size() == kShortestRecoveryWord ? mask_of(kShortestRecoveryWord) : ~Letters{0};
  Letters number = kRecoveryWords;
  for (std::size_t i = 0; i < kRecoveryWords; ++i) {
    const Letters found = ones_if(wrong == 0) & ones_if((kAllLetters[i] & mask) == letters);
    number = (number & ~found) | (i & found);
  }
  return static_cast<std::uint16_t>(number);
}

std::size_t write_recovery_word(std::uint16_t number, MutableBytes out) {
  Letters letters = 0;
  for (std::size_t i = 0; i < kRecoveryWords; ++i) letters |= kAllLetters[i] & ones_if(i == number);
  std::size_t size = 0;
  for (std::size_t i = 0; i < kLongestRecoveryWord; ++i) {
    out[i] = static_cast<std::uint8_t>(letters >> (8 * (kLongestRecoveryWord - 1 - i)));
    size += static_cast<std::size_t>(out[i] != 0);
  }
  return size;
}

RecoveryWordRange recovery_words_with(ByteView letters) {
  if (letters.size() > kLongestRecoveryWord) return {};
  unsigned wrong = 0;
  const Letters wanted = letters_of(letters, wrong);
  const Letters mask = mask_of(letters.size());
  Letters before = 0;
  Letters count = 0;
  for (const Letters word : kAllLetters) {
    before += static_cast<Letters>((word & mask) < wanted);
    count += static_cast<Letters>((word & mask) == wanted);
  }
  count &= ones_if(wrong == 0);
  return {static_cast<std::uint16_t>(before), static_cast<std::uint16_t>(count)};
}

}  // namespace kms::formats
