#pragma once
// Views and buffers of bytes, and a cursor over bytes that nobody has checked yet.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"

namespace kms {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

ByteView as_bytes(std::string_view text);
std::string_view as_text(ByteView bytes);
inline Bytes to_bytes(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

// Overwrites in a way that the compiler keeps. For buffers that held plaintext and are no SecretBytes.
void wipe(MutableBytes bytes);
void wipe(std::string& text);

// Constant time in the contents, not in the lengths.
bool equal_secrets(ByteView a, ByteView b);

// Reads big-endian numbers and fields off the front. What is missing is answered with the error given at construction,
// so that a format has one answer to every truncation. The bytes must outlive the reader and what it returned.
class ByteReader {
 public:
  ByteReader(ByteView bytes, ErrorCode code, std::string message)
      : rest_(bytes), code_(code), message_(std::move(message)) {}

  ByteView take(std::size_t count);
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  ByteView rest() const { return rest_; }
  bool empty() const { return rest_.empty(); }
  void require(bool condition) const;  // throws the error unless `condition`
  void require_end() const { require(rest_.empty()); }

 private:
  std::uint64_t number(std::size_t size);
  ByteView rest_;
  ErrorCode code_;
  std::string message_;
};

// Appends big-endian numbers and fields to a buffer that the caller owns.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {
    if (out.empty()) out.reserve(kUsualSize);
  }
  ByteWriter& u8(std::uint8_t value) { return number(value, 1); }
  ByteWriter& u16(std::uint16_t value) { return number(value, 2); }
  ByteWriter& u32(std::uint32_t value) { return number(value, 4); }
  ByteWriter& u64(std::uint64_t value) { return number(value, 8); }
  ByteWriter& bytes(ByteView value) {
    out_.insert(out_.end(), value.begin(), value.end());
    return *this;
  }
  ByteWriter& text(std::string_view value) { return bytes(as_bytes(value)); }

 private:
  static constexpr std::size_t kUsualSize = 128;
  ByteWriter& number(std::uint64_t value, std::size_t size);
  Bytes& out_;
};

}  // namespace kms
