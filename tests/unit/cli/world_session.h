#pragma once
// A session in front of a service in memory: nobody unlocks anything.
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/commands/hints.h"
#include "cli/session.h"
#include "core/service/dispatch.h"
#include "tests/support/world.h"
#include "tests/unit/cli/typing_terminal.h"

namespace kms::test {

// Of whoever calls in `world`, which outlives it. Output goes to a pipe, unless at_terminal() says otherwise.
class WorldSession final : public cli::Session {
 public:
  WorldSession(testing::World& world, cli::Terminal& terminal) : world_(world), terminal_(&terminal) {}
  explicit WorldSession(testing::World& world) : world_(world) {}

  Json call(std::string_view operation, Json request) override {
    return call_through("", operation, std::move(request));
  }
  Json call_through(std::string_view service, std::string_view operation, Json request) override {
    return call_in(given.region, service, operation, std::move(request));
  }
  Json call_in(const std::string& region, std::string_view service, std::string_view operation, Json request) override {
    calls.emplace_back(operation);
    requests.push_back({{"Operation", operation}, {"Service", service}, {"Region", region}, {"Request", request}});
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
  const cli::GlobalOptions& options() const override { return given; }
  std::ostream& out() override { return text; }
  std::ostream& err() override { return errors; }
  cli::Terminal& terminal() override { return *terminal_; }
  Random& random() override { return world_.random; }
  const Clock& clock() const override { return world_.clock; }

  void at_terminal(std::size_t columns) {
    given.to_terminal = true;
    given.columns = columns;
    given.color = "off";
  }
  // What was printed since the last time.
  std::string printed() {
    std::string all = text.str();
    text.str({});
    return all;
  }

  cli::GlobalOptions given;
  std::vector<std::string> calls;
  std::vector<Json> requests;
  std::ostringstream text;
  std::ostringstream errors;

 private:
  testing::World& world_;
  TypingTerminal own_terminal_;
  cli::Terminal* terminal_ = &own_terminal_;
  std::string mode_ = "in memory";
};

}  // namespace kms::test
