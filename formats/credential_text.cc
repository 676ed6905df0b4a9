#include "formats/credential_text.h"

#include <algorithm>
#include <string>

#include "core/base/encoding.h"
#include "core/crypto/digest.h"

namespace kms::formats {
namespace {

constexpr std::string_view kKeyfileStart = "kmsctl-keyfile-1 ";
constexpr std::size_t kKeyfileCheckSize = 4;
constexpr std::string_view kCrockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kCodeBytes = 35;  // 32 and a checksum of 3: exactly 56 symbols of 5 bits
constexpr std::size_t kCodeSymbols = 56;
constexpr std::size_t kGroup = 4;

Bytes checksum(std::string_view label, ByteView secret, std::size_t size) {
  crypto::Digest digest(crypto::Hash::kSha256);
  digest.update(as_bytes(label));
  digest.update(secret);
  Bytes out = digest.finish();
  out.resize(size);
  return out;
}

// Hex keeps the file free of characters that a shell or an editor treats specially, and needs no std::string.
constexpr std::string_view kHex = "0123456789abcdef";

void put_hex(MutableBytes out, ByteView bytes) {
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out[2 * i] = static_cast<std::uint8_t>(kHex[bytes[i] >> 4U]);
    out[2 * i + 1] = static_cast<std::uint8_t>(kHex[bytes[i] & 0x0fU]);
  }
}

bool take_hex(ByteView text, MutableBytes out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto high = kHex.find(static_cast<char>(text[2 * i]));
    const auto low = kHex.find(static_cast<char>(text[2 * i + 1]));
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    out[i] = static_cast<std::uint8_t>(high << 4U | low);
  }
  return true;
}

// 32 when the character is none of the code.
unsigned symbol_of(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') c = '0';
  if (c == 'I' || c == 'L') c = '1';
  const auto found = kCrockford.find(c);
  return found == std::string_view::npos ? 32U : static_cast<unsigned>(found);
}

}  // namespace

SecretBytes encode_keyfile(const SecretBytes& secret) {
  const std::size_t digits = 2 * (secret.size() + kKeyfileCheckSize);
  SecretBytes out(kKeyfileStart.size() + digits + 1);
  const MutableBytes text = out.reveal();
  std::copy(kKeyfileStart.begin(), kKeyfileStart.end(), text.begin());
  put_hex(text.subspan(kKeyfileStart.size()), secret.reveal());
  put_hex(text.subspan(kKeyfileStart.size() + 2 * secret.size()),
          checksum(kKeyfileStart, secret.reveal(), kKeyfileCheckSize));
  text.back() = '\n';
  return out;
}

std::optional<SecretBytes> decode_keyfile(const SecretBytes& content) {
  ByteView text = content.reveal();
  if (!text.empty() && text.back() == '\n') text = text.first(text.size() - 1);
  constexpr std::size_t kSize = kCredentialSize + kKeyfileCheckSize;
  if (text.size() != kKeyfileStart.size() + 2 * kSize || !as_text(text).starts_with(kKeyfileStart)) return std::nullopt;
  SecretBytes all(kSize);
  if (!take_hex(text.subspan(kKeyfileStart.size()), all.reveal())) return std::nullopt;
  const Bytes expected = checksum(kKeyfileStart, all.reveal().first(kCredentialSize), kKeyfileCheckSize);
  if (!equal_secrets(expected, all.reveal().last(kKeyfileCheckSize))) return std::nullopt;
  all.shrink(kCredentialSize);
  return all;
}

SecretBytes encode_recovery_code(const SecretBytes& secret) {
  SecretBytes all(kCodeBytes);
  const ByteView bytes = secret.reveal();
  std::copy(bytes.begin(), bytes.end(), all.reveal().begin());
  const Bytes check = checksum("kmsctl-recovery-1", bytes, kCodeBytes - kCredentialSize);
  std::copy(check.begin(), check.end(), all.reveal().subspan(kCredentialSize).begin());
  SecretBytes out(kCodeSymbols + kCodeSymbols / kGroup - 1);
  std::size_t at = 0;
  for (std::size_t symbol = 0; symbol < kCodeSymbols; ++symbol) {
    if (symbol > 0 && symbol % kGroup == 0) out.reveal()[at++] = '-';
    unsigned value = 0;
    for (std::size_t bit = symbol * 5; bit < symbol * 5 + 5; ++bit) {
      value = value << 1U | (static_cast<unsigned>(all.reveal()[bit / 8]) >> (7 - bit % 8) & 1U);
    }
    out.reveal()[at++] = static_cast<std::uint8_t>(kCrockford[value]);
  }
  return out;
}

std::optional<SecretBytes> decode_recovery_code(const SecretBytes& text) {
  SecretBytes all(kCodeBytes);
  std::size_t bit = 0;
  for (const std::uint8_t c : text.reveal()) {
    if (c == '-' || c == ' ' || c == '\n') continue;
    const unsigned symbol = symbol_of(static_cast<char>(c));
    if (symbol > 31 || bit == kCodeBytes * 8) return std::nullopt;
    for (unsigned i = 0; i < 5; ++i, ++bit) {
      const unsigned value = symbol >> (4 - i) & 1U;
      std::uint8_t& byte = all.reveal()[bit / 8];
      byte = static_cast<std::uint8_t>(byte | value << (7 - bit % 8));
    }
  }
  const ByteView bytes = all.reveal();
  if (bit != kCodeBytes * 8) return std::nullopt;
  const Bytes expected = checksum("kmsctl-recovery-1", bytes.first(kCredentialSize), kCodeBytes - kCredentialSize);
  if (!equal_secrets(expected, bytes.subspan(kCredentialSize))) return std::nullopt;
  all.shrink(kCredentialSize);
  return all;
}

}  // namespace kms::formats
