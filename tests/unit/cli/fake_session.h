#pragma once
// A command line without a service behind it.
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/no_session.h"

namespace kms::test {

// Keeps what it is asked, and answers with the pages that it was given, in turn; with {} when there are none.
class FakeSession final : public cli::NoSession {
 public:
  explicit FakeSession(const cli::GlobalOptions& options) : options_(options) {}
  Json call_in(const std::string& /*region*/, std::string_view /*service*/, std::string_view operation,
               Json request) override {
    calls.push_back({{"operation", operation}, {"request", request}});
    Json answer = pages.empty() ? Json::object() : pages.front();
    if (!pages.empty()) pages.erase(pages.begin());
    return answer;
  }
  const cli::GlobalOptions& options() const override { return options_; }
  std::ostream& out() override { return text; }
  std::ostream& err() override { return errors; }

  std::vector<Json> calls;
  std::vector<Json> pages;
  std::ostringstream text;
  std::ostringstream errors;

 private:
  const cli::GlobalOptions& options_;
};

inline int run_words(std::vector<std::string> words, const std::vector<cli::Command>& commands,
                     cli::GlobalOptions& options, FakeSession& session) {
  words.insert(words.begin(), "kmsctl");
  std::vector<char*> argv;
  argv.reserve(words.size());
  for (std::string& word : words) argv.push_back(word.data());
  return cli::run_command_line(static_cast<int>(argv.size()), argv.data(), commands, options, session);
}

}  // namespace kms::test
