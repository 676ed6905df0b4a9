#include "vault/local/workshop.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "core/base/encoding.h"
#include "core/base/text.h"

namespace kms::vault {
namespace {

constexpr mode_t kDirectoryMode = 0700;

[[noreturn]] void throw_exists(const std::string& path) {
  throw Error(ErrorCode::kAlreadyExists, cat(path, " exists already"));
}

void require_absent(const std::string& path) {
  struct stat info {};
  if (lstat(path.c_str(), &info) == 0) throw_exists(path);
}

void make_directory(const std::string& path) {
  if (mkdir(path.c_str(), kDirectoryMode) != 0 || chmod(path.c_str(), kDirectoryMode) != 0) {
    throw_file_error(path, errno);
  }
}

void remove_all_in(const Directory& directory) {
  for (const std::string& name : names_in(directory)) unlinkat(directory.fd(), name.c_str(), 0);
}

}  // namespace

std::string new_vault_path(const std::string& path) {
  std::string target = path;
  while (target.size() > 1 && target.ends_with('/')) target.pop_back();
  require_absent(target);
  return target;
}

void make_parents(const std::string& path) {
  const std::string parent = parent_directory(path);
  struct stat info {};
  if (stat(parent.c_str(), &info) == 0) return;
  if (errno != ENOENT) throw_file_error(parent, errno);
  make_parents(parent);
  make_directory(parent);
  sync_directory(parent_directory(parent));
}

Workshop::Workshop(const std::string& target, Random& random)
    : path_(cat(parent_directory(target), "/.kmsctl-", encode_hex(random.bytes(8)))) {
  make_directory(path_);
  made_.emplace(path_);
}

Workshop::~Workshop() {
  if (path_.empty()) return;
  if (made_) {
    try {
      if (const auto segments = Directory::find_in(*made_, kSegmentsName)) remove_all_in(*segments);
      unlinkat(made_->fd(), std::string(kSegmentsName).c_str(), AT_REMOVEDIR);
      remove_all_in(*made_);
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): what is left is seen where it lies
    }
  }
  rmdir(path_.c_str());
}

void Workshop::give_name(const std::string& target) {
  sync_directory(made_->route());
  int result = renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE);
  if (result != 0 && errno == EINVAL) {  // not every file system knows the flag
    require_absent(target);
    result = rename(path_.c_str(), target.c_str());
  }
  if (result != 0 && (errno == EEXIST || errno == ENOTEMPTY)) throw_exists(target);
  if (result != 0) throw_file_error(target, errno);
  path_ = target;  // taken away again, should the name not last
  sync_directory(parent_directory(target));
  path_.clear();
}

void write_first_header(const Directory& directory, const Keys& keys, const std::vector<SlotRecord>& slots,
                        Random& random) {
  Header header;
  header.id = keys.id();
  header.generation = 1;
  header.sections.push_back(make_section(keys, slots, random));
  const Bytes body = encode_header_body(header);
  HeaderReplacement(directory, encode_header_file(body, {header_mac(keys, body)})).commit();
}

void make_first_files(const Directory& directory) {
  for (const auto name : {kDataName, kReaderTableName, kLockName}) make_private_file(directory, name);
}

}  // namespace kms::vault
