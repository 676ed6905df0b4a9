#pragma once
// The slots of a section with what only the keys of the vault show: whom each unlocks as, since when, and
// what it is for.
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/store/slots.h"
#include "vault/sealed/keys.h"

namespace kms::vault {

struct SlotRecord {
  SlotEntry entry;
  std::string principal;
  Time created;
  std::string label = {};
};

std::string slot_id_text(const SlotId& id);
Slot describe(const SlotRecord& record);
SlotId new_slot_id(const std::vector<SlotRecord>& taken, Random& random);
// LimitExceededException when they are more than may be added: a header must have room for all of them twice, while the
// root key is renewed for those that stay. What only takes away asks for no room.
void require_room(const std::vector<SlotRecord>& slots);

Section make_section(const Keys& keys, const std::vector<SlotRecord>& slots, Random& random);
// The MAC of the header must have been verified before. VaultDamagedException.
std::vector<SlotRecord> read_slots(const Keys& keys, const Section& section);

HeaderMac header_mac(const Keys& keys, ByteView body);

}  // namespace kms::vault
