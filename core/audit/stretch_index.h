#pragma once
// An index of a log, so that a list opens what it answers and little else. The events from number 1024 k on, up to 1024
// of them, are stretch k; once all of it is there it does not change, and an index of it may be left: of which texts
// occur in which of its events, of when each was, and a tag of each id. Stretches without one are read: no call has to
// keep it. It says what may be wanted; who opens an event looks whether it is.
//
// The record (version 3; 1 and 2 knew less, and are made anew). Numbers are big-endian; a varint has seven bits a byte,
// the lowest first, and the highest bit set where another byte follows:
//   u8 version | 1024 times | 1024 u16 tags of ids | positions that read only, 16 u64 | four lists
//   time: varint, zigzag: seconds more than the one before, the first since 1970; 0 since 1970 where it cannot be told
//   list, of operations, principals, resources, errors: u32 size in bytes, and for each text, ascending:
//   varint count of bytes that it begins with like the one before | varint count of others | these |
//   varint count of positions | up to 128: each as a varint, as much more than the one before; else 16 u64, a bit each
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/audit/event_filter.h"
#include "core/audit/event_parts.h"
#include "core/audit/positions.h"
#include "core/base/bytes.h"
#include "core/store/store.h"

namespace kms {

inline constexpr std::uint8_t kStretchIndexVersion = 3;

// Which texts of an event have their positions.
enum class IndexedText : std::uint8_t { kOperation, kPrincipal, kResource, kError };
inline constexpr std::size_t kIndexedTexts = 4;

// The index of one whole stretch, as it was left. Its functions throw VaultDamagedException where it is damaged.
class StretchIndex {
 public:
  // Nothing when there is none of this version.
  static std::optional<StretchIndex> find(const Transaction& transaction, std::string_view log, std::uint64_t stretch);
  explicit StretchIndex(std::string record);

  // Seconds since 1970 of each event; 0 where they cannot be told.
  const std::array<std::int64_t, kStretch>& times() const { return times_; }
  const Positions& read_only() const { return read_only_; }
  // In ascending order of the texts, each as EventParts has it; goes on while `visit` answers true.
  using Visit = std::function<bool(std::string_view text, const Positions& positions)>;
  void visit(IndexedText kind, const Visit& visit) const;
  Positions with(IndexedText kind, std::string_view text) const;
  Positions failed() const;
  // From `from` on and before `until`, in seconds since 1970; those of no known time are among them.
  Positions between(std::optional<std::int64_t> from, std::optional<std::int64_t> until) const;
  // All events that the filter accepts, and of others only some that have the tag of its id.
  Positions candidates(const EventFilter& filter) const;

 private:
  void restrict_to_texts(Positions& left, const EventFilter& filter) const;
  Positions with_tag(std::uint16_t tag) const;
  std::string record_;
  std::array<std::int64_t, kStretch> times_{};
  std::size_t tags_at_ = 0;  // in the record, as what follows
  Positions read_only_;
  std::array<std::pair<std::size_t, std::size_t>, kIndexedTexts> lists_{};  // where each begins, and its size
};

// Makes the index of a stretch of its events.
class StretchIndexBuilder {
 public:
  // In order, each once; beyond a stretch they are refused.
  void add(const EventParts& event);
  std::size_t size() const { return times_.size(); }
  bool complete() const { return size() == kStretch; }
  // As StretchIndex reads it. Where it is not complete, nothing is known of the events that are missing.
  std::string encode() const;
  // Only when complete.
  SideRecord record(std::string_view log, std::uint64_t stretch) const;

 private:
  using List = std::map<std::string, Positions, std::less<>>;
  void add_text(IndexedText kind, std::string_view text);
  std::vector<std::int64_t> times_;
  std::vector<std::uint16_t> tags_;
  Positions read_only_;
  std::array<List, kIndexedTexts> lists_;
};

// Of the stretches that are wholly before the number: of events that were pruned.
void erase_indexes(Transaction& transaction, std::string_view log, std::uint64_t from, std::uint64_t before);

}  // namespace kms
