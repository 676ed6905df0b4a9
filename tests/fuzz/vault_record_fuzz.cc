// The first byte chooses: the rest is a sealed record as it is, the plaintext of one, sealed here so that the reader of
// plaintexts is reached, the entries of a log as one record holds them, or a page of the tree of records.
#include <cstdlib>

#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"
#include "vault/sealed/log_page.h"
#include "vault/sealed/record_tree.h"
#include "vault/sealed/seal.h"

namespace {

const kms::vault::Keys& keys() {
  static const kms::vault::Keys instance = [] {
    kms::SystemRandom random;
    kms::vault::Keys made({}, 1, kms::SecretBytes(32), kms::SecretBytes(32));
    made.new_material(random);
    return made;
  }();
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
  const Bytes key = vault::record_key(keys(), "c", "i");
  SystemRandom random;
  try {
    if (data[0] % 8 == 6) {
      Bytes page;
      for (const ByteView entry : vault::entries_of(input)) vault::add_entry(page, entry);
      if (page != to_bytes(input)) abort();
    } else if (data[0] % 8 == 4) {
      if (vault::tree_page_bytes(vault::parse_tree_page(input)) != to_bytes(input)) abort();
    } else if (data[0] % 2 == 0) {
      (void)vault::open_record(keys(), key, input);
    } else {
      const auto kind = data[0] % 4 == 1 ? vault::RecordKind::kRecord : vault::RecordKind::kSecret;
      (void)vault::open_record(keys(), key, vault::seal_plaintext(keys(), key, 1, kind, input, random));
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) abort();
  }
  return 0;
}
