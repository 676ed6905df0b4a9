#pragma once
// The texts of a log as a command line names them: verifier keys, notes, what is sent to a witness.
#include <cstdint>
#include <optional>
#include <string>

#include "cli/named_files.h"
#include "cli/session.h"
#include "formats/checkpoint.h"
#include "formats/note_key.h"
#include "formats/signed_note.h"

namespace kms::cli {

inline constexpr const char* kVerifierKeyHelp =
    "Verifier key: its text (NAME+ID+KEY, as audit public-key prints it), or a file that has it";

// The text of a file, - is standard input, of at most as many bytes as a note has. FileException.
std::string log_file_text(Session& session, const std::string& path);
// Of the text of a key, or of a file that has one on a line. ValidationException for what is none; FileException.
formats::NoteKey verifier_key_of(Session& session, const std::string& given);

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
