#pragma once
// A person whose answers are known.
#include <functional>
#include <string>
#include <vector>

#include "cli/terminal.h"
#include "core/base/bytes.h"

namespace kms::test {

// Types the same passphrase whenever it is asked, and keeps what it was asked by.
class TypingTerminal final : public cli::Terminal {
 public:
  TypingTerminal() = default;
  explicit TypingTerminal(cli::StandardStreams streams) : Terminal(streams) {}

  bool can_prompt() override { return there; }
  SecretBytes prompt_secret(std::string_view label) override {
    labels.emplace_back(label);
    return SecretBytes::copy_of(as_bytes("typed"));
  }
  bool confirm(std::string_view question) override {
    labels.emplace_back(question);
    return there && agrees;
  }
  bool input_is_terminal() override { return there; }
  bool output_is_terminal() override { return there; }
  bool error_is_terminal() override { return there; }
  std::size_t output_columns() override { return 0; }
  bool pause(std::chrono::milliseconds /*time*/) override { return while_paused && while_paused(); }

  bool there = true;
  bool agrees = false;
  std::vector<std::string> labels;
  std::function<bool()> while_paused;  // whether somebody reads on; without it nobody does
};

}  // namespace kms::test
