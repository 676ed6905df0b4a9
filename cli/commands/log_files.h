#pragma once
// The texts of a log as files that a command line names: notes, proofs, what is sent to a witness.
#include <optional>
#include <string>

#include "cli/named_files.h"
#include "cli/session.h"

namespace kms::cli {

// The text of a file, - is standard input, of at most as many bytes as a note has. FileException.
std::string log_file_text(Session& session, const std::string& path);
// Where a text goes: to a file, which appears with write(), or to standard output where none is named. Made before what
// is to be written: FileException for a file that exists, unless `replace`, or cannot be made.
class LogOutput {
 public:
  LogOutput(Session& session, const std::string& path, bool replace);
  void write(const std::string& text);

 private:
  Session& session_;
  std::optional<NamedOutput> file_;
};

}  // namespace kms::cli
