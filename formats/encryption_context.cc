#include "formats/encryption_context.h"

#include <limits>

namespace kms::formats {
namespace {

constexpr std::size_t kLongest = std::numeric_limits<std::uint16_t>::max();

void put_text(ByteWriter& writer, const std::string& text) {
  writer.u16(static_cast<std::uint16_t>(text.size())).text(text);
}

}  // namespace

Bytes canonical(const EncryptionContext& context) {
  Bytes out;
  if (context.empty()) return out;
  std::size_t size = sizeof(std::uint16_t);
  for (const auto& [key, value] : context) size += 2 * sizeof(std::uint16_t) + key.size() + value.size();
  if (size > kLongest) throw Error(ErrorCode::kValidation, "The encryption context is longer than 65535 bytes.");
  out.reserve(size);
  ByteWriter writer(out);
  writer.u16(static_cast<std::uint16_t>(context.size()));
  for (const auto& [key, value] : context) {
    put_text(writer, key);
    put_text(writer, value);
  }
  return out;
}

EncryptionContext parse_context_block(ByteReader& block) {
  EncryptionContext context;
  if (block.empty()) return context;
  const std::size_t count = block.u16();
  block.require(count > 0);
  for (std::size_t i = 0; i < count; ++i) {
    std::string key(as_text(block.take(block.u16())));
    std::string value(as_text(block.take(block.u16())));
    block.require(context.emplace(std::move(key), std::move(value)).second);
  }
  block.require_end();
  return context;
}

}  // namespace kms::formats
