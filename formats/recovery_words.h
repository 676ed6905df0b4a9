#pragma once
// Words of recovery shares and their numbers (formats/recovery_shares.md). Which word it is shows in no branch and no
// memory access, as all words are looked at; how long it is does, where words stand one behind the other. Pure.
#include <cstddef>
#include <cstdint>

#include "core/base/bytes.h"

namespace kms::formats {

inline constexpr std::size_t kRecoveryWords = 1024;
inline constexpr std::size_t kShortestRecoveryWord = 4;  // letters, and as many tell a word from all others
inline constexpr std::size_t kLongestRecoveryWord = 8;

// The number of a word, written whole or as its first four letters, in upper or lower case. kRecoveryWords for what is
// none.
std::uint16_t recovery_word_number(ByteView text);

// The word into the start of `out`, which has kLongestRecoveryWord bytes; zeros behind it. Returns its length.
std::size_t write_recovery_word(std::uint16_t number, MutableBytes out);

// Of the words that begin with some letters, in lower case, the first and the last. They are alphabetical, so letters
// that both begin with are those of all between.
struct RecoveryWordRange {
  std::uint16_t first = 0;
  std::uint16_t count = 0;
};
RecoveryWordRange recovery_words_with(ByteView letters);

}  // namespace kms::formats
