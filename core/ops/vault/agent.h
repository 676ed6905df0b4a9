#pragma once
// What is done to the agent. Policies decide who may; the agent does it once the call has its event. By no command of
// its own, and on no wire but the agent's.
#include <string>

#include "core/ops/kms/fields.h"
#include "core/store/slots.h"

namespace kms {

struct UnlockRequest {
  std::int64_t uid = 0;
  bool taken_over = false;
  std::string slot_id;
  SlotKind kind = SlotKind::kPassphrase;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Uid", uid, {.min = 0, .help = "Of the user of the system who unlocked the vault"});
    visit("TakenOver", taken_over, {.help = "Whether it was unlocked before"});
    visit("SlotId", slot_id,
          {.required = true, .min = 1, .max = 64, .help = "Id of the slot that the credential opens"});
    visit("Kind", kind, {.required = true, .help = "What the credential is"});
  }
};
// Nobody needs permission: the credential was that. Notes when the slot was used: the event of that is this call's own.
EmptyResponse unlock_agent(Call& call, const UnlockRequest& request);

EmptyResponse lock_agent(Call& call, const EmptyRequest& request);
EmptyResponse reload_agent(Call& call, const EmptyRequest& request);
EmptyResponse stop_agent(Call& call, const EmptyRequest& request);

}  // namespace kms
