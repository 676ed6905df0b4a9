#include "core/base/encoding.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kms {
namespace {

// Plaintext and key material pass here. So that time and cache tell nothing of it, no branch depends on a digit and no
// memory is addressed by one: they are compared by arithmetic, and what is wrong is told at the end. Eight digits at a
// time, one in each byte of a word, so that large files lose nothing by it.
using Word = std::uint64_t;
constexpr Word kEach = 0x0101010101010101;  // times a byte: that byte in each place
constexpr Word kHighBits = kEach * 0x80;
constexpr std::size_t kDigits = 8;
constexpr std::size_t kBytes = 6;  // of eight digits

// The highest bit of each byte that is `limit` or more. All bytes of `word` are below 0x80.
Word at_least(Word word, Word limit) {
  return (word + kEach * (0x80 - limit)) & kHighBits;
}

Word within(Word word, Word first, Word last) {
  return at_least(word, first) & ~at_least(word, last + 1);
}

// `value` in each byte whose highest bit is set.
Word where(Word high_bits, Word value) {
  return (high_bits | (high_bits - (high_bits >> 7U))) & (kEach * value);
}

// Six bits a byte.
Word digits_of(Word sextets) {
  const Word letters = sextets + kEach * 'A' + where(at_least(sextets, 26), 'a' - 'Z' - 1);
  return letters - where(at_least(sextets, 52), 'z' + 1 - '0') - where(at_least(sextets, 62), '9' + 1 - '+') +
         where(at_least(sextets, 63), '/' - '+' - 1);
}

// A byte that is no digit sets a bit of `wrong`.
Word sextets_of(Word digits, Word& wrong) {
  const Word low = digits & ~kHighBits;
  const Word upper = within(low, 'A', 'Z');
  const Word lower = within(low, 'a', 'z');
  const Word number = within(low, '0', '9');
  const Word plus = within(low, '+', '+');
  const Word slash = within(low, '/', '/');
  wrong |= ((upper | lower | number | plus | slash) ^ kHighBits) | (digits & kHighBits);
  return low - where(upper, 'A') - where(lower, 'a' - 26) + where(number, 52 - '0') + where(plus, 62 - '+') +
         where(slash, 63 - '/');
}

// Between six bits a byte and 48 bits in a row.
Word packed(Word sextets) {
  Word out = (sextets & 0x3f003f003f003f00) >> 2U | (sextets & 0x003f003f003f003f);
  out = (out & 0x0fff00000fff0000) >> 4U | (out & 0x00000fff00000fff);
  return (out & 0x00ffffff00000000) >> 8U | (out & 0x0000000000ffffff);
}

Word spread(Word bits) {
  Word out = (bits & 0xffffff000000) << 8U | (bits & 0x000000ffffff);
  out = (out & 0x00fff00000fff000) << 4U | (out & 0x00000fff00000fff);
  return (out & 0x0fc00fc00fc00fc0) << 2U | (out & 0x003f003f003f003f);
}

// The first byte is the highest. Without loops, so that compilers see one instruction in it.
template <class Byte, std::size_t... places>
Word load(const Byte* bytes, std::index_sequence<places...> /*size*/) {
  return (... | (Word{static_cast<std::uint8_t>(bytes[places])} << (8 * (sizeof...(places) - 1 - places))));
}

template <class Byte, std::size_t... places>
void store(Word word, Byte* bytes, std::index_sequence<places...> /*size*/) {
  ((bytes[places] = static_cast<Byte>(word >> (8 * (sizeof...(places) - 1 - places)))), ...);
}

constexpr std::make_index_sequence<kDigits> kOfDigits;
constexpr std::make_index_sequence<kBytes> kOfBytes;

void decode_group(const char* digits, std::uint8_t* bytes, Word& wrong) {
  store(packed(sextets_of(load(digits, kOfDigits), wrong)), bytes, kOfBytes);
}

void encode_group(const std::uint8_t* bytes, char* digits) {
  store(digits_of(spread(load(bytes, kOfBytes))), digits, kOfDigits);
}

// Of eight hexadecimal digits, four bits a byte. A byte that is no digit sets a bit of `wrong`.
Word nibbles_of(Word digits, Word& wrong) {
  const Word low = digits & ~kHighBits;
  const Word number = within(low, '0', '9');
  const Word upper = within(low, 'A', 'F');
  const Word lower = within(low, 'a', 'f');
  wrong |= ((number | upper | lower) ^ kHighBits) | (digits & kHighBits);
  return low - where(number, '0') - where(upper, 'A' - 10) - where(lower, 'a' - 10);
}

// Between four bits a byte and 32 bits in a row.
Word packed_nibbles(Word nibbles) {
  Word out = (nibbles >> 4U | nibbles) & 0x00ff00ff00ff00ff;
  out = (out >> 8U | out) & 0x0000ffff0000ffff;
  return (out >> 16U | out) & 0x00000000ffffffff;
}

constexpr std::size_t kHexBytes = kDigits / 2;

void decode_hex_group(const char* digits, std::uint8_t* bytes, Word& wrong) {
  store(packed_nibbles(nibbles_of(load(digits, kOfDigits), wrong)), bytes, std::make_index_sequence<kHexBytes>());
}

// For the nibbles of hexadecimal digits, one at a time. All ones when value > limit, else zero; both are below 2^31.
std::uint32_t mask_above(std::uint32_t value, std::uint32_t limit) {
  return 0U - ((limit - value) >> 31U);
}

std::uint32_t mask_within(std::uint32_t value, std::uint32_t first, std::uint32_t last) {
  return mask_above(value, first - 1) & ~mask_above(value, last);
}

constexpr std::uint32_t kMostNibble = 15;

char hex_digit(std::uint32_t nibble) {
  return static_cast<char>(nibble + '0' + (mask_above(nibble, 9) & ('a' - '9' - 1U)));
}

// Far above kMostNibble when `c` is no digit.
std::uint32_t nibble_of(char c) {
  const std::uint32_t digit = static_cast<unsigned char>(c);
  const std::uint32_t letter = digit | 0x20U;
  std::uint32_t next = mask_within(digit, '0', '9') & (digit - '0' + 1);
  next |= mask_within(letter, 'a', 'f') & (letter - 'a' + 11);
  return next - 1;
}

std::size_t padding(std::string_view text) {
  if (text.ends_with("==")) return 2;
  return text.ends_with('=') ? 1 : 0;
}

}  // namespace

std::size_t base64_decoded_size(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return 0;
  return text.size() / 4 * 3 - padding(text);
}

bool decode_base64(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() % 4 != 0 || out.size() != base64_decoded_size(text)) return false;
  text.remove_suffix(padding(text));
  Word wrong = 0;
  for (; text.size() >= kDigits; text.remove_prefix(kDigits), out = out.subspan(kBytes)) {
    decode_group(text.data(), out.data(), wrong);
  }
  std::array<char, kDigits> rest{};
  rest.fill('A');  // stands for zero, as what is left over of the last digit has to be
  std::copy(text.begin(), text.end(), rest.begin());
  std::array<std::uint8_t, kBytes> last{};
  decode_group(rest.data(), last.data(), wrong);
  std::copy_n(last.begin(), out.size(), out.begin());
  for (std::size_t i = out.size(); i < last.size(); ++i) wrong |= last[i];
  return wrong == 0;
}

std::optional<Bytes> decode_base64(std::string_view text) {
  Bytes out(base64_decoded_size(text));
  if (!decode_base64(text, out)) return std::nullopt;
  return out;
}

std::size_t base64_encoded_size(std::size_t size) {
  return (size + 2) / 3 * 4;
}

std::string encode_base64(ByteView bytes) {
  std::string out(base64_encoded_size(bytes.size()), '\0');
  encode_base64(bytes, out);
  return out;
}

void encode_base64(ByteView bytes, std::span<char> out) {
  char* at = out.data();
  for (; bytes.size() >= kBytes; bytes = bytes.subspan(kBytes), at += kDigits) {
    encode_group(bytes.data(), at);
  }
  std::array<std::uint8_t, kBytes> rest{};
  std::copy(bytes.begin(), bytes.end(), rest.begin());
  std::array<char, kDigits> last{};
  encode_group(rest.data(), last.data());
  const std::size_t digits = (8 * bytes.size() + 5) / 6;
  at = std::copy_n(last.begin(), digits, at);
  std::fill_n(at, base64_encoded_size(bytes.size()) - digits, '=');
}

void make_base64_digits(MutableBytes bytes) {
  constexpr std::uint8_t kSixBits = 0x3f;
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(digits_of(byte & kSixBits));
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool whole = text[i] == '%' && i + 2 < text.size();
    const std::uint32_t high = whole ? nibble_of(text[i + 1]) : kMostNibble + 1;
    const std::uint32_t low = whole ? nibble_of(text[i + 2]) : kMostNibble + 1;
    const bool escape = (high | low) <= kMostNibble;
    out += escape ? static_cast<char>(high << 4U | low) : text[i];
    i += escape ? 2 : 0;
  }
  return out;
}

std::string encode_hex(ByteView bytes) {
  std::string out(bytes.size() * 2, '0');
  char* at = out.data();
  for (const std::uint8_t byte : bytes) {
    *at++ = hex_digit(byte >> 4U);
    *at++ = hex_digit(byte & 0x0fU);
  }
  return out;
}

std::optional<Bytes> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes out(text.size() / 2);
  const std::size_t whole = text.size() / kDigits * kDigits;
  Word wrong = 0;
  for (std::size_t at = 0; at < whole; at += kDigits) decode_hex_group(text.data() + at, out.data() + at / 2, wrong);
  std::array<char, kDigits> last{};
  last.fill('0');
  std::copy(text.begin() + static_cast<std::ptrdiff_t>(whole), text.end(), last.begin());
  std::array<std::uint8_t, kHexBytes> last_bytes{};
  decode_hex_group(last.data(), last_bytes.data(), wrong);
  std::copy_n(last_bytes.begin(), out.size() - whole / 2, out.begin() + static_cast<std::ptrdiff_t>(whole / 2));
  if (wrong != 0) return std::nullopt;
  return out;
}

}  // namespace kms
