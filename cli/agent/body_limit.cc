#include "cli/agent/body_limit.h"

#include <algorithm>

#include "cli/agent/http.h"

namespace kms::agent {
namespace {

constexpr std::uint64_t kPunctuation = 32;  // of a member, beside its name and value
constexpr std::uint64_t kUnbounded = 4096;  // what counts as the largest where nothing says

std::uint64_t bounded(const Rule& rule, std::uint64_t otherwise) {
  return rule.max < 0 ? 0 : std::min<std::uint64_t>(static_cast<std::uint64_t>(rule.max), otherwise);
}

std::uint64_t size_of(const Field& field, const Rule& rule);

std::uint64_t size_of(const std::vector<Field>& members) {
  std::uint64_t size = 0;
  for (const Field& member : members) size += member.name.size() + kPunctuation + size_of(member, member.rule);
  return size;
}

std::uint64_t size_of(const Field& field, const Rule& rule) {
  constexpr auto kOpen = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const std::uint64_t declared = bounded(rule, kOpen);
  const std::uint64_t length = std::min(declared == kOpen ? kUnbounded : declared, kBodyLimit);
  constexpr std::uint64_t kMostItems = 100;
  switch (field.kind) {
    case FieldKind::kFlag:
    case FieldKind::kInteger:
    case FieldKind::kTimestamp:
      return kPunctuation;
    case FieldKind::kStructure:
      return size_of(field.members);
    case FieldKind::kStructureList:
      return bounded(rule, kMostItems) * (size_of(field.members) + kPunctuation);
    case FieldKind::kTextList:
      return bounded(rule, kMostItems) * (std::min(bounded(field.item, kUnbounded), kBodyLimit) + kPunctuation);
    default:
      // Base64 is a third longer than the blob; of a text, a part is written with escapes.
      return 2 * length;
  }
}

}  // namespace

std::uint64_t body_limit(const std::vector<Field>& members) {
  return std::clamp(size_of(members), kSmallBodyLimit, kBodyLimit);
}

}  // namespace kms::agent
