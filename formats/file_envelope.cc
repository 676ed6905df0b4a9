#include "formats/file_envelope.h"

#include <algorithm>
#include <utility>

#include "core/base/text.h"
#include "core/crypto/kdf.h"

namespace kms::formats {
namespace {

constexpr std::uint8_t kVersion2 = 2;
constexpr std::uint8_t kUnframedContent = 1;
constexpr std::uint8_t kFramedContent = 2;
constexpr std::size_t kMessageIdSize = 32;
constexpr std::size_t kCommitmentSize = 32;
constexpr std::size_t kMostDataKeys = 64;
constexpr std::array<std::uint8_t, crypto::kGcmIvSize> kHeaderIv{};
constexpr const char* kDamagedHeader = "the header of the file is damaged";

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorCode::kInvalidCiphertext, message);
}

// Keeps what it read, because the tag covers the header as it is stored.
class HeaderReader {
 public:
  explicit HeaderReader(const ReadFn& read) : read_(read) {}

  ByteView take(std::size_t count) {
    const std::size_t before = bytes_.size();
    bytes_.resize(before + count);
    const MutableBytes fresh = MutableBytes(bytes_).subspan(before);
    if (read_(fresh) != count) refuse("the file is truncated");
    return fresh;
  }
  std::uint8_t u8() { return take(1)[0]; }
  std::uint16_t u16() {
    const ByteView bytes = take(2);
    return static_cast<std::uint16_t>((bytes[0] << 8U) | bytes[1]);
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return (high << 16U) | u16();
  }
  Bytes field() { return to_bytes(take(u16())); }
  Bytes release() { return std::move(bytes_); }

 private:
  const ReadFn& read_;
  Bytes bytes_;
};

Suite read_suite(HeaderReader& reader) {
  const std::uint8_t version = reader.u8();
  if (version == 1) {
    throw Error(ErrorCode::kUnsupportedOperation,
                "the file is a version 1 message of an AWS Encryption SDK, which does not commit to its key: open it "
                "with that SDK and encrypt it again");
  }
  if (version != kVersion2) refuse("the file is no AWS Encryption SDK message");
  const std::uint16_t suite = reader.u16();
  if (suite != static_cast<std::uint16_t>(Suite::kCommitted) &&
      suite != static_cast<std::uint16_t>(Suite::kCommittedSigned)) {
    refuse(kDamagedHeader);
  }
  return static_cast<Suite>(suite);
}

void write_data_keys(ByteWriter& writer, const std::vector<EncryptedDataKey>& keys) {
  writer.u16(static_cast<std::uint16_t>(keys.size()));
  for (const EncryptedDataKey& key : keys) {
    writer.u16(static_cast<std::uint16_t>(key.provider_id.size())).text(key.provider_id);
    writer.u16(static_cast<std::uint16_t>(key.provider_info.size())).bytes(key.provider_info);
    writer.u16(static_cast<std::uint16_t>(key.ciphertext.size())).bytes(key.ciphertext);
  }
}

Bytes header_body(const EnvelopeHeader& header) {
  Bytes body;
  ByteWriter writer(body);
  const Bytes context = canonical(header.context);
  writer.u8(kVersion2).u16(static_cast<std::uint16_t>(header.suite)).bytes(header.message_id);
  writer.u16(static_cast<std::uint16_t>(context.size())).bytes(context);
  write_data_keys(writer, header.keys);
  writer.u8(kFramedContent).u32(header.frame_size).bytes(header.commitment);
  return body;
}

void check_content(const EnvelopeHeader& header, std::uint8_t content) {
  const bool known = content == kFramedContent || content == kUnframedContent;
  const bool sized = header.framed ? header.frame_size > 0 : header.frame_size == 0;
  if (!known || !sized) refuse(kDamagedHeader);
  if (header.frame_size > kLargestFrame) refuse("the frames of the file are larger than 64 MiB");
  // A signing suite names its key in the context; no other may.
  if (header.context.contains(std::string(kPublicKeyEntry)) != header.is_signed()) refuse(kDamagedHeader);
}

}  // namespace

MessageKeys derive_message_keys(Suite suite, ByteView message_id, const SecretBytes& data_key) {
  if (data_key.size() != kDataKeySize) refuse("the data key of the file has another length than its suite");
  const SecretBytes prk = crypto::hkdf_extract(crypto::Hash::kSha512, message_id, data_key);
  Bytes info;
  ByteWriter(info).u16(static_cast<std::uint16_t>(suite)).text("DERIVEKEY");
  const SecretBytes commitment =
      crypto::hkdf_expand(crypto::Hash::kSha512, prk, as_bytes("COMMITKEY"), kCommitmentSize);
  return {crypto::hkdf_expand(crypto::Hash::kSha512, prk, info, kDataKeySize), to_bytes(commitment.reveal())};
}

EnvelopeHeader make_header(const SecretBytes& data_key, std::vector<EncryptedDataKey> encrypted,
                           const EncryptionContext& context, Random& random, MessageKeys& keys) {
  for (const auto& [key, value] : context) {
    if (key.starts_with("aws-crypto-")) {
      throw Error(ErrorCode::kValidation, cat("encryption context: keys that begin with aws-crypto- are reserved"));
    }
  }
  EnvelopeHeader header;
  header.message_id = random.bytes(kMessageIdSize);
  header.context = context;
  header.keys = std::move(encrypted);
  keys = derive_message_keys(header.suite, header.message_id, data_key);
  header.commitment = keys.commitment;
  header.body = header_body(header);
  header.tag.resize(crypto::kGcmTagSize);
  crypto::AesGcm(keys.key).seal(kHeaderIv, header.body, {}, {}, header.tag);
  return header;
}

EnvelopeHeader read_header(const ReadFn& read) {
  HeaderReader reader(read);
  EnvelopeHeader header;
  header.suite = read_suite(reader);
  header.message_id = to_bytes(reader.take(kMessageIdSize));
  const Bytes context = reader.field();
  ByteReader block(context, ErrorCode::kInvalidCiphertext, kDamagedHeader);
  header.context = parse_context_block(block);
  const std::size_t count = reader.u16();
  if (count == 0) refuse(kDamagedHeader);
  if (count > kMostDataKeys) refuse("the file names more than 64 data keys");
  for (std::size_t i = 0; i < count; ++i) {
    EncryptedDataKey& key = header.keys.emplace_back();
    key.provider_id = as_text(reader.field());
    key.provider_info = reader.field();
    key.ciphertext = reader.field();
  }
  const std::uint8_t content = reader.u8();
  header.framed = content == kFramedContent;
  header.frame_size = reader.u32();
  check_content(header, content);
  header.commitment = to_bytes(reader.take(kCommitmentSize));
  header.body = reader.release();
  HeaderReader tag(read);
  header.tag = to_bytes(tag.take(crypto::kGcmTagSize));
  return header;
}

MessageKeys authenticate_header(const EnvelopeHeader& header, const SecretBytes& data_key) {
  MessageKeys keys = derive_message_keys(header.suite, header.message_id, data_key);
  if (!equal_secrets(keys.commitment, header.commitment)) refuse("the data key is not the one the file commits to");
  if (!crypto::AesGcm(keys.key).open(kHeaderIv, header.body, {}, header.tag, {})) refuse(kDamagedHeader);
  return keys;
}

FrameCipher::FrameCipher(const MessageKeys& keys, ByteView message_id)
    : cipher_(keys.key), associated_(to_bytes(message_id)), prefix_(message_id.size()) {
  constexpr std::size_t kLongestRest = 64;
  associated_.reserve(prefix_ + kLongestRest);
}

ByteView FrameCipher::associated_data(std::string_view content, std::uint32_t number, std::uint64_t size) {
  associated_.resize(prefix_);
  ByteWriter(associated_).text(content).u32(number).u64(size);
  return associated_;
}

namespace {
std::string_view content_of(bool is_final) {
  return is_final ? "AWSKMSEncryptionClient Final Frame" : "AWSKMSEncryptionClient Frame";
}

std::uint8_t* put_u32(std::uint8_t* out, std::uint32_t value) {
  for (unsigned shift = 32; shift > 0; shift -= 8) *out++ = static_cast<std::uint8_t>(value >> (shift - 8));
  return out;
}
}  // namespace

std::size_t FrameCipher::seal(std::uint32_t number, bool is_final, ByteView plaintext, MutableBytes out) {
  std::uint8_t* at = out.data();
  if (is_final) at = put_u32(at, kFinalFrameMarker);
  at = put_u32(at, number);
  std::uint8_t* const iv = at;
  at = std::fill_n(at, crypto::kGcmIvSize - sizeof number, std::uint8_t{0});
  at = put_u32(at, number);
  if (is_final) at = put_u32(at, static_cast<std::uint32_t>(plaintext.size()));
  cipher_.seal({iv, crypto::kGcmIvSize}, associated_data(content_of(is_final), number, plaintext.size()), plaintext,
               {at, plaintext.size()}, {at + plaintext.size(), crypto::kGcmTagSize});
  return plaintext.size() + (is_final ? kFinalFrameOverhead : kRegularFrameOverhead);
}

bool FrameCipher::open(std::uint32_t number, bool is_final, ByteView iv, ByteView ciphertext, ByteView tag,
                       MutableBytes out) {
  return cipher_.open(iv, associated_data(content_of(is_final), number, ciphertext.size()), ciphertext, tag, out);
}

bool FrameCipher::open_whole(ByteView iv, ByteView ciphertext, ByteView tag, MutableBytes out) {
  return cipher_.open(iv, associated_data("AWSKMSEncryptionClient Single Block", 1, ciphertext.size()), ciphertext, tag,
                      out);
}

}  // namespace kms::formats
