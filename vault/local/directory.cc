#include "vault/local/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>
#include <thread>

#include "core/base/text.h"

namespace kms::vault {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kOthers = 077;
constexpr std::string_view kTemporaryPrefix = ".kmsctl-";  // of OutputFile

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};

constexpr std::string_view kLink = "a symbolic link";
constexpr std::string_view kNotRegular = "no regular file";

[[noreturn]] void refuse(const Directory& directory, std::string_view name, std::string_view what) {
  throw Error(ErrorCode::kFile, cat(directory.text(name), ": ", what,
                                    "; the files of a vault are regular files of its owner with one name each"));
}

void require_own(const Directory& directory, std::string_view name, const struct stat& info) {
  if (S_ISLNK(info.st_mode)) refuse(directory, name, kLink);
  if (!S_ISREG(info.st_mode)) refuse(directory, name, kNotRegular);
  if (info.st_uid != geteuid()) refuse(directory, name, "a file of another user");
  if (info.st_nlink > 1) refuse(directory, name, "a file with another name elsewhere");  // none: it was replaced
}

[[noreturn]] void throw_no_vault(const std::string& path) {
  if (path.empty()) {
    throw Error(ErrorCode::kNotFound,
                "no vault is named, and there is no home directory that would have one: give "
                "--vault, or set KMSCTL_VAULT");
  }
  throw Error(ErrorCode::kNotFound,
              cat("there is no vault at ", path, ": make one with kmsctl init, or name another with --vault"));
}

}  // namespace

std::string file_in(const std::string& directory, std::string_view name) {
  return cat(directory, "/", name);
}

Directory::Directory(std::string path) : path_(std::move(path)) {
  while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();  // behind a slash a link would be followed
  fd_ = UniqueFd(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd_) {
    if (errno == ENOENT) throw_no_vault(path_);
    const int error = errno;
    struct stat link {};
    if (lstat(path_.c_str(), &link) == 0 && S_ISLNK(link.st_mode)) {
      throw Error(ErrorCode::kFile, cat(path_, ": a symbolic link: name the directory of the vault itself"));
    }
    throw_file_error(path_, error);
  }
  require_private();
}

std::optional<Directory> Directory::find_in(const Directory& parent, std::string_view name) {
  const std::string file(name);
  UniqueFd fd(openat(parent.fd(), file.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd && errno == ENOENT) return std::nullopt;
  if (!fd && (errno == ELOOP || errno == ENOTDIR)) {
    throw Error(ErrorCode::kFile, cat(parent.text(name), ": no directory of the vault"));
  }
  if (!fd) throw_file_error(parent.text(name), errno);
  return Directory(parent.text(name), std::move(fd));
}

Directory::Directory(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {
  require_private();
}

void Directory::require_private() {
  struct stat info {};
  if (fstat(fd_.get(), &info) != 0) throw_file_error(path_, errno);
  if (info.st_uid != geteuid()) {
    throw Error(ErrorCode::kFile, cat(path_, ": the vault belongs to another user (uid ", std::to_string(info.st_uid),
                                      "); run as its owner"));
  }
  if ((info.st_mode & kOthers) != 0) {
    std::array<char, 8> mode{};
    (void)std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(info.st_mode & 07777U));
    throw Error(ErrorCode::kFile,
                cat(path_, ": the vault is open to other users (mode ", mode.data(), "); run: chmod 700 ", path_));
  }

  route_ = cat("/proc/self/fd/", std::to_string(fd_.get()));
  struct stat other {};
  const bool works = stat(route_.c_str(), &other) == 0 && other.st_dev == info.st_dev && other.st_ino == info.st_ino;
  if (!works) route_ = path_;
}

UniqueFd open_own_file(const Directory& directory, std::string_view name, int flags) {
  // O_NONBLOCK: a pipe with that name must not make anybody wait.
  const std::string file(name);
  UniqueFd fd(openat(directory.fd(), file.c_str(), flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd && errno == ENOENT) return fd;
  if (!fd && errno == ELOOP) refuse(directory, name, kLink);
  if (!fd && errno == ENXIO) refuse(directory, name, kNotRegular);
  if (!fd) throw_file_error(directory.text(name), errno);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) throw_file_error(directory.text(name), errno);
  require_own(directory, name, info);
  return fd;
}

void require_own_files(const Directory& directory) {
  for (const auto name : {kHeaderName, kDataName, kJournalName, kReaderTableName, kLockName}) {
    struct stat info {};
    if (fstatat(directory.fd(), std::string(name).c_str(), &info, AT_SYMLINK_NOFOLLOW) == 0) {
      require_own(directory, name, info);
    } else if (errno != ENOENT) {
      throw_file_error(directory.text(name), errno);
    }
  }
}

void make_private_file(const Directory& directory, std::string_view name) {
  const std::string file(name);
  const UniqueFd fd(
      openat(directory.fd(), file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!fd && errno == EEXIST) return;
  if (!fd || fchmod(fd.get(), kFileMode) != 0) throw_file_error(directory.text(name), errno);
}

void require_header_exists(const Directory& directory) {
  if (open_own_file(directory, kHeaderName, O_RDONLY)) return;
  throw_no_vault(directory.path());
}

Bytes read_header_file(const Directory& directory) {
  const UniqueFd fd = open_own_file(directory, kHeaderName, O_RDONLY);
  if (!fd) throw_no_vault(directory.path());
  Bytes file(kHeaderLimit + 1);  // one more than allowed: too long is then seen by the parser
  file.resize(read_up_to(fd.get(), file, directory.text(kHeaderName)));
  return file;
}

OutputFile output_for(const Directory& directory, std::string_view name) {
  std::optional<OutputFile> output;
  with_texts(directory, [&] { output.emplace(directory.route(name), true); });
  return *std::move(output);
}

void with_texts(const Directory& directory, const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    std::string text = error.what();
    const std::size_t at = text.find(directory.route());
    if (at == std::string::npos) throw;
    throw Error(error.code(), text.replace(at, directory.route().size(), directory.path()));
  }
}

HeaderReplacement::HeaderReplacement(const Directory& directory, ByteView file)
    : directory_(directory), output_(output_for(directory, kHeaderName)) {
  with_texts(directory_, [&] {
    output_.write(file);
    if (fsync(output_.fd()) != 0) throw_file_error(directory_.text(kHeaderName), errno);
  });
}

void HeaderReplacement::commit() {
  const UniqueFd old = open_own_file(directory_, kHeaderName, O_WRONLY);
  with_texts(directory_, [&] { output_.commit(); });
  if (!old) return;
  // As well as it can be done: whether the same blocks are written is up to the file system.
  struct stat info {};
  if (fstat(old.get(), &info) != 0 || info.st_nlink != 0) return;
  const Bytes zeros(static_cast<std::size_t>(info.st_size));
  if (pwrite(old.get(), zeros.data(), zeros.size(), 0) >= 0) (void)fsync(old.get());
}

UniqueFd open_data_file(const Directory& directory) {
  UniqueFd fd = open_own_file(directory, kDataName, O_RDONLY);
  if (!fd) throw Error(ErrorCode::kVaultDamaged, cat(directory.text(kDataName), " is missing"));
  return fd;
}

std::vector<std::string> names_in(const Directory& directory) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, CloseDirectory> listing(opendir(directory.route().c_str()));
  if (!listing) return names;
  while (const dirent* entry = readdir(listing.get())) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") names.emplace_back(name);
  }
  return names;
}

bool is_in_the_making(std::string_view name) {
  return name.starts_with(kTemporaryPrefix);
}

void remove_temporary_files(const Directory& directory) {
  for (const std::string& name : names_in(directory)) {
    if (is_in_the_making(name)) unlinkat(directory.fd(), name.c_str(), 0);
  }
}

VaultLock::VaultLock(const Directory& directory) : path_(directory.text(kLockName)) {
  make_private_file(directory, kLockName);
  fd_ = open_own_file(directory, kLockName, O_RDWR);
  if (!fd_) throw_file_error(path_, ENOENT);
}

bool VaultLock::share(std::chrono::milliseconds patience) {
  return acquire(LOCK_SH, patience);
}

bool VaultLock::exclude(std::chrono::milliseconds patience) {
  return acquire(LOCK_EX, patience);
}

bool VaultLock::acquire(int operation, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kStep{10};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (flock(fd_.get(), operation | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) throw_file_error(path_, errno);
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kStep);
  }
  return true;
}

}  // namespace kms::vault
