#include "formats/credential_text.h"

#include <algorithm>
#include <array>

#include "core/base/bytes.h"
#include "core/crypto/digest.h"

namespace kms::formats {
namespace {

constexpr std::string_view kKeyfileName = "kmsctl-keyfile-1";
constexpr std::string_view kRecoveryName = "kmsctl-recovery-1";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kChecksumSize = 3;
constexpr std::size_t kBase64Bits = 6;
constexpr std::size_t kCrockfordBits = 5;
constexpr std::size_t kBodySize = kCredentialSize + kChecksumSize;                       // 35 bytes = 280 bits
constexpr std::size_t kKeyfileDigits = (kBodySize * 8 + kBase64Bits - 1) / kBase64Bits;  // 47: two bits are left over
constexpr std::size_t kKeyfileSize = kKeyfileName.size() + 1 + kKeyfileDigits + 1;
constexpr std::size_t kRecoveryDigits = kBodySize * 8 / kCrockfordBits;
constexpr std::size_t kGroup = 4;
constexpr std::size_t kRecoverySize = kRecoveryDigits + kRecoveryDigits / kGroup - 1;
constexpr std::size_t kLongestText = 256;
static_assert(kRecoveryDigits == 56 && kKeyfileDigits == 47);

// The name keeps one form from being read as the other. Truncated SHA-256 of a 256-bit secret helps nobody to guess it.
void put_checksum(std::string_view name, MutableBytes body) {
  SecretBytes named(name.size() + kCredentialSize);
  const auto at = std::copy(name.begin(), name.end(), named.reveal().begin());
  std::copy_n(body.begin(), kCredentialSize, at);
  const Bytes sum = crypto::digest(crypto::Hash::kSha256, named.reveal());
  std::copy_n(sum.begin(), kChecksumSize, body.subspan(kCredentialSize).begin());
}

SecretBytes with_checksum(std::string_view name, const SecretBytes& secret) {
  if (secret.size() != kCredentialSize) throw Error(ErrorCode::kInternal, "a credential has 32 bytes");
  SecretBytes body(kBodySize);
  const ByteView bytes = secret.reveal();
  std::copy(bytes.begin(), bytes.end(), body.reveal().begin());
  put_checksum(name, body.reveal());
  return body;
}

std::optional<SecretBytes> without_checksum(std::string_view name, SecretBytes body) {
  SecretBytes expected = SecretBytes::copy_of(body.reveal());
  put_checksum(name, expected.reveal());
  if (!(expected == body)) return std::nullopt;
  body.shrink(kCredentialSize);
  return body;
}

// The digit of value `wanted` is found by comparing with all of them: which one it was shows in no memory access.
std::uint8_t digit_of(std::string_view alphabet, unsigned wanted) {
  unsigned digit = 0;
  for (unsigned i = 0; i < alphabet.size(); ++i) {
    const unsigned mask = 0U - static_cast<unsigned>(i == wanted);
    digit |= mask & static_cast<unsigned char>(alphabet[i]);
  }
  return static_cast<std::uint8_t>(digit);
}

// The value of a digit, or the size of the alphabet.
unsigned value_of(std::string_view alphabet, std::uint8_t digit) {
  unsigned value = static_cast<unsigned>(alphabet.size());
  for (unsigned i = 0; i < alphabet.size(); ++i) {
    const unsigned mask = 0U - static_cast<unsigned>(static_cast<unsigned char>(alphabet[i]) == digit);
    value = (value & ~mask) | (i & mask);
  }
  return value;
}

// The bits of `bytes`, highest first, as digits; the last digit is filled up with zeros.
template <class Put>
void write_digits(ByteView bytes, std::string_view alphabet, std::size_t bits, const Put& put) {
  unsigned pending = 0;
  std::size_t have = 0;
  for (const std::uint8_t byte : bytes) {
    pending = (pending << 8U) | byte;
    have += 8;
    while (have >= bits) {
      have -= bits;
      put(digit_of(alphabet, (pending >> have) & ((1U << bits) - 1)));
      pending &= (1U << have) - 1;
    }
  }
  if (have > 0) put(digit_of(alphabet, pending << (bits - have)));
}

// False unless `digits` are as many as `out` needs, all of the alphabet, and the bits left over are zero. What is wrong
// is told at the end: where, shows in no time.
bool read_digits(ByteView digits, std::string_view alphabet, std::size_t bits, MutableBytes out) {
  if (digits.size() != (out.size() * 8 + bits - 1) / bits) return false;
  const unsigned most = (1U << bits) - 1;
  unsigned wrong = 0;
  unsigned pending = 0;
  std::size_t have = 0;
  std::size_t done = 0;
  for (const std::uint8_t digit : digits) {
    const unsigned value = value_of(alphabet, digit);
    wrong |= value & ~most;
    pending = (pending << bits) | (value & most);
    have += bits;
    if (have < 8) continue;
    have -= 8;
    out[done++] = static_cast<std::uint8_t>(pending >> have);
    pending &= (1U << have) - 1;
  }
  return done == out.size() && (pending | wrong) == 0;
}

// Without a byte order mark of UTF-8, which editors put there.
ByteView behind_mark(ByteView text) {
  constexpr std::array<std::uint8_t, 3> kMark{0xef, 0xbb, 0xbf};
  const bool marked = text.size() >= kMark.size() && std::equal(kMark.begin(), kMark.end(), text.begin());
  return marked ? text.subspan(kMark.size()) : text;
}

// Without one end of a line.
ByteView before_line_end(ByteView text) {
  if (text.empty() || text.back() != '\n') return text;
  text = text.first(text.size() - 1);
  return !text.empty() && text.back() == '\r' ? text.first(text.size() - 1) : text;
}

bool is_separator(std::uint8_t byte) {
  return byte == '-' || byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

// Without a branch, as all that looks at a digit.
std::uint8_t canonical_digit(std::uint8_t byte) {
  const auto replace = [&byte](bool when, unsigned by) {
    const unsigned mask = 0U - static_cast<unsigned>(when);
    byte = static_cast<std::uint8_t>((byte & ~mask) | (by & mask));
  };
  constexpr unsigned kLetters = 26;
  replace(static_cast<unsigned>(byte) - 'a' < kLetters, static_cast<unsigned>(byte) - 'a' + 'A');
  replace(byte == 'O', '0');
  replace(byte == 'I', '1');
  replace(byte == 'L', '1');
  return byte;
}

}  // namespace

SecretBytes line_of(SecretBytes content) {
  const ByteView line = before_line_end(behind_mark(content.reveal()));
  if (line.size() == content.size()) return content;
  return SecretBytes::copy_of(line);
}

bool has_control_characters(const SecretBytes& passphrase) {
  constexpr std::uint8_t kDelete = 0x7f;
  const ByteView bytes = passphrase.reveal();
  return std::any_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte < ' ' || byte == kDelete; });
}

SecretBytes encode_keyfile(const SecretBytes& secret) {
  const SecretBytes body = with_checksum(kKeyfileName, secret);
  SecretBytes text(kKeyfileSize);
  const MutableBytes out = text.reveal();
  std::copy(kKeyfileName.begin(), kKeyfileName.end(), out.begin());
  std::size_t at = kKeyfileName.size();
  out[at++] = ' ';
  write_digits(body.reveal(), kBase64, kBase64Bits, [&](std::uint8_t digit) { out[at++] = digit; });
  out[at] = '\n';
  return text;
}

std::optional<SecretBytes> decode_keyfile(const SecretBytes& content) {
  // Editors and shells put something in front, and add or drop ends of lines; none of that can be meant.
  ByteView rest = behind_mark(content.reveal());
  while (!rest.empty() && (rest.back() == '\n' || rest.back() == '\r')) rest = rest.first(rest.size() - 1);
  if (rest.size() != kKeyfileSize - 1) return std::nullopt;
  if (as_text(rest.first(kKeyfileName.size())) != kKeyfileName || rest[kKeyfileName.size()] != ' ') return std::nullopt;
  SecretBytes body(kBodySize);
  if (!read_digits(rest.subspan(kKeyfileName.size() + 1), kBase64, kBase64Bits, body.reveal())) return std::nullopt;
  return without_checksum(kKeyfileName, std::move(body));
}

SecretBytes encode_recovery_code(const SecretBytes& secret) {
  const SecretBytes body = with_checksum(kRecoveryName, secret);
  SecretBytes text(kRecoverySize);
  const MutableBytes out = text.reveal();
  std::size_t at = 0;
  std::size_t digits = 0;
  write_digits(body.reveal(), kCrockford, kCrockfordBits, [&](std::uint8_t digit) {
    if (digits > 0 && digits % kGroup == 0) out[at++] = '-';
    out[at++] = digit;
    ++digits;
  });
  return text;
}

std::optional<SecretBytes> decode_recovery_code(const SecretBytes& text) {
  if (text.size() > kLongestText) return std::nullopt;
  SecretBytes digits(kRecoveryDigits);
  std::size_t count = 0;
  for (const std::uint8_t byte : text.reveal()) {
    if (is_separator(byte)) continue;
    if (count == kRecoveryDigits) return std::nullopt;
    digits.reveal()[count++] = canonical_digit(byte);
  }
  SecretBytes body(kBodySize);
  const ByteView found = ByteView(digits.reveal()).first(count);
  if (!read_digits(found, kCrockford, kCrockfordBits, body.reveal())) return std::nullopt;
  return without_checksum(kRecoveryName, std::move(body));
}

}  // namespace kms::formats
