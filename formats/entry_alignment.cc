#include "formats/entry_alignment.h"

#include <algorithm>
#include <optional>

namespace kms::formats {
namespace {

using HashList = std::span<const MerkleHash>;

// Lengths of the longest common subsequences of all ends of two lists.
class CommonLengths {
 public:
  CommonLengths(HashList listed, HashList found) : width_(found.size() + 1), lengths_((listed.size() + 1) * width_) {
    for (std::size_t l = listed.size(); l-- > 0;) {
      for (std::size_t f = found.size(); f-- > 0;) {
        lengths_[l * width_ + f] = listed[l] == found[f] ? static_cast<std::uint16_t>(at(l + 1, f + 1) + 1)
                                                         : std::max(at(l + 1, f), at(l, f + 1));
      }
    }
  }
  std::uint16_t at(std::size_t l, std::size_t f) const { return lengths_[l * width_ + f]; }

 private:
  std::size_t width_;
  std::vector<std::uint16_t> lengths_;
};

// What stands between two entries that are as they should be, or in front of the first or behind the last.
struct EntryGap {
  std::vector<std::size_t> listed;
  std::vector<std::size_t> found;
  std::size_t found_end = 0;  // number of the entry behind it
};

std::vector<EntryGap> gaps_between(HashList listed, HashList found) {
  std::size_t start = 0;
  while (start < std::min(listed.size(), found.size()) && listed[start] == found[start]) ++start;
  std::size_t l_end = listed.size();
  std::size_t f_end = found.size();
  while (l_end > start && f_end > start && listed[l_end - 1] == found[f_end - 1]) {
    --l_end;
    --f_end;
  }
  const CommonLengths common(listed.subspan(start, l_end - start), found.subspan(start, f_end - start));
  std::vector<EntryGap> gaps(1);
  std::size_t l = start;
  std::size_t f = start;
  while (l < l_end || f < f_end) {
    if (l < l_end && f < f_end && listed[l] == found[f]) {
      gaps.back().found_end = f;
      gaps.emplace_back();
      ++l;
      ++f;
    } else if (f == f_end ||
               (l < l_end && common.at(l + 1 - start, f - start) >= common.at(l - start, f + 1 - start))) {
      gaps.back().listed.push_back(l++);
    } else {
      gaps.back().found.push_back(f++);
    }
  }
  gaps.back().found_end = f;
  return gaps;
}

// Takes `listed[at]` out of the gap that lacks it; false where none does.
bool take_missing(std::vector<EntryGap>& gaps, std::size_t at) {
  for (EntryGap& gap : gaps) {
    if (std::erase(gap.listed, at) > 0) return true;
  }
  return false;
}

std::optional<std::size_t> position_in(HashList listed, const std::vector<EntryGap>& gaps, const MerkleHash& hash) {
  // Of equal entries, one that is missing.
  for (const EntryGap& gap : gaps) {
    for (const std::size_t l : gap.listed) {
      if (listed[l] == hash) return l;
    }
  }
  const auto any = std::find(listed.begin(), listed.end(), hash);
  if (any == listed.end()) return std::nullopt;
  return static_cast<std::size_t>(any - listed.begin());
}

// Those found that are listed, only not there.
std::vector<EntryDifference> take_misplaced(HashList listed, HashList found, std::vector<EntryGap>& gaps) {
  std::vector<EntryDifference> misplaced;
  for (EntryGap& gap : gaps) {
    std::vector<std::size_t> others;
    for (const std::size_t f : gap.found) {
      const auto l = position_in(listed, gaps, found[f]);
      if (!l) {
        others.push_back(f);
        continue;
      }
      misplaced.push_back({take_missing(gaps, *l) ? EntryChange::kMoved : EntryChange::kDoubled, *l, f});
    }
    gap.found = std::move(others);
  }
  return misplaced;
}

void pair_up(const EntryGap& gap, std::vector<EntryDifference>& differences) {
  const std::size_t edited = std::min(gap.listed.size(), gap.found.size());
  for (std::size_t i = 0; i < edited; ++i) {
    differences.push_back({EntryChange::kEdited, gap.listed[i], gap.found[i]});
  }
  for (std::size_t i = edited; i < gap.listed.size(); ++i) {
    differences.push_back({EntryChange::kMissing, gap.listed[i], gap.found_end});
  }
  for (std::size_t i = edited; i < gap.found.size(); ++i) {
    differences.push_back({EntryChange::kInserted, 0, gap.found[i]});
  }
}

}  // namespace

std::vector<EntryDifference> align_entries(HashList listed, HashList found) {
  if (std::equal(listed.begin(), listed.end(), found.begin(), found.end())) return {};
  std::vector<EntryGap> gaps = gaps_between(listed, found);
  std::vector<EntryDifference> differences = take_misplaced(listed, found, gaps);
  for (const EntryGap& gap : gaps) pair_up(gap, differences);
  std::stable_sort(differences.begin(), differences.end(),
                   [](const EntryDifference& a, const EntryDifference& b) { return a.found < b.found; });
  return differences;
}

}  // namespace kms::formats
