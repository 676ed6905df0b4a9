// --output and --query, for commands that print something else than an answer.
#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/base/text.h"
#include "tests/unit/cli/commands/service_command_line.h"

using kms::cat;
using kms::test::Folder;
using kms::test::ServiceCommandLine;

namespace {

struct Formless {
  std::vector<std::string> words;
  const char* prints;
};

// Where there is no vault: whatever looked for one would say that.
const std::vector<Formless>& formless_commands() {
  static const std::vector<Formless> all{{{"unlock"}, "where the agent listens"},
                                         {{"lock"}, "a text, where there is nothing to lock"},
                                         {{"metrics"}, "the text format of Prometheus"},
                                         {{"agent", "run"}, "the log of the agent"},
                                         {{"agent", "start"}, "nothing"},
                                         {{"completion", "bash"}, "a script for the shell"},
                                         {{"policy", "simulate", "--cases", "cases"}, "a decision a line"},
                                         {{"role", "assume", "role/r"}, "what the command behind -- prints"},
                                         {{"init", "--generate-keyfile", "owner.key"}, "a text about the new vault"}};
  return all;
}

}  // namespace

TEST_SUITE("cli/answer form") {
  TEST_CASE("a form is refused for what is no answer, before anything is done") {
    ServiceCommandLine line;
    Folder::write("cases", "\n");
    for (const Formless& each : formless_commands()) {
      for (const auto& [option, value] : {std::pair("--output", "json"), std::pair("--query", "@")}) {
        std::vector<std::string> words = each.words;
        words.insert(words.end(), {option, value});
        if (words.front() == "role") words.insert(words.end(), {"--", "true"});
        const int ended = line.run(words);
        CAPTURE(line.typed);
        CAPTURE(line.err);
        CHECK(ended == 2);
        CHECK(line.says(cat("--output and --query choose the form of an answer; this prints ", each.prints, "\n")));
        CHECK(line.out.empty());
      }
    }
    CHECK(Folder::files().size() == 1);
    CHECK(!Folder::has("vault"));
    CHECK(!Folder::has("kmsctl"));
  }

  TEST_CASE("the form that the environment names is for answers alone") {
    ServiceCommandLine line;
    Folder::write("cases", "\n");
    line.environment.set("AWS_DEFAULT_OUTPUT", "table");
    CHECK(line.run({"init", "--generate-keyfile", "owner.key"}) == 0);
    CHECK(line.run({"lock"}) == 0);
    CHECK(line.run({"completion", "zsh"}) == 0);
    CHECK(line.run({"policy", "simulate", "--cases", "cases"}) == 0);
  }

  TEST_CASE("the session of a role that runs no command is an answer") {
    ServiceCommandLine line;
    CHECK(line.run({"role", "assume", "role/r", "--output", "text"}) == 3);
    CHECK(line.says("there is no vault at"));
  }
}
