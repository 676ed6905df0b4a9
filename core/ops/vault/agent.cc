#include "core/ops/vault/agent.h"

#include <nlohmann/json.hpp>

namespace kms {
namespace {

// The agent does the rest, once this has its event.
Json allowed(Call& call) {
  call.event.read_only = false;
  return Json::object();
}

}  // namespace

Json unlock_agent(Call& call, const UnlockRequest& /*request*/) {
  return allowed(call);
}

Json lock_agent(Call& call, const EmptyRequest& /*request*/) {
  return allowed(call);
}

Json reload_agent(Call& call, const EmptyRequest& /*request*/) {
  return allowed(call);
}

Json stop_agent(Call& call, const EmptyRequest& /*request*/) {
  return allowed(call);
}

}  // namespace kms
