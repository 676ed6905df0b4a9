// What the words of a command line mean to the options of a command.
#include <doctest/doctest.h>

#include <chrono>
#include <optional>

#include "cli/command_of.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"
#include "tests/unit/cli/fake_session.h"

using kms::cli::Command;
using kms::cli::Session;

namespace {

enum class Size { kSmall, kLarge };

}  // namespace

template <>
struct kms::EnumNames<Size> {
  static constexpr auto kAll = std::to_array<EnumName<Size>>({{Size::kSmall, "small"}, {Size::kLarge, "large"}});
};

namespace {

// An option of each kind.
struct Told {
  std::string key;
  std::optional<std::string> description;
  std::string output;
  kms::TextMap pairs;
  std::vector<std::string> actions;
  std::vector<std::string> files;
  std::vector<std::string> words;
  std::int32_t number = 7;
  std::int64_t items = 1;
  std::optional<std::chrono::seconds> lasting;
  std::optional<std::chrono::days> unused;
  kms::cli::ByteCount size;
  kms::cli::FileMode mode;
  std::optional<kms::Time> until;
  Size kind = Size::kSmall;
  bool enabled = false;
  bool disabled = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("-k,--key-id", key, {.help = "the key"});
    visit("--description", description, {.may_be_empty = true, .help = "of it"});
    visit("-o,--out", output, {.file = true, .help = "where to"});
    visit("-c,--context", pairs, {.help = "a pair"});
    visit("--actions", actions, {.several_words = true, .help = "some"});
    visit("file", files, {.file = true, .help = "files"});
    visit("--number", number, {.least = 0, .most = 9, .help = "a digit"});
    visit("--items", items, {.least = 1, .needs = "--number", .help = "how many"});
    visit("--lasting", lasting, {.help = "how long"});
    visit("--unused", unused, {.help = "since when"});
    visit("--size", size, {.help = "how large"});
    visit("--mode", mode, {.help = "for whom"});
    visit("--until", until, {.help = "till when"});
    visit("--kind", kind, {.help = "which"});
    auto what = visit.one_of("what", "one of them");
    what("--enable", enabled, {.help = "it"});
    what("--disable", disabled, {.help = "it not"});
  }
};

// A command whose run leaves in `told` what it was told.
std::vector<Command> telling(std::optional<Told>& told) {
  return {kms::cli::command<Told>("tell", "Tell", "Tests", [&told](Session&, const Told& options) { told = options; })};
}

Told told_by(std::vector<std::string> words) {
  std::optional<Told> told;
  kms::cli::GlobalOptions options;
  kms::test::FakeSession session(options);
  words.insert(words.begin(), "tell");
  const int status = kms::test::run_words(std::move(words), telling(told), options, session);
  CHECK(status == 0);
  return told.value();
}

std::string refusal_of(std::vector<std::string> words) {
  std::optional<Told> told;
  kms::cli::GlobalOptions options;
  kms::test::FakeSession session(options);
  words.insert(words.begin(), "tell");
  try {
    (void)kms::test::run_words(std::move(words), telling(told), options, session);
  } catch (const kms::Error& error) {
    CHECK(error.code() == kms::ErrorCode::kUsage);
    CHECK(!told);
    return error.what();
  }
  return {};
}

using Words = std::vector<std::string>;

}  // namespace

TEST_SUITE("arguments of commands") {
  TEST_CASE("a list option takes one value each time, and leaves the words behind it to the command") {
    const Told told = told_by({"-c", "env=prod", "a.txt", "--context", "b=2", "b=2.txt"});
    CHECK(told.pairs == kms::TextMap{{"env", "prod"}, {"b", "2"}});
    CHECK(told.files == Words{"a.txt", "b=2.txt"});
  }

  TEST_CASE("an option that says so takes several words, up to the next option") {
    CHECK(told_by({"--actions", "kms:Decrypt", "kms:Encrypt", "-k", "x"}).actions ==
          Words{"kms:Decrypt", "kms:Encrypt"});
  }

  TEST_CASE("brackets are characters of a value") {
    CHECK(told_by({"-c", "[a,b]=c"}).pairs == kms::TextMap{{"[a,b]", "c"}});
    CHECK(told_by({"--actions", "[a,b]"}).actions == Words{"[a,b]"});
    CHECK(told_by({"[a,b]", "[]", "[x", "[a,b]\x1f"}).files == Words{"[a,b]", "[]", "[x", "[a,b]\x1f"});
    CHECK(told_by({"--", "[a,b]"}).files == Words{"[a,b]"});
    CHECK(told_by({"-k", "[a,b]", "--out=[c,d]"}).key == "[a,b]");
    CHECK(refusal_of({"--kind", "[small]"}) == "--kind '[small]': one of small, large (see kmsctl tell --help)");
  }

  TEST_CASE("an empty value is one where that means something, and an error everywhere else") {
    CHECK(told_by({"--description", ""}).description == "");
    CHECK(told_by({"--description="}).description == "");
    for (const Words& words : {Words{"--key-id", ""},
                               {"-k", ""},
                               {"--key-id="},
                               {"-c", ""},
                               {"--out", ""},
                               {""},
                               {"a", ""},
                               {"--region", ""},
                               {"--role", "", "a"},
                               {"--vault="}}) {
      CAPTURE(words.front());
      CHECK(refusal_of(words).find("the value is empty") != std::string::npos);
    }
  }

  TEST_CASE("text is UTF-8, names of files are what they are") {
    const std::string latin = "M\xfcller";
    CHECK(told_by({"-o", latin}).output == latin);
    CHECK(told_by({latin}).files == Words{latin});
    CHECK(told_by({"--description", "M\u00fcller"}).description == "M\u00fcller");
    for (const Words& words : {Words{"-k", latin},
                               {"--description", latin},
                               {"-c", kms::cat("owner=", latin)},
                               {"--actions", "a", latin},
                               {"--query", latin}}) {
      CAPTURE(words.front());
      CHECK(refusal_of(words).find("is not UTF-8") != std::string::npos);
    }
  }

  TEST_CASE("an unknown option is named alone, with the one that was meant") {
    CHECK(refusal_of({"x.pem", "--ouput", "json", "-o", "y"})
              .starts_with("unknown option '--ouput', did you mean '--output'?"));
    CHECK(refusal_of({"--keyid=a"}).starts_with("unknown option '--keyid', did you mean '--key-id'?"));
    CHECK(refusal_of({"--enabel"}).starts_with("unknown option '--enabel', did you mean '--enable'?"));
    CHECK(refusal_of({"-Y", "sign"}) == "unknown option '-Y' (see kmsctl tell --help)");
  }

  TEST_CASE("-- with nothing behind it is a command that is missing") {
    CHECK(refusal_of({"a", "--"}) == "nothing stands behind --");
  }

  TEST_CASE("what was not given keeps its value, and an option tells whether it was") {
    const Told told = told_by({});
    CHECK(!told.description);
    CHECK(told.number == 7);
    CHECK(!told.lasting);
    CHECK(told.kind == Size::kSmall);
    CHECK(told_by({"--kind", "large"}).kind == Size::kLarge);
    CHECK(told_by({"--enable"}).enabled);
  }

  TEST_CASE("numbers are whole, and within their bounds") {
    CHECK(told_by({"--number", "0"}).number == 0);
    CHECK(told_by({"--number=9", "--items", "5000000000"}).items == 5'000'000'000);
    CHECK(refusal_of({"--number", "10"}) == "--number '10': a number from 0 to 9 is wanted");
    CHECK(refusal_of({"--number=-1"}) == "--number '-1': a number from 0 to 9 is wanted");
    CHECK(refusal_of({"--number", "3", "--items", "0"}) == "--items '0': a number of at least 1 is wanted");
    for (const char* bad : {"x", "1.5", "5x", " 5", "99999999999999999999"}) {
      CAPTURE(bad);
      CHECK(refusal_of({"--number", bad}).find("a number is wanted") != std::string::npos);
    }
    CHECK(refusal_of({"--items", "2"}).find("--number") != std::string::npos);
  }

  TEST_CASE("durations, sizes, permissions and times are read in their units") {
    CHECK(told_by({"--lasting", "15m"}).lasting == std::chrono::minutes(15));
    CHECK(told_by({"--lasting", "2h"}).lasting == std::chrono::hours(2));
    CHECK(told_by({"--lasting", "900"}).lasting == std::chrono::seconds(900));
    CHECK(told_by({"--unused", "12w"}).unused == std::chrono::days(84));
    CHECK(told_by({"--unused", "90"}).unused == std::chrono::days(90));
    CHECK(told_by({"--size", "512K"}).size.bytes == 524288);
    CHECK(told_by({"--size", "4096"}).size.bytes == 4096);
    CHECK(told_by({"--mode", "0640"}).mode.bits == 0640);
    CHECK(told_by({"--until", "2027-12-31"}).until == kms::parse_time("2027-12-31"));
    for (const Words& words : {Words{"--lasting", "0"},
                               {"--lasting", "5d"},
                               {"--lasting", "m"},
                               {"--lasting", "1000001"},
                               {"--unused", "90x"},
                               {"--unused", "d"},
                               {"--unused=-1d"},
                               {"--unused", "90 d"},
                               {"--size", "0"},
                               {"--size", "10X"},
                               {"--size", "5000000T"},
                               {"--mode", "0999"},
                               {"--mode", "01000"},
                               {"--until", "soon"}}) {
      CAPTURE(words.back());
      CHECK(refusal_of(words).starts_with(words.front().substr(0, words.front().find('='))));
    }
  }

  TEST_CASE("a pair has a key and a value, and comes once") {
    CHECK(told_by({"-c", "a=b=c"}).pairs == kms::TextMap{{"a", "b=c"}});
    CHECK(told_by({"-c", "a="}).pairs == kms::TextMap{{"a", ""}});
    CHECK(refusal_of({"-c", "a"}) == "--context 'a': a pair has the form KEY=VALUE");
    CHECK(refusal_of({"-c", "=b"}) == "--context '=b': a pair has the form KEY=VALUE");
    CHECK(refusal_of({"-c", "a=b", "-c", "a=c"}) == "--context 'a=c': the key was given twice");
  }

  TEST_CASE("an option that takes one value is given once") {
    CHECK(refusal_of({"--number", "1", "--number=2"}) ==
          "--number was given 2 times: it takes one value (see kmsctl tell --help)");
    CHECK(refusal_of({"-k", "a", "--key-id", "b"}).starts_with("--key-id was given 2 times"));
  }

  TEST_CASE("a flag takes no value, and of several that exclude each other one is given") {
    CHECK(refusal_of({"--enable=maybe"}).find("--enable") != std::string::npos);
    CHECK(refusal_of({"--enable", "--disable"}) ==
          "give one of --enable, --disable, not several (see kmsctl tell --help)");
  }
}
