// Tables for people: what is shown at which width.
#include "cli/listing.h"

#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "cli/sheet.h"
#include "cli/text_width.h"

using kms::cli::Cell;
using kms::cli::Column;
using kms::cli::Cut;
using kms::cli::cut_to;
using kms::cli::Listing;
using kms::cli::Screen;
using kms::cli::Sheet;
using kms::cli::Style;
using kms::cli::text_width;

namespace {

Listing two_keys() {
  Listing listing({{"ALIAS", 0, Cut::kAsNeeded, 8},
                   {"KEY", 1, Cut::kToLeast, 9},
                   {"STATE", 0},
                   {"LABEL", 2},
                   {"DESCRIPTION", 3, Cut::kAsNeeded, 12}});
  listing.add(
      {"alias/app", "1234abcd-12ab-34cd-56ef-1234567890ab", {"Enabled", Style::kGood}, "", "The one of the app"});
  listing.add({"", "0987dcba-09fe-87dc-65ba-ab0987654321", {"Disabled", Style::kDoubtful}, "", ""});
  return listing;
}

std::string listed(const Listing& listing, std::size_t width, bool colour = false) {
  std::ostringstream out;
  listing.print(out, {width, colour});
  return out.str();
}

}  // namespace

TEST_SUITE_BEGIN("cli/listing");

TEST_CASE("a table in a pipe, or asked for in full, has all of every cell, and no column in which nothing stands") {
  CHECK(listed(two_keys(), 0) ==
        "ALIAS      KEY                                   STATE     DESCRIPTION\n"
        "---------  ------------------------------------  --------  ------------------\n"
        "alias/app  1234abcd-12ab-34cd-56ef-1234567890ab  Enabled   The one of the app\n"
        "-          0987dcba-09fe-87dc-65ba-ab0987654321  Disabled  -\n");
  CHECK(listed(two_keys(), 120) == listed(two_keys(), 0));
}

TEST_CASE("where the room does not do, the least important columns are cut first, and an id to its beginning at once") {
  CHECK(listed(two_keys(), 75) ==
        "ALIAS      KEY                                   STATE     DESCRIPTION\n"
        "---------  ------------------------------------  --------  ----------------\n"
        "alias/app  1234abcd-12ab-34cd-56ef-1234567890ab  Enabled   The one of the …\n"
        "-          0987dcba-09fe-87dc-65ba-ab0987654321  Disabled  -\n");
  CHECK(listed(two_keys(), 60) ==
        "ALIAS      KEY        STATE     DESCRIPTION\n"
        "---------  ---------  --------  ------------\n"
        "alias/app  1234abcd…  Enabled   The one of …\n"
        "-          0987dcba…  Disabled  -\n");
}

TEST_CASE("then columns are left out, and what stays is whole again where it fits") {
  CHECK(listed(two_keys(), 40) ==
        "ALIAS      KEY        STATE\n"
        "---------  ---------  --------\n"
        "alias/app  1234abcd…  Enabled\n"
        "-          0987dcba…  Disabled\n");
  CHECK(listed(two_keys(), 20) ==
        "ALIAS      STATE\n"
        "---------  --------\n"
        "alias/app  Enabled\n"
        "-          Disabled\n");
  CHECK(listed(two_keys(), 18) ==
        "ALIAS     STATE\n"
        "--------  --------\n"
        "alias/a…  Enabled\n"
        "-         Disabled\n");
}

TEST_CASE("on a terminal that is too narrow even for those, each row is lines of its own, with all there is") {
  CHECK(listed(two_keys(), 12) ==
        "ALIAS       alias/app\n"
        "KEY         1234abcd-12ab-34cd-56ef-1234567890ab\n"
        "STATE       Enabled\n"
        "DESCRIPTION The one of the app\n"
        "\n"
        "KEY         0987dcba-09fe-87dc-65ba-ab0987654321\n"
        "STATE       Disabled\n");
}

TEST_CASE("a list without entries shows what it would list") {
  CHECK(listed(Listing({{"ALIAS"}, {"KEY", 1}}), 80) == "ALIAS  KEY\n-----  ---\n");
}

TEST_CASE("what others wrote is escaped, and colours are the table's own") {
  Listing listing({{"ALIAS"}, {"STATE", 1}});
  listing.add({"x\033[2J\ny", {"Disabled", Style::kDoubtful}});
  CHECK(listed(listing, 0, true) ==
        "\033[1mALIAS\033[0m          \033[1mSTATE\033[0m\n"
        "-------------  --------\n"
        "x\\u001b[2J\\ny  \033[33mDisabled\033[0m\n");
}

TEST_CASE("a column is as wide as its characters are shown: two for a Chinese one, none for an accent") {
  CHECK(text_width("abc") == 3);
  CHECK(text_width("schlüssel") == 9);
  CHECK(text_width("schlu\xcc\x88ssel") == 9);
  CHECK(text_width("密钥") == 4);
  CHECK(text_width("\xff") == 1);
  CHECK(cut_to("密钥管理", 8) == "密钥管理");
  CHECK(cut_to("密钥管理", 7) == "密钥管…");
  CHECK(cut_to("密钥管理", 6) == "密钥…");
  CHECK(cut_to("u\xcc\x88u\xcc\x88u\xcc\x88", 2) == "u\xcc\x88…");
  CHECK(cut_to("abc", 1) == "…");
  Listing listing({{"ALIAS"}, {"STATE", 1}});
  listing.add({"密钥", "Enabled"});
  listing.add({"abcde", "Enabled"});
  CHECK(listed(listing, 80) ==
        "ALIAS  STATE\n"
        "-----  -------\n"
        "密钥   Enabled\n"
        "abcde  Enabled\n");
}

TEST_CASE("a sheet has its labels on one side, and goes on in lines that are indented") {
  Sheet sheet;
  sheet.add("State", {"Disabled", Style::kDoubtful});
  sheet.add("Tags", Cell());
  sheet.add("Policy", {"root: everything (through IAM)", "user/ci may Decrypt when job=job1"});
  const auto shown = [&](const Screen& screen) {
    std::ostringstream out;
    sheet.print(out, screen);
    return out.str();
  };
  CHECK(shown({}) ==
        "State   Disabled\n"
        "Policy  root: everything (through IAM)\n"
        "        user/ci may Decrypt when job=job1\n");
  CHECK(shown({30, false}) ==
        "State   Disabled\n"
        "Policy  root: everything\n"
        "        (through IAM)\n"
        "        user/ci may Decrypt\n"
        "        when job=job1\n");
  CHECK(shown({10, false}) == shown({}));
  CHECK(shown({0, true}).starts_with("\033[1mState\033[0m   \033[33mDisabled\033[0m\n"));
}

TEST_SUITE_END();
