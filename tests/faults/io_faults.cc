// A library for LD_PRELOAD: one call of a program that changes a file of a folder fails, whichever is wanted. For
// tests/faults/io_matrix.py.
//
// KMSCTL_FAULT_FOLDER  the folder, as realpath(3) gives it; what lies in it counts
// KMSCTL_FAULT_STATE   a file of two numbers of 8 bytes: calls so far, which goes up here, and whether calls count,
//                      which whoever runs the program may change meanwhile
// KMSCTL_FAULT_AT      the number of the call that fails, from 1
// KMSCTL_FAULT_KIND    what happens there: a letter, see Kind
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace {

enum class Kind : char {
  kNone = 'n',     // count only
  kError = 'e',    // EIO, once
  kLasting = 'l',  // EIO, at this call and all that follow
  kFull = 'f',     // ENOSPC, once
  kShort = 's',    // half of a write, once
  kExit = 'x',     // the program ends before the call
  kTorn = 't',     // half of a write, then the program ends
};

constexpr int kEnded = 77;

std::string setting(const char* name) {
  const char* const value = getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

struct State {
  std::atomic<std::uint64_t> calls;
  std::atomic<std::uint64_t> counting;
};

struct Plan {
  Plan() : folder(setting("KMSCTL_FAULT_FOLDER")), at(strtoull(setting("KMSCTL_FAULT_AT").c_str(), nullptr, 10)) {
    const std::string kinds = setting("KMSCTL_FAULT_KIND");
    if (!kinds.empty()) kind = Kind{kinds.front()};
    const std::string path = setting("KMSCTL_FAULT_STATE");
    const auto fd = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path.c_str(), O_RDWR | O_CLOEXEC));
    if (fd < 0) return;
    void* const memory = mmap(nullptr, sizeof(State), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (memory != MAP_FAILED) state = static_cast<State*>(memory);
  }
  std::string folder;
  std::uint64_t at;
  Kind kind = Kind::kNone;
  State* state = nullptr;
};

const Plan& plan() {
  static const Plan* const read = new Plan();  // lives for calls in destructors, too
  return *read;
}

bool is_in_folder(int fd) {
  if (plan().state == nullptr || plan().folder.empty()) return false;
  std::array<char, 64> link{};
  (void)snprintf(link.data(), link.size(), "/proc/self/fd/%d", fd);
  std::array<char, 4096> name{};
  const ssize_t size = readlink(link.data(), name.data(), name.size());
  return size > 0 && std::string_view(name.data(), static_cast<std::size_t>(size)).starts_with(plan().folder);
}

bool names_folder(int directory, const char* path) {
  if (plan().state == nullptr) return false;
  const std::string_view text = path;
  const std::size_t slash = text.rfind('/');
  const std::string parent = slash == std::string_view::npos ? "." : std::string(text.substr(0, slash + 1));
  const auto fd = static_cast<int>(syscall(SYS_openat, directory, parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (fd < 0) return false;
  const bool found = is_in_folder(fd);
  syscall(SYS_close, fd);
  return found;
}

// What happens at the call that is about to be made.
enum class Fate : std::uint8_t { kGoesOn, kFails, kIsCut, kIsTorn };

Fate next_call() {
  if (plan().state->counting == 0) return Fate::kGoesOn;
  const std::uint64_t number = ++plan().state->calls;
  const bool meant = number == plan().at || (plan().kind == Kind::kLasting && plan().at != 0 && number > plan().at);
  if (!meant) return Fate::kGoesOn;
  switch (plan().kind) {
    case Kind::kNone:
      return Fate::kGoesOn;
    case Kind::kShort:
      return Fate::kIsCut;
    case Kind::kTorn:
      return Fate::kIsTorn;
    case Kind::kExit:
      _exit(kEnded);
    case Kind::kFull:
      errno = ENOSPC;
      return Fate::kFails;
    default:
      errno = EIO;
      return Fate::kFails;
  }
}

// `call` takes how many bytes are to be written.
template <class Call>
ssize_t write_with(int fd, std::size_t size, const Call& call) {
  const Fate fate = is_in_folder(fd) ? next_call() : Fate::kGoesOn;
  if (fate == Fate::kFails) return -1;
  if (fate == Fate::kGoesOn) return call(size);
  const ssize_t done = call((size + 1) / 2);
  if (fate == Fate::kIsTorn) _exit(kEnded);
  return done;
}

// For calls that are made or not: what cuts a write short lets them fail, as the system may.
template <class Call>
int make_with(bool counts, const Call& call) {
  const Fate fate = counts ? next_call() : Fate::kGoesOn;
  if (fate == Fate::kGoesOn) return static_cast<int>(call());
  if (fate == Fate::kIsTorn) _exit(kEnded);
  if (fate == Fate::kIsCut) errno = EIO;
  return -1;
}

// The first `size` bytes of the parts.
ssize_t write_parts(int fd, const iovec* parts, int count, std::size_t size, off64_t offset, int flags) {
  constexpr std::size_t kMost = 1024;
  std::array<iovec, kMost> cut{};
  int used = 0;
  for (int i = 0; i < count && size > 0; ++i, ++used) {
    cut.at(static_cast<std::size_t>(used)) = {parts[i].iov_base, std::min(parts[i].iov_len, size)};
    size -= cut.at(static_cast<std::size_t>(used)).iov_len;
  }
  return syscall(SYS_pwritev2, fd, cut.data(), used, offset, 0, flags);
}

std::size_t size_of(const iovec* parts, int count) {
  std::size_t size = 0;
  for (int i = 0; i < count; ++i) size += parts[i].iov_len;
  return size;
}

int open_with(int directory, const char* path, int flags, mode_t mode) {
  const bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  const bool counts =
      makes && names_folder(directory, (flags & O_CREAT) != 0 ? path : (std::string(path) + "/").c_str());
  return make_with(counts, [&] { return syscall(SYS_openat, directory, path, flags, mode); });
}

mode_t mode_of(int flags, va_list more) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(more, mode_t) : 0;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  return write_with(fd, size, [&](std::size_t part) { return syscall(SYS_write, fd, bytes, part); });
}
ssize_t writev(int fd, const iovec* parts, int count) {
  return write_with(fd, size_of(parts, count),
                    [&](std::size_t part) { return write_parts(fd, parts, count, part, -1, 0); });
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  return write_with(fd, size, [&](std::size_t part) { return syscall(SYS_pwrite64, fd, bytes, part, offset); });
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  return pwrite64(fd, bytes, size, offset);
}
ssize_t pwritev64v2(int fd, const iovec* parts, int count, off64_t offset, int flags) {
  return write_with(fd, size_of(parts, count),
                    [&](std::size_t part) { return write_parts(fd, parts, count, part, offset, flags); });
}
ssize_t pwritev2(int fd, const iovec* parts, int count, off_t offset, int flags) {
  return pwritev64v2(fd, parts, count, offset, flags);
}
int fsync(int fd) {
  return make_with(is_in_folder(fd), [&] { return syscall(SYS_fsync, fd); });
}
int fdatasync(int fd) {
  return make_with(is_in_folder(fd), [&] { return syscall(SYS_fdatasync, fd); });
}
int ftruncate64(int fd, off64_t size) {
  return make_with(is_in_folder(fd), [&] { return syscall(SYS_ftruncate, fd, size); });
}
int ftruncate(int fd, off_t size) {
  return ftruncate64(fd, size);
}
int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_with(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_with(AT_FDCWD, path, flags, mode);
}
int openat(int directory, const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_with(directory, path, flags, mode);
}
int linkat(int from, const char* old_name, int to, const char* name, int flags) {
  return make_with(names_folder(to, name), [&] { return syscall(SYS_linkat, from, old_name, to, name, flags); });
}
int renameat2(int from, const char* old_name, int to, const char* name, unsigned flags) {
  return make_with(names_folder(to, name), [&] { return syscall(SYS_renameat2, from, old_name, to, name, flags); });
}
int rename(const char* old_name, const char* name) {
  return renameat2(AT_FDCWD, old_name, AT_FDCWD, name, 0);
}

}  // extern "C"
