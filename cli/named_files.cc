#include "cli/named_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

// Of the names that the shells and the system have for what is open already.
std::optional<int> descriptor_named(std::string_view path) {
  if (path == "/dev/stdin") return STDIN_FILENO;
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    const std::string_view digits = path.substr(folder.size());
    int number = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error == std::errc() && end == digits.data() + digits.size() && number >= 0) return number;
  }
  return std::nullopt;
}

// Descriptors of our own close when another program starts; one that came from outside does not.
UniqueFd inherited(int number, const std::string& name) {
  const int flags = fcntl(number, F_GETFD);
  if (flags < 0 || (flags & FD_CLOEXEC) != 0) throw_file_error(name, EBADF);
  UniqueFd copy(fcntl(number, F_DUPFD_CLOEXEC, 0));
  if (!copy) throw_file_error(name, errno);
  return copy;
}

// What stands at the end of the links that `path` may be. A link that another user made in a shared directory would
// choose our target for us.
std::string behind_links(const std::string& path) {
  constexpr int kMostLinks = 40;
  std::string at = path;
  for (int i = 0; i < kMostLinks; ++i) {
    struct stat info {};
    if (descriptor_named(at) || lstat(at.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return at;
    if (info.st_uid != geteuid() && info.st_uid != 0) {
      throw Error(ErrorCode::kFile, cat(at, ": a symbolic link of another user: name the file that it leads to"));
    }
    std::array<char, PATH_MAX> target{};
    const ssize_t size = readlink(at.c_str(), target.data(), target.size());
    if (size < 0) throw_file_error(at, errno);
    const std::string_view text(target.data(), static_cast<std::size_t>(size));
    at = text.starts_with('/') ? std::string(text) : cat(parent_directory(at), "/", text);
  }
  throw_file_error(path, ELOOP);
}

void refuse_existing(const std::string& name, std::string_view what) {
  throw Error(ErrorCode::kFile, cat(name, ": the ", what, " exists; --force replaces it"));
}

}  // namespace

bool names_standard_input(const std::string& path) {
  return path == kStandardStream || descriptor_named(path) == STDIN_FILENO;
}

bool names_standard_output(const std::string& path) {
  return path == kStandardStream || descriptor_named(path) == STDOUT_FILENO;
}

InputFile::InputFile(StandardStreams& streams, const std::string& path) : name_(path) {
  if (names_standard_input(path)) {
    streams.claim_input();
    standard_ = streams.input();
    name_ = "standard input";
  } else {
    fd_ = open_for_reading(path);
  }
}

Bytes read_file(StandardStreams& streams, const std::string& path, std::size_t limit) {
  const InputFile file(streams, path);
  return read_all(file.fd(), limit, file.name());
}

SecretBytes read_secret(StandardStreams& streams, const std::string& path, std::size_t limit) {
  const InputFile file(streams, path);
  return read_all_secret(file.fd(), limit, file.name());
}

SecretBytes read_secret_of_fd(StandardStreams& streams, int fd, std::size_t limit, std::string_view option) {
  if (fd == STDIN_FILENO) {
    streams.claim_input();
    fd = streams.input();
  }
  return read_all_secret(fd, limit, option);
}

NamedOutput::NamedOutput(const StandardStreams& streams, const std::string& path, bool force, mode_t mode)
    : streams_(&streams), name_(path) {
  const std::string target = behind_links(path);
  if (names_standard_output(target)) return;
  struct stat info {};
  if (const auto number = descriptor_named(target)) {
    stream_ = inherited(*number, name_);
  } else if (lstat(target.c_str(), &info) != 0) {
    file_.emplace(target, force, mode);  // says why where it is more than absent
    return;
  } else if (S_ISDIR(info.st_mode)) {
    throw_file_error(name_, EISDIR);
  } else if (S_ISREG(info.st_mode)) {
    if (!force) refuse_existing(name_, "file");
    file_.emplace(target, force, mode);
    return;
  } else {
    if (S_ISBLK(info.st_mode) && !force) refuse_existing(name_, "block device");
    stream_ = UniqueFd(open(target.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW));
    if (!stream_) throw_file_error(name_, errno);
    is_disk_ = S_ISBLK(info.st_mode);
  }
  is_terminal_ = isatty(stream_.get()) == 1;
}

void NamedOutput::write(ByteView bytes) {
  if (file_) return file_->write(bytes);
  if (!stream_) return streams_->write(bytes);
  if (!is_terminal_) return write_all(stream_.get(), bytes, name_);
  require_text(bytes);
  write_all(stream_.get(), as_bytes(escaper_.next(as_text(bytes))), name_);
}

void NamedOutput::commit() {
  if (file_) file_->commit();
  if (is_terminal_) write_all(stream_.get(), as_bytes(escaper_.finish()), name_);
  if (is_disk_ && fsync(stream_.get()) != 0) throw_file_error(name_, errno);
}

void require_text(ByteView bytes) {
  const auto text = as_text(bytes);
  const bool binary = std::any_of(text.begin(), text.end(), [](char c) {
    return (c >= 0 && c < ' ' && c != '\n' && c != '\t' && c != '\r') || c == '\x7f';
  });
  if (binary) throw Error(ErrorCode::kFile, "binary is not written to a terminal: redirect the output or use -o FILE");
}

}  // namespace kms::cli
