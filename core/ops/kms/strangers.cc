#include "core/ops/kms/strangers.h"

#include <nlohmann/json.hpp>

#include "core/policy/outsiders.h"

namespace kms {

void tell_newly_allowed(AuditEvent& event, const std::vector<std::string>& names) {
  if (!names.empty()) (*event.additional_data)["newlyAllows"] = names;
}

void tell_newly_allowed(AuditEvent& event, const DocumentBefore& before, const policy::Document& after,
                        std::string_view account) {
  auto names = policy::newly_allowed(nullptr, after, account);
  if (!names.empty() && before) names = policy::newly_allowed(&*before(), after, account);
  tell_newly_allowed(event, names);
}

}  // namespace kms
