#pragma once
// Files: owned descriptors, whole reads with a limit, and output that appears only when it is complete.
// Every failure is a FileException that names the path and what the system said.
#include <sys/types.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/secret_bytes.h"
#include "core/base/temporary_name.h"

namespace kms {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }  // to another owner
  void reset();

 private:
  int fd_ = -1;
};

// Throws FileException: "WHAT: the system's text for `error_number`". For EBADF the text says that it is closed.
[[noreturn]] void throw_file_error(std::string_view what, int error_number);

UniqueFd open_for_reading(const std::string& path);  // O_CLOEXEC; a directory is refused

// Fills `out` unless the end comes first; returns how many bytes came.
std::size_t read_up_to(int fd, MutableBytes out, std::string_view name);
// All that is left, at most `limit` bytes; more is an error.
Bytes read_all(int fd, std::size_t limit, std::string_view name);
SecretBytes read_all_secret(int fd, std::size_t limit, std::string_view name);
void write_all(int fd, ByteView bytes, std::string_view name);
void sync_directory(const std::string& directory);
void make_directories(const std::string& path, mode_t mode);  // those that are not there, the umask applies
std::string parent_directory(const std::string& path);        // "." when the path names none

// A file in the making, without a name where the file system can (O_TMPFILE) and /proc is there, so that not even
// SIGKILL leaves a part of it; else a temporary file beside the target. commit() makes it durable and gives it its
// name; without commit() nothing is left behind. A target that exists is refused unless `replace`, and is never
// truncated by a failure. Whatever is at the target is replaced, a symbolic link and a device too: who lets others
// choose the target looks first (cli/named_files.h).
class OutputFile {
 public:
  OutputFile(std::string target, bool replace, mode_t mode = 0600);
  ~OutputFile() = default;
  OutputFile(OutputFile&& other) noexcept = default;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  OutputFile& operator=(OutputFile&&) = delete;

  int fd() const { return fd_.get(); }
  std::string route() const;  // for what opens files by name, as long as this lives
  void write(ByteView bytes) { write_all(fd_.get(), bytes, target_); }
  // When it throws, the target is what it was, unless it was to be replaced and only the directory could not be made
  // durable.
  void commit();

 private:
  void link_to(const std::string& name);
  void take_name();
  std::string target_;
  TemporaryName temporary_;  // empty while the file has no name
  bool replace_;
  mode_t mode_;
  UniqueFd fd_;
};

}  // namespace kms
