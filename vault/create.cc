#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "vault/directory.h"
#include "vault/metadata.h"
#include "vault/open_vault.h"
#include "vault/slot_keys.h"

namespace kms::vault {
namespace {

constexpr std::uint32_t kFirstEpoch = 1;

void make_directory(const std::string& path) {
  if (mkdir(path.c_str(), S_IRWXU) != 0) throw_file_error(path, errno);
  if (chmod(path.c_str(), S_IRWXU) != 0) throw_file_error(path, errno);
}

void make_parents(const std::string& path) {  // NOLINT(misc-no-recursion)
  const std::string parent = parent_directory(path);
  struct stat info {};
  if (parent == path || stat(parent.c_str(), &info) == 0) return;
  make_parents(parent);
  if (mkdir(parent.c_str(), S_IRWXU) != 0 && errno != EEXIST) throw_file_error(parent, errno);
}

// The vault in the making; gone again unless it is finished.
class Workplace {
 public:
  Workplace(const std::string& target, Random& random)
      : target_(target), path_(cat(target, ".new-", encode_hex(random.bytes(8)))) {
    make_directory(path_);
  }
  ~Workplace() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const std::string& path() const { return path_; }
  void finish() {
    sync_directory(path_);
    if (renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_NOREPLACE) != 0) {
      if (errno == EEXIST) throw Error(ErrorCode::kAlreadyExists, cat(target_, " exists"));
      throw_file_error(target_, errno);
    }
    path_.clear();
    sync_directory(parent_directory(target_));
  }

 private:
  std::string target_;
  std::string path_;
};

void write_first_records(const std::string& path, const Keys& keys, Random& random, const Options& options) {
  lmdb::Env env(path, options.initial_map_bytes);
  lmdb::Txn txn(env, true);
  Bytes epoch;
  ByteWriter(epoch).u32(kFirstEpoch);
  txn.put(as_bytes(kEpochKey), epoch);
  RecordTable table(txn, keys, random);
  table.start_state({});
  table.write_state();
  txn.commit();
}

std::string without_trailing_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

void create(const std::string& path, const std::vector<NewSlot>& slots, Time now, Random& random,
            const Options& options, const std::function<void(Transaction&)>& fill) {
  const std::string target = without_trailing_slash(path);
  struct stat info {};
  if (lstat(target.c_str(), &info) == 0) throw Error(ErrorCode::kAlreadyExists, cat(target, " exists"));
  make_parents(target);
  Workplace workplace(target, random);

  Header header;
  random.fill(header.id);
  header.generation = 1;
  Keys keys(header.id, kFirstEpoch, random.secret(kKeySize), random.secret(kKeySize));
  keys.new_material(random);
  Section section{kFirstEpoch, {}, keys.seal_material(random), {}};
  std::vector<Slot> described;
  for (const NewSlot& slot : slots) {
    SlotId id{};
    random.fill(id);
    SlotEntry& entry = section.slots.emplace_back(
        make_slot(header.id, id, slot.kind, *slot.credential, keys.anchor(), random, options));
    put_root(entry, keys.root());
    described.push_back({slot_text(id), slot.kind, slot.principal, now});
  }
  section.metadata = seal_metadata(keys, described, random);
  header.sections.push_back(std::move(section));
  const Bytes body = encode_header_body(header);
  HeaderReplacement(workplace.path(), encode_header_file(body, {header_mac(keys, body)})).commit();
  write_first_records(workplace.path(), keys, random, options);

  {
    const auto vault =
        Vault::open(workplace.path(), {slots.front().kind, SecretBytes::copy_of(slots.front().credential->reveal())},
                    random, options);
    const auto transaction = vault->begin(Access::kWrite);
    fill(*transaction);
    transaction->commit();
  }
  workplace.finish();
}

}  // namespace kms::vault
