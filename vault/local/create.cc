#include <sys/stat.h>

#include "vault/local/open_vault.h"
#include "vault/local/workshop.h"
#include "vault/sealed/slot_keys.h"
#include "vault/sealed/slot_table.h"

namespace kms::vault {
namespace {

VaultId new_vault_id(Random& random) {
  VaultId id{};
  random.fill(id);
  id[6] = static_cast<std::uint8_t>((id[6] & 0x0fU) | 0x40U);  // RFC 9562 section 5.4
  id[8] = static_cast<std::uint8_t>((id[8] & 0x3fU) | 0x80U);
  return id;
}

void write_first_records(const Directory& directory, const std::shared_ptr<const Keys>& keys, Random& random,
                         const Options& options, const std::function<void(Transaction&)>& fill) {
  make_first_files(directory);
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
  const std::string target = new_vault_path(path);
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
  write_first_header(workshop.directory(), *keys, records, random);
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
