// Every global option of the aws command line, and what becomes of it.
#include "cli/aws_options.h"

#include <doctest/doctest.h>

#include <sstream>

#include "core/base/error.h"
#include "core/base/text.h"
#include "tests/unit/cli/fake_session.h"

using kms::cli::take_aws_options;

namespace {

using OptionWords = std::vector<std::string>;

// The lists of versions 1 and 2; with a value where they have one.
const std::vector<OptionWords>& global_options_of_aws() {
  static const std::vector<OptionWords> all = {{"--debug"},
                                               {"--endpoint-url", "http://127.0.0.1"},
                                               {"--no-verify-ssl"},
                                               {"--no-paginate"},
                                               {"--output", "json"},
                                               {"--query", "a"},
                                               {"--profile", "prod"},
                                               {"--region", "us-east-1"},
                                               {"--version"},
                                               {"--color", "off"},
                                               {"--no-sign-request"},
                                               {"--ca-bundle", "f.pem"},
                                               {"--cli-read-timeout", "3"},
                                               {"--cli-connect-timeout", "3"},
                                               {"--v2-debug"},
                                               {"--cli-binary-format", "base64"},
                                               {"--no-cli-pager"},
                                               {"--cli-auto-prompt"},
                                               {"--no-cli-auto-prompt"}};
  return all;
}

std::vector<kms::cli::Command> one_list_command() {
  const auto setup = [](kms::cli::ArgumentParser& parser, kms::cli::Session& session) {
    static bool all = false;
    parser.add_flag("--no-paginate", all, "one page");
    parser.callback([&session] { session.out() << "listed"; });
  };
  return {{"list", "List", kms::cli::kApiGroup, setup}};
}

// What standard output got, or the refusal.
std::string outcome_of(OptionWords words) {
  kms::cli::GlobalOptions options;
  kms::test::FakeSession session(options);
  try {
    const int status = kms::test::run_words(std::move(words), one_list_command(), options, session);
    CHECK(status == 0);
  } catch (const kms::Error& error) {
    CHECK(error.code() == kms::ErrorCode::kUsage);
    return error.what();
  }
  return session.text.str();
}

}  // namespace

TEST_SUITE("options of aws") {
  TEST_CASE("each is honoured, taken with a word, or refused with a sentence, wherever it stands") {
    for (const OptionWords& option : global_options_of_aws()) {
      CAPTURE(option.front());
      for (const bool before : {true, false}) {
        OptionWords words = option;
        words.insert(before ? words.end() : words.begin(), {"kms", "list"});
        const std::string outcome = outcome_of(words);
        const bool refused = outcome.starts_with(kms::cat(option.front(), ": ")) && outcome.size() > 30;
        const bool version = option.front() == "--version" && outcome.starts_with("kmsctl ");
        const bool paged = option.front() == "--no-paginate" && before;  // an option of lists alone
        const bool understood = outcome == "listed" || refused || version || paged;
        CHECK(understood);
      }
    }
  }

  TEST_CASE("what means nothing is taken with its value, and with a word") {
    std::ostringstream notes;
    OptionWords words = {"--profile", "prod", "kms", "list", "--cli-read-timeout=3", "--debug", "--", "--debug"};
    take_aws_options(words, notes);
    CHECK(words == OptionWords{"kms", "list", "--", "--debug"});
    CHECK(notes.str().find("note: --profile: there are no profiles") != std::string::npos);
    CHECK(notes.str().find("note: --cli-read-timeout: ") != std::string::npos);
  }

  TEST_CASE("an option that is set aside still needs its value") {
    std::ostringstream notes;
    OptionWords words = {"kms", "list", "--profile"};
    CHECK_THROWS_AS(take_aws_options(words, notes), kms::Error);
  }
}
