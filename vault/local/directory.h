#pragma once
// The directory of a vault and what lies in it, apart from the data file.
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/file.h"
#include "vault/sealed/header.h"

namespace kms::vault {

inline constexpr std::string_view kHeaderName = "vault.hdr";
inline constexpr std::string_view kDataName = "data.mdb";
inline constexpr std::string_view kSegmentsName = "audit";  // a directory
inline constexpr std::string_view kJournalName = "journal";
inline constexpr std::string_view kReaderTableName = "lock.mdb";
inline constexpr std::string_view kLockName = "vault.lock";

std::string file_in(const std::string& directory, std::string_view name);

// The directory, held open: its files are reached through the descriptor, whatever becomes of the path meanwhile.
class Directory {
 public:
  // FileException unless it is a directory (and no symbolic link to one) of this user alone; NotFoundException when
  // there is none.
  explicit Directory(std::string path);
  // The one of that name in it; nothing when there is none. FileException as above.
  static std::optional<Directory> find_in(const Directory& parent, std::string_view name);

  const std::string& path() const { return path_; }  // as it was named: for texts
  std::string text(std::string_view name) const { return file_in(path_, name); }
  // For what takes a path, as LMDB does: that of the descriptor in /proc. Without /proc it is the path again, and who
  // can rename a directory above may then put another one in its place between two calls.
  const std::string& route() const { return route_; }
  std::string route(std::string_view name) const { return file_in(route_, name); }
  int fd() const { return fd_.get(); }

 private:
  Directory(std::string path, UniqueFd fd);
  void require_private();  // and learns its route
  std::string path_;
  UniqueFd fd_;
  std::string route_;
};

// Opens a file of the vault; none when it is missing. FileException for anything but a regular file of this user with
// one name: whatever else is written there would be written somewhere else too.
UniqueFd open_own_file(const Directory& directory, std::string_view name, int flags);
// The same for all files that are there, without opening one: with any descriptor of lock.mdb that a process closes it
// loses the POSIX locks by which other processes know that LMDB uses the file. Before anything is written, and before
// LMDB opens two of them by itself.
void require_own_files(const Directory& directory);

// An empty file with mode 0600 whatever the umask is, unless it exists.
void make_private_file(const Directory& directory, std::string_view name);

// NotFoundException when the directory holds no vault.
void require_header_exists(const Directory& directory);
Bytes read_header_file(const Directory& directory);

// Replaces vault.hdr in one step, and then overwrites the file that it was: a removed slot stays in no free block that
// a file system reuses in place.
class HeaderReplacement {
 public:
  // Durable, but not yet there. The directory outlives it.
  HeaderReplacement(const Directory& directory, ByteView file);
  void commit();

 private:
  const Directory& directory_;
  OutputFile output_;
};

// Opens data.mdb; VaultDamagedException when it is missing.
UniqueFd open_data_file(const Directory& directory);

// The next version of a file of the vault.
OutputFile output_for(const Directory& directory, std::string_view name);
// What `action` throws speaks of the directory by its route: here that becomes the path again.
void with_texts(const Directory& directory, const std::function<void()>& action);

// The names of what lies in it.
std::vector<std::string> names_in(const Directory& directory);
bool is_in_the_making(std::string_view name);  // a file that has no other name yet, or was left so
// What a crash left of files in the making. Under the exclusive lock only.
void remove_temporary_files(const Directory& directory);

// flock(2) on vault.lock: shared while a vault is in use, exclusive for changes of its files.
class VaultLock {
 public:
  explicit VaultLock(const Directory& directory);
  bool share(std::chrono::milliseconds patience);
  // While it waits, and when it fails, the shared lock is lost: the caller lets go of the data file before.
  bool exclude(std::chrono::milliseconds patience);

 private:
  bool acquire(int operation, std::chrono::milliseconds patience);
  std::string path_;
  UniqueFd fd_;
};

}  // namespace kms::vault
