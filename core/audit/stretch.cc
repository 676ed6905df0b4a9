#include "core/audit/stretch.h"

#include <algorithm>
#include <utility>

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms {
namespace {

constexpr std::uint8_t kVersion = 2;  // 1 said nothing of how events ended, and is made anew
constexpr char kOperation = 'o';
constexpr char kPrincipal = 'p';
constexpr char kResource = 'r';

// FNV-1a. Who finds two texts with one tag makes a list read more, and nothing else.
std::uint64_t tag_of(char kind, std::string_view text) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  std::uint64_t tag = 0xcbf29ce484222325;
  const auto mix = [&](char c) { tag = (tag ^ static_cast<std::uint8_t>(c)) * kPrime; };
  mix(kind);
  for (const char c : text) mix(c);
  return tag;
}

constexpr unsigned kFailed = 1;
constexpr unsigned kDenied = 2;
constexpr unsigned kReadOnly = 4;
constexpr unsigned kEndings = 8;

// How an event ended, one of kEndings ways.
unsigned ending_of(const EventParts& event) {
  return (event.failed() ? kFailed : 0U) | (event.denied() ? kDenied : 0U) | (event.read_only() ? kReadOnly : 0U);
}

bool is_as_wanted(const std::optional<bool>& wanted, bool is) {
  return !wanted || *wanted == is;
}

bool accepts_ending(const EventFilter& filter, unsigned ending) {
  return is_as_wanted(filter.failed, (ending & kFailed) != 0) && is_as_wanted(filter.denied, (ending & kDenied) != 0) &&
         is_as_wanted(filter.read_only, (ending & kReadOnly) != 0);
}

std::string collection_of(std::string_view log) {
  return cat("stretches/", log);
}

std::string take_text(ByteReader& in) {
  return std::string(as_text(in.take(in.u16())));
}

}  // namespace

bool EventFilter::asks_for_anything() const {
  return !operation.empty() || !principal.empty() || !resource.empty() || !from.empty() || !until.empty() ||
         !id.empty() || failed || denied || read_only;
}

bool EventFilter::accepts(const EventParts& event) const {
  if (!operation.empty() && event.operation() != operation) return false;
  if (!id.empty() && event.id() != id) return false;
  if (!accepts_ending(*this, ending_of(event))) return false;
  if (!principal.empty() && event.principal() != principal) return false;
  if (!from.empty() && event.time() < from) return false;
  if (!until.empty() && event.time() >= until) return false;
  const auto& about = event.resources();
  return resource.empty() || std::find(about.begin(), about.end(), resource) != about.end();
}

void StretchSummary::add(const EventParts& event) {
  if (!any_ || event.time() < earliest_) earliest_ = event.time();
  if (event.time() > latest_) latest_ = event.time();
  any_ = true;
  endings_ = static_cast<std::uint8_t>(endings_ | (1U << ending_of(event)));
  tags_.push_back(tag_of(kOperation, event.operation()));
  if (!event.principal().empty()) tags_.push_back(tag_of(kPrincipal, event.principal()));
  for (const std::string_view arn : event.resources()) tags_.push_back(tag_of(kResource, arn));
}

bool StretchSummary::has(char kind, std::string_view text) const {
  return text.empty() || std::binary_search(tags_.begin(), tags_.end(), tag_of(kind, text));
}

bool StretchSummary::may_hold(const EventFilter& filter) const {
  if (!filter.from.empty() && latest_ < filter.from) return false;
  if (!filter.until.empty() && earliest_ >= filter.until) return false;
  bool ends_so = false;
  for (unsigned ending = 0; ending < kEndings; ++ending) {
    ends_so = ends_so || ((endings_ & (1U << ending)) != 0 && accepts_ending(filter, ending));
  }
  if (!ends_so) return false;
  return has(kOperation, filter.operation) && has(kPrincipal, filter.principal) && has(kResource, filter.resource);
}

std::unique_ptr<StretchSummary> StretchSummary::find(const Transaction& transaction, std::string_view log,
                                                     std::uint64_t stretch) {
  const auto stored = transaction.get(collection_of(log), std::to_string(stretch));
  if (!stored) return nullptr;
  ByteReader in(as_bytes(*stored), ErrorCode::kVaultDamaged, "the index of a log is damaged");
  if (in.u8() != kVersion) return nullptr;
  auto summary = std::make_unique<StretchSummary>();
  summary->endings_ = in.u8();
  summary->earliest_ = take_text(in);
  summary->latest_ = take_text(in);
  while (!in.empty()) summary->tags_.push_back(in.u64());
  return summary;
}

SideRecord StretchSummary::record(std::string_view log, std::uint64_t stretch) const {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(kVersion).u8(endings_);
  for (const std::string* time : {&earliest_, &latest_}) {
    writer.u16(static_cast<std::uint16_t>(time->size())).text(*time);
  }
  auto tags = tags_;
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  for (const std::uint64_t tag : tags) writer.u64(tag);
  return {collection_of(log), std::to_string(stretch), std::string(as_text(out))};
}

}  // namespace kms
