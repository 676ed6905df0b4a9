#include "formats/recovery_words.h"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "core/base/text.h"
#include "tests/unit/formats/share_texts.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::all_share_words;

namespace {

std::uint16_t number_of_word(const std::string& text) {
  return recovery_word_number(as_bytes(text));
}

std::string word_of_number(std::uint16_t number) {
  std::array<std::uint8_t, kLongestRecoveryWord> letters{};
  const std::size_t size = write_recovery_word(number, letters);
  return std::string(as_text(ByteView(letters).first(size)));
}

}  // namespace

TEST_SUITE("formats/recovery_words") {
  TEST_CASE("the words are those of the standard, in its order") {
    const auto all = all_share_words();
    REQUIRE(all.size() == kRecoveryWords);
    for (std::uint16_t number = 0; number < kRecoveryWords; ++number) {
      CAPTURE(number);
      CHECK(word_of_number(number) == all[number]);
      CHECK(number_of_word(all[number]) == number);
      CHECK(number_of_word(upper_ascii(all[number])) == number);
      CHECK(number_of_word(all[number].substr(0, 4)) == number);
    }
  }

  TEST_CASE("what is no word has no number") {
    for (const char* text : {"", "aca", "acade", "academia", "academics", "acid1", "aci ", "acid ", "zzzz", "{cid"}) {
      CAPTURE(text);
      CHECK(number_of_word(text) == kRecoveryWords);
    }
    CHECK(number_of_word(std::string("acid\0", 5)) == kRecoveryWords);
    CHECK(word_of_number(kRecoveryWords).empty());
  }

  TEST_CASE("letters select the words that begin with them") {
    const auto selected = [](std::string_view letters) { return recovery_words_with(as_bytes(letters)); };
    CHECK(selected("").count == kRecoveryWords);
    CHECK(selected("ac").count == 7);
    CHECK(selected("ac").first == 0);
    CHECK(word_of_number(selected("acti").first) == "activity");
    CHECK(selected("acti").count == 1);
    CHECK(selected("zero").first == kRecoveryWords - 1);
    CHECK(selected("zero").count == 1);
    CHECK(selected("xy").count == 0);
    CHECK(selected("zeros").count == 0);
    CHECK(selected("a-").count == 0);
    CHECK(selected("academics").count == 0);
  }
}
