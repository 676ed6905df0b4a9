// Which of the two meta pages of the data file has to be sound (vault/engine/page_walker.h).
#include <doctest/doctest.h>

#include <cstring>

#include "tests/unit/vault/vault_world.h"

using namespace kms;
using namespace kms::test;

namespace {

// In a page: MDB_meta behind the header of the page. A commit writes it from kRewritten on.
constexpr std::size_t kPage = 4096;
constexpr std::size_t kMeta = 16;
constexpr std::size_t kPageSizeAt = kMeta + 24;
constexpr std::size_t kRewritten = kMeta + 16;
constexpr std::size_t kMainRoot = kMeta + 72 + 40;
constexpr std::size_t kLastPage = kMeta + 120;
constexpr std::size_t kTransaction = kMeta + 128;
constexpr std::size_t kEnd = kMeta + 136;

std::uint64_t number_at(const std::string& file, std::size_t at) {
  std::uint64_t number = 0;
  std::memcpy(&number, file.data() + at, sizeof number);
  return number;
}

void put_number(std::string& file, std::size_t at, std::uint64_t number) {
  std::memcpy(file.data() + at, &number, sizeof number);
}

std::size_t used_page(const std::string& file) {
  return number_at(file, kPage + kTransaction) > number_at(file, kTransaction) ? kPage : 0;
}

std::size_t other_page(const std::string& file) {
  return kPage - used_page(file);
}

void write_item(VaultWorld& world, std::string_view value) {
  const auto vault = world.open();
  const auto transaction = vault->begin(Access::kWrite);
  transaction->put("c", "item", value);
  commit_now(*transaction);
}

std::string item_of(VaultWorld& world) {
  const auto vault = world.open();
  return vault->begin(Access::kRead)->get("c", "item").value_or("");
}

void fill(Transaction& first) {
  for (int i = 0; i < 50; ++i) first.put("c", std::to_string(i), std::string(100, 'v'));
}

// The problems that a check lists, or the code of what opening fails with; nothing when the vault is sound.
std::optional<ErrorCode> damage_of(VaultWorld& world) {
  return failure_of([&] {
    if (!world.open()->check().problems.empty()) throw Error(ErrorCode::kVaultDamaged);
  });
}

}  // namespace

TEST_SUITE("vault/meta pages") {
  TEST_CASE("a vault opens after a commit that failed in its meta page, and the next commit mends it") {
    VaultWorld world;
    world.create(fill);
    write_item(world, "old");
    std::string file = read_file(world.file("data.mdb"));
    const std::size_t other = other_page(file);
    // What LMDB leaves: the new roots, behind the last page that the old numbers count.
    const std::uint64_t old_last = number_at(file, other + kLastPage);
    put_number(file, other + kMainRoot, old_last + 3);
    write_file(world.file("data.mdb"), file);
    CHECK(damage_of(world) == std::nullopt);
    CHECK(item_of(world) == "old");
    write_item(world, "new");
    CHECK(damage_of(world) == std::nullopt);
    CHECK(item_of(world) == "new");
  }

  TEST_CASE("a vault opens after a crash at any byte of the meta page") {
    VaultWorld world;
    world.create(fill);
    write_item(world, "old");
    const std::string before = read_file(world.file("data.mdb"));
    write_item(world, "new");
    const std::string after = read_file(world.file("data.mdb"));
    const std::size_t page = used_page(after);
    REQUIRE(page == other_page(before));
    for (std::size_t at = kRewritten; at <= kEnd; ++at) {
      CAPTURE(at);
      std::string file = after;
      std::copy_n(before.begin() + static_cast<std::ptrdiff_t>(page + at), kEnd - at,
                  file.begin() + static_cast<std::ptrdiff_t>(page + at));
      write_file(world.file("data.mdb"), file);
      CHECK(damage_of(world) == std::nullopt);
      CHECK(item_of(world) == (used_page(file) == page ? "new" : "old"));
    }
  }

  TEST_CASE("the meta page that is not used may hold anything that LMDB accepts") {
    VaultWorld world;
    world.create(fill);
    for (const char* value : {"even", "odd"}) {  // one of them in each place
      write_item(world, value);
      const std::string whole = read_file(world.file("data.mdb"));
      const std::size_t other = other_page(whole);
      const std::uint64_t used = number_at(whole, used_page(whole) + kTransaction);
      for (int round = 0; round < 40; ++round) {
        CAPTURE(round);
        std::string file = whole;
        const Bytes noise = world.random.bytes(kEnd - kRewritten);
        std::copy(noise.begin(), noise.end(), file.begin() + static_cast<std::ptrdiff_t>(other + kRewritten));
        if (other == 0) std::copy_n(whole.begin() + kPageSizeAt, 4, file.begin() + kPageSizeAt);
        put_number(file, other + kTransaction, number_at(file, other + kTransaction) % used);
        write_file(world.file("data.mdb"), file);
        CHECK(damage_of(world) == std::nullopt);
        CHECK(item_of(world) == value);
        write_item(world, "next");
        CHECK(damage_of(world) == std::nullopt);
        CHECK(item_of(world) == "next");
      }
      write_file(world.file("data.mdb"), whole);
    }
  }

  TEST_CASE("the meta page that is used is refused with a root behind its last page, whichever it is") {
    VaultWorld world;
    world.create(fill);
    for (const char* value : {"even", "odd"}) {
      write_item(world, value);
      const std::string whole = read_file(world.file("data.mdb"));
      const std::size_t used = used_page(whole);
      std::string file = whole;
      put_number(file, used + kMainRoot, number_at(file, used + kLastPage) + 1);
      write_file(world.file("data.mdb"), file);
      CHECK(damage_of(world) == ErrorCode::kVaultDamaged);
      write_file(world.file("data.mdb"), whole);
    }
  }

  TEST_CASE("a meta page with a number that belongs into the other place is refused: LMDB would use that one then") {
    VaultWorld world;
    world.create(fill);
    write_item(world, "one");
    const std::string whole = read_file(world.file("data.mdb"));
    for (const std::size_t page : {std::size_t{0}, kPage}) {
      CAPTURE(page);
      std::string file = whole;
      // Later than the other one, and with the other one's parity.
      put_number(file, page + kTransaction, number_at(whole, kPage - page + kTransaction) + 2);
      write_file(world.file("data.mdb"), file);
      CHECK(damage_of(world) == ErrorCode::kVaultDamaged);
    }
  }
}
