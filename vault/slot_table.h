#pragma once
// The slots of a section with what only an opened vault shows of them, and the header file that holds sections.
#include <span>
#include <string>
#include <vector>

#include "vault/header.h"
#include "vault/keys.h"
#include "vault/slot_keys.h"

namespace kms::vault {

struct SlotRecord {
  SlotEntry entry;
  std::string principal;
  Time created;
};

std::string slot_id_text(const SlotId& id);  // 8 hex digits
Slot public_slot(const SlotRecord& record);

// An id that no other slot has.
SlotId new_slot_id(std::span<const SlotRecord> others, Random& random);

// Puts the root key and the sealed parts of `keys` around the slots.
Section make_section(const Keys& keys, std::vector<SlotRecord>& slots, Random& random);
std::vector<SlotRecord> read_slots(const Keys& keys, const Section& section);  // VaultDamagedException

// One key set for each section, in their order.
Bytes header_file(const Header& header, std::span<const Keys* const> keys);
void require_mac(const ParsedHeader& parsed, std::size_t section, const Keys& keys);  // VaultDamagedException

}  // namespace kms::vault
