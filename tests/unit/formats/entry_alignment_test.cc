#include "formats/entry_alignment.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>

using namespace kms::formats;

namespace {

// A hash for each letter.
std::vector<MerkleHash> letters(std::string_view text) {
  std::vector<MerkleHash> hashes(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) hashes[i].fill(static_cast<std::uint8_t>(text[i]));
  return hashes;
}

using Differences = std::vector<EntryDifference>;

Differences between(std::string_view listed, std::string_view found) {
  return align_entries(letters(listed), letters(found));
}

}  // namespace

TEST_SUITE("formats/entry_alignment") {
  TEST_CASE("lists that are alike have no differences") {
    CHECK(between("", "").empty());
    CHECK(between("abc", "abc").empty());
  }

  TEST_CASE("each single change is found for what it is, wherever it was made") {
    CHECK(between("abc", "aXc") == Differences{{EntryChange::kEdited, 1, 1}});
    CHECK(between("abc", "ac") == Differences{{EntryChange::kMissing, 1, 1}});
    CHECK(between("abc", "ab") == Differences{{EntryChange::kMissing, 2, 2}});
    CHECK(between("abc", "aXbc") == Differences{{EntryChange::kInserted, 0, 1}});
    CHECK(between("abc", "abcX") == Differences{{EntryChange::kInserted, 0, 3}});
    CHECK(between("abc", "abbc") == Differences{{EntryChange::kDoubled, 1, 2}});
    CHECK(between("abc", "abca") == Differences{{EntryChange::kDoubled, 0, 3}});
    CHECK(between("abcde", "acdbe") == Differences{{EntryChange::kMoved, 1, 3}});
    CHECK(between("abcde", "adbce") == Differences{{EntryChange::kMoved, 3, 1}});
  }

  TEST_CASE("several changes are told apart") {
    CHECK(between("abcdef", "aXcdfY") ==
          Differences{{EntryChange::kEdited, 1, 1}, {EntryChange::kMissing, 4, 4}, {EntryChange::kInserted, 0, 5}});
    CHECK(between("abc", "") ==
          Differences{{EntryChange::kMissing, 0, 0}, {EntryChange::kMissing, 1, 0}, {EntryChange::kMissing, 2, 0}});
    CHECK(between("", "XY") == Differences{{EntryChange::kInserted, 0, 0}, {EntryChange::kInserted, 0, 1}});
  }

  TEST_CASE("two that changed places are one that was moved") {
    const Differences found = between("abcd", "acbd");
    REQUIRE(found.size() == 1);
    CHECK(found.front().change == EntryChange::kMoved);
  }
}
