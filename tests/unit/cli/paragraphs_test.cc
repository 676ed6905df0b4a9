#include "cli/paragraphs.h"

#include <doctest/doctest.h>

using kms::cli::item_lines;
using kms::cli::wrapped;

TEST_SUITE("paragraphs") {
  TEST_CASE("lines end at a blank, and begin where they are told to") {
    CHECK(wrapped("one two three", 2, 10) == "  one two\n  three\n");
    CHECK(wrapped("one two three", 4, 80) == "    one two three\n");
    CHECK(wrapped("", 4, 80).empty());
    CHECK(wrapped("a-word-that-is-too-long b", 2, 10) == "  a-word-that-is-too-long\n  b\n");
  }

  TEST_CASE("a line is as wide as its characters, whatever bytes these have") {
    CHECK(wrapped("\u00e4\u00e4\u00e4 \u00e4\u00e4\u00e4 b", 0, 7) == "\u00e4\u00e4\u00e4 \u00e4\u00e4\u00e4\nb\n");
  }

  TEST_CASE("an item has its text beside it, and below it where it is long itself") {
    CHECK(item_lines("-k KEY", "the key of all", 12, 20) == "  -k KEY    the key\n            of all\n");
    CHECK(item_lines("--key-id KEY", "the key", 12, 80) == "  --key-id KEY\n            the key\n");
    CHECK(item_lines("--force", "", 12, 80) == "  --force\n");
  }
}
