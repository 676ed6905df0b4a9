#pragma once
// The person at the keyboard, and the standard streams, as a dependency: tests bring one that answers from a list.
#include <chrono>
#include <cstddef>
#include <string_view>

#include "cli/standard_streams.h"
#include "core/base/secret_bytes.h"

namespace kms::cli {

class KeyReader;

class Terminal {
 public:
  Terminal() = default;
  virtual ~Terminal() = default;
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  Terminal(Terminal&&) = delete;
  Terminal& operator=(Terminal&&) = delete;

  virtual bool can_prompt() = 0;  // there is a terminal to ask at, whatever stdin is
  // One line, without echo. Throws kVaultLocked when there is no terminal, kUsage when the line is too long or ends
  // with end-of-file before any text.
  virtual SecretBytes prompt_secret(std::string_view label) = 0;
  // True for y or yes. False without a terminal: what needs a yes does not happen unattended.
  virtual bool confirm(std::string_view question) = 0;
  // Whether prompt_keys() works: some terminals only print lines.
  virtual bool can_redraw() = 0;
  // Gives `reader` key after key, and shows on one line what it says, until it is done. The line is empty then, also
  // when it throws. kVaultLocked when there is no terminal, kUsage when the terminal goes away.
  virtual void prompt_keys(KeyReader& reader) = 0;
  // A line of its own where prompt_secret() and the others ask. Nothing without a terminal.
  virtual void tell(std::string_view line) = 0;

  // Of standard input, output and error.
  virtual bool input_is_terminal() = 0;
  virtual bool output_is_terminal() = 0;
  virtual bool error_is_terminal() = 0;
  // Of the terminal behind standard output: $COLUMNS, else as it says itself, else 80. 0 where there is none.
  virtual std::size_t output_columns() = 0;

  // As StandardStreams::wait().
  virtual bool pause(std::chrono::milliseconds time) { return streams_.wait(time); }

  StandardStreams& streams() { return streams_; }

 protected:
  explicit Terminal(StandardStreams streams) : streams_(streams) {}

 private:
  StandardStreams streams_;
};

// /dev/tty, which is the terminal of the process even when stdin is a pipe. Echo comes back when prompt_secret() or
// prompt_keys() returns, throws, or is ended by SIGINT, SIGTERM, SIGHUP or SIGQUIT. Not for more than one thread.
class SystemTerminal final : public Terminal {
 public:
  bool can_prompt() override;
  SecretBytes prompt_secret(std::string_view label) override;
  bool confirm(std::string_view question) override;
  bool can_redraw() override;
  void prompt_keys(KeyReader& reader) override;
  void tell(std::string_view line) override;
  bool input_is_terminal() override;
  bool output_is_terminal() override;
  bool error_is_terminal() override;
  std::size_t output_columns() override;
};

}  // namespace kms::cli
