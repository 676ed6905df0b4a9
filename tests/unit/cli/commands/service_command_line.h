#pragma once
// A command line with all commands, over a vault in a folder of its own: also those that make vaults and look for
// agents. None may be started here: it would be the program of the tests, which ends at once then.
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/commands/registry.h"
#include "cli/commands/service_session.h"
#include "cli/error_report.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "tests/unit/cli/environment.h"
#include "tests/unit/cli/folder.h"
#include "tests/unit/cli/standard_files.h"
#include "tests/unit/cli/typing_terminal.h"

namespace kms::test {

struct ServiceCommandLine {
  // In a script: `terminal.there` says otherwise.
  ServiceCommandLine() : place(std::filesystem::current_path()) {
    environment.set("KMSCTL_VAULT", vault());
    environment.set("XDG_RUNTIME_DIR", place);
    environment.set("HOME", place);
    terminal.there = false;
  }

  // The exit code; what was printed is in `out` and `err` then.
  int run(std::vector<std::string> words, std::string_view input = {}) {
    const StandardFiles files(input);
    terminal.streams() = files.streams();
    std::ostringstream text;
    std::ostringstream errors;
    cli::GlobalOptions given;
    cli::ServiceSession session(given, {text, errors}, terminal);
    words.insert(words.begin(), "kmsctl");
    typed.clear();
    for (const std::string& word : words) typed += cat(typed.empty() ? "" : " ", word);
    std::vector<char*> argv;
    argv.reserve(words.size());
    for (std::string& word : words) argv.push_back(word.data());
    try {
      const int status =
          cli::run_command_line(static_cast<int>(argv.size()), argv.data(), cli::registry(session), given, session);
      if (status != 0) session.end_with(status);
    } catch (const Error& error) {
      session.end_with(cli::report(error, errors, {}, session.hint()));
    }
    out = cat(text.str(), files.written());
    err = errors.str();
    return session.status();
  }
  // The answer of a command that succeeds.
  Json json(std::vector<std::string> words) {
    const int status = run(std::move(words));
    if (status != 0) throw Error(ErrorCode::kInternal, err);
    return Json::parse(out);
  }
  bool says(std::string_view text) const { return err.find(text) != std::string::npos; }

  // With the keyfile owner.key, which unlocks it only where it is named: a passphrase would take a second.
  void make_vault() {
    const int status = run({"init", "--account", "111122223333", "--region", "eu-central-1", "--generate-keyfile",
                            "owner.key", "--no-recovery-code"});
    if (status != 0) throw Error(ErrorCode::kInternal, err);
  }
  std::string vault() const { return place + "/vault"; }

  Folder folder;
  Environment environment;
  std::string place;  // the folder's path
  TypingTerminal terminal;
  std::string typed;  // the last line
  std::string out;
  std::string err;
};

}  // namespace kms::test
