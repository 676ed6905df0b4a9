// Numbers as bars.
#include "cli/sparkline.h"

#include <doctest/doctest.h>

#include "tests/unit/cli/environment.h"

using kms::cli::shows_unicode;
using kms::cli::sparkline;
using kms::test::Environment;

TEST_SUITE("cli/sparkline") {
  TEST_CASE("a bar is as high as its number, none is a point, and one is seen beside a million") {
    CHECK(sparkline({0, 1, 2, 3, 4, 5, 6, 7, 8}, 30, true) == "·▁▂▃▄▅▆▇█");
    CHECK(sparkline({0, 1, 2, 3, 4, 5, 6, 7, 8}, 30, false) == ".:-=+*o#@");
    CHECK(sparkline({1, 0, 1'000'000}, 30, true) == "▁·█");
    CHECK(sparkline({0, 0}, 30, true) == "··");
    CHECK(sparkline({}, 30, true).empty());
  }

  TEST_CASE("where there are too many, neighbours are added up, and the last bar is whole") {
    CHECK(sparkline({5, 1, 1, 4, 4}, 3, false) == "*-@");
    CHECK(sparkline({1, 1, 1}, 1, false) == "@");
  }

  TEST_CASE("the environment says whether there is Unicode: the first of its variables that is set") {
    Environment environment;
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) environment.unset(name);
    CHECK_FALSE(shows_unicode());
    environment.set("LANG", "de_DE.UTF-8");
    CHECK(shows_unicode());
    environment.set("LC_CTYPE", "C");
    CHECK_FALSE(shows_unicode());
    environment.set("LC_ALL", "en_US.utf8");
    CHECK(shows_unicode());
  }
}
