#pragma once
// A whole file of any size through the envelope, in constant memory: pieces of a mebibyte are sealed and opened by
// workers while the caller's thread reads and writes. Reading, writing and unwrapping run on the caller's thread alone,
// and what they throw comes out.
#include <functional>
#include <vector>

#include "formats/file_envelope.h"

namespace kms::formats {

struct DataKey {
  SecretBytes plaintext;  // 32 bytes
  std::vector<EncryptedDataKey> encrypted;
};

void encrypt_stream(const ReadFn& read, const WriteFn& write, const DataKey& key, const EncryptionContext& context,
                    Random& random, unsigned threads);

// Answers the data key of a message, or throws.
using UnwrapFn = std::function<SecretBytes(const std::vector<EncryptedDataKey>&, const EncryptionContext&)>;

struct DecryptOptions {
  bool output_is_revocable = true;  // a temporary file: what was written counts only when decrypt_stream() returns
  unsigned threads = 2;
};

// Nothing is written before its tag is verified. A message with a signature is refused unless the output is revocable,
// because its end decides about all of it. InvalidCiphertextException for damage, truncation and trailing bytes.
void decrypt_stream(const ReadFn& read, const WriteFn& write, const UnwrapFn& unwrap, const DecryptOptions& options);

}  // namespace kms::formats
