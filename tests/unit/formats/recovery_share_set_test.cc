// Sets of recovery shares: what others made (tests/vectors/slip39), and our own.
#include "formats/recovery_share_set.h"

#include <doctest/doctest.h>

#include <bit>
#include <optional>
#include <string>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "tests/unit/formats/counting_random.h"
#include "tests/unit/formats/share_texts.h"

using namespace kms;
using namespace kms::formats;
using kms::testing::secret_of_seed;
using kms::testing::secret_text;
using kms::testing::share_texts;
using kms::testing::shown_text;
using kms::testing::TestRandom;

namespace {

using Texts = std::vector<std::string>;

struct Combination {
  std::string hex;  // of the secret
  std::optional<ErrorCode> refusal;
  std::string text;
};

Combination combination_of(const Texts& texts, std::string_view passphrase = {}) {
  try {
    std::vector<RecoveryShare> shares;
    shares.reserve(texts.size());
    for (const std::string& text : texts) shares.push_back(decode_recovery_share(secret_text(text)));
    const SecretBytes secret = combine_recovery_shares(shares, secret_text(passphrase));
    return {encode_hex(secret.reveal()), {}, {}};
  } catch (const Error& error) {
    return {{}, error.code(), error.what()};
  }
}

bool is_refused(const Texts& texts, ErrorCode code, std::string_view why) {
  const Combination found = combination_of(texts);
  if (found.text != why) MESSAGE(found.text);
  return found.refusal == code && found.text == why;
}

}  // namespace

TEST_SUITE("formats/recovery_share_set") {
  TEST_CASE("the vectors of the standard give their secret, or are refused") {
    std::ifstream file(std::filesystem::path(KMSCTL_TEST_VECTORS) / "slip39" / "vectors.json");
    std::size_t given = 0;
    std::size_t refused = 0;
    for (const Json& vector : Json::parse(file)) {
      CAPTURE(vector.at(0).get<std::string>());
      const auto secret = vector.at(2).get<std::string>();
      const Combination found = combination_of(vector.at(1).get<Texts>(), "TREZOR");
      CHECK(found.hex == secret);
      CHECK(found.refusal.has_value() == secret.empty());
      if (found.refusal) {
        const bool as_documented =
            *found.refusal == ErrorCode::kUsage || *found.refusal == ErrorCode::kInvalidCiphertext;
        CHECK(as_documented);
      }
      (secret.empty() ? refused : given) += 1;
    }
    CHECK(given == 15);
    CHECK(refused == 30);
  }

  TEST_CASE("the shares are those of the specification") {
    CountingRandom random;
    SecretBytes secret(32);
    for (std::size_t i = 0; i < 32; ++i) secret.reveal()[i] = static_cast<std::uint8_t>(i * 7);
    const auto shares = make_recovery_shares(secret, SecretBytes(), {2, 2}, random);
    REQUIRE(shares.size() == 2);
    std::ifstream file(std::filesystem::path(KMSCTL_TEST_VECTORS) / "../../formats/recovery_shares.md");
    std::string page{std::istreambuf_iterator<char>(file), {}};
    for (std::size_t at = 0; (at = page.find("\n    ", at)) != std::string::npos;) page.replace(at, 5, " ");
    for (const RecoveryShare& share : shares) {
      const std::string text = shown_text(encode_recovery_share(share));
      CAPTURE(text);
      CHECK(page.find(text) != std::string::npos);
    }
  }

  TEST_CASE("any three of five give the secret, two and four are counted") {
    for (unsigned seed = 1; seed <= 3; ++seed) {
      const Texts texts = share_texts({5, 3}, seed);
      for (unsigned mask = 1; mask < 32; ++mask) {
        Texts some;
        for (std::size_t i = 0; i < texts.size(); ++i) {
          if (((mask >> i) & 1U) == 1U) some.push_back(texts[i]);
        }
        CAPTURE(mask);
        const int count = std::popcount(mask);
        if (count == 3) CHECK(combination_of(some).hex == encode_hex(secret_of_seed(seed).reveal()));
        if (count == 1) CHECK(is_refused(some, ErrorCode::kUsage, "3 shares are needed, and 1 was given: give 2 more"));
        if (count == 2)
          CHECK(is_refused(some, ErrorCode::kUsage, "3 shares are needed, and 2 were given: give 1 more"));
        if (count == 4) {
          CHECK(is_refused(some, ErrorCode::kUsage, "3 shares are needed, and 4 were given: leave 1 out"));
        }
      }
    }
  }

  TEST_CASE("shares that do not go together are named") {
    const Texts texts = share_texts({5, 3});
    const Texts others = share_texts({5, 3}, 2);
    CHECK(is_refused({texts[0], others[1], texts[2]}, ErrorCode::kUsage, "share 2 is of another set than share 1"));
    CHECK(is_refused({texts[0], texts[1], texts[0]}, ErrorCode::kUsage, "share 3 is the same share as share 1"));
    CHECK(is_refused({}, ErrorCode::kUsage, "no shares were given"));
  }

  TEST_CASE("shares of two sets that happen to have one id are found out when they are combined") {
    const Texts texts = share_texts({3, 2});
    RecoveryShare stray = decode_recovery_share(secret_text(share_texts({3, 2}, 2).at(1)));
    stray.id = decode_recovery_share(secret_text(texts[0])).id;
    CHECK(is_refused({texts[0], shown_text(encode_recovery_share(stray))}, ErrorCode::kInvalidCiphertext,
                     "each share is intact, and together they give nothing: one of them is of another set"));
  }

  TEST_CASE("a single share may be all, and a passphrase makes another secret of it") {
    const Texts texts = share_texts({1, 1});
    CHECK(combination_of(texts).hex == encode_hex(secret_of_seed().reveal()));
    const Combination other = combination_of(texts, "TREZOR");
    CHECK_FALSE(other.refusal);
    CHECK(other.hex != encode_hex(secret_of_seed().reveal()));
  }

  TEST_CASE("a plan has up to sixteen shares, and one of which one is enough is no plan for several") {
    for (const SharePlan& plan : {SharePlan{1, 1}, {5, 3}, {16, 16}, {16, 2}}) CHECK(is_share_plan(plan));
    for (const SharePlan& plan : {SharePlan{0, 0}, {5, 0}, {2, 3}, {17, 3}, {5, 1}}) {
      CHECK_FALSE(is_share_plan(plan));
      TestRandom random;
      CHECK_THROWS_AS(make_recovery_shares(SecretBytes(32), SecretBytes(), plan, random), Error);
    }
  }
}
