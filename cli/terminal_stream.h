#pragma once
// What goes to a terminal through std::cout and std::cerr, with the control characters of others as escapes.
#include <ostream>
#include <streambuf>
#include <string>

#include "core/base/terminal_text.h"

namespace kms::cli {

// Replaces the buffer of a stream while it lives, where the file behind it is a terminal; else does nothing. A control
// sequence of our own (colours, progress) goes past it: see write_control(), draw(). What passes is wiped. Not for more
// than one thread at a time.
class TerminalStream final : private std::streambuf {
 public:
  TerminalStream(std::ostream& stream, int fd);
  ~TerminalStream() override;
  TerminalStream(const TerminalStream&) = delete;
  TerminalStream& operator=(const TerminalStream&) = delete;
  TerminalStream(TerminalStream&&) = delete;
  TerminalStream& operator=(TerminalStream&&) = delete;

  void finish();  // what is left, at the end of the process

 private:
  friend void write_control(std::ostream& stream, std::string_view sequence);
  int_type overflow(int_type character) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;
  bool put(std::string text) const;

  std::ostream& stream_;
  std::streambuf* before_ = nullptr;  // null while nothing was replaced
  int fd_;
  std::string waiting_;
  ControlEscaper escaper_;
};

// A control sequence of our own into `stream` as it is: also past the TerminalStream that may be behind it.
void write_control(std::ostream& stream, std::string_view sequence);

// To the terminal behind standard error as it is: `text` holds nothing of others that is not escaped already.
void draw(std::string_view text);

}  // namespace kms::cli
