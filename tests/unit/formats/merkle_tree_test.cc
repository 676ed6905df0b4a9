#include "formats/merkle_tree.h"

#include <doctest/doctest.h>

#include <limits>

#include "core/base/encoding.h"
#include "tests/unit/formats/merkle_definition.h"

using namespace kms;
using namespace kms::formats;

namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

MerkleFrontier grown_to(std::uint64_t size) {
  MerkleFrontier frontier;
  while (frontier.size() < size) frontier.append(DefinedTree::leaf(frontier.size()));
  return frontier;
}

// A frontier of that size whose hashes are made up.
Bytes stored_frontier(std::uint64_t size, std::size_t hashes) {
  Bytes bytes;
  ByteWriter(bytes).u8(1).u64(size);
  for (std::size_t i = 0; i < hashes; ++i) ByteWriter(bytes).bytes(DefinedTree::leaf(i));
  return bytes;
}

}  // namespace

TEST_SUITE("formats/merkle_tree") {
  TEST_CASE("the roots are those that implementations of RFC 6962 agree on") {
    // Leaves and roots as the tests of Certificate Transparency have them since 2012.
    constexpr std::pair<const char*, const char*> kRows[] = {
        {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
        {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
        {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
        {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
        {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
        {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
        {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
        {"606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
    };
    MerkleFrontier frontier;
    CHECK(encode_hex(frontier.root()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    for (const auto& row : kRows) {
      CAPTURE(row.first);
      frontier.append(merkle_leaf(decode_hex(row.first).value()));
      CHECK(encode_hex(frontier.root()) == row.second);
    }
  }

  TEST_CASE("a frontier has the root of its tree at every size, stored and read again in between") {
    DefinedTree tree;
    MerkleFrontier frontier;
    for (std::uint64_t size = 0; size <= 130; ++size) {
      CAPTURE(size);
      CHECK(frontier.size() == size);
      CHECK(frontier.root() == tree.root(0, size));
      const auto stored = MerkleFrontier::parse(frontier.serialise());
      REQUIRE(stored);
      CHECK(*stored == frontier);
      frontier = *stored;
      frontier.append(DefinedTree::leaf(size));
    }
  }

  TEST_CASE("appending tells each perfect subtree once, when its last leaf comes") {
    DefinedTree tree;
    MerkleFrontier frontier;
    std::vector<MerkleSubtree> completed;
    std::vector<MerkleSubtree> expected;
    for (std::uint64_t size = 1; size <= 130; ++size) {
      frontier.append(DefinedTree::leaf(size - 1), completed);
      for (unsigned level = 0; size % (std::uint64_t{1} << level) == 0; ++level) {
        const MerklePosition position{level, (size >> level) - 1};
        expected.push_back({position, tree.at(position)});
      }
    }
    CHECK(completed == expected);
    CHECK(completed.size() == 130 + 65 + 32 + 16 + 8 + 4 + 2 + 1);
  }

  TEST_CASE("a frontier answers the subtrees that it is made of, and no others") {
    DefinedTree tree;
    const MerkleFrontier frontier = grown_to(13);  // 8 + 4 + 1
    for (unsigned level = 0; level <= 64; ++level) {
      for (std::uint64_t index = 0; index <= 16; ++index) {
        CAPTURE(level);
        CAPTURE(index);
        const MerklePosition position{level, index};
        const auto got = frontier.subtree(position);
        const bool part =
            position == MerklePosition{3, 0} || position == MerklePosition{2, 2} || position == MerklePosition{0, 12};
        REQUIRE(got.has_value() == part);
        if (part) CHECK(*got == tree.at(position));
      }
    }
    CHECK_FALSE(MerkleFrontier().subtree({0, kMost}));
  }

  TEST_CASE("a stored frontier is read only as it was written") {
    const Bytes stored = grown_to(13).serialise();
    CHECK(stored.size() == 1 + 8 + 3 * kMerkleHashSize);
    CHECK(encode_hex(ByteView(stored).first(9)) == "01000000000000000d");
    for (std::size_t size = 0; size < stored.size(); ++size) {
      CAPTURE(size);
      CHECK_FALSE(MerkleFrontier::parse(ByteView(stored).first(size)));
    }
    Bytes changed = stored;
    changed.push_back(0);
    CHECK_FALSE(MerkleFrontier::parse(changed));
    for (unsigned format = 0; format < 256; ++format) {
      changed = stored;
      changed.front() = static_cast<std::uint8_t>(format);
      CHECK(MerkleFrontier::parse(changed).has_value() == (format == 1));
    }
    CHECK_FALSE(MerkleFrontier::parse(stored_frontier(13, 2)));
    CHECK_FALSE(MerkleFrontier::parse(stored_frontier(13, 4)));
    CHECK_FALSE(MerkleFrontier::parse(stored_frontier(12, 3)));
    CHECK_FALSE(MerkleFrontier::parse(stored_frontier(0, 1)));
  }

  TEST_CASE("a log that cannot be counted further takes no entry, and is what it was") {
    const MerkleFrontier full = MerkleFrontier::parse(stored_frontier(kMost, 64)).value();
    MerkleFrontier frontier = full;
    std::vector<MerkleSubtree> completed;
    CHECK_THROWS_AS(frontier.append(DefinedTree::leaf(0), completed), Error);
    CHECK(frontier == full);
    CHECK(completed.empty());
    MerkleFrontier before_last = MerkleFrontier::parse(stored_frontier(kMost - 1, 63)).value();
    before_last.append(DefinedTree::leaf(0));
    CHECK(before_last.size() == kMost);
  }

  TEST_CASE("an entry is never taken for a node, nor a hash of another length for one") {
    const MerkleHash left = DefinedTree::leaf(0);
    const MerkleHash right = DefinedTree::leaf(1);
    Bytes children = to_bytes(left);
    ByteWriter(children).bytes(right);
    CHECK(merkle_leaf(children) != merkle_node(left, right));
    CHECK(merkle_node(left, right) != merkle_node(right, left));
    CHECK(to_merkle_hash(left) == left);
    CHECK_FALSE(to_merkle_hash(ByteView(left).first(31)));
    CHECK_FALSE(to_merkle_hash(ByteView(children).first(33)));
    CHECK_FALSE(to_merkle_hash({}));
  }
}
