#include "vault/sealed/log_segments.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/merkle_tile.h"
#include "vault/sealed/record_table.h"

namespace kms::vault {
namespace {

constexpr std::string_view kExtents = "segments";
constexpr std::uint8_t kRecordVersion = 1;

std::string places_of(std::string_view log) {
  return cat("segments/", log);
}

std::string keys_of(std::string_view log) {
  return cat("segment-keys/", log);
}

// A number as an item: of one length, so that they sort.
std::string item_of(std::uint64_t number) {
  constexpr std::size_t kDigits = 20;
  const std::string digits = std::to_string(number);
  return std::string(kDigits - digits.size(), '0') + digits;
}

[[noreturn]] void throw_missing() {
  throw Error(ErrorCode::kVaultDamaged, "a record is missing in a log of the vault");
}

ByteReader reader_of(const OpenedRecord& record) {
  ByteReader in(record.value, ErrorCode::kVaultDamaged, "what the vault knows of the parts of a log is damaged");
  in.require(record.kind == RecordKind::kRecord && in.u8() == kRecordVersion);
  return in;
}

void put_extent(RecordTable& table, std::string_view log, const LogExtent& extent) {
  Bytes value;
  ByteWriter(value).u8(kRecordVersion).u64(extent.begin).u64(extent.closed).u64(extent.width);
  table.put_unremembered({RecordKind::kRecord, kExtents, log}, value);
  table.last_read().reset();
}

void put_place(RecordTable& table, std::string_view log, const SegmentPlace& place) {
  Bytes value;
  ByteWriter out(value);
  out.u8(kRecordVersion).bytes(place.id).u64(place.first).u64(place.count).u64(place.bytes).bytes(place.digest);
  table.put_unremembered({RecordKind::kRecord, places_of(log), item_of(place.first)}, value);
}

// The number that the segment with the entry begins with.
std::uint64_t first_of(const LogExtent& extent, std::uint64_t entry) {
  return std::max(extent.begin, entry / extent.width * extent.width);
}

// How much of a log may leave the records at most: the newest 256 entries stay there.
std::uint64_t most_to_leave(std::uint64_t size) {
  const std::uint64_t groups = size / formats::kTileWidth;
  return groups == 0 ? 0 : (groups - 1) * formats::kTileWidth;
}

// Entries leave the records, and with them the tiles over them alone.
void erase_from_records(RecordTable& table, std::string_view log, std::uint64_t from, std::uint64_t before) {
  table.erase_entries(log, before);
  for (std::uint64_t tile = from / formats::kTileWidth; tile < before / formats::kTileWidth; ++tile) {
    (void)table.erase_unremembered(cat("tiles/", log), cat("0/", std::to_string(tile)));
  }
}

}  // namespace

LogExtent read_extent(const RecordTable& table, std::string_view log) {
  const auto record = table.get(kExtents, log);
  if (!record) return {};
  ByteReader in = reader_of(*record);
  LogExtent extent;
  extent.begin = in.u64();
  extent.closed = in.u64();
  extent.width = in.u64();
  in.require_end();
  const bool aligned = extent.begin % formats::kTileWidth == 0 && extent.closed % formats::kTileWidth == 0 &&
                       extent.width % formats::kTileWidth == 0;
  in.require(aligned && extent.begin <= extent.closed && (extent.width != 0 || extent.begin == extent.closed));
  return extent;
}

SegmentPlace read_place(const RecordTable& table, std::string_view log, const LogExtent& extent, std::uint64_t entry) {
  const std::uint64_t first = first_of(extent, entry);
  const auto record = table.get(places_of(log), item_of(first));
  if (!record) throw_missing();
  ByteReader in = reader_of(*record);
  SegmentPlace place;
  const ByteView id = in.take(place.id.size());
  std::copy(id.begin(), id.end(), place.id.begin());
  place.first = in.u64();
  place.count = in.u64();
  place.bytes = in.u64();
  const ByteView digest = in.take(place.digest.size());
  std::copy(digest.begin(), digest.end(), place.digest.begin());
  in.require_end();
  in.require(place.first == first && place.count != 0 && place.count <= extent.width &&
             place.count % formats::kTileWidth == 0);
  in.require(entry - first < place.count && first + place.count <= extent.closed);
  return place;
}

std::vector<SegmentPlace> read_places(const RecordTable& table, std::string_view log) {
  const LogExtent extent = read_extent(table, log);
  std::vector<SegmentPlace> places;
  for (std::uint64_t next = extent.begin; next < extent.closed; next = places.back().first + places.back().count) {
    places.push_back(read_place(table, log, extent, next));
  }
  return places;
}

std::shared_ptr<const Segment> open_segment(const RecordTable& table, std::string_view log, const SegmentPlace& place) {
  if (table.segments() == nullptr) throw_missing();
  return table.segments()->open(place, [&] {
    auto key = table.get(keys_of(log), item_of(place.first));
    if (!key || key->kind != RecordKind::kSecret || key->secret.size() != kKeySize) throw_missing();
    return std::move(key->secret);
  });
}

bool read_closed(const RecordTable& table, std::string_view log, std::uint64_t from, std::uint64_t to,
                 const Transaction::VisitLog& visit) {
  std::optional<ReadSegment>& last = table.last_read();
  for (std::uint64_t next = from; next < to;) {
    if (!last || last->log != log || last->closed != to || !last->has(next)) {
      const LogExtent extent = read_extent(table, log);
      if (extent.closed != to) throw_missing();
      next = std::max(next, extent.begin);
      if (next == to) return true;
      const SegmentPlace place = read_place(table, log, extent, next);
      last = ReadSegment{std::string(log), to, place, open_segment(table, log, place)};
    }
    const auto segment = last->segment;  // `visit` may read elsewhere
    if (!segment->read(next, visit)) return false;
    next = segment->end();
  }
  return true;
}

std::optional<Bytes> read_closed_tile(const RecordTable& table, std::string_view log, std::uint64_t index) {
  const LogExtent extent = read_extent(table, log);
  if (index < extent.begin / formats::kTileWidth || index >= extent.closed / formats::kTileWidth) return std::nullopt;
  return open_segment(table, log, read_place(table, log, extent, index * formats::kTileWidth))->tile(index);
}

void put_segment(RecordTable& table, std::string_view log, const NewSegment& made, std::uint64_t width) {
  LogExtent extent = read_extent(table, log);
  extent.width = width;
  if (made.place.first != extent.closed) throw Error(ErrorCode::kInternal, "a segment does not follow the one before");
  put_place(table, log, made.place);
  table.put_unremembered({RecordKind::kSecret, keys_of(log), item_of(made.place.first)}, made.key.reveal());
  erase_from_records(table, log, extent.closed, made.place.first + made.place.count);
  extent.closed += made.place.count;
  put_extent(table, log, extent);
}

std::uint64_t begin_after_pruning(const RecordTable& table, std::string_view log, std::uint64_t before) {
  const LogExtent extent = read_extent(table, log);
  const std::uint64_t most =
      std::min(before / formats::kTileWidth * formats::kTileWidth, most_to_leave(table.log_size(log)));
  if (most <= extent.begin) return extent.begin;
  return most < extent.closed ? first_of(extent, most) : most;
}

std::vector<SegmentId> prune_log(RecordTable& table, std::string_view log, std::uint64_t before) {
  std::vector<SegmentId> released;
  table.write_logs();
  LogExtent extent = read_extent(table, log);
  const std::uint64_t begin = begin_after_pruning(table, log, before);
  if (begin == extent.begin) return released;
  for (std::uint64_t next = extent.begin; next < std::min(begin, extent.closed);) {
    const SegmentPlace place = read_place(table, log, extent, next);
    released.push_back(place.id);
    (void)table.erase_unremembered(places_of(log), item_of(place.first));
    (void)table.erase_unremembered(keys_of(log), item_of(place.first));
    next += place.count;
  }
  if (begin > extent.closed) {
    erase_from_records(table, log, extent.closed, begin);
    extent.closed = begin;
  }
  extent.begin = begin;
  put_extent(table, log, extent);
  return released;
}

}  // namespace kms::vault
