#pragma once
// A command line in front of a service in memory.
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/session.h"
#include "core/service/dispatch.h"
#include "tests/support/world.h"

namespace kms::test {

// `world` outlives it. `at_terminal()` is what a person sees, else it is a pipe.
class WorldSession final : public cli::Session {
 public:
  explicit WorldSession(testing::World& world) : world_(world) {}

  Json call(std::string_view operation, Json request) override {
    calls.emplace_back(operation);
    Json answer = world_.call(operation, request);
    throw_if_error(answer);
    return answer;
  }
  const cli::GlobalOptions& options() const override { return given; }
  std::ostream& out() override { return text; }

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
  std::ostringstream text;

 private:
  testing::World& world_;
};

}  // namespace kms::test
