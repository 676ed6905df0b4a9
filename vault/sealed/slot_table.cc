#include "vault/sealed/slot_table.h"

#include <algorithm>

#include "core/base/encoding.h"
#include "core/base/text.h"
#include "core/crypto/mac.h"

namespace kms::vault {
namespace {

constexpr std::size_t kMetadataStep = 64;

Bytes metadata_aad(const Keys& keys) {
  Bytes aad;
  ByteWriter(aad).text("kmsctl slots").bytes(keys.id()).u32(keys.epoch());
  return aad;
}

Bytes metadata_of(const std::vector<SlotRecord>& slots) {
  Bytes metadata;
  ByteWriter out(metadata);
  for (const auto& slot : slots) {
    if (slot.principal.size() > 0xffffU) throw Error(ErrorCode::kLimitExceeded, "the principal is too long");
    out.bytes(slot.entry.id).u64(static_cast<std::uint64_t>(slot.created.time_since_epoch().count()));
    out.u16(static_cast<std::uint16_t>(slot.principal.size())).text(slot.principal);
  }
  for (const auto& slot : slots) {
    if (slot.label.size() > 0xffU) throw Error(ErrorCode::kLimitExceeded, "the label is too long");
    out.u8(static_cast<std::uint8_t>(slot.label.size())).text(slot.label);
  }
  metadata.resize((metadata.size() + kMetadataStep - 1) / kMetadataStep * kMetadataStep);
  return metadata;
}

}  // namespace

std::string slot_id_text(const SlotId& id) {
  return encode_hex(id);
}

Slot describe(const SlotRecord& record) {
  return {slot_id_text(record.entry.id), record.entry.kind, record.principal, record.created, record.label};
}

SlotId new_slot_id(const std::vector<SlotRecord>& taken, Random& random) {
  SlotId id{};
  do {
    random.fill(id);
  } while (std::any_of(taken.begin(), taken.end(), [&](const SlotRecord& slot) { return slot.entry.id == id; }));
  return id;
}

void require_room(const std::vector<SlotRecord>& slots) {
  bool has_room = slots.size() <= kMostSlots;
  if (has_room) {
    Header header;
    header.sections.resize(1);
    for (const auto& slot : slots) header.sections[0].slots.push_back(slot.entry);
    header.sections[0].metadata.resize(metadata_of(slots).size() + kSealOverhead);
    has_room = encode_header_file(encode_header_body(header), {HeaderMac{}}).size() <= kHeaderLimit / 2;
  }
  if (has_room) return;
  throw Error(ErrorCode::kLimitExceeded,
              cat("the vault has no room for another credential: it has ", std::to_string(slots.size() - 1),
                  " (slot list); remove one first (slot remove)"));
}

Section make_section(const Keys& keys, const std::vector<SlotRecord>& slots, Random& random) {
  Section section;
  section.epoch = keys.epoch();
  for (const auto& slot : slots) section.slots.push_back(slot.entry);
  section.metadata = seal(keys.header_seal(), metadata_aad(keys), metadata_of(slots), random);
  section.material = keys.seal_material(random);
  return section;
}

std::vector<SlotRecord> read_slots(const Keys& keys, const Section& section) {
  const ByteReader failed({}, ErrorCode::kVaultDamaged, "vault.hdr is damaged");
  failed.require(section.metadata.size() >= kSealOverhead);
  Bytes metadata(section.metadata.size() - kSealOverhead);
  failed.require(unseal(keys.header_seal(), metadata_aad(keys), section.metadata, metadata));
  ByteReader in(metadata, ErrorCode::kVaultDamaged, "vault.hdr is damaged");
  std::vector<SlotRecord> slots;
  for (const auto& entry : section.slots) {
    SlotRecord slot;
    slot.entry = entry;
    const ByteView id = in.take(entry.id.size());
    in.require(std::equal(id.begin(), id.end(), entry.id.begin()));
    slot.created = Time(std::chrono::milliseconds(static_cast<std::int64_t>(in.u64())));
    slot.principal = as_text(in.take(in.u16()));
    slots.push_back(std::move(slot));
  }
  // Headers from before there were labels end here, or are padded with zeros, which are labels without text.
  for (SlotRecord& slot : slots) {
    if (in.empty()) break;
    slot.label = as_text(in.take(in.u8()));
  }
  return slots;
}

HeaderMac header_mac(const Keys& keys, ByteView body) {
  const Bytes mac = crypto::hmac_sha256(keys.header_mac(), body);
  HeaderMac out{};
  std::copy_n(mac.begin(), out.size(), out.begin());
  return out;
}

}  // namespace kms::vault
