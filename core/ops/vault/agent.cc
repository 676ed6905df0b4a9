#include "core/ops/vault/agent.h"

#include "core/records/slot_uses.h"
#include "core/service/response.h"

namespace kms {
namespace {

// The agent does the rest, once this has its event.
EmptyResponse allowed(Call& call) {
  call.event.read_only = false;
  return {};
}

}  // namespace

EmptyResponse unlock_agent(Call& call, const UnlockRequest& request) {
  put_slot_use(call.transaction, request.slot_id, call.now());
  return {};
}

EmptyResponse lock_agent(Call& call, const EmptyRequest& /*request*/) {
  return allowed(call);
}

EmptyResponse reload_agent(Call& call, const EmptyRequest& /*request*/) {
  return allowed(call);
}

EmptyResponse stop_agent(Call& call, const EmptyRequest& /*request*/) {
  return allowed(call);
}

}  // namespace kms
