#pragma once
// What became of the entries of a part of a log, seen from the hashes that they should have: which are missing, edited,
// inserted, elsewhere. A pure function.
#include <cstdint>
#include <span>
#include <vector>

#include "formats/merkle_tree.h"

namespace kms::formats {

enum class EntryChange : std::uint8_t {
  kEdited,    // another entry stands where `listed` should
  kMissing,   // `listed` is not there; it should stand before `found`
  kInserted,  // `found` is none of those listed
  kMoved,     // `listed` stands at `found`, out of its order
  kDoubled,   // `listed` stands once more, at `found`
};

struct EntryDifference {
  EntryChange change = EntryChange::kEdited;
  std::size_t listed = 0;  // number in `listed`; means nothing of what was inserted
  std::size_t found = 0;   // number in `found`, or one behind its last
  bool operator==(const EntryDifference&) const = default;
};

// Few of them, by a longest common subsequence: in the order in which they stand in `found`. None where both are alike.
// Takes time and two bytes of memory for each pair of entries between the first and the last difference: the caller
// bounds both lists, and neither has more than 65,535.
std::vector<EntryDifference> align_entries(std::span<const MerkleHash> listed, std::span<const MerkleHash> found);

}  // namespace kms::formats
