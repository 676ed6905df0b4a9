// A blob that opens under the fixed keys must have the parsed structure; nothing may crash.
#include <cstdlib>

#include "formats/ciphertext_blob.h"
#include "tests/fuzz/start.h"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const kms::ByteView blob(data, size);
  const kms::SecretBytes key = kms::SecretBytes::copy_of(kms::Bytes(32, 0x33));
  const kms::formats::EncryptionContext context = {{"purpose", "backup"}, {"table", "7"}};
  const bool parsed = kms::formats::parse_blob(blob).has_value();
  const auto opened = kms::formats::open_blob(blob, key, context);
  if (opened && (!parsed || opened->size() + kms::formats::kBlobOverhead != size)) std::abort();
  return 0;
}
