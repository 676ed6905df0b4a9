#pragma once
// What a credential opens of a header. Internal to vault/.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "vault/sealed/credential.h"
#include "vault/sealed/header.h"
#include "vault/sealed/slot_keys.h"

namespace kms::vault {

struct HeaderKeys {
  std::uint32_t epoch = 0;  // of the section
  SlotId slot{};
  SecretBytes root;
  SecretBytes anchor;
};

// A section each; two while the root key is being renewed, and data.mdb says which of them counts.
class OpenedHeader final : public OpenedSlots {
 public:
  explicit OpenedHeader(std::vector<HeaderKeys> keys) : keys_(std::move(keys)) {}
  const std::vector<HeaderKeys>& keys() const { return keys_; }

 private:
  std::vector<HeaderKeys> keys_;
};

// Those of the epoch; else of the newest before it, which another process may have ended by destroying a secret: their
// root key is then that of the epoch, unless a credential was revoked, too. ConflictException when there are none.
const HeaderKeys& keys_among(const OpenedSlots& slots, std::uint32_t epoch);

// ConflictException: the root key was renewed since the slots were opened.
[[noreturn]] void throw_stale_slots();

// Nothing where the slot is of another kind, or another credential's. Bounds the cost before it is paid.
std::optional<RootAndAnchor> open_if_kind(const VaultId& vault, const SlotEntry& slot, const Credential& credential,
                                          const SlotCosts& costs);

// WrongPassphraseException when it opens no slot of its kind; VaultDamagedException for a cost out of bounds, of any
// slot.
std::unique_ptr<const OpenedSlots> open_header(const Header& header, const Credential& credential,
                                               const SlotCosts& costs);

[[noreturn]] void throw_opens_nothing(SlotKind kind);

}  // namespace kms::vault
