// Closing: the oldest entries of a log that has grown leave data.mdb for a segment (vault/vault.md, "Segments").
//
//   step                                          after a crash behind it
//   1. "segment file": written from a transaction that reads, made durable, given its name
//                                                 data.mdb has the entries, and no record names the file: the next
//                                                 closing removes it
//   2. "segment record": in one commit the entries and the tiles over them leave the records, which get the place of
//      the segment and its key                    the entries are in the segment
//
// Between the two, others append, and may prune: step 2 is given up where the log does not begin among the records as
// it did. Who closes has a claim on the directory of the segments, so that nobody takes his file for superfluous.
#include <utility>

#include "core/base/error.h"
#include "core/store/retry.h"
#include "vault/local/open_vault.h"

namespace kms::vault {
namespace {

std::uint64_t width_of(const LogExtent& extent, const Options& options) {
  return extent.width == 0 ? options.segment_entries : extent.width;
}

// Behind the last entry of the next segment.
std::uint64_t end_of_next(const LogExtent& extent, std::uint64_t width) {
  return (extent.closed / width + 1) * width;
}

// What is not as the tree has it stays where it is.
void require_hashes(const RecordTable& table, std::string_view log, const SegmentPlace& place, ByteView hashes) {
  for (std::uint64_t at = 0; at < place.count / formats::kTileWidth; ++at) {
    const Bytes tile = read_tile(table, log, {0, place.first / formats::kTileWidth + at});
    if (equal_secrets(tile, hashes.subspan(at * formats::kFullTileSize, formats::kFullTileSize))) continue;
    throw Error(ErrorCode::kVaultDamaged, "an entry of a log is not the one that its tree has");
  }
}

}  // namespace

// Nothing where the log has not grown enough.
std::optional<LogExtent> OpenVault::due_to_close(const std::string& log) {
  const TransactionGate::Held held(gate_, Hold::kRead);
  require_shared_lock();
  const auto txn = env_->begin(Access::kRead);
  const RecordTable table = table_of(*txn);
  const LogExtent extent = read_extent(table, log);
  const std::uint64_t due_at = extent.closed + 2 * width_of(extent, options_);
  return read_tree(table, log).size() < due_at ? std::nullopt : std::optional(extent);
}

std::vector<std::string> OpenVault::logs_due_to_close() {
  std::vector<std::string> logs;
  {
    const TransactionGate::Held held(gate_, Hold::kRead);
    require_shared_lock();
    const auto txn = env_->begin(Access::kRead);
    logs = names_of_logs(table_of(*txn));
  }
  std::erase_if(logs, [&](const std::string& log) { return !due_to_close(log); });
  return logs;
}

// For a caller that holds the gate.
std::set<SegmentId> OpenVault::named_segments() {
  std::set<SegmentId> named;
  const auto txn = env_->begin(Access::kRead);
  const RecordTable table = table_of(*txn);
  for (const std::string& log : names_of_logs(table)) {
    for (const SegmentPlace& place : read_places(table, log)) named.insert(place.id);
  }
  return named;
}

void OpenVault::remove_superfluous_segments() {
  const TransactionGate::Held held(gate_, Hold::kRead);
  require_shared_lock();
  for (const std::string& name : segment_files_.superfluous(named_segments())) segment_files_.remove(name);
}

NewSegment OpenVault::write_segment(const std::string& log, const LogExtent& before, std::uint64_t end) {
  SegmentPlace place;
  random_.fill(place.id);
  place.first = before.closed;
  place.count = end - before.closed;
  NewSegment made{place, random_.secret(kKeySize)};
  OutputFile file = segment_files_.make(place.id);
  SegmentWriter writer(keys_->id(), place, made.key, random_, [&](ByteView bytes) { file.write(bytes); });
  {
    const TransactionGate::Held held(gate_, Hold::kRead);
    require_shared_lock();
    const auto txn = env_->begin(Access::kRead);
    const RecordTable table = table_of(*txn);
    table.read_log(log, place.first, [&](std::uint64_t number, std::string_view entry) {
      writer.add(as_bytes(entry));
      return number + 1 < end;
    });
    made.place = writer.finish();
    require_hashes(table, log, made.place, writer.hashes());
  }
  segment_files_.with_texts([&] { step("segment file", [&] { file.commit(); }); });
  return made;
}

// False where others changed meanwhile how the log begins.
bool OpenVault::name_segment(const std::string& log, const LogExtent& before, const NewSegment& made,
                             std::uint64_t width) {
  const auto transaction = begin_unfolded(Access::kWrite);
  fold_into(*transaction);
  RecordTable& table = transaction->table();
  if (read_extent(table, log) != before) return false;
  put_segment(table, log, made, width);
  Commit outcome = Commit::kConflict;
  step("segment record", [&] { outcome = transaction->commit(); });
  if (outcome == Commit::kUnknown) throw_unknown_outcome("closing a segment of the trail");
  return outcome == Commit::kDone;
}

bool OpenVault::close_segment(const std::string& log) {
  const auto before = due_to_close(log);
  if (!before) return false;
  const std::uint64_t width = width_of(*before, options_);
  const NewSegment made = write_segment(log, *before, end_of_next(*before, width));
  if (name_segment(log, *before, made, width)) return true;
  segment_files_.remove(made.place.id);
  return false;
}

std::int32_t OpenVault::close_segments() {
  const std::vector<std::string> logs = logs_due_to_close();
  if (logs.empty()) return 0;
  const auto claim = segment_files_.claim();
  if (!claim) return 0;
  remove_superfluous_segments();
  std::int32_t closed = 0;
  for (const std::string& log : logs) closed += close_segment(log) ? 1 : 0;  // unless somebody else did by now
  return closed;
}

}  // namespace kms::vault
