#include "vault/sealed/segment_index.h"

#include <algorithm>

#include "vault/engine/engine.h"

namespace kms::vault {

std::size_t SegmentIndex::page_of(std::uint64_t entry) const {
  const auto behind = std::upper_bound(pages.begin(), pages.end(), entry,
                                       [](std::uint64_t number, const Page& page) { return number < page.first; });
  return static_cast<std::size_t>(behind - pages.begin()) - 1;
}

Bytes encode_segment_index(const SegmentIndex& index) {
  Bytes out;
  ByteWriter writer(out);
  writer.u64(index.tiles);
  for (const SegmentIndex::Page& page : index.pages) writer.u64(page.first).u64(page.offset);
  return out;
}

SegmentIndex parse_segment_index(ByteView bytes, std::uint64_t first, std::uint64_t count, std::uint64_t end) {
  ByteReader in(bytes, ErrorCode::kVaultDamaged, "its index is damaged");
  SegmentIndex index;
  index.tiles = in.u64();
  const std::uint64_t tiles = count / formats::kTileWidth;
  in.require(index.tiles <= end && end - index.tiles == tiles * kSealedTileSize);
  constexpr std::size_t kEntrySize = 16;
  index.pages.reserve(in.rest().size() / kEntrySize);
  while (!in.empty()) {
    const std::uint64_t number = in.u64();
    index.pages.push_back({number, in.u64()});
  }
  in.require(!index.pages.empty() && index.pages[0] == SegmentIndex::Page{first, kSegmentFrontSize});
  for (std::size_t i = 0; i < index.pages.size(); ++i) {
    const SegmentIndex::Page& page = index.pages[i];
    in.require(page.first - first < count && (i == 0 || page.first > index.pages[i - 1].first));
    const std::uint64_t behind = index.end_of(i);
    in.require(behind > page.offset && behind <= end);
    in.require(behind - page.offset > kSealOverhead && behind - page.offset <= kMostValueBytes);
  }
  return index;
}

}  // namespace kms::vault
