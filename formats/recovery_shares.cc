#include "formats/recovery_shares.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/recovery_words.h"

namespace kms::formats {
namespace {

using WordNumbers = std::vector<std::uint16_t, SecureAllocator<std::uint16_t>>;

constexpr std::size_t kWordBits = 10;
constexpr std::size_t kHeadWords = 4;
constexpr std::size_t kChecksumWords = 3;
constexpr std::size_t kLeastValue = 16;  // bytes
constexpr std::size_t kValueStep = 16;   // bits
constexpr std::size_t kMostPadding = 8;  // bits
constexpr unsigned kNibble = 15;

// RS1024: Reed-Solomon over GF(1024), which finds any three wrong words.
std::uint32_t checksum_step(std::uint32_t sum, std::uint32_t value) {
  constexpr std::array<std::uint32_t, kWordBits> kGenerators{0x00e0e040, 0x01c1c080, 0x03838100, 0x07070200,
                                                             0x0e0e0009, 0x1c0c2412, 0x38086c24, 0x3090fc48,
                                                             0x21b1f890, 0x03f3f120};
  const std::uint32_t high = sum >> 20U;
  sum = ((sum & 0xfffffU) << kWordBits) ^ value;
  for (std::size_t bit = 0; bit < kWordBits; ++bit) sum ^= kGenerators[bit] & (0U - ((high >> bit) & 1U));
  return sum;
}

// 1 when the last three words are the checksum of those before.
std::uint32_t checksum_of(const WordNumbers& words, bool extendable) {
  constexpr std::string_view kCustom = "shamir";
  constexpr std::string_view kExtendable = "shamir_extendable";
  std::uint32_t sum = 1;
  for (const char character : extendable ? kExtendable : kCustom) {
    sum = checksum_step(sum, static_cast<unsigned char>(character));
  }
  for (const std::uint16_t word : words) sum = checksum_step(sum, word);
  return sum;
}

bool says_extendable(const WordNumbers& words) {
  constexpr unsigned kBit = 4;
  return ((words[1] >> kBit) & 1U) == 1U;
}

// The number, from 1, of the one word that explains a wrong checksum. What is added to a word adds the same to the
// checksum whatever stands elsewhere, so each difference is tried at each place.
std::optional<std::size_t> wrong_word(const WordNumbers& words, bool extendable) {
  const std::uint32_t residue = checksum_of(words, extendable) ^ 1U;
  for (std::uint32_t difference = 1; difference < kRecoveryWords; ++difference) {
    std::uint32_t sum = difference;
    for (std::size_t place = words.size(); place > 0; --place) {
      if (sum == residue) return place;
      sum = checksum_step(sum, 0);
    }
  }
  return std::nullopt;
}

void require_checksum(const WordNumbers& words) {
  const bool extendable = says_extendable(words);
  if (checksum_of(words, extendable) == 1) return;
  std::optional<std::size_t> place = wrong_word(words, extendable);
  // The second word says which checksum it is: that may be what is wrong.
  constexpr std::size_t kSays = 2;
  if (!place && wrong_word(words, !extendable) == kSays) place = kSays;
  const std::string where = place ? cat("word ", std::to_string(*place), " looks wrong")
                                  : "more than one word is wrong, or some stand in another order";
  throw Error(ErrorCode::kInvalidCiphertext, cat("the checksum of the words does not fit: ", where));
}

bool is_word_separator(std::uint8_t byte) {
  return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

std::vector<ByteView> words_in(ByteView text) {
  std::vector<ByteView> words;
  auto at = text.begin();
  while ((at = std::find_if_not(at, text.end(), is_word_separator)) != text.end()) {
    const auto end = std::find_if(at, text.end(), is_word_separator);
    words.emplace_back(at, end);
    at = end;
  }
  return words;
}

// Which words are none is told of all of them at once.
WordNumbers numbers_of(const std::vector<ByteView>& words) {
  WordNumbers numbers;
  numbers.reserve(words.size());
  std::string unknown;
  bool several = false;
  for (const ByteView word : words) {
    numbers.push_back(recovery_word_number(word));
    if (numbers.back() < kRecoveryWords) continue;
    several = !unknown.empty();
    unknown += cat(unknown.empty() ? "" : ", ", std::to_string(numbers.size()));
  }
  if (unknown.empty()) return numbers;
  throw Error(ErrorCode::kUsage, several ? cat("words ", unknown, " are none of the 1,024 words of shares")
                                         : cat("word ", unknown, " is none of the 1,024 words of shares"));
}

void require_length(std::size_t words) {
  const std::size_t bits = words < kHeadWords + kChecksumWords ? 0 : (words - kHeadWords - kChecksumWords) * kWordBits;
  if (words < kFewestShareWords || words > kMostShareWords || bits % kValueStep > kMostPadding) {
    throw Error(
        ErrorCode::kUsage,
        cat("a share of a recovery code has 33 words, of another secret 20 or more; here are ", std::to_string(words)));
  }
}

// The bits of words, highest first.
class WordBits {
 public:
  explicit WordBits(const WordNumbers& words) : words_(words) {}

  unsigned take(std::size_t count) {
    unsigned value = 0;
    for (; count > 0; --count, ++at_) {
      const unsigned word = words_[at_ / kWordBits];
      value = (value << 1U) | ((word >> (kWordBits - 1 - at_ % kWordBits)) & 1U);
    }
    return value;
  }
  std::uint8_t nibble() { return static_cast<std::uint8_t>(take(4)); }
  std::uint8_t nibble_and_one() { return static_cast<std::uint8_t>(take(4) + 1); }

 private:
  const WordNumbers& words_;
  std::size_t at_ = 0;
};

class WordWriter {
 public:
  explicit WordWriter(WordNumbers& words) : words_(words) {}

  void put(unsigned value, std::size_t count) {
    for (; count > 0; --count, ++at_) {
      const unsigned bit = (value >> (count - 1)) & 1U;
      std::uint16_t& word = words_[at_ / kWordBits];
      word = static_cast<std::uint16_t>(word | (bit << (kWordBits - 1 - at_ % kWordBits)));
    }
  }

 private:
  WordNumbers& words_;
  std::size_t at_ = 0;
};

void write_head(WordWriter& out, const RecoveryShare& share) {
  out.put(share.id, 15);
  out.put(share.extendable ? 1 : 0, 1);
  out.put(share.exponent, 4);
  out.put(share.group, 4);
  out.put(share.groups_needed - 1U, 4);
  out.put(share.groups - 1U, 4);
  out.put(share.member, 4);
  out.put(share.needed - 1U, 4);
}

RecoveryShare read_head(WordBits& in) {
  RecoveryShare share;
  share.id = static_cast<std::uint16_t>(in.take(15));
  share.extendable = in.take(1) == 1;
  share.exponent = in.nibble();
  share.group = in.nibble();
  share.groups_needed = in.nibble_and_one();
  share.groups = in.nibble_and_one();
  share.member = in.nibble();
  share.needed = in.nibble_and_one();
  return share;
}

bool fits_a_share(const RecoveryShare& share) {
  const bool counts = share.groups_needed >= 1 && share.groups_needed <= share.groups && share.needed >= 1;
  const bool sixteen = share.groups <= kNibble + 1 && share.needed <= kNibble + 1 && share.group <= kNibble &&
                       share.member <= kNibble && share.exponent <= kNibble;
  return counts && sixteen && share.id < 1U << 15U && share.value.size() >= kLeastValue &&
         share.value.size() <= 4 * kLeastValue && share.value.size() % 2 == 0;
}

SecretBytes text_of_words(const WordNumbers& words) {
  SecretBytes text(words.size() * (kLongestRecoveryWord + 1));
  std::size_t size = 0;
  for (const std::uint16_t word : words) {
    if (size > 0) text.reveal()[size++] = ' ';
    size += write_recovery_word(word, text.reveal().subspan(size, kLongestRecoveryWord));
  }
  text.shrink(size);
  return text;
}

}  // namespace

SecretBytes encode_recovery_share(const RecoveryShare& share) {
  if (!fits_a_share(share)) throw Error(ErrorCode::kInternal, "no such recovery share");
  const std::size_t bits = share.value.size() * 8;
  const std::size_t value_words = (bits + kWordBits - 1) / kWordBits;
  WordNumbers words(kHeadWords + value_words + kChecksumWords);
  WordWriter out(words);
  write_head(out, share);
  out.put(0, value_words * kWordBits - bits);
  for (const std::uint8_t byte : share.value.reveal()) out.put(byte, 8);
  // What the sum lacks to be 1 is what the last three words, still zero, have to add.
  out.put(checksum_of(words, share.extendable) ^ 1U, kChecksumWords * kWordBits);
  return text_of_words(words);
}

RecoveryShare decode_recovery_share(const SecretBytes& text) {
  const std::vector<ByteView> spelled = words_in(text.reveal());
  require_length(spelled.size());
  const WordNumbers words = numbers_of(spelled);
  require_checksum(words);
  WordBits in(words);
  RecoveryShare share = read_head(in);
  const std::size_t bits = (words.size() - kHeadWords - kChecksumWords) * kWordBits;
  if (in.take(bits % kValueStep) != 0) {
    throw Error(ErrorCode::kInvalidCiphertext,
                "the unused bits of word 5 are not zero, although the checksum fits: what wrote this is no SLIP-0039");
  }
  if (share.groups_needed > share.groups) {
    throw Error(ErrorCode::kUsage, "the share asks for more groups than it says that there are");
  }
  share.value = SecretBytes(bits / kValueStep * 2);
  for (std::uint8_t& byte : share.value.reveal()) byte = static_cast<std::uint8_t>(in.take(8));
  return share;
}

std::vector<SecretBytes> recovery_share_texts(const SecretBytes& content) {
  std::vector<SecretBytes> texts;
  std::vector<ByteView> lines;  // since the last empty one
  const auto take = [&texts, &lines] {
    const auto is_whole = [](ByteView line) { return words_in(line).size() >= kFewestShareWords; };
    if (std::all_of(lines.begin(), lines.end(), is_whole)) {
      for (const ByteView line : lines) texts.push_back(SecretBytes::copy_of(line));
    } else {
      texts.push_back(SecretBytes::copy_of(ByteView(lines.front().begin(), lines.back().end())));
    }
    lines.clear();
  };
  ByteView rest = content.reveal();
  while (!rest.empty()) {
    const auto end = std::find(rest.begin(), rest.end(), std::uint8_t{'\n'});
    const ByteView line(rest.begin(), end);
    rest = ByteView(end == rest.end() ? end : end + 1, rest.end());
    if (!std::all_of(line.begin(), line.end(), is_word_separator)) {
      lines.push_back(line);
    } else if (!lines.empty()) {
      take();
    }
  }
  if (!lines.empty()) take();
  return texts;
}

}  // namespace kms::formats
