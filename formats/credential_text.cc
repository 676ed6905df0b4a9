#include "formats/credential_text.h"

#include <algorithm>
#include <string>

#include "core/base/bytes.h"
#include "core/base/encoding.h"
#include "core/crypto/digest.h"

namespace kms::formats {
namespace {

constexpr std::string_view kKeyfileFront = "kmsctl-keyfile-1 ";
constexpr std::size_t kBase64Size = 44;
constexpr std::size_t kHexSize = 8;
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kGroups = 14;
constexpr std::size_t kGroupSize = 4;
constexpr std::size_t kDigits = kGroups * kGroupSize;
constexpr std::size_t kCodeSize = kDigits * 5 / 8;  // 35: the secret and three bytes of checksum

// A checksum of the secret: it is as secret as the line that it stands in.
Bytes checksum(std::string_view domain, const SecretBytes& secret) {
  crypto::Digest digest(crypto::Hash::kSha256);
  digest.update(as_bytes(domain));
  digest.update(secret.reveal());
  return digest.finish();
}

std::uint8_t code(char letter) {
  return static_cast<std::uint8_t>(letter);
}

// Regroups bits, the highest first; what is left at the end is filled with zeros. Secure memory only.
void regroup(ByteView in, unsigned in_bits, MutableBytes out, unsigned out_bits) {
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (const std::uint8_t value : in) {
    held = (held << in_bits) | value;
    for (bits += in_bits; bits >= out_bits && at < out.size(); ++at) {
      bits -= out_bits;
      out[at] = static_cast<std::uint8_t>((held >> bits) & ((1U << out_bits) - 1));
    }
    held &= (1U << bits) - 1;
  }
  if (bits > 0 && at < out.size()) out[at] = static_cast<std::uint8_t>(held << (out_bits - bits));
}

}  // namespace

SecretBytes encode_keyfile(const SecretBytes& secret) {
  if (secret.size() != kCredentialSize) throw Error(ErrorCode::kInternal, "a keyfile holds 32 bytes");
  SecretBytes text(kKeyfileFront.size() + kBase64Size + 1 + kHexSize + 1);
  const MutableBytes out = text.reveal();
  std::copy(kKeyfileFront.begin(), kKeyfileFront.end(), out.begin());
  const MutableBytes digits = out.subspan(kKeyfileFront.size(), kBase64Size);
  regroup(secret.reveal(), 8, digits.first(kBase64Size - 1), 6);
  for (auto& digit : digits) digit = code(kBase64[digit]);
  digits.back() = code('=');
  out[kKeyfileFront.size() + kBase64Size] = code(' ');
  const Bytes sum = checksum(kKeyfileFront, secret);
  const MutableBytes hex = out.last(kHexSize + 1);
  for (std::size_t i = 0; i < kHexSize; ++i) {
    hex[i] = code(kHex[i % 2 == 0 ? sum[i / 2] >> 4U : sum[i / 2] & 15U]);
  }
  hex.back() = code('\n');
  return text;
}

std::optional<SecretBytes> decode_keyfile(const SecretBytes& content) {
  ByteView text = content.reveal();
  const std::size_t size = kKeyfileFront.size() + kBase64Size + 1 + kHexSize;
  // An editor may have added or dropped the end of the line.
  while (text.size() > size && (text.back() == '\n' || text.back() == '\r')) text = text.first(text.size() - 1);
  if (text.size() != size || !as_text(text).starts_with(kKeyfileFront)) return std::nullopt;
  SecretBytes secret(kCredentialSize);
  const auto digits = as_text(text.subspan(kKeyfileFront.size(), kBase64Size));
  if (base64_decoded_size(digits) != kCredentialSize || !decode_base64(digits, secret.reveal())) return std::nullopt;
  const SecretBytes canonical = encode_keyfile(secret);
  if (!equal_secrets(canonical.reveal().first(size), text)) return std::nullopt;
  return secret;
}

SecretBytes encode_recovery_code(const SecretBytes& secret) {
  if (secret.size() != kCredentialSize) throw Error(ErrorCode::kInternal, "a recovery code stands for 32 bytes");
  SecretBytes bytes(kCodeSize);
  const Bytes sum = checksum("kmsctl-recovery-1 ", secret);
  const MutableBytes all = bytes.reveal();
  std::copy(secret.reveal().begin(), secret.reveal().end(), all.begin());
  std::copy_n(sum.begin(), kCodeSize - kCredentialSize, all.subspan(kCredentialSize).begin());
  SecretBytes digits(kDigits);
  regroup(all, 8, digits.reveal(), 5);
  SecretBytes text(kDigits + kGroups - 1);
  const MutableBytes out = text.reveal();
  std::size_t at = 0;
  for (std::size_t i = 0; i < kDigits; ++i) {
    if (i > 0 && i % kGroupSize == 0) out[at++] = code('-');
    out[at++] = code(kCrockford[digits.reveal()[i]]);
  }
  return text;
}

std::optional<SecretBytes> decode_recovery_code(const SecretBytes& text) {
  SecretBytes digits(kDigits);
  std::size_t count = 0;
  for (const std::uint8_t byte : text.reveal()) {
    char letter = static_cast<char>(byte);
    if (letter == '-' || letter == ' ' || letter == '\n' || letter == '\r' || letter == '\t') continue;
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    if (letter == 'O') letter = '0';
    if (letter == 'I' || letter == 'L') letter = '1';
    const std::size_t value = kCrockford.find(letter);
    if (value == std::string_view::npos || count == kDigits) return std::nullopt;
    digits.reveal()[count++] = static_cast<std::uint8_t>(value);
  }
  if (count != kDigits) return std::nullopt;
  SecretBytes bytes(kCodeSize);
  regroup(digits.reveal(), 5, bytes.reveal(), 8);
  const ByteView all = bytes.reveal();
  SecretBytes secret = SecretBytes::copy_of(all.first(kCredentialSize));
  const Bytes sum = checksum("kmsctl-recovery-1 ", secret);
  if (!equal_secrets(ByteView(sum).first(kCodeSize - kCredentialSize), all.subspan(kCredentialSize))) {
    return std::nullopt;
  }
  return secret;
}

}  // namespace kms::formats
