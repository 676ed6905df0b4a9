// The tree of a log as a vault keeps it, against the tree of RFC 6962 made of the entries anew.
#include "vault/sealed/log_tree.h"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "core/audit/trail_tree.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/retry.h"
#include "vault/engine/memory_engine.h"
#include "vault/sealed/record_table.h"
#include "vault/sealed/sealed_store.h"

using namespace kms;

namespace {

constexpr std::string_view kLog = "audit/111122223333/eu-central-1";

struct TreeWorld {
  SystemRandom random;
  vault::MemoryEngine engine;
  std::shared_ptr<const vault::Keys> keys = [this] {
    auto made = std::make_shared<vault::Keys>(vault::VaultId{}, 1, random.secret(32), random.secret(32));
    made->new_material(random);
    return made;
  }();
  vault::SealedStore store{engine, keys, random};
  std::vector<formats::MerkleHash> leaves;

  void append(std::size_t count) {
    transact(store, [&](Transaction& transaction) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::string entry = cat("entry ", std::to_string(leaves.size()));
        transaction.append(kLog, entry);
        leaves.push_back(formats::merkle_leaf(as_bytes(entry)));
      }
    });
  }
  formats::MerkleHash expected_root(std::uint64_t size) const {
    formats::MerkleFrontier tree;
    for (std::uint64_t i = 0; i < size; ++i) tree.append(leaves[i]);
    return tree.root();
  }
  void erase(const std::string& collection, std::string_view item) {
    transact(store, [&](Transaction& transaction) { transaction.erase(collection, item); });
  }
};

void check_proofs(TreeWorld& world, std::uint64_t number, std::uint64_t size) {
  const auto transaction = world.store.begin(Access::kRead);
  TrailTree tree(*transaction, kLog);
  const formats::Inclusion claim{number, size, world.leaves[number], world.expected_root(size)};
  CHECK(formats::verify_inclusion(claim, tree.inclusion(number, size)));
  const formats::Consistency grown{number, size, world.expected_root(number), claim.root};
  CHECK(formats::verify_consistency(grown, tree.consistency(number, size)));
}

}  // namespace

TEST_SUITE_BEGIN("vault/log tree");

TEST_CASE("a log has its tree after each commit, however many entries came with it") {
  TreeWorld world;
  CHECK(world.store.begin(Access::kRead)->log_tree(kLog).root() == formats::merkle_root_of_nothing());
  std::mt19937 chance(7);
  while (world.leaves.size() < 1400) {
    world.append(1 + chance() % 90);
    const auto tree = world.store.begin(Access::kRead)->log_tree(kLog);
    CHECK(tree.size() == world.leaves.size());
    CHECK(tree.root() == world.expected_root(world.leaves.size()));
  }
  for (int i = 0; i < 40; ++i) {
    const std::uint64_t size = 1 + chance() % world.leaves.size();
    check_proofs(world, chance() % size, size);
  }
}

TEST_CASE("a commit of more than a tile keeps each tile, and those above them") {
  TreeWorld world;
  world.append(100);
  world.append(256 * 257 + 3);  // a tile of level 1 is full then, and one of level 2 begins
  const auto transaction = world.store.begin(Access::kRead);
  CHECK(transaction->log_tile(kLog, {0, 0}).size() == formats::kFullTileSize);
  CHECK(transaction->log_tile(kLog, {0, 257}).size() == 103 * formats::kMerkleHashSize);
  CHECK(transaction->log_tile(kLog, {0, 258}).empty());
  CHECK(transaction->log_tile(kLog, {1, 0}).size() == formats::kFullTileSize);
  CHECK(transaction->log_tile(kLog, {1, 1}).size() == formats::kMerkleHashSize);
  CHECK(transaction->log_tile(kLog, {2, 0}).size() == formats::kMerkleHashSize);
  CHECK(transaction->log_tile(kLog, {3, 0}).empty());
  check_proofs(world, 3, world.leaves.size());
  check_proofs(world, 65536, 65790);
}

TEST_CASE("a proof reads a tile of each level and no more") {
  TreeWorld world;
  world.append(256 * 256 + 500);
  const auto transaction = world.store.begin(Access::kRead);
  TrailTree tree(*transaction, kLog);
  (void)tree.inclusion(70, tree.size());
  CHECK(tree.tiles_read() <= 3);
}

TEST_CASE("a transaction finds the tree without what it appended itself") {
  TreeWorld world;
  world.append(5);
  const auto transaction = world.store.begin(Access::kWrite);
  transaction->append(kLog, "its own");
  CHECK(transaction->log_size(kLog) == 6);
  CHECK(transaction->log_tree(kLog).root() == world.expected_root(5));
}

TEST_CASE("a log of a version before trees gets its tree with the next entry") {
  TreeWorld world;
  world.append(600);
  world.erase("trees", kLog);
  for (const char* tile : {"0/0", "0/1", "1/0"}) world.erase(cat("tiles/", kLog), tile);
  CHECK(world.store.begin(Access::kRead)->log_tree(kLog).root() == world.expected_root(600));
  world.append(1);
  check_proofs(world, 300, 601);
  CHECK(world.store.begin(Access::kRead)->log_tile(kLog, {1, 0}).size() == 2 * formats::kMerkleHashSize);
}

TEST_CASE("a tree that does not reach the end of its log is made up to it, whatever was put back") {
  TreeWorld world;
  world.append(300);
  const auto before = world.store.begin(Access::kRead)->get("trees", kLog);
  world.append(500);
  transact(world.store, [&](Transaction& transaction) { transaction.put("trees", kLog, before.value()); });
  world.append(1);
  CHECK(world.store.begin(Access::kRead)->log_tree(kLog).root() == world.expected_root(801));
  CHECK(world.store.begin(Access::kRead)->log_tile(kLog, {1, 0}).size() == 3 * formats::kMerkleHashSize);
  check_proofs(world, 700, 801);
}

TEST_CASE("a tree of more entries than its log has stops what would be appended") {
  TreeWorld world;
  world.append(5);
  TreeWorld other;
  other.append(6);
  const auto frontier = other.store.begin(Access::kRead)->get("trees", kLog);
  transact(world.store, [&](Transaction& transaction) { transaction.put("trees", kLog, frontier.value()); });
  CHECK_THROWS_WITH_AS(world.append(1), "the tree of a log does not belong to it", Error);
}

TEST_SUITE_END();
