#pragma once
// Administration of the credentials that open the vault: actions kmsctl:ListSlots and so on.
#include <string>
#include <string_view>

#include "core/ops/kms/fields.h"
#include "core/store/slots.h"

namespace kms {

inline constexpr Rule kCredentialRule{.required = true,
                                      .min = 1,
                                      .max = 1024,
                                      .sensitive = true,
                                      .help = "Passphrase, or the 32 bytes of a keyfile or recovery code"};
inline constexpr Rule kSlotIdRule{.required = true, .min = 1, .max = 64, .help = "Id of a slot, from slot list"};

struct ListSlotsRequest {
  template <class Visitor>
  void fields(Visitor& /*visit*/) {}
};
Json list_slots(Call& call, const ListSlotsRequest& request);

struct AddSlotRequest {
  std::string principal;
  SlotKind kind = SlotKind::kPassphrase;
  SecretBytes credential;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal,
          {.required = true, .min = 1, .max = 2048, .help = "Whom the slot unlocks as: root or user/NAME"});
    visit("Kind", kind, {.required = true, .help = "PASSPHRASE, KEYFILE or RECOVERY_CODE"});
    visit("Credential", credential, kCredentialRule);
  }
};
Json add_slot(Call& call, const AddSlotRequest& request);

struct RemoveSlotRequest {
  std::string slot_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("SlotId", slot_id, kSlotIdRule);
  }
};
Json remove_slot(Call& call, const RemoveSlotRequest& request);

struct ReplaceSlotRequest {
  std::string slot_id;
  SecretBytes credential;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("SlotId", slot_id, {.min = 1, .max = 64, .help = "Id of a slot; the one that unlocked when left out"});
    visit("Credential", credential, kCredentialRule);
  }
};
Json replace_slot(Call& call, const ReplaceSlotRequest& request);

}  // namespace kms
