#pragma once
// The header of an AWS Encryption SDK message: reading it off a stream, and writing it.
// Nothing in a parsed header is authentic before MessageKeys::check_header() succeeds (formats/envelope_keys.h).
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/crypto/aead.h"
#include "formats/encryption_context.h"
#include "formats/envelope_suite.h"

namespace kms::formats {

inline constexpr std::size_t kCommitmentSize = 32;
inline constexpr std::string_view kKmsProvider = "aws-kms";
inline constexpr std::string_view kReservedContextPrefix = "aws-crypto-";
inline constexpr std::string_view kPublicKeyContextName = "aws-crypto-public-key";

// One wrapped copy of the data key. With the provider "aws-kms", its info is the key's ARN and the ciphertext a blob.
struct EncryptedDataKey {
  std::string provider_id;
  Bytes provider_info;
  Bytes ciphertext;
  bool operator==(const EncryptedDataKey&) const = default;
};

struct EnvelopeHeader {
  const EnvelopeSuite* suite = nullptr;  // never null in a header that was parsed
  Bytes message_id;
  EncryptionContext context;
  std::vector<EncryptedDataKey> data_keys;
  std::uint32_t frame_length = 0;  // 0: the body is one piece, not frames
  Bytes commitment;                // of a committing suite

  bool framed() const { return frame_length != 0; }
};

struct EnvelopeLimits {
  std::size_t max_data_keys = 64;
  std::uint32_t max_frame_length = 64U << 20U;
  std::size_t max_header_size = 1U << 20U;
};

struct ParsedHeader {
  EnvelopeHeader header;
  Bytes bytes;  // as they stood in the message
  std::size_t body_size = 0;
  std::array<std::uint8_t, crypto::kGcmIvSize> iv{};
  std::array<std::uint8_t, crypto::kGcmTagSize> tag{};

  ByteView body() const { return ByteView(bytes).first(body_size); }  // what the tag covers: all before IV and tag
};

// Whether `start`, four bytes or more, may be that of a message: a version and an algorithm suite that are known.
bool begins_message(ByteView start);

// Nothing when `start`, the first bytes of a message, ends before the header does: come back with more of them. A
// header beyond a limit is refused as soon as that shows. Errors: InvalidCiphertextException for what is no such
// header, LimitExceededException.
std::optional<ParsedHeader> parse_header(ByteView start, const EnvelopeLimits& limits);

// The header body, without IV and tag. ValidationException when a field is too large for its place.
Bytes serialise_header_body(const EnvelopeHeader& header);

}  // namespace kms::formats
