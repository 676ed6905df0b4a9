// A library for LD_PRELOAD: file systems that can less, and a system without /proc. For tests/faults/lesser_files.sh.
//
// KMSCTL_LACKS  letters of what there is not:
//               t  files without a name (O_TMPFILE), as with NFS, 9p and FUSE
//               f  flags of renameat2(2), likewise
//               l  second names, as with FAT
//               p  /proc
//               d  the right to read directories whose names end in "drop"
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

bool lacks(char letter) {
  const char* const letters = getenv("KMSCTL_LACKS");
  return letters != nullptr && strchr(letters, letter) != nullptr;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));  // NOLINT
}

int refuse(int error) {
  errno = error;
  return -1;
}

bool is_in_proc(const char* path) {
  return lacks('p') && std::string_view(path).starts_with("/proc/");
}

int refusal(const char* path, int flags) {
  const bool unnamed = (flags & O_TMPFILE) == O_TMPFILE;
  if (unnamed && lacks('t')) return EOPNOTSUPP;
  if (!unnamed && (flags & O_DIRECTORY) != 0 && lacks('d') && std::string_view(path).ends_with("drop")) return EACCES;
  return is_in_proc(path) ? ENOENT : 0;
}

mode_t mode_of(int flags, va_list more) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(more, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  if (const int error = refusal(path, flags); error != 0) return refuse(error);
  return next<int(const char*, int, mode_t)>("open")(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  if (const int error = refusal(path, flags); error != 0) return refuse(error);
  return next<int(const char*, int, mode_t)>("open64")(path, flags, mode);
}
int stat(const char* path, struct stat* info) noexcept {
  if (is_in_proc(path)) return refuse(ENOENT);
  return next<int(const char*, struct stat*)>("stat")(path, info);
}
int stat64(const char* path, struct stat64* info) noexcept {
  if (is_in_proc(path)) return refuse(ENOENT);
  return next<int(const char*, struct stat64*)>("stat64")(path, info);
}
int access(const char* path, int mode) noexcept {
  if (is_in_proc(path)) return refuse(ENOENT);
  return next<int(const char*, int)>("access")(path, mode);
}
int linkat(int from, const char* old_name, int to, const char* name, int flags) noexcept {
  if (is_in_proc(old_name)) return refuse(ENOENT);
  if (lacks('l')) return refuse(EPERM);
  return next<int(int, const char*, int, const char*, int)>("linkat")(from, old_name, to, name, flags);
}
int link(const char* old_name, const char* name) noexcept {
  if (lacks('l')) return refuse(EPERM);
  return next<int(const char*, const char*)>("link")(old_name, name);
}
int renameat2(int from, const char* old_name, int to, const char* name, unsigned flags) noexcept {
  if (flags != 0 && lacks('f')) return refuse(EINVAL);
  return next<int(int, const char*, int, const char*, unsigned)>("renameat2")(from, old_name, to, name, flags);
}

}  // extern "C"
