#include "core/service/operation.h"

#include <algorithm>
#include <set>

#include "core/base/text.h"

namespace kms {
namespace {

using Names = std::set<std::string>;

void add_names(Names& out, const std::vector<Field>& fields) {
  for (const Field& field : fields) {
    const Condition& condition = field.rule.condition;
    add_names(out, field.members);
    if (condition.kind == ConditionKind::kNone || field.sensitive) continue;
    if (!condition.key.empty()) out.insert(lower_ascii(condition.key));
    if (condition.kind == ConditionKind::kContext || condition.kind == ConditionKind::kConstraint) {
      out.insert({"kms:encryptioncontext:", "kms:encryptioncontextkeys"});
    }
    if (condition.kind == ConditionKind::kTags) out.insert({"aws:requesttag/", "aws:tagkeys"});
    if (condition.kind == ConditionKind::kAlias) out.insert("kms:requestalias");
  }
}

}  // namespace

const Service* service_of(std::string_view action) {
  for (const Service* service : {&kKmsService, &kStsService, &kCloudTrailService, &kVaultService}) {
    if (action.starts_with(service->action_prefix)) return service;
  }
  return nullptr;
}

AskedBy find_action(std::span<const Operation> operations, std::string_view action) {
  const Service* service = service_of(action);
  for (const Operation& row : operations) {
    if (row.service != service) continue;
    if (row.first.is(action)) return {&row, Half::kFirst};
    if (row.second.is(action)) return {&row, Half::kSecond};
  }
  return {};
}

std::string_view name_of(std::span<const Operation> operations, AgentVerb verb) {
  return std::find_if(operations.begin(), operations.end(), [&](const Operation& row) { return row.verb == verb; })
      ->name;
}

std::vector<std::string> condition_keys(const Operation& operation) {
  Names names;
  add_names(names, operation.fields());
  if (operation.asks_about != nullptr) add_names(names, operation.asks_about());
  policy::ConditionContext defaults;
  ConditionFiller filler(&defaults, Half::kBoth, false);
  operation.suppose(filler);
  for (const auto& entry : defaults.entries()) names.insert(entry.first);
  if (operation.shows_idle_days) names.insert("kms:trailingdayswithoutkeyusage");
  if (!operation.same_key.empty()) names.insert(lower_ascii(operation.same_key));
  return {names.begin(), names.end()};
}

}  // namespace kms
