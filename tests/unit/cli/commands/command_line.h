#pragma once
// A command line in a world without processes: words in, text and an exit code out.
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/commands/registry.h"
#include "cli/error_report.h"
#include "cli/commands/hints.h"
#include "core/service/dispatch.h"
#include "tests/support/world.h"
#include "tests/unit/cli/typing_terminal.h"

namespace kms::test {

// The session of whoever calls in the world; nobody unlocks anything.
class WorldSession final : public cli::Session {
 public:
  // All of them outlive it.
  WorldSession(testing::World& world, cli::Terminal& terminal, const cli::GlobalOptions& options)
      : world_(world), terminal_(terminal), options_(options) {}

  Json call(std::string_view operation, Json request) override {
    return call_through("", operation, std::move(request));
  }
  Json call_through(std::string_view service, std::string_view operation, Json request) override {
    return call_in(options_.region, service, operation, std::move(request));
  }
  Json call_in(const std::string& region, std::string_view service, std::string_view operation, Json request) override {
    Proof proof = world_.proof();
    if (!region.empty()) proof.region = region;
    proof.via_service = service;
    Json answer = dispatch(world_.context, proof, operation, request);
    try {
      throw_if_error(answer);
    } catch (const Error& error) {
      set_hint(cli::hint_after(operation, request, error.code()));
      throw;
    }
    return answer;
  }
  void require_open() override {}
  bool uses_agent() override { return false; }
  const AccountRegion& home() override { return world_.caller.home; }
  const std::string& principal() override { return world_.caller.principal; }
  const std::string& mode() override { return mode_; }
  void close() override {}
  const cli::GlobalOptions& options() const override { return options_; }
  std::ostream& out() override { return out_; }
  std::ostream& err() override { return err_; }
  cli::Terminal& terminal() override { return terminal_; }
  Random& random() override { return world_.random; }
  const Clock& clock() const override { return world_.clock; }

  std::string printed() const { return out_.str(); }
  std::string told() const { return err_.str(); }
  void report(const Error& error) { end_with(cli::report(error, err_, {}, hint())); }

 private:
  testing::World& world_;
  cli::Terminal& terminal_;
  const cli::GlobalOptions& options_;
  std::string mode_ = "in memory";
  std::ostringstream out_;
  std::ostringstream err_;
};

struct CommandLine {
  // The exit code; what was printed is in `out` and `err` then.
  int run(std::vector<std::string> words) {
    cli::GlobalOptions options;
    WorldSession session(world, terminal, options);
    words.insert(words.begin(), "kmsctl");
    std::vector<char*> argv;
    argv.reserve(words.size());
    for (std::string& word : words) argv.push_back(word.data());
    try {
      const int status =
          cli::run_command_line(static_cast<int>(argv.size()), argv.data(), cli::session_commands(), options, session);
      if (status != 0) session.end_with(status);
    } catch (const Error& error) {
      session.report(error);
    }
    out = session.printed();
    err = session.told();
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
