#pragma once
// What the records know of the part of a log that has left them (vault/vault.md, "Segments"), and how a part leaves:
//   collection "segments", item LOG          where the log begins, and up to where it is in segments
//   collection "segments/LOG", item NUMBER   the place of the segment that begins with this entry
//   secrets "segment-keys/LOG", item NUMBER  its key
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/secret_bytes.h"
#include "core/store/store.h"
#include "vault/sealed/segment.h"

namespace kms::vault {

class RecordTable;

// Numbers of entries, multiples of 256. The entries before `begin` were pruned, those before `closed` are in segments,
// and the others among the records. A segment begins at `begin` or at a multiple of `width`, and ends before the next
// multiple of it: so the place of an entry is known without looking for it. All zero of a log of which nothing left.
struct LogExtent {
  std::uint64_t begin = 0;
  std::uint64_t closed = 0;
  std::uint64_t width = 0;
  bool operator==(const LogExtent&) const = default;
};
LogExtent read_extent(const RecordTable& table, std::string_view log);

// The place of the segment that has the entry, which is one before `closed` and not before `begin`.
SegmentPlace read_place(const RecordTable& table, std::string_view log, const LogExtent& extent, std::uint64_t entry);
// All of a log, from the first to the last.
std::vector<SegmentPlace> read_places(const RecordTable& table, std::string_view log);
// Opens it. VaultDamagedException as Segments::open(), also without files at all.
std::shared_ptr<const Segment> open_segment(const RecordTable& table, std::string_view log, const SegmentPlace& place);

// Visits the entries from `from` to before `to`, which are not among the records: those that were pruned are passed
// over. Whether `visit` wanted to go on.
bool read_closed(const RecordTable& table, std::string_view log, std::uint64_t from, std::uint64_t to,
                 const Transaction::VisitLog& visit);
// A tile of level 0 out of a segment; nothing where it is in none.
std::optional<Bytes> read_closed_tile(const RecordTable& table, std::string_view log, std::uint64_t index);

// A segment that was written, and is on the disk.
struct NewSegment {
  SegmentPlace place;
  SecretBytes key;
};
// Its entries leave the records, which from here on name it. It begins where the log does among the records, and ends
// at a multiple of `width`.
void put_segment(RecordTable& table, std::string_view log, const NewSegment& made, std::uint64_t width);

// Where the log would begin if what is before `before` were pruned: whole segments, or all of them and groups of 256
// behind them. The newest 256 entries stay among the records.
std::uint64_t begin_after_pruning(const RecordTable& table, std::string_view log, std::uint64_t before);
// Does it, and answers which segments have no record any more.
std::vector<SegmentId> prune_log(RecordTable& table, std::string_view log, std::uint64_t before);

}  // namespace kms::vault
