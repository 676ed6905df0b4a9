#pragma once
// Principals and times of slots, as a section of the header keeps them: sealed (vault/vault.md, "The header").
#include <vector>

#include "core/base/random.h"
#include "core/service/slots.h"
#include "vault/header.h"
#include "vault/keys.h"

namespace kms::vault {

std::string slot_text(const SlotId& id);

Bytes seal_metadata(const Keys& keys, const std::vector<Slot>& slots, Random& random);
// One for each entry, in its order. VaultDamagedException when they do not belong together.
std::vector<Slot> open_metadata(const Keys& keys, const std::vector<SlotEntry>& entries, ByteView sealed);

HeaderMac header_mac(const Keys& keys, ByteView body);

}  // namespace kms::vault
