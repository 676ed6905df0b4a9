#include "formats/recovery_shares.h"

#include <doctest/doctest.h>

#include <numeric>
#include <optional>
#include <string>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "tests/unit/formats/share_texts.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::all_share_words;
using kms::testing::joined_words;
using kms::testing::secret_text;
using kms::testing::share_texts;
using kms::testing::shown_text;
using kms::testing::words_of;

namespace {

struct ShareRefusal {
  ErrorCode code = ErrorCode::kInternal;
  std::string text;
};

// Nothing where the text is a share.
std::optional<ShareRefusal> share_refusal(const std::string& text) {
  try {
    (void)decode_recovery_share(secret_text(text));
  } catch (const Error& error) {
    return ShareRefusal{error.code(), error.what()};
  }
  return std::nullopt;
}

// The share of the specification: the first of two, of the bytes 00 07 0e 15 ...
RecoveryShare example_share() {
  RecoveryShare share;
  share.id = 7945;
  share.needed = 2;
  share.value = SecretBytes(32);
  for (std::size_t i = 0; i < 32; ++i) share.value.reveal()[i] = static_cast<std::uint8_t>(i * 7);
  return share;
}

}  // namespace

TEST_SUITE("formats/recovery_shares") {
  TEST_CASE("a share is read as it was written") {
    RecoveryShare share = example_share();
    share.exponent = 15;
    share.extendable = false;
    share.group = 9;
    share.groups_needed = 5;
    share.groups = 16;
    share.member = 15;
    share.needed = 16;
    const RecoveryShare again = decode_recovery_share(encode_recovery_share(share));
    CHECK(again.id == 7945);
    CHECK(again.exponent == 15);
    CHECK_FALSE(again.extendable);
    CHECK(again.group == 9);
    CHECK(again.groups_needed == 5);
    CHECK(again.groups == 16);
    CHECK(again.member == 15);
    CHECK(again.needed == 16);
    CHECK(again.value == share.value);
  }

  TEST_CASE("a share is read as people write it down") {
    const std::string text = share_texts({5, 3}).front();
    CHECK(words_of(text).size() == 33);
    std::string shortened;
    for (const std::string& word : words_of(text)) shortened += cat("\t", upper_ascii(word.substr(0, 4)), "\r\n");
    for (const std::string& form : {text, upper_ascii(text), shortened, cat("  ", text, " \n")}) {
      CHECK(shown_text(encode_recovery_share(decode_recovery_share(secret_text(form)))) == text);
    }
  }

  TEST_CASE("every change of a single word is found, and its place is told") {
    const std::string text = share_texts({5, 3}).front();
    const auto all = all_share_words();
    const auto words = words_of(text);
    std::size_t placed = 0;
    for (std::size_t at = 0; at < words.size(); ++at) {
      for (const std::string& other : all) {
        if (other == words[at]) continue;
        auto changed = words;
        changed[at] = other;
        const auto refusal = share_refusal(joined_words(changed));
        CAPTURE(at);
        REQUIRE(refusal);
        REQUIRE(refusal->code == ErrorCode::kInvalidCiphertext);
        placed += refusal->text.ends_with(cat(": word ", std::to_string(at + 1), " looks wrong")) ? 1U : 0U;
      }
    }
    CHECK(placed == words.size() * (all.size() - 1));
  }

  TEST_CASE("words that changed places, and two or three wrong ones, are found") {
    const auto words = words_of(share_texts({2, 2}, 3).front());
    for (std::size_t at = 0; at + 1 < words.size(); ++at) {
      if (words[at] == words[at + 1]) continue;
      auto changed = words;
      std::swap(changed[at], changed[at + 1]);
      const auto refusal = share_refusal(joined_words(changed));
      REQUIRE(refusal);
      CHECK(refusal->code == ErrorCode::kInvalidCiphertext);
      changed[(at + 7) % words.size()] = "zero";
      REQUIRE(share_refusal(joined_words(changed)));
    }
  }

  TEST_CASE("a word that is none is told by its number, and not what it is") {
    auto words = words_of(share_texts({5, 3}).front());
    words[6] = "sesame";
    auto refusal = share_refusal(joined_words(words));
    REQUIRE(refusal);
    CHECK(refusal->code == ErrorCode::kUsage);
    CHECK(refusal->text == "word 7 is none of the 1,024 words of shares");
    words[32] = "x";
    refusal = share_refusal(joined_words(words));
    REQUIRE(refusal);
    CHECK(refusal->text == "words 7, 33 are none of the 1,024 words of shares");
  }

  TEST_CASE("what has not the words of a share is none") {
    const auto words = words_of(share_texts({5, 3}).front());
    for (const std::size_t count : {0U, 1U, 3U, 6U, 7U, 19U, 21U, 24U, 32U, 60U, 500U}) {
      std::vector<std::string> some;
      for (std::size_t i = 0; i < count; ++i) some.push_back(words[i % words.size()]);
      const auto refusal = share_refusal(joined_words(some));
      CAPTURE(count);
      REQUIRE(refusal);
      CHECK(refusal->code == ErrorCode::kUsage);
      CHECK(refusal->text == cat("a share of a recovery code has 33 words, of another secret 20 or more; here are ",
                                 std::to_string(count)));
    }
  }

  TEST_CASE("what cannot be a share is not written") {
    const auto refuses = [](const std::function<void(RecoveryShare&)>& change) {
      RecoveryShare share = example_share();
      change(share);
      try {
        (void)encode_recovery_share(share);
      } catch (const Error& error) {
        return error.code() == ErrorCode::kInternal;
      }
      return false;
    };
    CHECK_FALSE(refuses([](RecoveryShare&) {}));
    CHECK(refuses([](RecoveryShare& share) { share.id = 0x8000; }));
    CHECK(refuses([](RecoveryShare& share) { share.exponent = 16; }));
    CHECK(refuses([](RecoveryShare& share) { share.groups_needed = 2; }));
    CHECK(refuses([](RecoveryShare& share) { share.needed = 0; }));
    CHECK(refuses([](RecoveryShare& share) { share.member = 16; }));
    CHECK(refuses([](RecoveryShare& share) { share.value = SecretBytes(14); }));
    CHECK(refuses([](RecoveryShare& share) { share.value = SecretBytes(17); }));
    CHECK(refuses([](RecoveryShare& share) { share.value = SecretBytes(66); }));
  }

  TEST_CASE("a file has one share, broken into lines or not, or several") {
    const auto texts = share_texts({3, 2});
    const auto count = [](const std::string& content) { return recovery_share_texts(secret_text(content)).size(); };
    const auto reads = [&](const std::string& content) {
      std::vector<std::string> found;
      for (const SecretBytes& text : recovery_share_texts(secret_text(content))) {
        found.push_back(shown_text(encode_recovery_share(decode_recovery_share(text))));
      }
      return found;
    };
    std::string broken = texts[1];
    broken[broken.find(' ', broken.size() / 2)] = '\n';
    CHECK(count("") == 0);
    CHECK(count(" \r\n\n") == 0);
    CHECK(reads(texts[0]) == std::vector{texts[0]});
    CHECK(reads(broken) == std::vector{texts[1]});
    CHECK(reads(cat(texts[0], "\n", texts[1], "\r\n", texts[2])) == texts);
    CHECK(reads(cat("\n\n", texts[0], "\n \n", broken, "\n\n\n", texts[2], "\n")) == texts);
  }
}
