#pragma once
// A person whose answers are known.
#include <functional>
#include <string>
#include <vector>

#include "cli/key_reader.h"
#include "cli/terminal.h"
#include "core/base/bytes.h"
#include "core/base/error.h"

namespace kms::test {

// Types the same passphrase whenever it is asked, and keeps what it was asked by and told. Keys are typed as `keys`
// says, one text each time that they are asked for.
class TypingTerminal final : public cli::Terminal {
 public:
  TypingTerminal() = default;
  explicit TypingTerminal(cli::StandardStreams streams) : Terminal(streams) {}

  bool can_prompt() override { return there; }
  SecretBytes prompt_secret(std::string_view label) override {
    labels.emplace_back(label);
    if (lines.empty()) return SecretBytes::copy_of(as_bytes("typed"));
    SecretBytes line = SecretBytes::copy_of(as_bytes(lines.front()));
    lines.erase(lines.begin());
    return line;
  }
  bool confirm(std::string_view question) override {
    labels.emplace_back(question);
    return there && agrees;
  }
  bool can_redraw() override { return there && redraws; }
  void prompt_keys(cli::KeyReader& reader) override {
    if (keys.empty()) throw Error(ErrorCode::kUsage, "nobody types any more");
    const std::string typed = keys.front();
    keys.erase(keys.begin());
    show(reader);
    for (const char key : typed) {
      const auto answer = reader.key(static_cast<std::uint8_t>(key));
      if (answer == cli::KeyReader::Answer::kDone) return;
      if (answer == cli::KeyReader::Answer::kRefused) ++bells;
      show(reader);
    }
    throw Error(ErrorCode::kUsage, "nobody types any more");
  }
  void tell(std::string_view line) override { labels.emplace_back(line); }
  bool input_is_terminal() override { return there; }
  bool output_is_terminal() override { return there; }
  bool error_is_terminal() override { return there; }
  std::size_t output_columns() override { return 0; }
  bool pause(std::chrono::milliseconds /*time*/) override { return while_paused && while_paused(); }

  bool there = true;
  bool agrees = false;
  bool redraws = true;
  std::vector<std::string> labels;
  std::vector<std::string> lines;  // for prompt_secret(), before "typed"
  std::vector<std::string> keys;
  std::vector<std::string> shown;  // while keys were typed, after each of them
  int bells = 0;
  std::function<bool()> while_paused;  // whether somebody reads on; without it nobody does

 private:
  void show(const cli::KeyReader& reader) { shown.emplace_back(as_text(reader.shown().reveal())); }
};

}  // namespace kms::test
