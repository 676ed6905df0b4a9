#include "vault/sealed/segment.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/merkle_tile.h"
#include "vault/engine/engine.h"
#include "vault/sealed/log_page.h"

namespace kms::vault {
namespace {

constexpr std::string_view kFrontMagic = "kmsctlG\n";
constexpr std::string_view kFootMagic = "kmsctlg\n";
constexpr std::uint16_t kVersion = 1;
// Old events are read one here and one there: to open a page costs as much as its size says.
constexpr std::size_t kSegmentPageSize = 4000;
constexpr std::uint8_t kPage = 1;
constexpr std::uint8_t kTile = 2;
constexpr std::uint8_t kIndex = 3;

Bytes front_of(const VaultId& vault, const SegmentPlace& place) {
  Bytes front;
  ByteWriter(front).text(kFrontMagic).u16(kVersion).bytes(vault).bytes(place.id).u64(place.first).u64(place.count);
  return front;
}

Bytes piece_aad(const VaultId& vault, const SegmentId& id, std::uint8_t kind, std::uint64_t number) {
  Bytes aad;
  ByteWriter(aad).text("kmsctl segment").bytes(vault).bytes(id).u8(kind).u64(number);
  return aad;
}

}  // namespace

SegmentWriter::SegmentWriter(const VaultId& vault, const SegmentPlace& place, const SecretBytes& key, Random& random,
                             Sink sink)
    : vault_(vault), place_(place), key_(key), random_(random), sink_(std::move(sink)), digest_(crypto::Hash::kSha256) {
  place_.bytes = 0;
  hashes_.reserve(place.count * formats::kMerkleHashSize);
  write(front_of(vault, place));
}

void SegmentWriter::write(ByteView bytes) {
  sink_(bytes);
  digest_.update(bytes);
  place_.bytes += bytes.size();
}

void SegmentWriter::write_piece(std::uint8_t kind, std::uint64_t number, ByteView plaintext) {
  write(seal(key_, piece_aad(vault_, place_.id, kind, number), plaintext, random_));
}

void SegmentWriter::write_page() {
  const std::uint64_t number = index_.pages.size() - 1;
  index_.pages.back().offset = place_.bytes;
  write_piece(kPage, number, page_);
  page_.clear();
}

void SegmentWriter::add(ByteView entry) {
  if (!page_.empty() && !has_room(page_, entry, kSegmentPageSize)) write_page();
  if (page_.empty()) index_.pages.push_back({place_.first + added_, 0});
  add_entry(page_, entry);
  const auto leaf = formats::merkle_leaf(entry);
  hashes_.insert(hashes_.end(), leaf.begin(), leaf.end());
  ++added_;
}

SegmentPlace SegmentWriter::finish() {
  if (added_ != place_.count || added_ == 0 || added_ % formats::kTileWidth != 0) {
    throw Error(ErrorCode::kInternal, "a segment of a log has another number of entries");
  }
  write_page();
  index_.tiles = place_.bytes;
  for (std::uint64_t tile = 0; tile < place_.count / formats::kTileWidth; ++tile) {
    write_piece(kTile, tile, ByteView(hashes_).subspan(tile * formats::kFullTileSize, formats::kFullTileSize));
  }
  const std::uint64_t index = place_.bytes;
  write_piece(kIndex, 0, encode_segment_index(index_));
  Bytes foot;
  ByteWriter(foot).u64(index).text(kFootMagic);
  write(foot);
  const Bytes digest = digest_.finish();
  std::copy(digest.begin(), digest.end(), place_.digest.begin());
  return place_;
}

Segment::Segment(std::unique_ptr<const SegmentSource> source, const VaultId& vault, const SegmentPlace& place,
                 SecretBytes key, std::string name)
    : source_(std::move(source)),
      vault_(vault),
      place_(place),
      key_(std::move(key)),
      name_(std::move(name)),
      index_(read_index()) {}

void Segment::require(bool condition) const {
  if (!condition) throw Error(ErrorCode::kVaultDamaged, cat(name_, " is damaged, or is not the file of these events"));
}

Bytes Segment::read_bytes(std::uint64_t offset, std::uint64_t size) const {
  Bytes bytes(size);
  source_->read(offset, bytes);
  return bytes;
}

Bytes Segment::open_piece(std::uint8_t kind, std::uint64_t number, ByteView sealed) const {
  require(sealed.size() >= kSealOverhead);
  Bytes plaintext(sealed.size() - kSealOverhead);
  require(unseal(key_, piece_aad(vault_, place_.id, kind, number), sealed, plaintext));
  return plaintext;
}

SegmentIndex Segment::read_index() const {
  require(source_->size() == place_.bytes && place_.bytes > kSegmentFrontSize + kSegmentFootSize);
  require(read_bytes(0, kSegmentFrontSize) == front_of(vault_, place_));
  const std::uint64_t foot_begin = place_.bytes - kSegmentFootSize;
  const Bytes foot = read_bytes(foot_begin, kSegmentFootSize);
  ByteReader in(foot, ErrorCode::kVaultDamaged, cat(name_, " has no end"));
  const std::uint64_t index = in.u64();
  in.require(as_text(in.rest()) == kFootMagic && index < foot_begin && foot_begin - index <= kMostValueBytes);
  const Bytes opened = open_piece(kIndex, 0, read_bytes(index, foot_begin - index));
  try {
    return parse_segment_index(opened, place_.first, place_.count, index);
  } catch (const Error& error) {
    throw Error(error.code(), cat(name_, ": ", error.what()));
  }
}

Bytes Segment::open_page(std::size_t number) const {
  const std::uint64_t offset = index_.pages[number].offset;
  return open_piece(kPage, number, read_bytes(offset, index_.end_of(number) - offset));
}

bool Segment::read(std::uint64_t from, const Transaction::VisitLog& visit) const {
  for (std::size_t at = index_.page_of(from); at < index_.pages.size(); ++at) {
    const Bytes page = open_page(at);
    const auto entries = entries_of(page);
    const std::uint64_t first = index_.pages[at].first;
    require(first + entries.size() == (at + 1 < index_.pages.size() ? index_.pages[at + 1].first : end()));
    for (std::uint64_t number = std::max(first, from); number < first + entries.size(); ++number) {
      if (!visit(number, as_text(entries[number - first]))) return false;
    }
  }
  return true;
}

Bytes Segment::tile(std::uint64_t index) const {
  const std::uint64_t number = index - place_.first / formats::kTileWidth;
  require(number < place_.count / formats::kTileWidth);
  Bytes hashes = open_piece(kTile, number, read_bytes(index_.tiles + number * kSealedTileSize, kSealedTileSize));
  require(hashes.size() == formats::kFullTileSize);
  return hashes;
}

void Segment::verify_file() const {
  constexpr std::uint64_t kPiece = std::uint64_t{1} << 16U;
  crypto::Digest digest(crypto::Hash::kSha256);
  for (std::uint64_t at = 0; at < place_.bytes; at += kPiece) {
    digest.update(read_bytes(at, std::min(kPiece, place_.bytes - at)));
  }
  require(digest.finish() == to_bytes(place_.digest));
}

void Segment::verify() const {
  verify_file();
  Bytes hashes;
  std::uint64_t next = place_.first;
  read(place_.first, [&](std::uint64_t number, std::string_view entry) {
    require(number == next++);
    const auto leaf = formats::merkle_leaf(as_bytes(entry));
    hashes.insert(hashes.end(), leaf.begin(), leaf.end());
    if (hashes.size() == formats::kFullTileSize) {
      require(hashes == tile(number / formats::kTileWidth));
      hashes.clear();
    }
    return true;
  });
  require(next == end());
}

}  // namespace kms::vault
