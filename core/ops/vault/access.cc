#include "core/ops/vault/access.h"

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/ops/vault/identities.h"
#include "core/policy/explain.h"
#include "core/records/identities.h"
#include "core/service/authorization.h"
#include "core/service/managed_use.h"
#include "core/service/request_context.h"

namespace kms {
namespace {

// Whom the request asks about, by ARN: the role, when it is a session of one. Whether there is such a principal is not
// looked at, since the caller may have no right to know.
std::string name_of_target(const Call& call, const std::string& principal) {
  if (principal.empty()) return call.caller.session ? call.caller.session->role_arn : call.caller.principal;
  const auto root = principal_arn(call.caller.home.account, principal);
  if (root && root->ends_with(":root")) return *root;
  const IdentityName name = require_identity_name(call, principal);
  if (name.kind == IdentityKind::kGroup) {
    throw Error(ErrorCode::kValidation, "A group is no principal: ask about one of its users.");
  }
  return name.arn();
}

Caller target_of(const Call& call, const std::string& principal) {
  if (principal.empty()) return call.caller;
  const std::string arn = name_of_target(call, principal);
  if (arn == call.caller.principal) return call.caller;
  const std::string& region = call.caller.home.region;
  if (!arn.ends_with(":root")) return imagined_caller(require_identity(call, arn), region, call.now());
  const std::string account(account_of(arn));
  if (find_account(call.transaction, account)) return imagined_root(account, region);
  throw Error(ErrorCode::kNotFound, cat("Account ", account, " is not known to this vault."));
}

struct Asked {
  AccessQuestion question;
  std::optional<Identity> role;  // what question.role points to
};

void ask(const Call& call, const Caller& caller, const AccessQuestionRequest& request, Asked& out) {
  AccessQuestion& question = out.question;
  question = {request.action, request.resource.empty() ? "*" : request.resource, nullptr, nullptr,
              caller_conditions(call.transaction, caller, call.now())};
  const AskedBy asked = find_action(call.context.operations, request.action);
  const Service* service = service_of(request.action);
  const bool of_keys = service != nullptr && service->key_policies;
  if (call.key) {
    question.resource = call.key->arn();
    if (of_keys) question.key = &*call.key;
    add_key_conditions(question.conditions, call.transaction, *call.key);
  }
  if (request.action == "sts:AssumeRole") {
    const IdentityName name = require_role_name(call, request.resource);
    out.role = find_identity(call.transaction, name).value_or(untrusting_role(name));
    question.role = &*out.role;
    question.resource = out.role->name.arn();
  }
  if (asked.operation != nullptr) {
    const bool first = asked.half == Half::kFirst;
    if (of_keys) question.known = first ? &asked.operation->first : &asked.operation->second;
    if (call.key && asked.operation->shows_idle_days) {
      add_usage_conditions(question.conditions, call.transaction, *call.key, call.now());
    }
    const ConditionFiller::Supposed supposed{request.key_id, request.encryption_context};
    ConditionFiller filler(&question.conditions, asked.half, !caller.via_service.empty(), &supposed);
    asked.operation->suppose(filler);
    filler.take_encryption_context();
  }
  for (const auto& [key, value] : request.context) question.conditions.replace(key, value);
  question.encryption_context = request.encryption_context;
}

// Of file, or as kms:ViaService has it, file.REGION.kmsctl.local.
std::string service_in(std::string_view text) {
  return std::string(text.substr(0, text.find('.')));
}

Caller with_circumstances(Caller caller, const AccessQuestionRequest& request) {
  if (!request.via_service.empty()) caller.via_service = service_in(request.via_service);
  if (request.listener) caller.listener = to_text(*request.listener);
  return caller;
}

ExplainedStatement explained(const policy::StatementDetail& detail) {
  const policy::StatementResult& result = detail.result;
  ExplainedStatement out;
  out.policy = result.document;
  if (result.number != 0) out.statement = static_cast<std::int64_t>(result.number);
  if (!result.sid.empty()) out.sid = result.sid;
  out.effect = result.effect;
  out.applies = result.applies();
  out.principal = result.principal;
  out.action = result.action;
  out.resource = result.resource;
  out.condition = result.condition;
  if (!result.failed.empty()) out.failed_conditions = result.failed;
  if (detail.conditions.empty()) return out;
  auto& conditions = out.conditions.emplace();
  for (const policy::ConditionDetail& each : detail.conditions) {
    conditions.push_back({each.op, each.key, each.values, each.resolved, each.requested, each.holds});
  }
  return out;
}

// What the caller wrote, or was given, is theirs to see.
bool is_own(policy::Layer layer) {
  return layer == policy::Layer::kIdentity || layer == policy::Layer::kBoundary || layer == policy::Layer::kSession;
}

ExplainedLayer explained(const policy::LayerDetail& layer, bool everything) {
  ExplainedLayer out{std::string(policy::layer_name(layer.layer)), layer.verdict, {}};
  if (layer.set && !everything && !is_own(layer.layer)) return out;
  auto& statements = out.statements.emplace();
  for (const policy::StatementDetail& detail : layer.statements) statements.push_back(explained(detail));
  return out;
}

WayToAllow explained(policy::Way way) {
  switch (way) {
    case policy::Way::kKeyPolicy:
      return WayToAllow::kKeyPolicy;
    case policy::Way::kGrant:
      return WayToAllow::kGrant;
    case policy::Way::kPrincipalPolicy:
      break;
  }
  return WayToAllow::kPrincipalPolicy;
}

// But for what was asked.
ExplainAccessResponse explained(const policy::Explanation& explanation, bool everything) {
  const policy::Decision& decision = explanation.decision;
  ExplainAccessResponse out;
  out.decision = decision.allowed ? AccessDecision::kAllow : AccessDecision::kDeny;
  out.explicit_deny = decision.explicit_deny;
  out.reason = decision.reason;
  for (const policy::LayerDetail& layer : explanation.layers) out.layers.push_back(explained(layer, everything));
  if (!everything) return out;
  if (decision.decisive) out.decided_by = explained({*decision.decisive, {}});
  if (explanation.nearest_miss) out.nearest_miss = explained(*explanation.nearest_miss);
  out.changes_that_would_allow = explanation.changes;
  auto& ways = out.ways_to_allow.emplace();
  for (const policy::Way way : explanation.ways) ways.push_back(explained(way));
  out.absent_keys = explanation.absent_keys;
  return out;
}

// Whether the caller may see the policies of the target; refuses when they are another's.
bool may_see(const Call& call, const std::string& principal) {
  const std::string whom = name_of_target(call, principal);
  AccessQuestion question{"kmsctl:ExplainAccess", whom, nullptr, nullptr,
                          caller_conditions(call.transaction, call.caller, call.now())};
  const auto decision = call.context.authorizer.decide(call.transaction, call.caller, question);
  if (!decision.allowed && !principal.empty() && whom != call.caller.principal) {
    throw_access_denied(call.caller, question, decision);
  }
  return decision.allowed;
}

}  // namespace

void AccessQuestionRequest::check() const {
  const std::size_t colon = action.find(':');
  if (colon == std::string::npos || action.find_first_of("*?") != std::string::npos) {
    throw Error(ErrorCode::kValidation, cat("'", action, "' is no action: as kms:Decrypt, without wildcards"));
  }
  if (action == "kms:ReEncrypt") {
    throw Error(ErrorCode::kValidation, "ReEncrypt asks for two actions: kms:ReEncryptFrom and kms:ReEncryptTo.");
  }
  if (action == "sts:AssumeRole" && resource.empty()) {
    throw Error(ErrorCode::kValidation, "sts:AssumeRole is asked about a role: name it as the Resource.");
  }
  if (!via_service.empty() && !is_built_in_service(service_in(via_service))) {
    throw Error(ErrorCode::kValidation,
                cat("'", via_service, "' is no service that calls for principals: give file, ", "secrets or signing"));
  }
}

ExplainAccessResponse explain_access(Call& call, const ExplainAccessRequest& request) {
  const bool everything = may_see(call, request.principal);
  if (everything && request.action == "sts:AssumeRole") (void)require_identity(call, request.resource);
  const Caller target = with_circumstances(target_of(call, request.principal), request);
  Asked asked;
  ask(call, target, request, asked);
  const auto explain = [&] {
    return policy::explain(policy_request(call.transaction, target, asked.question),
                           gather_policies(call.transaction, target, asked.question));
  };
  auto explanation = explain();
  if (!everything && asked.role && !explanation.decision.allowed) {
    *asked.role = untrusting_role(asked.role->name);  // as if the role were not there
    explanation = explain();
  }
  if (call.key && call.key->manager == KeyManager::kAws) {  // its policy is fixed, and grants of it are not given out
    std::erase_if(explanation.ways, [](policy::Way way) { return way != policy::Way::kPrincipalPolicy; });
  }
  ExplainAccessResponse answer = explained(explanation, everything);
  answer.principal = target.principal;
  answer.action = asked.question.action;
  answer.resource = asked.question.resource;
  return answer;
}

ListPrincipalsWithAccessResponse list_principals_with_access(Call& call, const AccessQuestionRequest& request) {
  if (request.action == "sts:AssumeRole") (void)require_identity(call, request.resource);
  ListPrincipalsWithAccessResponse answer;
  const auto try_one = [&](const Caller& who) {
    const Caller target = with_circumstances(who, request);
    Asked asked;
    ask(call, target, request, asked);
    const auto decision = policy::evaluate(policy_request(call.transaction, target, asked.question),
                                           gather_policies(call.transaction, target, asked.question));
    if (decision.allowed) answer.principals.push_back({target.principal, decision.reason});
  };
  for (const Account& account : list_accounts(call.transaction)) {
    try_one(imagined_root(account.id, call.caller.home.region));
    scan_identities(call.transaction, account.id, "", [&](const Identity& identity) {
      if (identity.name.kind == IdentityKind::kGroup) return true;
      try_one(imagined_caller(identity, call.caller.home.region, call.now()));
      return true;
    });
  }
  return answer;
}

}  // namespace kms
