#pragma once
// The directory of a vault and what lies in it, apart from the data file.
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "core/base/file.h"
#include "vault/header.h"

namespace kms::vault {

inline constexpr std::string_view kHeaderName = "vault.hdr";
inline constexpr std::string_view kDataName = "data.mdb";
inline constexpr std::string_view kJournalName = "journal";
inline constexpr std::string_view kReaderTableName = "lock.mdb";
inline constexpr std::string_view kLockName = "vault.lock";

std::string file_in(const std::string& directory, std::string_view name);

// FileException unless the directory belongs to this user alone; NotFoundException when there is none.
void require_private_directory(const std::string& path);

// An empty file with mode 0600 whatever the umask is, unless it exists.
void make_private_file(const std::string& path);

// NotFoundException when the directory holds no vault.
void require_header_exists(const std::string& directory);
Bytes read_header_file(const std::string& directory);

// Replaces vault.hdr in one step, and then overwrites the file that it was: a removed slot stays in no free block that
// a file system reuses in place.
class HeaderReplacement {
 public:
  HeaderReplacement(const std::string& directory, ByteView file);  // durable, but not yet there
  void commit();

 private:
  std::string path_;
  OutputFile output_;
};

// Opens data.mdb; VaultDamagedException when it is missing or no file of this user.
UniqueFd open_data_file(const std::string& directory);

// What a crash left of files in the making. Under the exclusive lock only.
void remove_temporary_files(const std::string& directory);

// flock(2) on vault.lock: shared while a vault is in use, exclusive for changes of its files.
class VaultLock {
 public:
  explicit VaultLock(const std::string& directory);
  bool share(std::chrono::milliseconds patience);
  // While it waits, and when it fails, the shared lock is lost: the caller lets go of the data file before.
  bool exclude(std::chrono::milliseconds patience);

 private:
  bool acquire(int operation, std::chrono::milliseconds patience);
  std::string path_;
  UniqueFd fd_;
};

}  // namespace kms::vault
