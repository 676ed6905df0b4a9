#include "core/base/encoding.h"

#include <array>

namespace kms {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::uint8_t kMostSextet = 63;
constexpr std::uint8_t kNoSextet = 0xff;

constexpr std::array<std::uint8_t, 256> sextets() {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNoSextet);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    table.at(static_cast<unsigned char>(kAlphabet[i])) = static_cast<std::uint8_t>(i);
  }
  return table;
}
constexpr auto kSextets = sextets();

std::size_t padding(std::string_view text) {
  if (text.ends_with("==")) return 2;
  return text.ends_with('=') ? 1 : 0;
}

constexpr std::array<std::int8_t, 256> hex_values() {
  std::array<std::int8_t, 256> table{};
  table.fill(-1);
  for (std::size_t i = 0; i < kHexDigits.size(); ++i) {
    const auto digit = static_cast<unsigned char>(kHexDigits[i]);
    table.at(digit) = static_cast<std::int8_t>(i);
    if (i >= 10) table.at(digit - 'a' + 'A') = static_cast<std::int8_t>(i);
  }
  return table;
}
constexpr auto kHexValues = hex_values();

int hex_value(char c) {
  return kHexValues[static_cast<unsigned char>(c)];
}

}  // namespace

std::size_t base64_decoded_size(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return 0;
  return text.size() / 4 * 3 - padding(text);
}

bool decode_base64(std::string_view text, std::span<std::uint8_t> out) {
  if (text.size() % 4 != 0 || out.size() != base64_decoded_size(text)) return false;
  text.remove_suffix(padding(text));
  std::uint32_t wrong = 0;  // a sextet of no digit has bits that no other has
  const auto sextet = [&wrong](char c) {
    const std::uint32_t value = kSextets[static_cast<unsigned char>(c)];
    wrong |= value;
    return value;
  };
  std::size_t at = 0;
  for (; text.size() >= 4; text.remove_prefix(4)) {
    const std::uint32_t group =
        sextet(text[0]) << 18U | sextet(text[1]) << 12U | sextet(text[2]) << 6U | sextet(text[3]);
    out[at++] = static_cast<std::uint8_t>(group >> 16U);
    out[at++] = static_cast<std::uint8_t>(group >> 8U);
    out[at++] = static_cast<std::uint8_t>(group);
  }
  std::uint32_t group = 0;
  for (const char c : text) group = group << 6U | sextet(c);
  unsigned bits = static_cast<unsigned>(text.size()) * 6;
  for (; bits >= 8; bits -= 8) out[at++] = static_cast<std::uint8_t>(group >> (bits - 8));
  const std::uint32_t unused = group & ((1U << bits) - 1);
  return wrong <= kMostSextet && unused == 0;
}

std::optional<Bytes> decode_base64(std::string_view text) {
  Bytes out(base64_decoded_size(text));
  if (!decode_base64(text, out)) return std::nullopt;
  return out;
}

std::string encode_base64(ByteView bytes) {
  std::string out((bytes.size() + 2) / 3 * 4, '=');
  char* at = out.data();
  const auto add = [&at](std::uint32_t group, int digits) {
    for (unsigned shift = 18; digits > 0; --digits, shift -= 6) *at++ = kAlphabet[(group >> shift) & 0x3fU];
  };
  for (; bytes.size() >= 3; bytes = bytes.subspan(3)) {
    add(std::uint32_t{bytes[0]} << 16U | std::uint32_t{bytes[1]} << 8U | bytes[2], 4);
  }
  if (bytes.size() == 2) add(std::uint32_t{bytes[0]} << 16U | std::uint32_t{bytes[1]} << 8U, 3);
  if (bytes.size() == 1) add(std::uint32_t{bytes[0]} << 16U, 2);
  return out;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    out += escape ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
    i += escape ? 2 : 0;
  }
  return out;
}

std::string encode_hex(ByteView bytes) {
  std::string out(bytes.size() * 2, '0');
  char* at = out.data();
  for (const std::uint8_t byte : bytes) {
    *at++ = kHexDigits[byte >> 4U];
    *at++ = kHexDigits[byte & 0x0fU];
  }
  return out;
}

std::optional<Bytes> decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes out(text.size() / 2);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return out;
}

}  // namespace kms
