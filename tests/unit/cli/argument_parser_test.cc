// What the words of a command line mean to the options of a command.
#include "cli/argument_parser.h"

#include <doctest/doctest.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "tests/unit/cli/fake_session.h"

using kms::cli::ArgumentParser;
using kms::cli::Command;
using kms::cli::Session;

namespace {

struct Told {
  std::string key;
  std::string description = "none";
  std::string output;
  std::vector<std::string> pairs;
  std::vector<std::string> actions;
  std::vector<std::string> files;
  bool enabled = false;
  int runs = 0;
};

// A command with an option of each kind; what it is told stands in `told`.
std::vector<Command> telling(Told& told) {
  const auto setup = [&told](ArgumentParser& parser, Session&) {
    parser.add_option("-k,--key-id", told.key, "the key");
    parser.add_option("--description", told.description, "of it").may_be_empty();
    parser.add_option("-o,--out", told.output, "where to").names_file();
    parser.add_option("-c,--context", told.pairs, "a pair");
    parser.add_option("--actions", told.actions, "some").several_words();
    parser.add_option("file", told.files, "files").names_file();
    parser.add_exclusive_group("what", "one of them").add_flag("--enable", told.enabled, "it");
    parser.callback([&told] { ++told.runs; });
  };
  return {{"tell", "Tell", "Tests", setup}};
}

Told told_by(std::vector<std::string> words) {
  Told told;
  kms::cli::GlobalOptions options;
  kms::test::FakeSession session(options);
  words.insert(words.begin(), "tell");
  const int status = kms::test::run_words(std::move(words), telling(told), options, session);
  CHECK(status == 0);
  CHECK(told.runs == 1);
  return told;
}

std::string refusal_of(std::vector<std::string> words) {
  Told told;
  kms::cli::GlobalOptions options;
  kms::test::FakeSession session(options);
  words.insert(words.begin(), "tell");
  try {
    (void)kms::test::run_words(std::move(words), telling(told), options, session);
  } catch (const kms::Error& error) {
    CHECK(error.code() == kms::ErrorCode::kUsage);
    CHECK(told.runs == 0);
    return error.what();
  }
  return {};
}

using Words = std::vector<std::string>;

}  // namespace

TEST_SUITE("arguments of commands") {
  TEST_CASE("a list option takes one value each time, and leaves the words behind it to the command") {
    const Told told = told_by({"-c", "env=prod", "a.txt", "--context", "b=2", "b=2.txt"});
    CHECK(told.pairs == Words{"env=prod", "b=2"});
    CHECK(told.files == Words{"a.txt", "b=2.txt"});
  }

  TEST_CASE("an option that says so takes several words, up to the next option") {
    CHECK(told_by({"--actions", "kms:Decrypt", "kms:Encrypt", "-k", "x"}).actions ==
          Words{"kms:Decrypt", "kms:Encrypt"});
  }

  TEST_CASE("brackets are characters of a value") {
    CHECK(told_by({"-c", "[a,b]=c"}).pairs == Words{"[a,b]=c"});
    CHECK(told_by({"--actions", "[a,b]"}).actions == Words{"[a,b]"});
  }

  TEST_CASE("an empty value is one where that means something, and an error everywhere else") {
    CHECK(told_by({"--description", ""}).description.empty());
    CHECK(told_by({"--description="}).description.empty());
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
}
