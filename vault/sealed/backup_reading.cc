#include "vault/sealed/backup_reading.h"

#include <utility>

#include "core/base/error.h"

namespace kms::vault {
namespace {

bool is_part(const std::optional<formats::BackupItemView>& item, BackupPart part) {
  return item && item->kind == static_cast<std::uint8_t>(part);
}

}  // namespace

BackupReader::BackupReader(formats::ReadFn read, const Credential& credential, const SlotCosts& costs)
    : opened_(open_backup_header(read_backup_header(read), credential, costs)),
      stream_(opened_.secrets.stream, std::move(read)) {
  summary_ = parse_backup_summary(next_of(BackupPart::kSummary));
  VaultKeys found = open_vault_keys(vault(), next_of(BackupPart::kKeys), opened_.secrets.vault_keys);
  keys_ = std::make_shared<Keys>(vault(), summary_.epoch, std::move(found.root), std::move(found.anchor));
  try {
    read_vault_header(next_of(BackupPart::kHeader));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kVaultDamaged) throw;
    formats::throw_damaged_backup("the header of the vault in it is");
  }
}

ByteView BackupReader::next_of(BackupPart part) {
  const auto item = stream_.next();
  if (!is_part(item, part)) formats::throw_damaged_backup("it does not begin as backups do");
  return item->bytes;
}

void BackupReader::read_vault_header(ByteView file) {
  const ParsedHeader parsed = parse_header(file);
  const ByteReader in({}, ErrorCode::kVaultDamaged, "not the header of this vault");
  in.require(parsed.header.id == vault() && parsed.header.sections.size() == 1);
  const Section& section = parsed.header.sections.front();
  in.require(section.epoch == keys_->epoch() && equal_secrets(parsed.macs.front(), header_mac(*keys_, parsed.body)));
  keys_->open_material(section.material);
  slots_ = read_slots(*keys_, section);
}

void BackupReader::read_segment(const SegmentPlace& place, std::optional<formats::BackupItemView>& item, Sink& sink) {
  crypto::Digest digest(crypto::Hash::kSha256);
  std::uint64_t bytes = 0;
  sink.begin_segment(place);
  for (; is_part(item, BackupPart::kPiece); item = stream_.next()) {
    bytes += item->bytes.size();
    if (bytes > place.bytes) break;
    digest.update(item->bytes);
    sink.piece(item->bytes);
  }
  if (bytes != place.bytes || !equal_secrets(digest.finish(), place.digest)) {
    formats::throw_damaged_backup("a segment of the trail in it is not what it should be");
  }
  sink.end_segment();
}

void BackupReader::read_all(Sink& sink) {
  std::uint64_t entries = 0;
  std::uint64_t segments = 0;
  auto item = stream_.next();
  for (; is_part(item, BackupPart::kEntry); item = stream_.next(), ++entries) {
    const auto [key, value] = parse_entry(item->bytes);
    sink.entry(key, value);
  }
  for (; is_part(item, BackupPart::kSegment); ++segments) {
    const SegmentPlace place = parse_backup_segment(item->bytes);
    item = stream_.next();
    read_segment(place, item, sink);
  }
  if (item) formats::throw_damaged_backup("an item of it does not belong where it is");
  if (entries == summary_.entries && segments == summary_.segments) return;
  formats::throw_damaged_backup("it holds not as much as its summary says");
}

}  // namespace kms::vault
