#include <algorithm>

#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/policy/condition.h"
#include "core/policy/evaluate.h"
#include "core/policy/match.h"

namespace kms::policy {
namespace {

PrincipalMatch match_principal(const Principals& named, const Principal& principal) {
  if (named.any) return PrincipalMatch::kAny;
  const auto lists = [](const std::vector<std::string>& list, const std::string& text) {
    return !text.empty() && std::find(list.begin(), list.end(), text) != list.end();
  };
  if (principal.type == PrincipalType::kService) {
    return lists(named.services, principal.service) ? PrincipalMatch::kExact : PrincipalMatch::kNone;
  }
  if (lists(named.aws, principal.arn)) return PrincipalMatch::kExact;
  if (lists(named.aws, principal.role_arn) || lists(named.aws, principal.user_arn)) return PrincipalMatch::kRole;
  if (!principal.account.empty() && lists(named.aws, root_principal(principal.account))) {
    return PrincipalMatch::kAccount;
  }
  return PrincipalMatch::kNone;
}

// NotPrincipal spares those it names; the account alone does not spare its users and roles.
bool spares(PrincipalMatch named, const Principal& principal) {
  return named != PrincipalMatch::kNone &&
         (named != PrincipalMatch::kAccount || principal.type == PrincipalType::kRoot);
}

bool resource_holds(const Statement& statement, bool has_variables, const Request& request) {
  bool listed = false;
  bool unresolved = false;
  for (const std::string& entry : statement.resources) {
    const auto match = resource_matches(entry, has_variables, request);
    unresolved = unresolved || !match;
    listed = listed || match.value_or(false);
  }
  if (!statement.not_resource) return listed;
  // A variable without a value would widen an Allow.
  if (unresolved && statement.effect == Effect::kAllow) return false;
  return !listed;
}

StatementResult examine_one(const Request& request, const Statement& statement, bool has_variables) {
  StatementResult out;
  out.sid = statement.sid;
  out.effect = statement.effect;
  out.not_principal = statement.not_principal;
  if (statement.principals) out.named = match_principal(*statement.principals, request.principal);
  out.principal = out.named != PrincipalMatch::kNone;
  if (statement.not_principal) out.principal = !spares(out.named, request.principal);
  const bool listed = std::any_of(statement.actions.begin(), statement.actions.end(),
                                  [&](const std::string& pattern) { return action_matches(pattern, request.action); });
  out.action = !statement.actions.empty() && listed != statement.not_action;
  out.resource = !statement.resources.empty() && resource_holds(statement, has_variables, request);
  for (const ConditionTest& test : statement.conditions) {
    if (!holds(test, statement.effect, has_variables, request.context)) {
      out.failed.push_back(cat(test.op_text, " ", test.key));
    }
  }
  out.condition = out.failed.empty();
  return out;
}

}  // namespace

std::vector<StatementResult> examine(const Request& request, Layer layer, const NamedDocument& document) {
  std::vector<StatementResult> out;
  for (const Statement& statement : document.document->statements) {
    out.push_back(examine_one(request, statement, document.document->has_variables));
    out.back().layer = layer;
    out.back().document = document.name;
    out.back().number = out.size();
  }
  return out;
}

}  // namespace kms::policy
