#include "cli/delivery/file_sink.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>

#include "core/base/file.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::delivery {
namespace {

constexpr std::chrono::milliseconds kBetweenLocks{10};

std::string failed(std::string_view what, int error) {
  return cat(what, ": ", std::generic_category().message(error));
}

std::optional<std::string> no_regular_file(mode_t mode) {
  if (S_ISREG(mode)) return std::nullopt;
  if (S_ISLNK(mode)) return "it is a symbolic link, which is not followed";
  if (S_ISDIR(mode)) return "it is a directory";
  if (S_ISFIFO(mode)) return "it is a FIFO";
  if (S_ISSOCK(mode)) return "it is a socket";
  return "it is a device";
}

std::optional<std::string> lock_file(int fd, const Deadline& deadline) {
  while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return failed("it cannot be locked", errno);
    if (deadline.over()) return cat("another program kept it locked for ", deadline.text());
    std::this_thread::sleep_for(kBetweenLocks);
  }
  return std::nullopt;
}

// A part of a line that was written is taken back, unless somebody who does not lock the file wrote behind it.
std::optional<std::string> write_line(int fd, const std::string& line, off_t before) {
  const ssize_t written = write(fd, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) return std::nullopt;
  if (written < 0) return failed("it cannot be written", errno);
  struct stat after {};
  const bool own = fstat(fd, &after) == 0 && after.st_size == before + written;
  if (own && ftruncate(fd, before) == 0) return "there is no room for the whole line";
  return "there is no room for the whole line, and its beginning stays in the file";
}

}  // namespace

std::optional<std::string> unfit_file(const std::string& path) {
  const std::string shown = escape_controls(path, LineEnds::kEscaped);
  if (!path.starts_with('/')) return cat("the path '", shown, "' of a file begins with a slash");
  if (path.find('\0') != std::string::npos) return "the path of a file has a zero byte";
  const std::string directory = parent_directory(path);
  struct stat info {};
  if (stat(directory.c_str(), &info) != 0) {
    return failed(cat("its directory ", escape_controls(directory, LineEnds::kEscaped)), errno);
  }
  if (lstat(path.c_str(), &info) == 0) return no_regular_file(info.st_mode);
  if (errno == ENOENT && !path.ends_with('/')) return std::nullopt;
  return failed("it cannot be reached", errno);
}

std::optional<std::string> append_to_file(const std::string& path, std::string_view notice, const Deadline& deadline) {
  if (auto unfit = unfit_file(path)) return unfit;
  constexpr int kHow = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  const UniqueFd file(open(path.c_str(), kHow, S_IRUSR | S_IWUSR));
  if (!file) return failed("it cannot be opened", errno);
  // Something else can stand there by now.
  struct stat info {};
  if (fstat(file.get(), &info) != 0) return failed("it cannot be opened", errno);
  if (auto unfit = no_regular_file(info.st_mode)) return unfit;
  if (auto locked = lock_file(file.get(), deadline)) return locked;
  if (fstat(file.get(), &info) != 0) return failed("it cannot be opened", errno);
  if (auto failure = write_line(file.get(), cat(notice, "\n"), info.st_size)) return failure;
  if (fdatasync(file.get()) != 0) return failed("it cannot be made durable", errno);
  if (info.st_size == 0) sync_directory(parent_directory(path));  // it may be new
  return std::nullopt;
}

}  // namespace kms::delivery
