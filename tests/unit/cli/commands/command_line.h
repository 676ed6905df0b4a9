#pragma once
// A command line in a world without processes: words in, text and an exit code out.
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/commands/registry.h"
#include "cli/error_report.h"
#include "tests/unit/cli/world_session.h"

namespace kms::test {

struct CommandLine {
  // The exit code; what was printed is in `out` and `err` then.
  int run(std::vector<std::string> words) {
    WorldSession session(world, terminal);
    words.insert(words.begin(), "kmsctl");
    std::vector<char*> argv;
    argv.reserve(words.size());
    for (std::string& word : words) argv.push_back(word.data());
    try {
      const int status = cli::run_command_line(static_cast<int>(argv.size()), argv.data(), cli::session_commands(),
                                               session.given, session);
      if (status != 0) session.end_with(status);
    } catch (const Error& error) {
      session.end_with(cli::report(error, session.errors, {}, session.hint()));
    }
    out = session.text.str();
    err = session.errors.str();
    return session.status();
  }
  // The answer of a command that succeeds.
  Json json(std::vector<std::string> words) {
    const int status = run(std::move(words));
    if (status != 0) throw Error(ErrorCode::kInternal, err);
    return Json::parse(out);
  }

  testing::World world;
  TypingTerminal terminal;
  std::string out;
  std::string err;
};

}  // namespace kms::test
