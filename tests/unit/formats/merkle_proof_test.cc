#include "formats/merkle_proof.h"

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <set>

#include "core/base/error.h"
#include "tests/unit/formats/merkle_definition.h"

using namespace kms;
using namespace kms::formats;

namespace {

constexpr std::uint64_t kLargestTree = 130;

// Reads from the definition, and remembers what it was asked for.
class CountedReader {
 public:
  explicit CountedReader(DefinedTree& tree) : tree_(tree) {}
  MerkleReader reader(std::uint64_t size) {
    asked_.clear();
    doubled_ = false;
    beyond_ = false;
    return [this, size](const MerklePosition& position) {
      doubled_ = !asked_.insert(position).second || doubled_;
      beyond_ = (position.index + 1) << position.level > size || beyond_;
      return tree_.at(position);
    };
  }
  std::size_t asked() const { return asked_.size(); }
  bool sparing() const { return !doubled_ && !beyond_; }

 private:
  DefinedTree& tree_;
  std::set<MerklePosition> asked_;
  bool doubled_ = false;
  bool beyond_ = false;
};

ErrorCode error_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code();
  }
  return ErrorCode::kInternal;
}

}  // namespace

TEST_SUITE("formats/merkle_proof") {
  TEST_CASE("every inclusion proof is the defined one, holds, and is made of as few hashes as it can be") {
    DefinedTree tree;
    CountedReader counted(tree);
    for (std::uint64_t size = 1; size <= kLargestTree; ++size) {
      for (std::uint64_t index = 0; index < size; ++index) {
        CAPTURE(size);
        CAPTURE(index);
        const MerkleProof proof = make_inclusion_proof(index, size, counted.reader(size));
        CHECK(proof == tree.path(index, 0, size));
        CHECK(verify_inclusion(tree.inclusion(index, size), proof));
        CHECK(counted.sparing());
        // Only the sibling on the right edge, if it is none, is made of several perfect subtrees.
        const std::uint64_t inside = std::bit_floor(index ^ size);
        const int right_edge = std::popcount(size & (inside - 1));
        CHECK(counted.asked() == proof.size() - (right_edge > 0 ? 1 : 0) + static_cast<std::size_t>(right_edge));
      }
    }
  }

  TEST_CASE("every consistency proof is the defined one, holds, and asks for nothing twice") {
    DefinedTree tree;
    CountedReader counted(tree);
    for (std::uint64_t size = 1; size <= kLargestTree; ++size) {
      for (std::uint64_t old_size = 1; old_size <= size; ++old_size) {
        CAPTURE(size);
        CAPTURE(old_size);
        const MerkleProof proof = make_consistency_proof(old_size, size, counted.reader(size));
        CHECK(proof == tree.subproof(old_size, 0, size, true));
        CHECK(verify_consistency(tree.consistency(old_size, size), proof));
        CHECK(counted.sparing());
        CHECK(counted.asked() <= proof.size() + 7);
      }
    }
  }

  TEST_CASE("the root at every earlier size is read from one subtree for each digit 1 of the size") {
    DefinedTree tree;
    CountedReader counted(tree);
    for (std::uint64_t size = 0; size <= kLargestTree; ++size) {
      CAPTURE(size);
      CHECK(read_merkle_root(size, counted.reader(size)) == tree.root(0, size));
      CHECK(counted.asked() == static_cast<std::size_t>(std::popcount(size)));
    }
  }

  TEST_CASE("every tree is consistent with that of nothing, by an empty proof") {
    DefinedTree tree;
    const MerkleHash some = DefinedTree::leaf(7);
    for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{13}, std::numeric_limits<std::uint64_t>::max()}) {
      CHECK(verify_consistency({0, size, merkle_root_of_nothing(), some}, {}));
      CHECK_FALSE(verify_consistency({0, size, merkle_root_of_nothing(), some}, {&some, 1}));
      CHECK_FALSE(verify_consistency({0, size, some, some}, {}));
    }
    CHECK(make_consistency_proof(0, 13, [&](const MerklePosition& at) { return tree.at(at); }).empty());
  }

  TEST_CASE("trees of one size are consistent when their roots are equal, by an empty proof") {
    const MerkleHash some = DefinedTree::leaf(7);
    const MerkleHash other = DefinedTree::leaf(8);
    for (const std::uint64_t size : {std::uint64_t{1}, std::uint64_t{13}, std::numeric_limits<std::uint64_t>::max()}) {
      CHECK(verify_consistency({size, size, some, some}, {}));
      CHECK_FALSE(verify_consistency({size, size, some, other}, {}));
      CHECK_FALSE(verify_consistency({size, size, some, some}, {&some, 1}));
    }
    CHECK(verify_consistency({0, 0, merkle_root_of_nothing(), merkle_root_of_nothing()}, {}));
    CHECK_FALSE(verify_consistency({0, 0, some, some}, {}));
  }

  TEST_CASE("there is no proof for an entry that is not there, nor from a later tree to an earlier one") {
    DefinedTree tree;
    const MerkleReader read = [&](const MerklePosition& at) { return tree.at(at); };
    CHECK(error_of([&] { (void)make_inclusion_proof(13, 13, read); }) == ErrorCode::kValidation);
    CHECK(error_of([&] { (void)make_inclusion_proof(0, 0, read); }) == ErrorCode::kValidation);
    CHECK(error_of([&] { (void)make_consistency_proof(13, 12, read); }) == ErrorCode::kValidation);
    const MerkleHash some = DefinedTree::leaf(7);
    CHECK_FALSE(verify_inclusion({0, 0, some, some}, {}));
    CHECK_FALSE(verify_inclusion({1, 1, some, some}, {}));
    CHECK_FALSE(verify_consistency({2, 1, some, some}, {}));
    CHECK_FALSE(verify_consistency({1, 0, some, merkle_root_of_nothing()}, {}));
  }

  TEST_CASE("proofs in the largest trees that can be counted are made and hold") {
    // The hashes of all subtrees of a level are alike, so that such a tree needs no leaves.
    std::vector<MerkleHash> levels{DefinedTree::leaf(0)};
    while (levels.size() < 64) levels.push_back(merkle_node(levels.back(), levels.back()));
    const MerkleReader read = [&](const MerklePosition& at) { return levels.at(at.level); };
    const std::uint64_t size = std::numeric_limits<std::uint64_t>::max();
    const MerkleHash root = read_merkle_root(size, read);
    for (const std::uint64_t index : {std::uint64_t{0}, size / 2, size / 2 + 1, size - 1}) {
      CAPTURE(index);
      const MerkleProof proof = make_inclusion_proof(index, size, read);
      CHECK(proof.size() <= 64);
      CHECK(verify_inclusion({index, size, levels.front(), root}, proof));
    }
    for (const std::uint64_t old_size : {std::uint64_t{1}, size / 2, size / 2 + 1, size - 1}) {
      CAPTURE(old_size);
      const MerkleProof proof = make_consistency_proof(old_size, size, read);
      CHECK(verify_consistency({old_size, size, read_merkle_root(old_size, read), root}, proof));
    }
  }
}
