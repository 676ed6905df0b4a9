// Whole files under a data key of zeros: a header must come back as it was read, a file must open or be refused with
// the errors that the interface names, and what opens must open again in the same way with several threads.
#include <algorithm>
#include <cstdlib>

#include "formats/file_stream.h"
#include "tests/fuzz/start.h"

namespace {

using namespace kms;
using namespace kms::formats;

constexpr std::uint32_t kMaxFrame = 64U << 10U;

bool decrypt(ByteView message, std::size_t key_size, std::size_t threads, Bytes& out) {
  DecryptOptions options;
  options.commitment = CommitmentPolicy::kRequireEncryptAllowDecrypt;
  options.output_is_revocable = true;
  options.limits.max_frame_length = kMaxFrame;
  options.max_single_piece = kMaxFrame;
  options.threads = threads;
  const ReadFn read = [&](MutableBytes buffer) {
    const std::size_t count = std::min(buffer.size(), message.size());
    std::copy_n(message.begin(), count, buffer.begin());
    message = message.subspan(count);
    return count;
  };
  const WriteFn write = [&](ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); };
  const UnwrapFn unwrap = [key_size](const std::vector<EncryptedDataKey>&, const EncryptionContext&) {
    return SecretBytes::copy_of(Bytes(key_size, 0));
  };
  try {
    decrypt_stream(read, write, unwrap, options);
    return true;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidCiphertext && error.code() != ErrorCode::kLimitExceeded) std::abort();
    return false;
  }
}

// Stored pairs may stand in any order, but are written sorted: the sizes agree always. Answers the size of the data
// key.
std::size_t check_header(ByteView message) {
  try {
    const auto parsed = parse_header(message, {});
    if (!parsed) return 0;
    const Bytes again = serialise_header_body(parsed->header);
    if (again.size() != parsed->body_size) std::abort();
    if (parse_header(message.first(parsed->bytes.size() - 1), {})) std::abort();
    return parsed->header.suite->key_size;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalidCiphertext && error.code() != ErrorCode::kLimitExceeded) std::abort();
    return 0;
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView message(data, size);
  const std::size_t key_size = check_header(message);
  Bytes plaintext;
  if (!decrypt(message, key_size, 1, plaintext)) return 0;
  Bytes again;
  if (!decrypt(message, key_size, 2, again) || again != plaintext) std::abort();
  return 0;
}
