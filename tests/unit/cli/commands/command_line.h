#pragma once
// A command line in a world without processes: words in, text and an exit code out.
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/commands/registry.h"
#include "cli/error_report.h"
#include "core/base/text.h"
#include "tests/unit/cli/standard_files.h"
#include "tests/unit/cli/world_session.h"

namespace kms::test {

struct CommandLine {
  // The exit code; what was printed is in `out` and `err` then, what was asked of the service in `requests`.
  int run(std::vector<std::string> words, std::string_view input = {}) {
    const StandardFiles files(input);
    terminal.streams() = files.streams();
    WorldSession session(world, terminal);
    session.given.state = state;
    if (columns > 0) session.at_terminal(columns);
    words.insert(words.begin(), "kmsctl");
    std::vector<char*> argv;
    argv.reserve(words.size());
    for (std::string& word : words) argv.push_back(word.data());
    try {
      const int status =
          cli::run_command_line(static_cast<int>(argv.size()), argv.data(), commands, session.given, session);
      if (status != 0) session.end_with(status);
    } catch (const Error& error) {
      const int code = cli::report(error, session.errors, {.explanations = !session.given.aws_form}, session.hint());
      if (session.status() == 0) session.end_with(code);
    }
    out = cat(session.text.str(), files.written());
    err = session.errors.str();
    requests = std::move(session.requests);
    return session.status();
  }
  // The answer of a command that succeeds.
  Json json(std::vector<std::string> words, std::string_view input = {}) {
    const int status = run(std::move(words), input);
    if (status != 0) throw Error(ErrorCode::kInternal, err);
    return Json::parse(out);
  }

  testing::World world;
  TypingTerminal terminal;
  cli::Commands commands = cli::session_commands();
  std::size_t columns = 0;  // of the terminal that a person reads the answer at; 0: it goes to a pipe
  std::string state;        // the directory for what the machine remembers; empty: it remembers nothing
  std::string out;
  std::string err;
  std::vector<Json> requests;
};

}  // namespace kms::test
