#include "formats/pem.h"

#include <algorithm>

#include "core/base/encoding.h"

namespace kms::formats {
namespace {

constexpr std::string_view kBegin = "-----BEGIN PUBLIC KEY-----";
constexpr std::string_view kEnd = "-----END PUBLIC KEY-----";
constexpr std::size_t kLineLength = 64;
constexpr std::size_t kMaxSize = 64U << 10U;

constexpr std::uint8_t kDerSequence = 0x30;
constexpr std::uint8_t kDerLongLength = 0x80;

// Whether the bytes are one DER SEQUENCE and no more (X.690 section 8.1.3): lengths of up to four bytes, none longer
// than it has to be.
bool is_der_sequence(ByteView bytes) {
  if (bytes.size() < 2 || bytes[0] != kDerSequence) return false;
  if (bytes[1] < kDerLongLength) return bytes.size() == std::size_t{2} + bytes[1];
  const std::size_t count = bytes[1] - kDerLongLength;
  if (count == 0 || count > 4 || bytes.size() < 2 + count || bytes[2] == 0) return false;
  std::size_t length = 0;
  for (const std::uint8_t byte : bytes.subspan(2, count)) length = (length << 8U) | byte;
  return length >= kDerLongLength && bytes.size() == 2 + count + length;
}

// One line off the front, without its end (LF or CR LF).
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<Bytes> decode_pem(std::string_view text) {
  if (take_line(text) != kBegin) return std::nullopt;
  std::string base64;
  bool last = false;
  while (true) {
    const std::string_view line = take_line(text);
    if (line == kEnd) break;
    if (last || line.empty() || line.size() > kLineLength) return std::nullopt;
    last = line.size() < kLineLength;
    base64 += line;
  }
  while (!text.empty()) {
    if (!take_line(text).empty()) return std::nullopt;
  }
  return decode_base64(base64);
}

}  // namespace

std::string encode_public_key_pem(ByteView der) {
  const std::string base64 = encode_base64(der);
  std::string pem(kBegin);
  pem += '\n';
  for (std::size_t i = 0; i < base64.size(); i += kLineLength) {
    pem.append(base64, i, kLineLength);
    pem += '\n';
  }
  pem += kEnd;
  pem += '\n';
  return pem;
}

std::optional<Bytes> decode_public_key(ByteView pem_or_der) {
  if (pem_or_der.size() > kMaxSize) return std::nullopt;
  std::optional<Bytes> der;
  if (!pem_or_der.empty() && pem_or_der[0] == kDerSequence) {
    der = to_bytes(pem_or_der);
  } else {
    der = decode_pem(as_text(pem_or_der));
  }
  if (!der || !is_der_sequence(*der)) return std::nullopt;
  return der;
}

}  // namespace kms::formats
