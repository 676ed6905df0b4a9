#pragma once
// The AWS Encryption SDK message format, version 2 (the suites with key commitment): header, keys, frames.
// formats/file_envelope.md says which part of the format this is. InvalidCiphertextException for whatever is wrong.
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/aead.h"
#include "formats/encryption_context.h"

namespace kms::formats {

// Fills `out` unless the input ends; returns how many bytes came.
using ReadFn = std::function<std::size_t(MutableBytes out)>;
using WriteFn = std::function<void(ByteView piece)>;

enum class Suite : std::uint16_t { kCommitted = 0x0478, kCommittedSigned = 0x0578 };

inline constexpr std::uint32_t kFrameSize = 64 * 1024;                   // of what we write
inline constexpr std::uint32_t kLargestFrame = 64 * 1024 * 1024;         // that is accepted
inline constexpr std::size_t kRegularFrameOverhead = 4 + 12 + 16;        // number, IV, tag
inline constexpr std::size_t kFinalFrameOverhead = 4 + 4 + 12 + 4 + 16;  // marker, number, IV, length, tag
inline constexpr std::uint32_t kFinalFrameMarker = 0xffffffff;
inline constexpr std::size_t kDataKeySize = 32;
inline constexpr std::string_view kPublicKeyEntry = "aws-crypto-public-key";

struct EncryptedDataKey {
  std::string provider_id;
  Bytes provider_info;
  Bytes ciphertext;
};

struct EnvelopeHeader {
  Suite suite = Suite::kCommitted;
  Bytes message_id;  // 32
  EncryptionContext context;
  std::vector<EncryptedDataKey> keys;
  bool framed = true;
  std::uint32_t frame_size = kFrameSize;
  Bytes commitment;  // 32
  Bytes tag;         // 16
  Bytes body;        // the header as stored, without its tag

  bool is_signed() const { return suite == Suite::kCommittedSigned; }
};

// What seals one message.
struct MessageKeys {
  SecretBytes key;
  Bytes commitment;
};
MessageKeys derive_message_keys(Suite suite, ByteView message_id, const SecretBytes& data_key);

// A header of suite 0478 for the given keys; `keys` receives what seals the frames.
EnvelopeHeader make_header(const SecretBytes& data_key, std::vector<EncryptedDataKey> encrypted,
                           const EncryptionContext& context, Random& random, MessageKeys& keys);

// Reads exactly the header off the front of a stream. Nothing in it is true before authenticate_header().
EnvelopeHeader read_header(const ReadFn& read);
// Checks the commitment before the key is used, and then the tag.
MessageKeys authenticate_header(const EnvelopeHeader& header, const SecretBytes& data_key);

// Seals and opens frames of one message. Belongs to one thread; nothing is allocated for a frame.
class FrameCipher {
 public:
  FrameCipher(const MessageKeys& keys, ByteView message_id);

  // Returns the size of the frame written to `out`.
  std::size_t seal(std::uint32_t number, bool is_final, ByteView plaintext, MutableBytes out);
  // False when the frame is damaged or stands in another place. `iv` and `tag` are those of the frame.
  [[nodiscard]] bool open(std::uint32_t number, bool is_final, ByteView iv, ByteView ciphertext, ByteView tag,
                          MutableBytes out);
  // The one part of a message without frames.
  [[nodiscard]] bool open_whole(ByteView iv, ByteView ciphertext, ByteView tag, MutableBytes out);

 private:
  ByteView associated_data(std::string_view content, std::uint32_t number, std::uint64_t size);
  crypto::AesGcm cipher_;
  Bytes associated_;  // message id, and then what differs
  std::size_t prefix_;
};

}  // namespace kms::formats
