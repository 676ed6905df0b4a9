#include "formats/envelope_header.h"

#include <algorithm>
#include <limits>

#include "core/base/text.h"

namespace kms::formats {
namespace {

constexpr std::uint8_t kTypeOfVersion1 = 0x80;
constexpr std::uint8_t kUnframed = 1;
constexpr std::uint8_t kFramed = 2;

[[noreturn]] void refuse_header(const std::string& message) {
  throw Error(ErrorCode::kInvalidCiphertext, message);
}

void require(bool condition, const char* message) {
  if (!condition) refuse_header(message);
}

// Like ByteReader, but the end of the bytes is no error: what comes after it reads as nothing, and complete() tells.
class PrefixReader {
 public:
  explicit PrefixReader(ByteView start) : start_(start) {}
  ByteView take(std::size_t count) {
    complete_ = complete_ && count <= start_.size() - position_;
    if (!complete_) return {};
    position_ += count;
    return start_.subspan(position_ - count, count);
  }
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return number(4); }
  bool complete() const { return complete_; }
  std::size_t position() const { return position_; }

 private:
  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    for (const std::uint8_t byte : take(size)) value = (value << 8U) | byte;
    return value;
  }
  ByteView start_;
  std::size_t position_ = 0;
  bool complete_ = true;
};

// Each step answers whether the bytes sufficed.
bool read_suite(PrefixReader& reader, EnvelopeHeader& header) {
  const std::uint8_t version = reader.u8();
  if (!reader.complete()) return false;
  require(version == 1 || version == 2, "this is not an encrypted file of a known format");
  if (version == 1) {
    const std::uint8_t type = reader.u8();
    if (!reader.complete()) return false;
    require(type == kTypeOfVersion1, "this is not an encrypted file of a known format");
  }
  const std::uint16_t id = reader.u16();
  if (!reader.complete()) return false;
  header.suite = find_suite(id);
  require(header.suite != nullptr && header.suite->version == version, "the file names an unknown algorithm suite");
  header.message_id = to_bytes(reader.take(header.suite->message_id_size()));
  return reader.complete();
}

bool read_context(PrefixReader& reader, EnvelopeHeader& header) {
  const ByteView block = reader.take(reader.u16());
  if (!reader.complete()) return false;
  header.context = parse_context(block);
  return true;
}

bool read_data_keys(PrefixReader& reader, EnvelopeHeader& header, const EnvelopeLimits& limits) {
  const std::size_t count = reader.u16();
  if (!reader.complete()) return false;
  require(count > 0, "the header names no key");
  if (count > limits.max_data_keys) {
    throw Error(ErrorCode::kLimitExceeded, cat("the file names ", std::to_string(count), " keys; at most ",
                                               std::to_string(limits.max_data_keys), " are accepted"));
  }
  for (std::size_t i = 0; i < count; ++i) {
    EncryptedDataKey key;
    key.provider_id = as_text(reader.take(reader.u16()));
    key.provider_info = to_bytes(reader.take(reader.u16()));
    key.ciphertext = to_bytes(reader.take(reader.u16()));
    if (!reader.complete()) return false;
    require(is_utf8(key.provider_id), "the header is damaged");
    header.data_keys.push_back(std::move(key));
  }
  return true;
}

bool read_rest(PrefixReader& reader, EnvelopeHeader& header, const EnvelopeLimits& limits) {
  const bool version1 = header.suite->version == 1;
  const std::uint8_t content = reader.u8();
  const std::uint32_t reserved = version1 ? reader.u32() : 0;
  const std::size_t iv_size = version1 ? reader.u8() : crypto::kGcmIvSize;
  header.frame_length = reader.u32();
  if (!version1) header.commitment = to_bytes(reader.take(kCommitmentSize));
  if (!reader.complete()) return false;
  require(content == kFramed || content == kUnframed, "the header is damaged");
  require(reserved == 0 && iv_size == crypto::kGcmIvSize, "the header is damaged");
  require((content == kFramed) == header.framed(), "the header is damaged");
  if (header.frame_length > limits.max_frame_length) {
    throw Error(ErrorCode::kLimitExceeded,
                cat("the file has frames of ", std::to_string(header.frame_length), " bytes; at most ",
                    std::to_string(limits.max_frame_length), " are accepted"));
  }
  return true;
}

bool read_tag(PrefixReader& reader, ParsedHeader& parsed) {
  if (parsed.header.suite->version == 1) std::ranges::copy(reader.take(parsed.iv.size()), parsed.iv.begin());
  std::ranges::copy(reader.take(parsed.tag.size()), parsed.tag.begin());
  return reader.complete();
}

class FieldWriter {
 public:
  explicit FieldWriter(Bytes& out) : writer_(out) {}
  void field(ByteView value) {
    if (value.size() > std::numeric_limits<std::uint16_t>::max()) {
      throw Error(ErrorCode::kValidation, "a wrapped data key is too large for the file's header");
    }
    writer_.u16(static_cast<std::uint16_t>(value.size())).bytes(value);
  }

 private:
  ByteWriter writer_;
};

}  // namespace

bool begins_message(ByteView start) {
  constexpr std::size_t kLongestPrefix = 4;
  if (start.size() < kLongestPrefix) return false;
  const bool version1 = start[0] == 1 && start[1] == kTypeOfVersion1;
  if (!version1 && start[0] != 2) return false;
  ByteReader reader(start.subspan(version1 ? 2 : 1), ErrorCode::kInvalidCiphertext, "");
  const EnvelopeSuite* const suite = find_suite(reader.u16());
  return suite != nullptr && suite->version == start[0];
}

std::optional<ParsedHeader> parse_header(ByteView start, const EnvelopeLimits& limits) {
  require(start.empty() || start.front() != 'A', "the file looks like base64 text; it has to be decoded first");
  const bool at_limit = start.size() >= limits.max_header_size;
  PrefixReader reader(start.first(std::min(start.size(), limits.max_header_size)));
  ParsedHeader parsed;
  EnvelopeHeader& header = parsed.header;
  if (read_suite(reader, header) && read_context(reader, header) && read_data_keys(reader, header, limits) &&
      read_rest(reader, header, limits)) {
    parsed.body_size = reader.position();
    if (read_tag(reader, parsed)) {
      parsed.bytes = to_bytes(start.first(reader.position()));
      return parsed;
    }
  }
  if (at_limit) throw Error(ErrorCode::kLimitExceeded, "the file's header is too large");
  return std::nullopt;
}

Bytes serialise_header_body(const EnvelopeHeader& header) {
  const std::size_t count = header.data_keys.size();
  if (count == 0 || count > std::numeric_limits<std::uint16_t>::max()) {
    throw Error(ErrorCode::kValidation, "a file is encrypted under 1 to 65535 keys");
  }
  const bool version1 = header.suite->version == 1;
  Bytes out;
  ByteWriter writer(out);
  FieldWriter fields(out);
  writer.u8(header.suite->version);
  if (version1) writer.u8(kTypeOfVersion1);
  writer.u16(header.suite->id).bytes(header.message_id);
  fields.field(canonical(header.context));
  writer.u16(static_cast<std::uint16_t>(count));
  for (const EncryptedDataKey& key : header.data_keys) {
    fields.field(as_bytes(key.provider_id));
    fields.field(key.provider_info);
    fields.field(key.ciphertext);
  }
  writer.u8(header.framed() ? kFramed : kUnframed);
  if (version1) writer.u32(0).u8(static_cast<std::uint8_t>(crypto::kGcmIvSize));
  writer.u32(header.frame_length);
  if (!version1) writer.bytes(header.commitment);
  return out;
}

}  // namespace kms::formats
