#include "core/ops/vault/organization.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/policy/evaluate.h"
#include "core/records/identities.h"
#include "core/service/request_context.h"
#include "core/service/response.h"

namespace kms {
namespace {

constexpr std::string_view kFullAccess = "FullAWSAccess";
constexpr std::size_t kLongest = 5120;
constexpr std::string_view kOpenEndpoint =
    R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]})";

bool is_level(std::string_view text) {
  constexpr std::string_view kRoot = "root";
  return text == kRoot || is_account_id(text) ||
         (text.starts_with("root/") && is_identity_text(text.substr(kRoot.size() + 1)));
}

void require_level(std::string_view level) {
  if (is_level(level)) return;
  throw Error(ErrorCode::kValidation,
              cat("'", level, "' is no level: root, root/UNIT, or the 12 digits of an account"));
}

std::map<std::string, std::string>& of_type(LevelPolicies& level, OrganizationPolicyType type) {
  return type == OrganizationPolicyType::kServiceControl ? level.service_control : level.resource_control;
}

bool is_full_access(const OrganizationPolicyRequest& request) {
  return request.type == OrganizationPolicyType::kServiceControl && request.name == kFullAccess;
}

[[noreturn]] void throw_absent(const OrganizationPolicyRequest& request) {
  throw Error(ErrorCode::kNotFound, cat("Level ", request.level, " has no policy named '", request.name, "'."));
}

// AWS: resource control policies only deny.
void check_resource_control(const policy::Document& document) {
  for (const policy::Statement& statement : document.statements) {
    if (statement.effect == policy::Effect::kDeny && statement.principals && statement.principals->any) continue;
    throw Error(ErrorCode::kMalformedPolicy,
                R"(Each statement of a resource control policy has the Effect Deny and the Principal "*".)");
  }
}

std::vector<std::string> names_of(const std::map<std::string, std::string>& policies) {
  std::vector<std::string> names;
  names.reserve(policies.size());
  for (const auto& [name, text] : policies) names.push_back(name);
  return names;
}

// Those that the policies of a level apply to.
std::vector<std::string> accounts_below(const Transaction& transaction, const std::string& level) {
  std::vector<std::string> ids;
  for (const Account& account : list_accounts(transaction)) {
    const auto levels = levels_of(transaction, account.id);
    if (std::find(levels.begin(), levels.end(), level) != levels.end()) ids.push_back(account.id);
  }
  return ids;
}

}  // namespace

void require_way_back(const Call& call) {
  const AccessQuestion question{"kmsctl:DeleteOrganizationPolicy", "*", nullptr, nullptr,
                                caller_conditions(call.transaction, call.caller, call.now())};
  if (call.context.authorizer.decide(call.transaction, call.caller, question).allowed) return;
  throw Error(ErrorCode::kMalformedPolicy,
              "With this change you could not change the policies of the organization in the future: "
              "let it allow kmsctl:DeleteOrganizationPolicy.");
}

PutOrganizationPolicyResponse put_organization_policy(Call& call, const PutOrganizationPolicyRequest& request) {
  require_level(request.level);
  LevelPolicies level = find_level(call.transaction, request.level);
  if (is_full_access(request)) {  // its text is AWS's: attaching it again is all there is to do
    level.full_access = true;
  } else {
    const bool service = request.type == OrganizationPolicyType::kServiceControl;
    const auto kind = service ? policy::DocumentKind::kServiceControl : policy::DocumentKind::kResource;
    const policy::Document document = policy::parse(kind, request.policy);
    if (!service) check_resource_control(document);
    if (request.policy.size() > kLongest) {
      throw Error(ErrorCode::kLimitExceeded, "A policy of the organization can have at most 5120 characters.");
    }
    of_type(level, request.type)[request.name] = request.policy;
  }
  put_level(call.transaction, request.level, level);
  require_way_back(call);
  return {accounts_below(call.transaction, request.level)};
}

GetOrganizationPolicyResponse get_organization_policy(Call& call, const OrganizationPolicyRequest& request) {
  require_level(request.level);
  LevelPolicies level = find_level(call.transaction, request.level);
  auto& policies = of_type(level, request.type);
  if (is_full_access(request) && level.full_access) policies[request.name] = policy::kFullAccessText;
  const auto found = policies.find(request.name);
  if (found == policies.end()) throw_absent(request);
  return {request.level, found->first, found->second};
}

EmptyResponse delete_organization_policy(Call& call, const OrganizationPolicyRequest& request) {
  require_level(request.level);
  LevelPolicies level = find_level(call.transaction, request.level);
  const bool removed = is_full_access(request) ? std::exchange(level.full_access, false)
                                               : of_type(level, request.type).erase(request.name) != 0;
  if (!removed) throw_absent(request);
  put_level(call.transaction, request.level, level);
  require_way_back(call);
  return {};
}

ListOrganizationPoliciesResponse list_organization_policies(Call& call,
                                                            const ListOrganizationPoliciesRequest& request) {
  const std::string& account = request.account.empty() ? call.caller.home.account : request.account;
  ListOrganizationPoliciesResponse answer;
  for (const std::string& name : levels_of(call.transaction, account)) {
    const LevelPolicies level = find_level(call.transaction, name);
    std::vector<std::string> service = names_of(level.service_control);
    if (level.full_access) service.insert(service.begin(), std::string(kFullAccess));
    answer.levels.push_back({name, std::move(service), names_of(level.resource_control)});
  }
  return answer;
}

EmptyResponse put_endpoint_policy(Call& call, const PutEndpointPolicyRequest& request) {
  (void)policy::parse(policy::DocumentKind::kResource, request.policy);
  put_endpoint_policy(call.transaction, to_text(request.listener), request.policy);
  return {};
}

GetEndpointPolicyResponse get_endpoint_policy(Call& call, const EndpointPolicyRequest& request) {
  const auto stored = find_endpoint_policy(call.transaction, to_text(request.listener));
  return {request.listener, stored.value_or(std::string(kOpenEndpoint))};
}

EmptyResponse delete_endpoint_policy(Call& call, const EndpointPolicyRequest& request) {
  erase_endpoint_policy(call.transaction, to_text(request.listener));
  return {};
}

}  // namespace kms
