#pragma once
// A decision described in JSON, for those who try policies out: a request and every policy that concerns it. The
// members are those of the cases in tests/vectors/policy; nothing is derived, the context is complete as given.
#include <span>
#include <string>

#include "core/base/json.h"
#include "core/policy/evaluate.h"

namespace kms::policy {

struct SimulationCase {
  std::string id;
  Request request;
  Policies policies;
};

// ValidationException for what is no case, MalformedPolicyDocumentException for what is no policy.
// `actions` are those that key policies speak of; they must outlive the case.
SimulationCase read_case(const Json& json, std::span<const Action> actions);

}  // namespace kms::policy
