#pragma once
// Administration of the credentials that open the vault: actions kmsctl:ListSlots and so on.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/store/slots.h"

namespace kms {

inline constexpr Rule kCredentialRule{.required = true,
                                      .min = 1,
                                      .max = 1024,
                                      .sensitive = true,
                                      .help = "Passphrase, or the 32 bytes of a keyfile or recovery code"};
inline constexpr std::size_t kLongestSlotLabel = 60;  // characters
inline constexpr Rule kSlotIdRule{.required = true, .min = 1, .max = 64, .help = "Id of a slot, from slot list"};

struct ListSlotsRequest {
  template <class Visitor>
  void fields(Visitor& /*visit*/) {}
};
struct SlotDescription {
  std::string slot_id;
  SlotKind kind = SlotKind::kPassphrase;
  std::string principal;
  Time creation_date;
  std::optional<std::string> label;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("SlotId", slot_id, {.help = "Id of the slot"});
    visit("Kind", kind, {.help = "What its credential is"});
    visit("Principal", principal, {.help = "ARN of whom it unlocks the vault as"});
    visit("CreationDate", creation_date, {.help = "When the credential was added or changed"});
    visit("Label", label, {.help = "What it is for; absent when nobody said"});
  }
};
struct ListedSlot : SlotDescription {
  std::optional<Time> last_used;
  bool unlocking = false;
  std::optional<std::string> recipient;

  template <class Visitor>
  void fields(Visitor& visit) {
    SlotDescription::fields(visit);
    visit("LastUsedDate", last_used,
          {.help = "When it last had the vault open, to within an hour; absent when it never had"});
    visit("Unlocking", unlocking, {.help = "Whether it is the one that opened the vault for this answer"});
    visit("Recipient", recipient,
          {.help = "What backups of other vaults are sealed to for its credential; absent where that is not known"});
  }
};
struct ListSlotsResponse {
  std::vector<ListedSlot> slots;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Slots", slots, {.help = "All of them"});
  }
};
ListSlotsResponse list_slots(Call& call, const ListSlotsRequest& request);

struct SlotResponse {
  SlotDescription slot;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Slot", slot, {.help = "As it is from now on"});
  }
};

struct AddSlotRequest {
  std::string principal;
  SlotKind kind = SlotKind::kPassphrase;
  SecretBytes credential;
  std::string label;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal,
          {.required = true, .min = 1, .max = 2048, .help = "Whom the slot unlocks as: root or user/NAME"});
    visit("Kind", kind, {.required = true, .help = "PASSPHRASE, KEYFILE or RECOVERY_CODE"});
    visit("Credential", credential, kCredentialRule);
    visit("Label", label, {.max = kLongestSlotLabel, .help = "What it is for, as cron or laptop"});
  }
};
SlotResponse add_slot(Call& call, const AddSlotRequest& request);

struct RemoveSlotRequest {
  std::string slot_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("SlotId", slot_id, kSlotIdRule);
  }
};
EmptyResponse remove_slot(Call& call, const RemoveSlotRequest& request);

struct ReplaceSlotRequest {
  std::string slot_id;
  SecretBytes credential;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("SlotId", slot_id, {.min = 1, .max = 64, .help = "Id of a slot; the one that unlocked when left out"});
    visit("Credential", credential, kCredentialRule);
  }
};
SlotResponse replace_slot(Call& call, const ReplaceSlotRequest& request);

}  // namespace kms
