#pragma once
// What happens to the agent without a call: failed attempts to unlock, a lock after the idle timeout, what whoever runs
// the process does with it.
#include <span>
#include <string>

#include "core/base/json.h"
#include "core/service/context.h"

namespace kms {

struct AgentAct {
  std::string name;  // of the operation that it would be: Unlock, Lock, Stop, Reload
  Time when;
  std::string details;          // a JSON object as text; no secret
  std::string error_code = {};  // wire name; empty when it was done
};

// An event each, of which the vault is the author: nobody who calls has been proven. Throws as a commit does.
void record_acts(const Context& context, std::span<const AgentAct> acts);

}  // namespace kms
