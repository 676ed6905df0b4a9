#include "core/audit/stretch_index.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"

namespace kms {
namespace {

constexpr std::size_t kMostListed = 128;            // positions, beyond which a bit each takes less
constexpr std::size_t kTimeSize = 20;               // of a text as iso_seconds() writes it
constexpr std::uint64_t kLatest = 253'402'300'799;  // the last second of the year 9999
constexpr unsigned kVarintBits = 7;
constexpr std::uint8_t kMore = 0x80;  // of a byte of a varint: another one follows

std::string collection_of(std::string_view log) {
  return cat("stretches/", log);
}

ByteReader reader_of(std::string_view record) {
  return {as_bytes(record), ErrorCode::kVaultDamaged, "the index of a log is damaged"};
}

void write_varint(ByteWriter& out, std::uint64_t value) {
  for (; value >= kMore; value >>= kVarintBits) out.u8(static_cast<std::uint8_t>(value | kMore));
  out.u8(static_cast<std::uint8_t>(value));
}

std::uint64_t take_varint(ByteReader& in) {
  constexpr unsigned kMostBits = 63;
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += kVarintBits) {
    in.require(shift < kMostBits);
    const std::uint8_t byte = in.u8();
    value |= static_cast<std::uint64_t>(byte & (kMore - 1U)) << shift;
    if ((byte & kMore) == 0) return value;
  }
}

// Small numbers of either sign as small ones without: 0, -1, 1, -2 are 0, 1, 2, 3.
std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0);
}

std::uint64_t unzigzag(std::uint64_t value) {
  return (value >> 1U) ^ (~(value & 1U) + 1);
}

void write_words(ByteWriter& out, const Positions& positions) {
  for (const std::uint64_t word : positions.words()) out.u64(word);
}

Positions take_words(ByteReader& in) {
  Positions::Words words{};
  for (std::uint64_t& word : words) word = in.u64();
  return Positions(words);
}

void write_positions(ByteWriter& out, const Positions& positions) {
  const std::size_t count = positions.count();
  write_varint(out, count);
  if (count > kMostListed) return write_words(out, positions);
  std::size_t before = 0;
  positions.for_each([&](std::size_t position) { write_varint(out, position - std::exchange(before, position)); });
}

Positions take_positions(ByteReader& in) {
  const std::uint64_t count = take_varint(in);
  in.require(count > 0 && count <= kStretch);
  if (count > kMostListed) return take_words(in);
  Positions positions;
  std::uint64_t position = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t more = take_varint(in);
    in.require(more < kStretch - position);
    position += more;
    positions.add(position);
  }
  return positions;
}

// FNV-1a, folded. Events whose ids have one tag are opened in search of one of them, and nothing else.
std::uint16_t tag_of(std::string_view id) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t tag = 0xcbf29ce484222325;
  for (const char c : id) tag = (tag ^ static_cast<std::uint8_t>(c)) * kPrime;
  return static_cast<std::uint16_t>(tag ^ tag >> 16U ^ tag >> 32U ^ tag >> 48U);
}

// Nothing where it is none as events have it, which alone compare as texts as they do as times.
std::optional<std::int64_t> seconds_of(std::string_view text) {
  if (text.size() != kTimeSize) return std::nullopt;
  const auto time = parse_time(text);
  if (!time || *time < Time()) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count();
}

std::size_t common_size(std::string_view a, std::string_view b) {
  const auto [end, _] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(end - a.begin());
}

void write_list(Bytes& out, const std::map<std::string, Positions, std::less<>>& list) {
  ByteWriter writer(out);
  std::string_view previous;
  for (const auto& [text, positions] : list) {
    const std::size_t shared = common_size(previous, text);
    write_varint(writer, shared);
    write_varint(writer, text.size() - shared);
    writer.text(std::string_view(text).substr(shared));
    write_positions(writer, positions);
    previous = text;
  }
}

}  // namespace

std::optional<StretchIndex> StretchIndex::find(const Transaction& transaction, std::string_view log,
                                               std::uint64_t stretch) {
  auto stored = transaction.get(collection_of(log), std::to_string(stretch));
  if (!stored || reader_of(*stored).u8() != kStretchIndexVersion) return std::nullopt;
  return StretchIndex(*std::move(stored));
}

StretchIndex::StretchIndex(std::string record) : record_(std::move(record)) {
  ByteReader in = reader_of(record_);
  const auto position = [&] { return record_.size() - in.rest().size(); };
  in.require(in.u8() == kStretchIndexVersion);
  std::uint64_t seconds = 0;  // what goes below 0 wraps around
  for (std::int64_t& time : times_) {
    seconds += unzigzag(take_varint(in));
    in.require(seconds <= kLatest);
    time = static_cast<std::int64_t>(seconds);
  }
  tags_at_ = position();
  (void)in.take(kStretch * sizeof(std::uint16_t));
  read_only_ = take_words(in);
  for (auto& list : lists_) {
    const std::uint32_t size = in.u32();
    list = {position(), size};
    (void)in.take(size);
  }
  in.require_end();
}

void StretchIndex::visit(IndexedText kind, const Visit& visit) const {
  const auto [begin, size] = lists_.at(static_cast<std::size_t>(kind));
  ByteReader in = reader_of(std::string_view(record_).substr(begin, size));
  std::string text;
  while (!in.empty()) {
    const std::uint64_t shared = take_varint(in);
    in.require(shared <= text.size());
    text.resize(shared);
    text += as_text(in.take(take_varint(in)));
    if (!visit(text, take_positions(in))) return;
  }
}

Positions StretchIndex::with(IndexedText kind, std::string_view text) const {
  Positions found;
  visit(kind, [&](std::string_view each, const Positions& positions) {
    if (each == text) found = positions;
    return each < text;
  });
  return found;
}

Positions StretchIndex::failed() const {
  Positions found;
  visit(IndexedText::kError, [&](std::string_view /*text*/, const Positions& positions) {
    found |= positions;
    return true;
  });
  return found;
}

Positions StretchIndex::between(std::optional<std::int64_t> from, std::optional<std::int64_t> until) const {
  Positions found;
  for (std::size_t i = 0; i < kStretch; ++i) {
    const std::int64_t time = times_.at(i);
    if (time == 0 || ((!from || time >= *from) && (!until || time < *until))) found.add(i);
  }
  return found;
}

Positions StretchIndex::with_tag(std::uint16_t tag) const {
  Positions found;
  ByteReader in = reader_of(std::string_view(record_).substr(tags_at_));
  for (std::size_t i = 0; i < kStretch; ++i) {
    if (in.u16() == tag) found.add(i);
  }
  return found;
}

void StretchIndex::restrict_to_texts(Positions& left, const EventFilter& filter) const {
  if (!filter.operation.empty()) left &= with(IndexedText::kOperation, filter.operation);
  if (!filter.principal.empty()) left &= with(IndexedText::kPrincipal, filter.principal);
  if (!filter.resource.empty()) left &= with(IndexedText::kResource, filter.resource);
  if (filter.failed) left &= *filter.failed ? failed() : ~failed();
  if (filter.denied) {
    const Positions denied = with(IndexedText::kError, wire_name(ErrorCode::kAccessDenied));
    left &= *filter.denied ? denied : ~denied;
  }
}

Positions StretchIndex::candidates(const EventFilter& filter) const {
  Positions left = between(seconds_of(filter.from), seconds_of(filter.until));
  if (left.empty()) return left;
  if (filter.read_only) left &= *filter.read_only ? read_only_ : ~read_only_;
  if (!filter.id.empty()) left &= with_tag(tag_of(filter.id));
  if (!left.empty()) restrict_to_texts(left, filter);
  return left;
}

void StretchIndexBuilder::add_text(IndexedText kind, std::string_view text) {
  List& list = lists_.at(static_cast<std::size_t>(kind));
  auto found = list.find(text);
  if (found == list.end()) found = list.emplace(text, Positions()).first;
  found->second.add(times_.size());
}

void StretchIndexBuilder::add(const EventParts& event) {
  if (complete()) throw Error(ErrorCode::kInternal, "a stretch of a log has no more events");
  add_text(IndexedText::kOperation, event.operation());
  if (!event.principal().empty()) add_text(IndexedText::kPrincipal, event.principal());
  for (const std::string_view arn : event.resources()) add_text(IndexedText::kResource, arn);
  if (event.failed()) add_text(IndexedText::kError, event.error());
  if (event.read_only()) read_only_.add(times_.size());
  tags_.push_back(tag_of(event.id()));
  times_.push_back(seconds_of(event.time()).value_or(0));
}

std::string StretchIndexBuilder::encode() const {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(kStretchIndexVersion);
  std::int64_t before = 0;
  for (std::size_t i = 0; i < kStretch; ++i) {
    const std::int64_t time = i < times_.size() ? times_[i] : before;
    write_varint(writer, zigzag(time - std::exchange(before, time)));
  }
  for (std::size_t i = 0; i < kStretch; ++i) writer.u16(i < tags_.size() ? tags_[i] : std::uint16_t{0});
  write_words(writer, read_only_);
  for (const List& list : lists_) {
    Bytes texts;
    write_list(texts, list);
    writer.u32(static_cast<std::uint32_t>(texts.size())).bytes(texts);
  }
  return std::string(as_text(out));
}

SideRecord StretchIndexBuilder::record(std::string_view log, std::uint64_t stretch) const {
  if (!complete()) throw Error(ErrorCode::kInternal, "a stretch of a log has more events");
  return {collection_of(log), std::to_string(stretch), encode()};
}

void erase_indexes(Transaction& transaction, std::string_view log, std::uint64_t from, std::uint64_t before) {
  for (std::uint64_t stretch = from / kStretch; stretch < before / kStretch; ++stretch) {
    transaction.erase(collection_of(log), std::to_string(stretch));
  }
}

}  // namespace kms
