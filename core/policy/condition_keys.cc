#include "core/policy/condition_keys.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/text.h"
#include "core/policy/match.h"

namespace kms::policy {
namespace {

// clang-format off
constexpr auto kKeys = std::to_array<ConditionKey>({
    {"aws:calledvia", KeyType::kArray, true},
    {"aws:currenttime", KeyType::kDate, true},
    {"aws:epochtime", KeyType::kDate, true},
    {"aws:multifactorauthage", KeyType::kNumeric, true},
    {"aws:multifactorauthpresent", KeyType::kBool, true},
    {"aws:principalaccount", KeyType::kString, true},
    {"aws:principalarn", KeyType::kArn, true},
    {"aws:principalisawsservice", KeyType::kBool, true},
    {"aws:principalservicename", KeyType::kString, true},
    {"aws:principaltag/", KeyType::kString, true},
    {"aws:principaltype", KeyType::kString, true},
    {"aws:requestedregion", KeyType::kString, true},
    {"aws:requesttag/", KeyType::kString, false},
    {"aws:resourceaccount", KeyType::kString, true},
    {"aws:resourcetag/", KeyType::kString, true},
    {"aws:securetransport", KeyType::kBool, true},
    {"aws:sourceaccount", KeyType::kString, true},
    {"aws:sourcearn", KeyType::kArn, true},
    {"aws:sourceip", KeyType::kIp, true},
    {"aws:sourcevpce", KeyType::kString, true},
    {"aws:tagkeys", KeyType::kArray, false},
    {"aws:tokenissuetime", KeyType::kDate, true},
    {"aws:useragent", KeyType::kString, true},
    {"aws:userid", KeyType::kString, true},
    {"aws:username", KeyType::kString, true},
    {"aws:viaawsservice", KeyType::kBool, true},
    {"kms:bypasspolicylockoutsafetycheck", KeyType::kBool, false},
    {"kms:calleraccount", KeyType::kString, true},
    {"kms:datakeypairspec", KeyType::kString, false},
    {"kms:encryptionalgorithm", KeyType::kString, false},
    {"kms:encryptioncontext:", KeyType::kString, false},
    {"kms:encryptioncontextkeys", KeyType::kArray, false},
    {"kms:expirationmodel", KeyType::kString, false},
    {"kms:grantconstraintsourcearn", KeyType::kArn, false},
    {"kms:grantconstrainttype", KeyType::kString, false},
    {"kms:granteeprincipal", KeyType::kString, false},
    {"kms:granteeserviceprincipal", KeyType::kString, false},
    {"kms:grantisforawsresource", KeyType::kBool, false},
    {"kms:grantoperations", KeyType::kArray, false},
    {"kms:keyagreementalgorithm", KeyType::kString, false},
    {"kms:keyorigin", KeyType::kString, true},
    {"kms:keyspec", KeyType::kString, true},
    {"kms:keyusage", KeyType::kString, true},
    {"kms:macalgorithm", KeyType::kString, false},
    {"kms:messagetype", KeyType::kString, false},
    {"kms:multiregion", KeyType::kBool, true},
    {"kms:multiregionkeytype", KeyType::kString, true},
    {"kms:primaryregion", KeyType::kString, false},
    {"kms:reencryptonsamekey", KeyType::kBool, false},
    {"kms:replicaregion", KeyType::kString, false},
    {"kms:requestalias", KeyType::kString, false},
    {"kms:resourcealiases", KeyType::kArray, true},
    {"kms:retiringprincipal", KeyType::kString, false},
    {"kms:retiringserviceprincipal", KeyType::kString, false},
    {"kms:rotationperiodindays", KeyType::kNumeric, false},
    {"kms:schedulekeydeletionpendingwindowindays", KeyType::kNumeric, false},
    {"kms:signingalgorithm", KeyType::kString, false},
    {"kms:trailingdayswithoutkeyusage", KeyType::kNumeric, false},
    {"kms:validto", KeyType::kDate, false},
    {"kms:viaservice", KeyType::kString, true},
    {"kms:wrappingalgorithm", KeyType::kString, false},
    {"kms:wrappingkeyspec", KeyType::kString, false},
    {"kms:recipientattestation:", KeyType::kString, false},
});
// clang-format on

}  // namespace

std::optional<ConditionKey> find_condition_key(std::string_view name) {
  const std::string wanted = lower_ascii(name);
  for (const ConditionKey& key : kKeys) {
    const bool family = key.name.ends_with('/') || key.name.ends_with(':');
    if (family ? wanted.starts_with(key.name) : wanted == key.name) return key;
  }
  return std::nullopt;
}

bool occurs(const ConditionKey& key, std::string_view pattern, std::span<const Action> actions) {
  if (key.everywhere) return true;
  return std::any_of(actions.begin(), actions.end(), [&](const Action& action) {
    const auto& keys = action.condition_keys;
    return std::find(keys.begin(), keys.end(), key.name) != keys.end() && action_matches(pattern, action.text());
  });
}

}  // namespace kms::policy
