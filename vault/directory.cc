#include "vault/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
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

}  // namespace

std::string file_in(const std::string& directory, std::string_view name) {
  return cat(directory, "/", name);
}

void require_private_directory(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) throw Error(ErrorCode::kNotFound, cat("there is no vault at ", path));
    throw_file_error(path, errno);
  }
  if (!S_ISDIR(info.st_mode)) throw_file_error(path, ENOTDIR);
  if (info.st_uid != geteuid()) {
    throw Error(ErrorCode::kFile, cat(path, ": the vault belongs to another user (uid ", std::to_string(info.st_uid),
                                      "); run as its owner"));
  }
  if ((info.st_mode & kOthers) != 0) {
    std::array<char, 8> mode{};
    (void)std::snprintf(mode.data(), mode.size(), "%04o", static_cast<unsigned>(info.st_mode & 07777U));
    throw Error(ErrorCode::kFile,
                cat(path, ": the vault is open to other users (mode ", mode.data(), "); run: chmod 700 ", path));
  }
}

void make_private_file(const std::string& path) {
  const UniqueFd fd(open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, kFileMode));
  if (!fd && errno == EEXIST) return;
  if (!fd || fchmod(fd.get(), kFileMode) != 0) throw_file_error(path, errno);
}

void require_header_exists(const std::string& directory) {
  if (access(file_in(directory, kHeaderName).c_str(), F_OK) == 0) return;
  throw Error(ErrorCode::kNotFound, cat("there is no vault at ", directory));
}

Bytes read_header_file(const std::string& directory) {
  const std::string path = file_in(directory, kHeaderName);
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) {
    if (errno == ENOENT) throw Error(ErrorCode::kNotFound, cat("there is no vault at ", directory));
    throw_file_error(path, errno);
  }
  Bytes file(kHeaderLimit + 1);  // one more than allowed: too long is then seen by the parser
  file.resize(read_up_to(fd.get(), file, path));
  return file;
}

HeaderReplacement::HeaderReplacement(const std::string& directory, ByteView file)
    : path_(file_in(directory, kHeaderName)), output_(path_, true) {
  output_.write(file);
  if (fsync(output_.fd()) != 0) throw_file_error(path_, errno);
}

void HeaderReplacement::commit() {
  const UniqueFd old(open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  output_.commit();
  if (!old) return;
  // As well as it can be done: whether the same blocks are written is up to the file system.
  struct stat info {};
  if (fstat(old.get(), &info) != 0 || info.st_nlink != 0) return;
  const Bytes zeros(static_cast<std::size_t>(info.st_size));
  if (pwrite(old.get(), zeros.data(), zeros.size(), 0) >= 0) (void)fsync(old.get());
}

UniqueFd open_data_file(const std::string& directory) {
  const std::string path = file_in(directory, kDataName);
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd && errno == ENOENT) throw Error(ErrorCode::kVaultDamaged, cat(path, " is missing"));
  if (!fd) throw_file_error(path, errno);
  struct stat info {};
  if (fstat(fd.get(), &info) != 0) throw_file_error(path, errno);
  if (!S_ISREG(info.st_mode)) throw Error(ErrorCode::kVaultDamaged, cat(path, " is no regular file"));
  return fd;
}

void remove_temporary_files(const std::string& directory) {
  const std::unique_ptr<DIR, CloseDirectory> listing(opendir(directory.c_str()));
  if (!listing) return;
  while (const dirent* entry = readdir(listing.get())) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name.starts_with(kTemporaryPrefix)) unlink(file_in(directory, name).c_str());
  }
}

VaultLock::VaultLock(const std::string& directory) : path_(file_in(directory, kLockName)) {
  make_private_file(path_);
  fd_ = UniqueFd(open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!fd_) throw_file_error(path_, errno);
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
