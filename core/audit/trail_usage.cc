#include "core/audit/trail_usage.h"

#include <algorithm>
#include <chrono>

#include "core/audit/event_text.h"

namespace kms {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::size_t kDateSize = 10;  // of the beginning of a time as iso_seconds() writes it

std::int64_t day_of(std::int64_t time) {
  return time / kDaySeconds;
}

std::uint64_t& count_of_day(UsageCount& of, std::int64_t day) {
  // From the newest event on: mostly it is the day that came last.
  const auto found =
      std::find_if(of.days.rbegin(), of.days.rend(), [&](const auto& each) { return each.first == day; });
  return found != of.days.rend() ? found->second : of.days.emplace_back(day, 0).second;
}

}  // namespace

void UsageCount::add(std::int64_t time, bool failed, std::int64_t first_day) {
  ++count;
  errors += failed ? 1U : 0U;
  last = std::max(last, time);
  if (day_of(time) >= first_day) ++count_of_day(*this, day_of(time));
}

void UsageCount::add(const UsageCount& other) {
  count += other.count;
  errors += other.errors;
  last = std::max(last, other.last);
  for (const auto& [day, of_day] : other.days) count_of_day(*this, day) += of_day;
}

Positions TrailUsage::asked_for(const StretchIndex& index, const Positions& there) const {
  Positions events = there & index.between(question_.from, question_.until);
  if (!question_.resource.empty() && !events.empty()) {
    events &= index.with(IndexedText::kResource, question_.resource);
  }
  if (!question_.operations.empty() && !events.empty()) {
    Positions any;
    for (const std::string& operation : question_.operations) any |= index.with(IndexedText::kOperation, operation);
    events &= any;
  }
  return events;
}

void TrailUsage::add_group(std::string_view name, const StretchIndex& index, const Positions& events,
                           const Positions& failed) {
  if (events.empty()) return;
  auto found = groups_.find(name);
  if (found == groups_.end()) found = groups_.emplace(name, UsageCount()).first;
  events.for_each([&](std::size_t position) {
    found->second.add(index.times().at(position), failed.has(position), question_.first_day);
  });
}

void TrailUsage::add_texts(IndexedText kind, const StretchIndex& index, const Positions& events,
                           const Positions& failed) {
  Positions nameless = events;
  index.visit(kind, [&](std::string_view text, const Positions& positions) {
    nameless &= ~positions;
    if (kind == IndexedText::kResource && text.find(":key/") == std::string_view::npos) return true;
    add_group(text, index, events & positions, failed);
    return true;
  });
  if (kind == IndexedText::kPrincipal) add_group(kUpkeepPrincipal, index, nameless, failed);
}

void TrailUsage::add_days(const StretchIndex& index, const Positions& events, const Positions& failed) {
  std::map<std::int64_t, Positions> days;
  events.for_each([&](std::size_t position) { days[day_of(index.times().at(position))].add(position); });
  for (const auto& [day, positions] : days) add_group(name_of_day(day), index, positions, failed);
}

void TrailUsage::add(const StretchIndex& index, const Positions& there) {
  const Positions events = asked_for(index, there);
  if (events.empty()) return;
  const Positions failed = index.failed();
  events.for_each(
      [&](std::size_t position) { total_.add(index.times().at(position), failed.has(position), question_.first_day); });
  switch (question_.by) {
    case UsageKind::kKey:
      return add_texts(IndexedText::kResource, index, events, failed);
    case UsageKind::kPrincipal:
      return add_texts(IndexedText::kPrincipal, index, events, failed);
    case UsageKind::kOperation:
      return add_texts(IndexedText::kOperation, index, events, failed);
    case UsageKind::kError:
      return add_texts(IndexedText::kError, index, events, failed);
    case UsageKind::kDay:
      return add_days(index, events, failed);
  }
}

UsageReading count_usage(const Transaction& transaction, std::string_view log, TrailUsage& usage, std::uint64_t most) {
  UsageReading reading;
  const std::uint64_t head = transaction.log_size(log);
  const std::uint64_t oldest = transaction.log_begin(log);
  std::uint64_t opened = 0;
  for (std::uint64_t stretch = (head + kStretch - 1) / kStretch; stretch-- > oldest / kStretch;) {
    const std::uint64_t begin = std::max(stretch * kStretch, oldest);
    const std::uint64_t size = std::min<std::uint64_t>((stretch + 1) * kStretch, head) - begin;
    if ((stretch + 1) * kStretch <= head) {
      if (const auto index = StretchIndex::find(transaction, log, stretch)) {
        usage.add(*index, ~Positions::first(kStretch - size));
        continue;
      }
    }
    if (opened >= most) {
      reading.unread += size;
      continue;
    }
    StretchIndexBuilder builder;
    transaction.read_log(log, begin, [&](std::uint64_t /*number*/, std::string_view text) {
      builder.add(EventParts(text));
      return builder.size() < size;
    });
    opened += size;
    usage.add(StretchIndex(builder.encode()), Positions::first(size));
    if (builder.complete()) reading.indexes.push_back(builder.record(log, stretch));
  }
  return reading;
}

std::string name_of_day(std::int64_t day) {
  return iso_seconds(Time(std::chrono::days(day))).substr(0, kDateSize);
}

}  // namespace kms
