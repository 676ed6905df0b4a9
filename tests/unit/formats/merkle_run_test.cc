#include "formats/merkle_run.h"

#include <doctest/doctest.h>

#include "tests/unit/formats/log_texts.h"
#include "tests/unit/formats/merkle_definition.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::log_refusal;

TEST_SUITE("formats/merkle_run") {
  TEST_CASE("the subtrees that cover a range follow one another, and none could be larger") {
    for (std::uint64_t begin = 0; begin <= 40; ++begin) {
      for (std::uint64_t end = begin; end <= 40; ++end) {
        std::uint64_t at = begin;
        for (const MerklePosition& position : merkle_cover(begin, end)) {
          const std::uint64_t size = std::uint64_t{1} << position.level;
          CHECK(position.index * size == at);
          CHECK((at % (2 * size) != 0 || at + 2 * size > end));
          at += size;
        }
        CHECK(at == end);
      }
    }
    CHECK(merkle_cover(0, UINT64_MAX).size() == 64);
    CHECK(merkle_cover(1, std::uint64_t{1} << 63U).size() == 63);
  }

  TEST_CASE("a root is the same from leaves and from any subtrees before and behind them") {
    DefinedTree tree;
    for (std::uint64_t first = 0; first <= 20; ++first) {
      for (std::uint64_t end = first; end <= 20; ++end) {
        for (std::uint64_t size = end; size <= 20; ++size) {
          MerkleRun run;
          for (const MerklePosition& at : merkle_cover(0, first)) run.append(at.level, tree.at(at));
          for (std::uint64_t leaf = first; leaf < end; ++leaf) run.append(0, DefinedTree::leaf(leaf));
          for (const MerklePosition& at : merkle_cover(end, size)) run.append(at.level, tree.at(at));
          CHECK(run.size() == size);
          CHECK(run.root() == tree.root(0, size));
        }
      }
    }
  }

  TEST_CASE("a subtree that cannot stand there is refused, and changes nothing") {
    MerkleRun run;
    run.append(1, DefinedTree::leaf(0));
    const MerkleHash before = run.root();
    for (const unsigned level : {2U, 63U, 64U, 200U}) {
      CHECK(log_refusal([&] {
              run.append(level, {});
              return 0;
            }) == "ValidationException: a subtree cannot stand where the tree has come to");
    }
    CHECK(run.root() == before);
    CHECK(run.size() == 2);
  }
}
