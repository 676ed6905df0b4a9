#include "cli/time_format.h"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "core/base/clock.h"
#include "tests/unit/cli/time_zone.h"

namespace {

std::string text_at(std::int64_t milliseconds, const char* zone) {
  const kms::test::TimeZone there(zone);
  return kms::cli::time_text(kms::Time(std::chrono::milliseconds(milliseconds)));
}

}  // namespace

TEST_SUITE("time_format") {
  TEST_CASE("times have microseconds when there is a fraction, and their offset") {
    CHECK(text_at(1700000000123, "UTC") == "2023-11-14T22:13:20.123000+00:00");
    CHECK(text_at(1700000000000, "UTC") == "2023-11-14T22:13:20+00:00");
    CHECK(text_at(1700000000007, "UTC") == "2023-11-14T22:13:20.007000+00:00");
    CHECK(text_at(0, "UTC") == "1970-01-01T00:00:00+00:00");
  }

  TEST_CASE("times are those of the place, in summer and in winter") {
    const char* const berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
    CHECK(text_at(1700000000123, berlin) == "2023-11-14T23:13:20.123000+01:00");
    CHECK(text_at(1690000000000, berlin) == "2023-07-22T06:26:40+02:00");
    CHECK(text_at(1700000000000, "NST3:30") == "2023-11-14T18:43:20-03:30");
    CHECK(text_at(1700000000000, "LMT-0:53:28") == "2023-11-14T23:06:48+00:53:28");
    CHECK(text_at(1703980799999, "XYZ-14") == "2023-12-31T13:59:59.999000+14:00");
  }
}
