#include "vault/sealed/backup_writing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/error.h"
#include "formats/backup_stream.h"
#include "vault/sealed/log_segments.h"
#include "vault/sealed/log_tree.h"
#include "vault/sealed/slot_table.h"

namespace kms::vault {
namespace {

using formats::BackupStreamWriter;

constexpr std::uint64_t kUncounted = 2;  // beside the pages of their tree: the state itself, and the epoch

void add_part(BackupStreamWriter& out, BackupPart part, ByteView front, ByteView rest = {}) {
  out.add(static_cast<std::uint8_t>(part), front, rest);
}

std::vector<SegmentPlace> all_places(const RecordTable& table, const std::vector<std::string>& logs) {
  std::vector<SegmentPlace> all;
  for (const std::string& log : logs) {
    const auto places = read_places(table, log);
    all.insert(all.end(), places.begin(), places.end());
  }
  return all;
}

// How many entries the data file has. VaultDamagedException unless the records are as many as the state counts.
std::uint64_t count_entries(const EngineTransaction& txn, const State& state) {
  std::uint64_t entries = 0;
  std::uint64_t tree_pages = 0;
  const auto cursor = txn.cursor();
  for (bool more = cursor->first(); more; more = cursor->next(), ++entries) {
    if (as_text(cursor->key()) == kEpochKey) continue;
    const RecordFront front = peek_record(cursor->front_of_value(kRecordFrontSize));
    tree_pages += front.kind == RecordKind::kTree ? 1 : 0;
  }
  if (entries == state.records + tree_pages + kUncounted) return entries;
  throw Error(ErrorCode::kVaultDamaged, "records are missing in data.mdb, or were added: run kmsctl vault check");
}

BackupSummary summary_of(const BackupSource& source, const std::vector<std::string>& logs,
                         const std::vector<SegmentPlace>& places) {
  const State state = source.table.read_state();
  BackupSummary summary;
  summary.time = source.now;
  summary.epoch = source.keys.epoch();
  summary.sequence = state.sequence;
  summary.records = state.records;
  summary.entries = count_entries(source.txn, state);
  summary.segments = places.size();
  for (const SegmentPlace& place : places) summary.segment_bytes += place.bytes;
  summary.made_by = KMSCTL_VERSION;
  for (const std::string& log : logs) {
    const formats::MerkleFrontier tree = read_tree(source.table, log);
    summary.logs.push_back({log, tree.size(), tree.root()});
  }
  return summary;
}

// One section, without what a renewal left: the file that a vault with this data has.
Bytes header_file(const BackupSource& source) {
  Header header;
  header.id = source.keys.id();
  header.generation = 1;
  header.sections = {source.section};
  const Bytes body = encode_header_body(header);
  return encode_header_file(body, {header_mac(source.keys, body)});
}

void write_entries(const BackupSource& source, BackupStreamWriter& out) {
  const auto cursor = source.txn.cursor();
  for (bool more = cursor->first(); more; more = cursor->next()) {
    add_part(out, BackupPart::kEntry, encode_entry_front(cursor->key()), cursor->value());
  }
}

void write_segment_items(const BackupSource& source, BackupStreamWriter& out, const SegmentPlace& place) {
  add_part(out, BackupPart::kSegment, encode_backup_segment(place));
  source.copy_segment(place, [&](ByteView bytes) {
    while (!bytes.empty()) {
      const ByteView piece = bytes.first(std::min(bytes.size(), kBackupPieceSize));
      add_part(out, BackupPart::kPiece, piece);
      bytes = bytes.subspan(piece.size());
    }
  });
}

}  // namespace

BackupSummary write_backup(const BackupSource& source, const BackupSlots& slots, const SlotCosts& costs, Random& random,
                           const formats::WriteFn& write) {
  const SealedBackupHeader header = make_backup_header(source.keys, source.section.slots, slots, random, costs);
  write(header.bytes);
  const std::vector<std::string> logs = names_of_logs(source.table);
  const std::vector<SegmentPlace> places = all_places(source.table, logs);
  BackupSummary summary = summary_of(source, logs, places);
  BackupStreamWriter out(header.secrets.stream, write);
  add_part(out, BackupPart::kSummary, encode_backup_summary(summary));
  add_part(out, BackupPart::kKeys, seal_vault_keys(source.keys, header.secrets.vault_keys, random));
  add_part(out, BackupPart::kHeader, header_file(source));
  write_entries(source, out);
  for (const SegmentPlace& place : places) write_segment_items(source, out, place);
  out.finish();
  return summary;
}

}  // namespace kms::vault
