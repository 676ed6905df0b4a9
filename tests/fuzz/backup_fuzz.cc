// The first byte chooses: the rest is a backup's header without its checksum, a sealed stream as it lies in the file,
// or the items of a stream that is sealed well behind a good header; or what one of the items says.
#include <algorithm>
#include <cstdlib>

#include "core/base/random.h"
#include "core/crypto/aead.h"
#include "core/crypto/digest.h"
#include "tests/fuzz/start.h"
#include "vault/sealed/backup_reading.h"
#include "vault/sealed/slot_keys.h"

namespace {

using kms::Bytes;
using kms::ByteView;

kms::formats::ReadFn reading(ByteView& rest) {
  return [&rest](kms::MutableBytes out) {
    const std::size_t count = std::min(out.size(), rest.size());
    std::copy_n(rest.begin(), count, out.begin());
    rest = rest.subspan(count);
    return count;
  };
}

const kms::SecretBytes& zeros() {
  static const kms::SecretBytes key(kms::vault::kKeySize);
  return key;
}

// What is accepted is written again byte for byte.
void read_header(ByteView input) {
  Bytes file = kms::to_bytes(input);
  Bytes checksum = kms::crypto::digest(kms::crypto::Hash::kSha256, input);
  checksum.resize(8);
  kms::ByteWriter(file).bytes(checksum);
  ByteView rest = file;
  const auto parsed = kms::vault::read_backup_header(reading(rest));
  if (kms::vault::encode_backup_header(parsed.header) != parsed.bytes) abort();
}

void read_stream(ByteView input) {
  kms::formats::BackupStreamReader reader(zeros(), reading(input));
  while (reader.next()) continue;
}

struct GoodHeader {
  kms::vault::SealedBackupHeader made;
  kms::vault::Credential credential{kms::SlotKind::kKeyfile, kms::SecretBytes(kms::vault::kKeySize)};
};
GoodHeader make_good_header() {
  kms::SystemRandom random;
  GoodHeader good;
  const kms::vault::Keys keys({}, 1, kms::SecretBytes::copy_of(zeros()), kms::SecretBytes::copy_of(zeros()));
  const auto slot =
      kms::vault::make_slot({}, {}, good.credential.kind, good.credential.secret, keys.anchor(), random, {});
  good.made = kms::vault::make_backup_header(keys, {slot}, {}, random, {});
  return good;
}

struct Nothing final : kms::vault::BackupReader::Sink {
  void entry(ByteView /*key*/, ByteView /*value*/) override {}
  void begin_segment(const kms::vault::SegmentPlace& /*place*/) override {}
  void piece(ByteView /*bytes*/) override {}
  void end_segment() override {}
};

// One chunk that is the whole stream.
void read_items(ByteView items) {
  static const GoodHeader good = make_good_header();
  Bytes nonce(kms::crypto::kXChaChaNonceSize);
  nonce.back() = 1;
  Bytes file = good.made.bytes;
  kms::ByteWriter(file).bytes(kms::crypto::xchacha_seal(good.made.secrets.stream, nonce, {}, items));
  ByteView rest = file;
  kms::vault::BackupReader reader(reading(rest), good.credential, {});
  Nothing nothing;
  reader.read_all(nothing);
}

void parse(ByteView input) {
  using namespace kms;
  if (input.empty()) return;
  const ByteView rest = input.subspan(1);
  if (input[0] == 0) {
    if (vault::encode_backup_summary(vault::parse_backup_summary(rest)) != to_bytes(rest)) abort();
  } else if (input[0] == 1) {
    if (vault::encode_backup_segment(vault::parse_backup_segment(rest)) != to_bytes(rest)) abort();
  } else if (input[0] == 2) {
    (void)vault::parse_entry(rest);
  } else {
    if (vault::recipient_text(vault::parse_recipient(as_text(rest))) != as_text(rest)) abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*argc*/, char*** /*argv*/) {
  return start_fuzzing();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > kms::formats::kBackupChunk) return 0;
  const ByteView input(data + 1, size - 1);
  try {
    if (data[0] == 0) read_header(input);
    if (data[0] == 1) read_stream(input);
    if (data[0] == 2 && !input.empty()) read_items(input);
    if (data[0] == 3) parse(input);
  } catch (const kms::Error& error) {
    const bool known = error.code() == kms::ErrorCode::kInvalidCiphertext ||
                       error.code() == kms::ErrorCode::kUnsupportedOperation ||
                       error.code() == kms::ErrorCode::kValidation;
    if (!known) abort();
  }
  return 0;
}
