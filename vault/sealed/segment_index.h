#pragma once
// Where the pieces of a segment are in its file (vault/vault.md, "Segments").
#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "formats/merkle_tile.h"
#include "vault/sealed/header.h"

namespace kms::vault {

inline constexpr std::size_t kSegmentFrontSize = 8 + 2 + 16 + 16 + 8 + 8;
inline constexpr std::size_t kSegmentFootSize = 8 + 8;
inline constexpr std::size_t kSealedTileSize = formats::kFullTileSize + kSealOverhead;

struct SegmentIndex {
  struct Page {
    std::uint64_t first;   // number of its first entry
    std::uint64_t offset;  // in the file
    bool operator==(const Page&) const = default;
  };
  std::vector<Page> pages;
  std::uint64_t tiles = 0;  // where they begin, which is where the last page ends
  bool operator==(const SegmentIndex&) const = default;

  std::uint64_t end_of(std::size_t page) const { return page + 1 < pages.size() ? pages[page + 1].offset : tiles; }
  // The page that has the entry, which the segment has.
  std::size_t page_of(std::uint64_t entry) const;
};

Bytes encode_segment_index(const SegmentIndex& index);
// Of a segment of `count` entries from `first` on, whose index begins at `end` of the file. VaultDamagedException
// unless its pieces follow one another from the front to the index, each of a size that it can have.
SegmentIndex parse_segment_index(ByteView bytes, std::uint64_t first, std::uint64_t count, std::uint64_t end);

}  // namespace kms::vault
