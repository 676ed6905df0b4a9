#include "core/ops/agent.h"

#include <nlohmann/json.hpp>

namespace kms {

Json unlock(Call& call, const UnlockRequest& /*request*/) {
  call.event.read_only = false;
  return Json::object();
}

Json manage_agent(Call& call, const EmptyRequest& /*request*/) {
  call.event.read_only = false;
  return Json::object();
}

}  // namespace kms
