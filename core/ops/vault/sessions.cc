#include "core/ops/vault/sessions.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/ops/vault/identities.h"
#include "core/policy/document.h"
#include "core/records/identities.h"
#include "core/service/authorization.h"
#include "core/service/request_context.h"
#include "core/service/session_token.h"

namespace kms {
namespace {

constexpr std::int32_t kDefaultSeconds = 3600;
constexpr std::int32_t kChainedSeconds = 3600;  // of a session that a session opens, at most

bool may_assume(const Call& call, const Identity& role, const AssumeRoleRequest& request) {
  AccessQuestion question{"sts:AssumeRole", role.name.arn(), nullptr, &role,
                          caller_conditions(call.transaction, call.caller, call.now())};
  question.conditions.set("sts:RoleSessionName", request.session_name);
  question.conditions.set("aws:ResourceAccount", role.name.account);
  for (const auto& [name, value] : role.tags) question.conditions.set(cat("aws:ResourceTag/", name), value);
  return call.context.authorizer.decide(call.transaction, call.caller, question).allowed;
}

// The same answer for a role that is not there as for one that the caller may not assume: without the reason, as AWS
// gives it, since that would be the role's.
Identity require_assumable(const Call& call, const AssumeRoleRequest& request) {
  const IdentityName name = require_role_name(call, request.role_arn);
  const auto role = find_identity(call.transaction, name);
  if (may_assume(call, role ? *role : untrusting_role(name), request) && role) return *role;
  throw Error(ErrorCode::kAccessDenied, cat("User: ", call.caller.principal,
                                            " is not authorized to perform: sts:AssumeRole on resource: ", name.arn()));
}

}  // namespace

void AssumeRoleRequest::check() const {
  const bool valid = std::all_of(session_name.begin(), session_name.end(), [](char c) {
    const bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return word || std::string_view("_=,.@-").find(c) != std::string_view::npos;
  });
  if (!valid) {
    throw Error(ErrorCode::kValidation, "RoleSessionName has letters, digits and the characters _=,.@- only.");
  }
  if (!policy.empty()) (void)policy::parse_identity_policy(policy);
}

GetCallerIdentityResponse get_caller_identity(Call& call, const EmptyRequest& /*request*/) {
  const Caller& caller = call.caller;
  return {caller.user_id(), std::string(account_of(caller.principal)), caller.principal};
}

AssumeRoleResponse assume_role(Call& call, const AssumeRoleRequest& request) {
  const Caller& caller = call.caller;
  if (caller.is_root()) {
    throw Error(ErrorCode::kAccessDenied, "Roles may not be assumed by root accounts.");
  }
  const Identity role = require_assumable(call, request);
  const std::int32_t longest =
      caller.session ? std::min(kChainedSeconds, role.max_session_seconds) : role.max_session_seconds;
  const std::int32_t seconds =
      request.duration_seconds == 0 ? std::min(kDefaultSeconds, longest) : request.duration_seconds;
  if (seconds > longest) {
    throw Error(ErrorCode::kValidation,
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  const RoleSession session{role.name.arn(),
                            role.id,
                            request.session_name,
                            caller.session ? caller.session->source : caller.principal,
                            caller.session ? caller.session->source_id : caller.principal_id,
                            call.now(),
                            call.now() + std::chrono::seconds(seconds),
                            request.policy};
  AssumedRoleUser user{cat(role.id, ":", session.name), session.arn()};
  *call.event.response_elements = {{"assumedRoleUser", {{"assumedRoleId", user.assumed_role_id}, {"arn", user.arn}}}};
  std::string token = make_session_token(call.transaction, session);
  const SessionCredentials credentials = session_credentials(call.transaction, token);
  return {{credentials.access_key_id, {SecretBytes::copy_of(credentials.secret)}, std::move(token), session.expires},
          std::move(user)};
}

}  // namespace kms
