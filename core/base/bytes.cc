#include "core/base/bytes.h"

#include <openssl/crypto.h>

#include <array>

namespace kms {

ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void wipe(MutableBytes bytes) {
  OPENSSL_cleanse(bytes.data(), bytes.size());
}

void wipe(std::string& text) {
  OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

bool equal_secrets(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

void ByteReader::require(bool condition) const {
  if (!condition) throw Error(code_, message_);
}

ByteView ByteReader::take(std::size_t count) {
  require(count <= rest_.size());
  const ByteView taken = rest_.first(count);
  rest_ = rest_.subspan(count);
  return taken;
}

std::uint64_t ByteReader::number(std::size_t size) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : take(size)) value = (value << 8U) | byte;
  return value;
}

ByteWriter& ByteWriter::number(std::uint64_t value, std::size_t size) {
  std::array<std::uint8_t, sizeof value> big_endian{};
  for (auto place = big_endian.rbegin(); place != big_endian.rend(); ++place, value >>= 8U) {
    *place = static_cast<std::uint8_t>(value);
  }
  return bytes(ByteView(big_endian).last(size));
}

}  // namespace kms
