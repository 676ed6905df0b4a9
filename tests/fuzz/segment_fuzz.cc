// The first byte chooses: the rest is the file of a segment, a segment's end behind good pages (its index is what the
// input has, sealed well), or the plaintext of an index.
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "core/base/random.h"
#include "core/base/secret_bytes.h"
#include "core/crypto/init.h"
#include "vault/sealed/segment.h"

namespace {

using kms::Bytes;
using kms::ByteView;
using kms::vault::SegmentPlace;

constexpr std::uint64_t kCount = 256;

class InMemory final : public kms::vault::SegmentSource {
 public:
  explicit InMemory(Bytes file) : file_(std::move(file)) {}
  std::uint64_t size() const override { return file_.size(); }
  void read(std::uint64_t offset, kms::MutableBytes out) const override {
    if (offset > file_.size() || file_.size() - offset < out.size()) {
      throw kms::Error(kms::ErrorCode::kVaultDamaged, "the end");
    }
    std::copy_n(file_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  }

 private:
  const Bytes file_;
};

const kms::SecretBytes& key() {
  static const kms::SecretBytes zeros(kms::vault::kKeySize);
  return zeros;
}

struct Good {
  SegmentPlace place;
  Bytes file;
};

Good make_good() {
  kms::SystemRandom random;
  Good good;
  good.place.count = kCount;
  kms::vault::SegmentWriter writer({}, good.place, key(), random, [&](ByteView bytes) {
    good.file.insert(good.file.end(), bytes.begin(), bytes.end());
  });
  for (std::uint64_t i = 0; i < kCount; ++i) writer.add(Bytes(i % 90, 'e'));
  good.place = writer.finish();
  return good;
}

// A file whose index is `index`, under the right key.
Good with_index(const Good& good, ByteView index) {
  kms::SystemRandom random;
  Good made = good;
  constexpr std::uint8_t kIndexKind = 3;
  Bytes aad;
  kms::ByteWriter(aad).text("kmsctl segment").bytes(kms::vault::VaultId{}).bytes(good.place.id).u8(kIndexKind).u64(0);
  const Bytes sealed = kms::vault::seal(key(), aad, index, random);
  kms::ByteReader foot(ByteView(good.file).last(kms::vault::kSegmentFootSize), kms::ErrorCode::kInternal, "");
  const std::uint64_t begin = foot.u64();
  const Bytes magic = kms::to_bytes(foot.rest());
  made.file.resize(begin);
  kms::ByteWriter(made.file).bytes(sealed).u64(begin).bytes(magic);
  made.place.bytes = made.file.size();
  return made;
}

void read_all(const Good& made) {
  const kms::vault::Segment segment(std::make_unique<InMemory>(made.file), {}, made.place,
                                    kms::SecretBytes::copy_of(key()), "file");
  for (const std::uint64_t from : {std::uint64_t{0}, kCount / 2, kCount - 1}) {
    (void)segment.read(from, [](std::uint64_t number, std::string_view /*entry*/) {
      if (number >= kCount) abort();
      return true;
    });
  }
  (void)segment.tile(0);
  segment.verify();
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
  static const Good good = make_good();
  const ByteView input(data + 1, size - 1);
  try {
    if (data[0] % 3 == 0) {
      Good raw{good.place, to_bytes(input)};
      raw.place.bytes = input.size();
      read_all(raw);
    } else if (data[0] % 3 == 1) {
      read_all(with_index(good, input));
    } else {
      const auto index = vault::parse_segment_index(input, 0, kCount, 20000);
      if (vault::encode_segment_index(index) != to_bytes(input)) abort();
    }
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) abort();
  }
  return 0;
}
