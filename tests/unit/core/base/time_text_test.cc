#include "core/base/time_text.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>

using namespace kms;

namespace {

std::optional<std::int64_t> milliseconds(const std::optional<Time>& time) {
  return time ? std::optional(time->time_since_epoch().count()) : std::nullopt;
}

struct Row {
  std::string_view text;
  std::int64_t milliseconds;
};

}  // namespace

TEST_SUITE("base/time_text") {
  TEST_CASE("a time as people and scripts give it") {
    for (const Row& row : {
             Row{"1970-01-01", 0},
             Row{"2026-11-23", 1795392000000},
             Row{"2024-02-29", 1709164800000},
             Row{"2000-02-29", 951782400000},
             Row{"9999-12-31T23:59:59.999Z", 253402300799999},
             Row{"0000-01-01", -62167219200000},
             Row{"2026-11-23T22:30", 1795473000000},
             Row{"2026-11-23T22:30:07", 1795473007000},
             Row{"2026-11-23 22:30:07Z", 1795473007000},
             Row{"2026-11-23T22:30:07z", 1795473007000},
             Row{"2026-11-23T22:30:07.5", 1795473007500},
             Row{"2026-11-23T22:30:07.Z", 1795473007000},
             Row{"2026-11-23T22:30:07.1239999999", 1795473007123},
             Row{"2026-11-23T22:30+01:30", 1795467600000},
             Row{"2026-11-23T22:30-0130", 1795478400000},
             Row{"0", 0},
             Row{"2026", 2026000},  // seconds, not a year
             Row{"1795473007", 1795473007000},
             Row{"1795473007.25", 1795473007250},
             Row{"1.005", 1005},
             Row{"1e3", 1000000},
             Row{"253402300799", 253402300799000},
         }) {
      CAPTURE(row.text);
      CHECK(milliseconds(parse_time(row.text)) == row.milliseconds);
    }
  }

  TEST_CASE("what is no time, or not all of one") {
    for (const char* text : {"",
                             "soon",
                             "2026-",
                             "2026-11",
                             "2026-11-",
                             "2026-13-01",
                             "2026-00-10",
                             "2026-04-31",
                             "2026-11-00",
                             "2023-02-29",
                             "1900-02-29",
                             "26-11-23",
                             "2026-1-23",
                             "2026-11-3",
                             "2026-11-23T",
                             "2026-11-23T22",
                             "2026-11-23T22:",
                             "10000-01-01",
                             "+2026-11-23",
                             "-026-11-23",
                             " 2026-11-23",
                             "2026-11-23 ",
                             "2026-11-23Z",
                             "2026/11/23",
                             "2026-11-23T24:00",
                             "2026-11-23T22:60",
                             "2026-11-23T22:30:60",
                             "2026-11-23T22:30:",
                             "2026-11-23t22:30",
                             "2026-11-23T22:30:07,5",
                             "2026-11-23T22:30:07.5.5",
                             "2026-11-23T22:30:07ZZ",
                             "2026-11-23T22:30:07Z ",
                             "2026-11-23T22:30+24:00",
                             "2026-11-23T22:30+01:60",
                             "2026-11-23T22:30+1:30",
                             "2026-11-23T22:30+01",
                             "2026-11-23T22:30 +01:00",
                             "20261123T223000Z",
                             "-1",
                             "253402300800",
                             "1e99",
                             "inf",
                             "nan",
                             "0x10",
                             "17 ",
                             " 17",
                             "+17"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_time(text));
    }
  }

  TEST_CASE("the basic format has one spelling of each second") {
    CHECK(milliseconds(parse_basic_time("20261124T101500Z")) == 1795515300000);
    CHECK(milliseconds(parse_basic_time("20240229T235959Z")) == 1709251199000);
    for (const char* text :
         {"", "20261124", "20261124T101500", "20261124T101500z", "20261124T101500ZZ", "20261124T101500.5Z",
          "20261124T1015Z", "20261124T101500+0000", "20261124 101500Z", "20261124t101500Z", "20261124T240000Z",
          "20261124T101560Z", "20261324T101500Z", "20260229T101500Z", "2026-11-24T10:15:00Z", "2026112-T101500Z",
          " 20261124T101500Z", "1795515300"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_basic_time(text));
    }
  }

  TEST_CASE("the profile of the W3C needs a zone, and keeps each digit") {
    CHECK(parse_w3c_time("2026-11-23") == 1795392000.0L);
    CHECK(parse_w3c_time("2026-11-23T22:30Z") == 1795473000.0L);
    CHECK(parse_w3c_time("2026-11-23T22:30:07+01:30") == 1795467607.0L);
    CHECK(parse_w3c_time("2026-11-23T22:30:60Z") == 1795473060.0L);
    CHECK(parse_w3c_time("1969-12-31T23:59:59.25Z") == -0.75L);
    CHECK(parse_w3c_time("2026-11-23T22:30:07.0005Z").value() > 1795473007.0L);
    CHECK(parse_w3c_time("2026-11-23T22:30:07.0005Z").value() < 1795473007.001L);
    for (const char* text :
         {"", "2026", "2026-11", "2026-02-29", "2026-11-23T22:30", "2026-11-23T22:30:07", "2026-11-23T22:30z",
          "2026-11-23 22:30Z", "2026-11-23T22:30:07.Z", "2026-11-23T22:30:61Z", "2026-11-23T24:00Z",
          "2026-11-23T22:30+0130", "2026-11-23T22:30:07Z ", "2026-13-23T22:30Z", "20261123T223000Z"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_w3c_time(text));
    }
  }

  TEST_CASE("a time as C writes it") {
    CHECK(milliseconds(parse_c_time("Fri Apr  3 12:29:32 2026 UTC")) == 1775219372000);
    CHECK(milliseconds(parse_c_time("Thu Feb 29 00:00:00 2024 UTC")) == 1709164800000);
    CHECK(milliseconds(parse_c_time("Thu Dec 31 23:59:59 2026 UTC")) == 1798761599000);
    for (const char* text :
         {"", "Fri Apr  3 12:29:32 2026", "Fri Apr  3 12:29:32 2026 CET", "Fri Apr  3 12:29:32 2026 UTC.",
          "Fri Apr 31 12:29:32 2026 UTC", "Fri Foo  3 12:29:32 2026 UTC", "Fre Apr  3 12:29:32 2026 UTC",
          "Fri Apr  3 24:29:32 2026 UTC", "Fri Apr  0 12:29:32 2026 UTC", "Fri Apr  3 12:29:32.5 2026 UTC",
          "Fri Apr 3 12:29:32 2026 UTC"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_c_time(text));
    }
  }

  TEST_CASE("a number of seconds is a time from 1970 to 9999, to the nearest millisecond") {
    CHECK(milliseconds(time_of_epoch_seconds(0)) == 0);
    CHECK(milliseconds(time_of_epoch_seconds(1.0004)) == 1000);
    CHECK(milliseconds(time_of_epoch_seconds(1.0006)) == 1001);
    CHECK(milliseconds(time_of_epoch_seconds(253402300799.0)) == 253402300799000);
    CHECK_FALSE(time_of_epoch_seconds(-0.001));
    CHECK_FALSE(time_of_epoch_seconds(253402300800.0));
  }
}
