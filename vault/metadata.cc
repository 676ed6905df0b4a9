#include "vault/metadata.h"

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

}  // namespace

std::string slot_text(const SlotId& id) {
  return encode_hex(id);
}

Bytes seal_metadata(const Keys& keys, const std::vector<Slot>& slots, Random& random) {
  Bytes plain;
  ByteWriter out(plain);
  for (const Slot& slot : slots) {
    out.u64(static_cast<std::uint64_t>(slot.created.time_since_epoch().count()));
    out.u16(static_cast<std::uint16_t>(slot.principal.size())).text(slot.principal);
  }
  return seal(keys.header_seal(), metadata_aad(keys), plain, random);
}

std::vector<Slot> open_metadata(const Keys& keys, const std::vector<SlotEntry>& entries, ByteView sealed) {
  ByteReader in({}, ErrorCode::kVaultDamaged, "vault.hdr is damaged");
  in.require(sealed.size() >= kSealOverhead);
  Bytes plain(sealed.size() - kSealOverhead);
  in.require(unseal(keys.header_seal(), metadata_aad(keys), sealed, plain));
  in = ByteReader(plain, ErrorCode::kVaultDamaged, "vault.hdr is damaged");
  std::vector<Slot> slots;
  for (const SlotEntry& entry : entries) {
    const Time created{std::chrono::milliseconds(static_cast<std::int64_t>(in.u64()))};
    slots.push_back({slot_text(entry.id), entry.kind, std::string(as_text(in.take(in.u16()))), created});
  }
  in.require_end();
  return slots;
}

HeaderMac header_mac(const Keys& keys, ByteView body) {
  const Bytes mac = crypto::hmac_sha256(keys.header_mac(), body);
  HeaderMac out{};
  std::copy(mac.begin(), mac.end(), out.begin());
  return out;
}

}  // namespace kms::vault
