// The first byte chooses: the rest is a segment of the journal as it is, or behind a batch that is sealed well, or the
// traces of a batch.
#include <cstdlib>

#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"
#include "vault/local/journal_batch.h"

namespace {

const kms::vault::Keys& keys() {
  static const kms::vault::Keys instance({}, 1, kms::SecretBytes(32), kms::SecretBytes(32));
  return instance;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  kms::crypto::init();
  (void)kms::init_secure_heap(1U << 20U);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace kms;
  if (size == 0 || size > 65536) return 0;
  const ByteView input(data + 1, size - 1);
  SystemRandom random;
  try {
    if (data[0] % 3 == 0) {
      (void)vault::read_journal_segment(keys(), input);
    } else if (data[0] % 3 == 1) {
      const std::vector<SideRecord> records{{"log", {}, std::string(as_text(input))}};
      Bytes segment = vault::seal_journal_batch(keys(), {}, 7, vault::write_records(records), random);
      segment.insert(segment.end(), input.begin(), input.end());
      const auto read = vault::read_journal_segment(keys(), segment);
      if (read.batches.empty()) abort();
      if (vault::read_records(read.batches[0].records).at(0).value != as_text(input)) abort();
    } else {
      (void)vault::read_records(input);
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged && error.code() != ErrorCode::kUnsupportedOperation) abort();
  }
  return 0;
}
