#include "vault/sealed/backup_contents.h"

#include <algorithm>

#include "core/base/text.h"
#include "formats/backup_stream.h"

namespace kms::vault {
namespace {

constexpr std::size_t kLongestKey = 255;

ByteReader item_reader(ByteView bytes, std::string_view what) {
  return {bytes, ErrorCode::kInvalidCiphertext, cat("the backup is damaged: ", what, " of it is none")};
}

template <std::size_t N>
void take_array(ByteReader& in, std::array<std::uint8_t, N>& out) {
  std::ranges::copy(in.take(N), out.begin());
}

Bytes vault_keys_aad(const VaultId& vault) {
  Bytes aad;
  ByteWriter(aad).text("kmsctl backup keys").bytes(vault);
  return aad;
}

}  // namespace

Bytes encode_backup_summary(const BackupSummary& summary) {
  Bytes bytes;
  ByteWriter out(bytes);
  out.u64(static_cast<std::uint64_t>(summary.time.time_since_epoch().count())).u32(summary.epoch);
  out.u64(summary.sequence).u64(summary.records).u64(summary.entries);
  out.u64(summary.segments).u64(summary.segment_bytes);
  out.u8(static_cast<std::uint8_t>(summary.made_by.size())).text(summary.made_by);
  out.u32(static_cast<std::uint32_t>(summary.logs.size()));
  for (const BackupLog& log : summary.logs) {
    out.u16(static_cast<std::uint16_t>(log.name.size())).text(log.name).u64(log.size).bytes(log.root);
  }
  return bytes;
}

BackupSummary parse_backup_summary(ByteView bytes) {
  ByteReader in = item_reader(bytes, "the summary");
  BackupSummary summary;
  summary.time = Time(std::chrono::milliseconds(static_cast<std::int64_t>(in.u64())));
  summary.epoch = in.u32();
  summary.sequence = in.u64();
  summary.records = in.u64();
  summary.entries = in.u64();
  summary.segments = in.u64();
  summary.segment_bytes = in.u64();
  summary.made_by = as_text(in.take(in.u8()));
  const std::uint32_t logs = in.u32();
  for (std::uint32_t i = 0; i < logs; ++i) {
    BackupLog& log = summary.logs.emplace_back();
    log.name = as_text(in.take(in.u16()));
    log.size = in.u64();
    take_array(in, log.root);
  }
  in.require_end();
  return summary;
}

Bytes encode_backup_segment(const SegmentPlace& place) {
  Bytes bytes;
  ByteWriter(bytes).bytes(place.id).u64(place.bytes).bytes(place.digest);
  return bytes;
}

SegmentPlace parse_backup_segment(ByteView bytes) {
  ByteReader in = item_reader(bytes, "a segment");
  SegmentPlace place;
  take_array(in, place.id);
  place.bytes = in.u64();
  take_array(in, place.digest);
  in.require_end();
  return place;
}

Bytes encode_entry_front(ByteView key) {
  if (key.size() > kLongestKey) throw Error(ErrorCode::kInternal, "a key of the data file is too long for a backup");
  Bytes front;
  ByteWriter(front).u8(static_cast<std::uint8_t>(key.size())).bytes(key);
  return front;
}

std::pair<ByteView, ByteView> parse_entry(ByteView bytes) {
  ByteReader in = item_reader(bytes, "an entry");
  const ByteView key = in.take(in.u8());
  in.require(!key.empty());
  return {key, in.rest()};
}

Bytes seal_vault_keys(const Keys& keys, const SecretBytes& under, Random& random) {
  SecretBytes both(2 * kKeySize);
  std::ranges::copy(keys.root().reveal(), both.reveal().begin());
  std::ranges::copy(keys.anchor().reveal(), both.reveal().begin() + kKeySize);
  return seal(under, vault_keys_aad(keys.id()), both.reveal(), random);
}

VaultKeys open_vault_keys(const VaultId& vault, ByteView sealed, const SecretBytes& under) {
  SecretBytes both(2 * kKeySize);
  const bool opens =
      sealed.size() == both.size() + kSealOverhead && unseal(under, vault_keys_aad(vault), sealed, both.reveal());
  if (!opens) formats::throw_damaged_backup("the keys of the vault in it do not open");
  const auto bytes = std::as_const(both).reveal();
  return {SecretBytes::copy_of(bytes.first(kKeySize)), SecretBytes::copy_of(bytes.subspan(kKeySize))};
}

}  // namespace kms::vault
