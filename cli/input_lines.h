#pragma once
// The lines of a file that a command line names, one after the other, however many there are.
#include <string>

#include "cli/named_files.h"
#include "cli/standard_streams.h"

namespace kms::cli {

// A line is given as soon as it was read: who writes to a pipe may wait for what is answered to it.
class InputLines {
 public:
  InputLines(StandardStreams& streams, const std::string& path) : file_(streams, path) {}

  // Without its end; false when there is none any more. FileException when the file cannot be read.
  bool next(std::string& line);
  const std::string& name() const { return file_.name(); }  // for texts

 private:
  bool read_more();

  InputFile file_;
  std::string read_;  // of which the first `taken_` bytes were given
  std::size_t taken_ = 0;
};

}  // namespace kms::cli
