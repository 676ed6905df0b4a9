#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <optional>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "vault/local/open_vault.h"
#include "vault/sealed/slot_keys.h"
#include "vault/sealed/slot_table.h"

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

void make_parents(const std::string& path) {
  const std::string parent = parent_directory(path);
  struct stat info {};
  if (stat(parent.c_str(), &info) == 0) return;
  if (errno != ENOENT) throw_file_error(parent, errno);
  make_parents(parent);
  make_directory(parent);
  sync_directory(parent_directory(parent));
}

// The directory in the making. Taken away with its files unless it was given its name.
class Workshop {
 public:
  Workshop(const std::string& target, Random& random)
      : path_(cat(parent_directory(target), "/.kmsctl-", encode_hex(random.bytes(8)))) {
    make_directory(path_);
    made_.emplace(path_);
  }
  ~Workshop() {
    if (path_.empty()) return;
    if (made_) {
      for (const auto name : {kHeaderName, kDataName, kReaderTableName, kLockName}) {
        unlinkat(made_->fd(), std::string(name).c_str(), 0);
      }
      remove_temporary_files(*made_);
    }
    rmdir(path_.c_str());
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  Workshop(Workshop&&) = delete;
  Workshop& operator=(Workshop&&) = delete;

  const Directory& directory() const { return *made_; }

  void give_name(const std::string& target) {
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

 private:
  std::string path_;
  std::optional<Directory> made_;
};

VaultId new_vault_id(Random& random) {
  VaultId id{};
  random.fill(id);
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0fU) | 0x40U);  // RFC 9562 section 5.4
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3fU) | 0x80U);
  return id;
}

void write_header(const Directory& directory, const Keys& keys, const std::vector<SlotRecord>& slots, Random& random) {
  Header header;
  header.id = keys.id();
  header.generation = 1;
  header.sections.push_back(make_section(keys, slots, random));
  const Bytes body = encode_header_body(header);
  HeaderReplacement(directory, encode_header_file(body, {header_mac(keys, body)})).commit();
}

void write_first_records(const Directory& directory, const std::shared_ptr<const Keys>& keys, Random& random,
                         const Options& options, const std::function<void(Transaction&)>& fill) {
  for (const auto name : {kDataName, kReaderTableName, kLockName}) make_private_file(directory, name);
  lmdb::Env env(directory.route(), options.initial_map_bytes);
  const auto commit = [](VaultTransaction& ending, Patience /*patience*/) {
    ending.table().write_state();
    return ending.txn().commit();
  };
  VaultTransaction transaction(env.begin(Access::kWrite), keys, random, Access::kWrite, {}, {commit, [] {}});
  write_epoch(transaction.txn(), keys->epoch());
  transaction.table().start_state({});
  fill(transaction);
  if (transaction.commit() != Commit::kDone) {
    throw Error(ErrorCode::kFile, "data.mdb: the disk failed; no vault was made");
  }
}

}  // namespace

void create(const std::string& path, const std::vector<NewSlot>& slots, Time now, Random& random,
            const Options& options, const std::function<void(Transaction&)>& fill) {
  std::string target = path;
  while (target.size() > 1 && target.ends_with('/')) target.pop_back();
  require_absent(target);
  if (slots.empty()) throw Error(ErrorCode::kInternal, "a vault needs a slot");
  for (const auto& slot : slots) require_credential(slot.kind, *slot.credential);
  make_parents(target);
  Workshop workshop(target, random);
  constexpr std::uint32_t kFirstEpoch = 1;
  const auto keys =
      std::make_shared<Keys>(new_vault_id(random), kFirstEpoch, random.secret(kKeySize), random.secret(kKeySize));
  keys->new_material(random);
  std::vector<SlotRecord> records;
  for (const auto& slot : slots) {
    SlotRecord record;
    record.entry = make_slot(keys->id(), new_slot_id(records, random), slot.kind, *slot.credential, keys->anchor(),
                             random, options);
    put_root(record.entry, keys->root());
    record.principal = slot.principal;
    record.created = now;
    record.label = slot.label;
    records.push_back(std::move(record));
  }
  write_header(workshop.directory(), *keys, records, random);
  write_first_records(workshop.directory(), keys, random, options, fill);
  workshop.give_name(target);
}

Summary inspect(const std::string& path) {
  const Directory directory(path);
  require_header_exists(directory);
  const Header header = parse_header(read_header_file(directory)).header;
  Summary summary;
  summary.vault_id = uuid_text(header.id);
  summary.format_version = kFormatVersion;
  // While a renewal waits to be finished, the later section is the one that data.mdb names.
  for (const auto& slot : header.sections.back().slots) summary.slots.push_back(slot.kind);
  struct stat info {};
  const UniqueFd data = open_data_file(directory);
  if (fstat(data.get(), &info) == 0) summary.data_bytes = static_cast<std::uint64_t>(info.st_size);
  return summary;
}

std::vector<std::string> slot_ids(const std::string& path, SlotKind kind) {
  const Directory directory(path);
  const Header header = parse_header(read_header_file(directory)).header;
  std::vector<std::string> ids;
  for (const auto& slot : header.sections.back().slots) {
    if (slot.kind == kind) ids.push_back(slot_id_text(slot.id));
  }
  return ids;
}

}  // namespace kms::vault
