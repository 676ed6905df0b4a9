#include "formats/encryption_context.h"

#include <limits>

#include "core/base/text.h"

namespace kms::formats {
namespace {

constexpr std::size_t kMaxContextSize = std::numeric_limits<std::uint16_t>::max();

std::string take_text(ByteReader& reader) {
  const std::string_view text = as_text(reader.take(reader.u16()));
  reader.require(is_utf8(text));
  return std::string(text);
}

}  // namespace

Bytes canonical(const EncryptionContext& context) {
  if (context.empty()) return {};
  std::size_t size = 2;
  for (const auto& [name, value] : context) {
    size += 4 + name.size() + value.size();
    if (size > kMaxContextSize) throw Error(ErrorCode::kValidation, "the encryption context exceeds 65535 bytes");
  }
  Bytes out;
  out.reserve(size);
  ByteWriter writer(out);
  writer.u16(static_cast<std::uint16_t>(context.size()));
  for (const auto& [name, value] : context) {
    writer.u16(static_cast<std::uint16_t>(name.size())).text(name);
    writer.u16(static_cast<std::uint16_t>(value.size())).text(value);
  }
  return out;
}

EncryptionContext parse_context(ByteView block) {
  EncryptionContext context;
  if (block.empty()) return context;
  ByteReader reader(block, ErrorCode::kInvalidCiphertext, "the encryption context in the header is damaged");
  const std::size_t count = reader.u16();
  reader.require(count > 0);
  for (std::size_t i = 0; i < count; ++i) {
    std::string name = take_text(reader);
    std::string value = take_text(reader);
    reader.require(context.emplace(std::move(name), std::move(value)).second);
  }
  reader.require_end();
  return context;
}

}  // namespace kms::formats
