#include "core/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/base/encoding.h"
#include "core/base/random.h"
#include "core/base/text.h"

namespace kms {
namespace {

// "target exists" must win over "cannot write beside it", and it must be said before any work is done.
void require_absent(const std::string& target) {
  struct stat info {};
  if (lstat(target.c_str(), &info) == 0) {
    throw Error(ErrorCode::kFile, cat(target, ": the file exists: remove it, or name another"));
  }
}

TemporaryName temporary_name(const std::string& directory) {
  SystemRandom random;
  return TemporaryName(cat(directory, "/.kmsctl-", encode_hex(random.bytes(8))));
}

std::string route_of(int fd) {
  return cat("/proc/self/fd/", std::to_string(fd));
}

UniqueFd open_directory(const std::string& directory) {
  return UniqueFd(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

// False with errno. There are file systems that know no such thing for a directory, and need none.
bool sync_opened_directory(int fd) {
  return fsync(fd) == 0 || errno == EINVAL;
}

bool lacks_operation(int error_number) {
  return error_number == EINVAL || error_number == ENOSYS || error_number == EOPNOTSUPP;
}

}  // namespace

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void UniqueFd::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

void throw_file_error(std::string_view what, int error_number) {
  // What has only a number: a standard stream that was closed when the program started, or --passphrase-fd.
  const char* const text = error_number == EBADF ? "it is closed, or not open for this"
                                                 : std::strerror(error_number);  // NOLINT(concurrency-mt-unsafe)
  throw Error(ErrorCode::kFile, cat(what, ": ", text));
}

UniqueFd open_for_reading(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw_file_error(path, errno);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) throw_file_error(path, errno);
  if (S_ISDIR(info.st_mode)) throw_file_error(path, EISDIR);
  return fd;
}

std::size_t read_up_to(int fd, MutableBytes out, std::string_view name) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got = read(fd, out.data() + done, out.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw_file_error(name, errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

SecretBytes read_all_secret(int fd, std::size_t limit, std::string_view name) {
  SecretBytes buffer(limit + 1);
  const std::size_t size = read_up_to(fd, buffer.reveal(), name);
  if (size > limit) {
    throw Error(ErrorCode::kFile, cat(name, ": more than ", std::to_string(limit), " bytes, which is the limit here"));
  }
  buffer.shrink(size);
  return buffer;
}

Bytes read_all(int fd, std::size_t limit, std::string_view name) {
  Bytes buffer;
  constexpr std::size_t kStep = std::size_t{64} * 1024;
  for (;;) {
    const std::size_t before = buffer.size();
    buffer.resize(std::min(before + kStep, limit + 1));
    const std::size_t got = read_up_to(fd, MutableBytes(buffer).subspan(before), name);
    if (before + got > limit) {
      throw Error(ErrorCode::kFile,
                  cat(name, ": more than ", std::to_string(limit), " bytes, which is the limit here"));
    }
    if (before + got < buffer.size()) {
      buffer.resize(before + got);
      return buffer;
    }
  }
}

void write_all(int fd, ByteView bytes, std::string_view name) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw_file_error(name, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void make_directories(const std::string& path, mode_t mode) {
  if (mkdir(path.c_str(), mode) == 0 || errno == EEXIST) return;
  if (errno != ENOENT) throw_file_error(path, errno);
  make_directories(parent_directory(path), mode);
  if (mkdir(path.c_str(), mode) != 0 && errno != EEXIST) throw_file_error(path, errno);
}

std::string parent_directory(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

void sync_directory(const std::string& directory) {
  const UniqueFd fd = open_directory(directory);
  if (!fd || !sync_opened_directory(fd.get())) throw_file_error(directory, errno);
}

OutputFile::OutputFile(std::string target, bool replace, mode_t mode)
    : target_(std::move(target)), replace_(replace), mode_(mode) {
  if (!replace_) require_absent(target_);
  const std::string directory = parent_directory(target_);
  fd_ = UniqueFd(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (fd_ && access(route_of(fd_.get()).c_str(), F_OK) == 0) return;
  if (!fd_ && !lacks_operation(errno) && errno != EISDIR) throw_file_error(target_, errno);
  temporary_ = temporary_name(directory);
  fd_ = UniqueFd(open(temporary_.path().c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (fd_) return;
  const int error = errno;
  temporary_.release();
  throw_file_error(target_, error);
}

std::string OutputFile::route() const {
  return temporary_.empty() ? route_of(fd_.get()) : temporary_.path();
}

void OutputFile::link_to(const std::string& name) {
  if (linkat(AT_FDCWD, route().c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) == 0) return;
  if (errno == EEXIST) require_absent(name);
  throw_file_error(target_, errno);
}

// From the temporary name to that of the target.
void OutputFile::take_name() {
  const char* const name = temporary_.path().c_str();
  const unsigned flags = replace_ ? 0U : static_cast<unsigned>(RENAME_NOREPLACE);
  bool done = renameat2(AT_FDCWD, name, AT_FDCWD, target_.c_str(), flags) == 0;
  if (!done && !replace_ && lacks_operation(errno)) {
    // Network file systems know no flags. A second name replaces nothing either; the first one is removed below.
    if (link(name, target_.c_str()) == 0) return temporary_.remove();
    if (errno != EEXIST) {  // and some know no second names
      require_absent(target_);
      done = rename(name, target_.c_str()) == 0;
    }
  }
  if (!done && errno == EEXIST) require_absent(target_);
  if (!done) throw_file_error(target_, errno);
  temporary_.release();
}

void OutputFile::commit() {
  if (fchmod(fd_.get(), mode_) != 0 || fsync(fd_.get()) != 0) throw_file_error(target_, errno);
  const std::string directory = parent_directory(target_);
  const UniqueFd opened = open_directory(directory);  // before the file is there: behind that little can fail
  if (!opened && errno != EACCES) throw_file_error(directory, errno);
  if (temporary_.empty() && !replace_) {
    link_to(target_);  // replaces nothing, so a target that came up meanwhile is safe
  } else {
    if (temporary_.empty()) {
      TemporaryName name = temporary_name(directory);
      link_to(name.path());
      temporary_ = std::move(name);
    }
    take_name();
  }
  // A directory that may be written and not read cannot be opened for this: then its whole file system is written.
  if (opened ? sync_opened_directory(opened.get()) : syncfs(fd_.get()) == 0) return;
  const int error = errno;
  if (!replace_) unlink(target_.c_str());
  throw_file_error(directory, error);
}

}  // namespace kms
