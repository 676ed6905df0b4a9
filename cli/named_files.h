#pragma once
// Files as a command line names them. - and the names in /dev and /proc of descriptors that the process was started
// with are these descriptors, also where the system would not open them again. Every failure is a FileException that
// names the file, unless said otherwise. Not for more than one thread.
#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cli/standard_streams.h"
#include "core/base/bytes.h"
#include "core/base/file.h"
#include "core/base/secret_bytes.h"
#include "core/base/terminal_text.h"

namespace kms::cli {

inline constexpr std::string_view kStandardStream = "-";  // as a file name

bool names_standard_input(const std::string& path);
bool names_standard_output(const std::string& path);

// Standard input is claimed.
class InputFile {
 public:
  InputFile(StandardStreams& streams, const std::string& path);
  int fd() const { return fd_ ? fd_.get() : standard_; }
  const std::string& name() const { return name_; }  // for texts

 private:
  UniqueFd fd_;        // none for standard input
  int standard_ = -1;  // which is this one then
  std::string name_;
};

// The whole of it; more than `limit` bytes are an error.
Bytes read_file(StandardStreams& streams, const std::string& path, std::size_t limit);
SecretBytes read_secret(StandardStreams& streams, const std::string& path, std::size_t limit);
// Of a descriptor that an option names; 0 is standard input.
SecretBytes read_secret_of_fd(StandardStreams& streams, int fd, std::size_t limit, std::string_view option);

// What a command writes. A regular file appears when it is complete, as an OutputFile; one that exists is replaced only
// when `force`. Symbolic links are followed, and stay: those of this user and of root, others are refused. A device, a
// pipe and a standard stream get the bytes as they come, whether or not `force`; a block device only with it. On a
// terminal other than standard output text passes with its control characters as escapes, and binary is refused.
class NamedOutput {
 public:
  // `streams` outlives it; the mode is that of a new file, whatever the umask is.
  NamedOutput(const StandardStreams& streams, const std::string& path, bool force, mode_t mode);

  bool is_standard_output() const { return !file_ && !stream_; }
  bool is_revocable() const { return file_.has_value(); }  // nothing is seen of it without commit()
  void write(ByteView bytes);
  void commit();

 private:
  const StandardStreams* streams_;
  std::string name_;
  std::optional<OutputFile> file_;
  UniqueFd stream_;  // one at most; without both it is standard output
  bool is_terminal_ = false;
  bool is_disk_ = false;
  ControlEscaper escaper_;
};

// FileException for what a terminal would take as commands.
void require_text(ByteView bytes);

}  // namespace kms::cli
