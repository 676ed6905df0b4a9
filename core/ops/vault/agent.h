#pragma once
// What is done to the agent. Policies decide who may; the agent does it once the call has its event. By no command of
// its own, and on no wire but the agent's.
#include "core/ops/kms/fields.h"

namespace kms {

struct UnlockRequest {
  std::int64_t uid = 0;
  bool taken_over = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Uid", uid, {.min = 0, .help = "Of the user of the system who unlocked the vault"});
    visit("TakenOver", taken_over, {.help = "Whether it was unlocked before"});
  }
};
// Nobody needs permission: the credential was that.
EmptyResponse unlock_agent(Call& call, const UnlockRequest& request);

EmptyResponse lock_agent(Call& call, const EmptyRequest& request);
EmptyResponse reload_agent(Call& call, const EmptyRequest& request);
EmptyResponse stop_agent(Call& call, const EmptyRequest& request);

}  // namespace kms
