#pragma once
// Standard input and output of a command, as descriptors: the process's own, or in a test those of files.
#include <unistd.h>

#include <chrono>

#include "core/base/bytes.h"

namespace kms::cli {

// Descriptors are not closed here. Not for more than one thread.
class StandardStreams {
 public:
  explicit StandardStreams(int input = STDIN_FILENO, int output = STDOUT_FILENO) : input_(input), output_(output) {}

  int input() const { return input_; }
  int output() const { return output_; }
  // Before standard input is read to its end, under whatever name: UsageException for the second time, where nothing
  // would be found.
  void claim_input();
  // FileException when it cannot be written; see also has_lost_reader().
  void write(ByteView bytes) const;
  // Lets `time` pass. False, and at once, when nobody reads standard output any more. A signal may end it early.
  bool wait(std::chrono::milliseconds time) const;

 private:
  int input_;
  int output_;
  bool input_is_claimed_ = false;
};

// What became of the process's standard output. A command whose reader goes away, as head does, ends as filters end:
// without a word, by SIGPIPE. Every other failure is a FileException.
void flush_output();  // of std::cout
// Whether writing failed because nobody reads standard output any more.
bool has_lost_reader();

}  // namespace kms::cli
