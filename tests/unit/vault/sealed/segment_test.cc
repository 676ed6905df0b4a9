// A segment of a log as a file in memory: what was written is read, and what was changed is refused.
#include "vault/sealed/segment.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/merkle_tile.h"

using namespace kms;

namespace {

using vault::SegmentPlace;

constexpr std::uint64_t kFirst = 512;
constexpr std::uint64_t kCount = 512;

// Counts what is read of it.
class BytesSource final : public vault::SegmentSource {
 public:
  struct Effort {
    std::size_t bytes = 0;
    std::size_t largest = 0;
  };
  BytesSource(const Bytes& file, Effort& effort) : file_(file), effort_(effort) {}
  std::uint64_t size() const override { return file_.size(); }
  void read(std::uint64_t offset, MutableBytes out) const override {
    if (offset > file_.size() || file_.size() - offset < out.size()) throw Error(ErrorCode::kVaultDamaged, "too short");
    std::copy_n(file_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    effort_.bytes += out.size();
    effort_.largest = std::max(effort_.largest, out.size());
  }

 private:
  const Bytes& file_;
  Effort& effort_;
};

struct SegmentWorld {
  SystemRandom random;
  vault::VaultId vault{1, 2, 3};
  SecretBytes key = random.secret(32);
  std::vector<std::string> entries;
  Bytes file;
  SegmentPlace place = write({7}, 0);
  BytesSource::Effort effort;

  static std::string entry(std::uint64_t number) {
    return cat(std::to_string(number), std::string(number % 100 == 7 ? 20000 : number % 37, 'x'));
  }
  SegmentPlace write(const vault::SegmentId& id, std::uint64_t surplus) {
    SegmentPlace wanted;
    wanted.id = id;
    wanted.first = kFirst;
    wanted.count = kCount;
    file.clear();
    vault::SegmentWriter writer(vault, wanted, key, random,
                                [&](ByteView bytes) { file.insert(file.end(), bytes.begin(), bytes.end()); });
    for (std::uint64_t number = kFirst; number < kFirst + kCount + surplus; ++number)
      writer.add(as_bytes(entry(number)));
    return writer.finish();
  }
  vault::Segment open_as(const SegmentPlace& of) {
    return {std::make_unique<BytesSource>(file, effort), vault, of, SecretBytes::copy_of(key), "audit/07.seg"};
  }
  vault::Segment open() { return open_as(place); }
};

std::optional<ErrorCode> damage_of(SegmentWorld& world) {
  try {
    world.open().verify();
  } catch (const Error& error) {
    CHECK(std::string_view(error.what()).starts_with("audit/07.seg"));
    return error.code();
  }
  return std::nullopt;
}

}  // namespace

TEST_SUITE("vault/segment") {
  TEST_CASE("a segment is read from any of its entries, with the hashes that the tree has of them") {
    SegmentWorld world;
    const auto segment = world.open();
    segment.verify();
    for (std::uint64_t from = kFirst; from < kFirst + kCount; ++from) {
      std::uint64_t expected = from;
      const bool all = segment.read(from, [&](std::uint64_t number, std::string_view entry) {
        if (number != expected || entry != SegmentWorld::entry(number)) FAIL("entry " << number << " from " << from);
        return ++expected < from + 30;
      });
      CHECK(all == (from + 30 > kFirst + kCount));
    }
    for (std::uint64_t tile = kFirst / 256; tile < (kFirst + kCount) / 256; ++tile) {
      const Bytes hashes = segment.tile(tile);
      for (std::uint64_t at = 0; at < 256; ++at) {
        const auto leaf = formats::merkle_leaf(as_bytes(SegmentWorld::entry(tile * 256 + at)));
        REQUIRE(std::equal(leaf.begin(), leaf.end(), hashes.begin() + static_cast<std::ptrdiff_t>(at * 32)));
      }
    }
  }

  TEST_CASE("one entry costs its page and the index, whatever else the segment holds") {
    SegmentWorld world;
    const auto segment = world.open();
    const std::size_t opened = world.effort.bytes;
    CHECK(opened < 2000);
    CHECK_FALSE(segment.read(kFirst + 200, [](std::uint64_t, std::string_view) { return false; }));
    CHECK(world.effort.bytes - opened < 21000);
    segment.verify();
    CHECK(world.effort.largest <= 65536);
  }

  TEST_CASE("a byte that was changed anywhere is found, and the file named") {
    SegmentWorld world;
    REQUIRE_FALSE(damage_of(world));
    const std::size_t size = world.file.size();
    for (std::size_t at = 0; at < size; at += at < 200 || at + 1000 > size ? 1 : 977) {
      world.file[at] ^= 1U;
      if (damage_of(world) != ErrorCode::kVaultDamaged) FAIL_CHECK("byte " << at << " of " << size);
      world.file[at] ^= 1U;
    }
  }

  TEST_CASE("a page that was changed is not read, also by who does not verify the whole file") {
    SegmentWorld world;
    world.file[vault::kSegmentFrontSize + 30] ^= 1U;
    const auto segment = world.open();
    CHECK_THROWS_AS(segment.read(kFirst, [](std::uint64_t, std::string_view) { return true; }), Error);
  }

  TEST_CASE("a file that is shorter or longer is refused, wherever it ends") {
    SegmentWorld world;
    const Bytes whole = world.file;
    for (std::size_t size = 0; size < whole.size(); size += size < 100 ? 1 : 1009) {
      world.file.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
      if (damage_of(world) != ErrorCode::kVaultDamaged) FAIL_CHECK("up to " << size);
    }
    world.file = whole;
    world.file.push_back(0);
    CHECK(damage_of(world) == ErrorCode::kVaultDamaged);
  }

  TEST_CASE("the file of another segment, another vault or another key is refused") {
    SegmentWorld world;
    SegmentPlace other = world.place;
    other.id[3] = 1;
    CHECK_THROWS_AS(world.open_as(other), Error);
    other = world.place;
    other.first += 256;
    CHECK_THROWS_AS(world.open_as(other), Error);
    world.vault[0] = 9;
    CHECK_THROWS_AS(world.open(), Error);
    world.vault[0] = 1;
    world.key = world.random.secret(32);
    CHECK_THROWS_AS(world.open(), Error);
  }

  TEST_CASE("a segment has as many entries as were announced") {
    SegmentWorld world;
    CHECK_THROWS_AS(world.write({8}, 1), Error);
  }
}
