#include "vault/slot_table.h"

#include <algorithm>

#include "core/base/encoding.h"
#include "core/crypto/mac.h"

namespace kms::vault {
namespace {

Bytes metadata_aad(const Keys& keys) {
  Bytes aad;
  ByteWriter(aad).text("kmsctl slots").bytes(keys.id()).u32(keys.epoch());
  return aad;
}

HeaderMac header_mac(const Keys& keys, ByteView body) {
  const Bytes mac = crypto::hmac_sha256(keys.header_mac(), body);
  HeaderMac out{};
  std::copy(mac.begin(), mac.end(), out.begin());
  return out;
}

}  // namespace

std::string slot_id_text(const SlotId& id) {
  return encode_hex(id);
}

Slot public_slot(const SlotRecord& record) {
  return {slot_id_text(record.entry.id), record.entry.kind, record.principal, record.created};
}

SlotId new_slot_id(std::span<const SlotRecord> others, Random& random) {
  SlotId id{};
  const auto taken = [&id](const SlotRecord& other) { return other.entry.id == id; };
  do {
    random.fill(id);
  } while (std::any_of(others.begin(), others.end(), taken));
  return id;
}

Section make_section(const Keys& keys, std::vector<SlotRecord>& slots, Random& random) {
  Section section;
  section.epoch = keys.epoch();
  Bytes metadata;
  ByteWriter out(metadata);
  for (auto& slot : slots) {
    put_root(slot.entry, keys.root());
    section.slots.push_back(slot.entry);
    out.bytes(slot.entry.id).u64(static_cast<std::uint64_t>(slot.created.time_since_epoch().count()));
    out.u16(static_cast<std::uint16_t>(slot.principal.size())).text(slot.principal);
  }
  section.material = keys.seal_material(random);
  section.metadata = seal(keys.header_seal(), metadata_aad(keys), metadata, random);
  return section;
}

std::vector<SlotRecord> read_slots(const Keys& keys, const Section& section) {
  Bytes metadata(section.metadata.size() - kSealOverhead);
  const bool intact = unseal(keys.header_seal(), metadata_aad(keys), section.metadata, metadata);
  ByteReader in(metadata, ErrorCode::kVaultDamaged, "vault.hdr is damaged");
  in.require(intact);
  std::vector<SlotRecord> slots;
  for (const auto& entry : section.slots) {
    const ByteView id = in.take(entry.id.size());
    in.require(std::equal(id.begin(), id.end(), entry.id.begin()));
    const Time created{std::chrono::milliseconds(static_cast<std::int64_t>(in.u64()))};
    slots.push_back({entry, std::string(as_text(in.take(in.u16()))), created});
  }
  in.require_end();
  return slots;
}

Bytes header_file(const Header& header, std::span<const Keys* const> keys) {
  const Bytes body = encode_header_body(header);
  std::vector<HeaderMac> macs;
  for (const Keys* of_section : keys) macs.push_back(header_mac(*of_section, body));
  return encode_header_file(body, macs);
}

void require_mac(const ParsedHeader& parsed, std::size_t section, const Keys& keys) {
  if (!equal_secrets(header_mac(keys, parsed.body), parsed.macs.at(section))) {
    throw Error(ErrorCode::kVaultDamaged, "vault.hdr is damaged or was changed");
  }
}

}  // namespace kms::vault
