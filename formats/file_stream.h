#pragma once
// Encrypted files: a whole AWS Encryption SDK message from one stream to another, in constant memory (under 16 MiB with
// frames of 64 KiB). Reading, writing and the callbacks run on the calling thread; threads of its own only seal and
// open frames. What a callback throws comes out as it is, after the threads ended. formats/file_envelope.md is the
// specification.
#include <functional>

#include "core/base/random.h"
#include "formats/envelope_header.h"
#include "formats/stream.h"

namespace kms::formats {

inline constexpr std::uint32_t kDefaultFrameLength = 64U << 10U;

struct FileSummary {
  EnvelopeHeader header;
  std::uint64_t plaintext_size = 0;
};

struct DataKey {
  SecretBytes plaintext;
  std::vector<EncryptedDataKey> encrypted;  // the same key, under one or more keys
};

// A file that is not signed, under a data key of 32 bytes that is bound to the context. `threads` may be 0: as many as
// there are processors. ValidationException for a context name with the prefix "aws-crypto-"; LimitExceededException
// for more than 2^32-1 frames.
FileSummary encrypt_stream(const ReadFn& read, const WriteFn& write, const DataKey& key,
                           const EncryptionContext& context, Random& random, std::size_t threads);

struct EncryptOptions {
  EncryptionContext context;
  bool sign = false;
  std::uint32_t frame_length = kDefaultFrameLength;  // 1 byte to 64 MiB, or ValidationException
  std::size_t threads = 0;
};

// Makes a data key of 32 bytes that is bound to the context, which has the public key of a signed file by then.
using WrapFn = std::function<DataKey(const EncryptionContext&)>;

// As above, with every choice.
FileSummary encrypt_stream(const ReadFn& read, const WriteFn& write, const EncryptOptions& options, const WrapFn& wrap,
                           Random& random);

// Unwraps one of the data keys under the whole context, or throws. Neither is authentic yet.
using UnwrapFn = std::function<SecretBytes(const std::vector<EncryptedDataKey>&, const EncryptionContext&)>;

enum class CommitmentPolicy : std::uint8_t {
  kRequireEncryptRequireDecrypt,  // read committing suites alone
  kRequireEncryptAllowDecrypt,    // read every suite
};

struct DecryptOptions {
  CommitmentPolicy commitment = CommitmentPolicy::kRequireEncryptRequireDecrypt;
  EnvelopeLimits limits = {};
  EncryptionContext context = {};  // what the caller expects: equal to what is stored, or bound without being stored
  // Whether the caller can take back what was written (a temporary file). If not, a signed file is refused: its frames
  // would leave before its signature, which comes last, is checked.
  bool output_is_revocable = false;
  std::size_t max_single_piece = 64U << 20U;  // of a body that has no frames and has to be held whole
  std::size_t threads = 0;
};

// No plaintext is written before its own tag is checked, and none of the last frames before the signature and the end
// of input are. When it throws, the caller discards what was written. InvalidCiphertextException says what is wrong
// with the file; UnsupportedOperationException names the option or the way that would read it; LimitExceededException.
FileSummary decrypt_stream(const ReadFn& read, const WriteFn& write, const UnwrapFn& unwrap,
                           const DecryptOptions& options);

}  // namespace kms::formats
