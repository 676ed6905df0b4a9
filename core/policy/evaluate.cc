#include "core/policy/evaluate.h"

#include <algorithm>
#include <string_view>

#include "core/base/text.h"

namespace kms::policy {
namespace {

using Pairs = std::map<std::string, std::string>;

// Keys and values exactly, as the strictest reading has it.
bool contains(const Pairs& given, const Pairs& wanted) {
  return std::includes(given.begin(), given.end(), wanted.begin(), wanted.end());
}

bool is_on_behalf_of(const Request& request, const std::string& source_arn) {
  const auto* found = request.context.find("aws:SourceArn");
  return found != nullptr && std::all_of(found->begin(), found->end(), [&](const ContextValue& entry) {
           return entry.values.size() == 1 && entry.values.front() == source_arn;
         });
}

// The constraints that the request does not meet.
std::vector<std::string> failed_constraints(const Request& request, const GrantConstraints& constraints) {
  const Action* known = request.known;
  const bool retires = known != nullptr && known->by_grant_only;
  const bool has_context = known == nullptr || !known->no_encryption_context;
  const Pairs& context = request.encryption_context;
  const auto& [subset, equals, source_arn, unknown] = constraints;
  std::vector<std::string> failed;
  if (has_context && !equals.empty() && context != equals) failed.emplace_back("EncryptionContextEquals");
  if (has_context && !contains(context, subset)) failed.emplace_back("EncryptionContextSubset");
  if (!retires && !source_arn.empty() && !is_on_behalf_of(request, source_arn)) failed.emplace_back("SourceArn");
  if (unknown) failed.emplace_back("a constraint that this version does not know");
  return failed;
}

StatementResult examine_grant(const Request& request, const Grant& grant) {
  StatementResult out;
  out.layer = Layer::kGrant;
  out.document = grant.id;
  const Principal& caller = request.principal;
  const bool exact = grant.grantee == caller.arn;
  const bool through = !grant.grantee.empty() && (grant.grantee == caller.role_arn || grant.grantee == caller.user_arn);
  out.named = exact ? PrincipalMatch::kExact : through ? PrincipalMatch::kRole : PrincipalMatch::kNone;
  out.principal = (exact || through) && !grant.grantee.empty();
  const Action* known = request.known;
  out.action = known != nullptr &&
               std::find(grant.operations.begin(), grant.operations.end(), known->name) != grant.operations.end();
  out.resource = grant.key_arn == request.resource;
  out.failed = failed_constraints(request, grant.constraints);
  out.condition = out.failed.empty();
  return out;
}

bool is_service_linked(const Principal& principal) {
  return principal.role_arn.find(":role/aws-service-role/") != std::string::npos;
}

// With the article, as AWS names the types of policies in its messages.
std::string_view policy_type(Layer layer) {
  switch (layer) {
    case Layer::kIdentity:
      return "an identity-based policy";
    case Layer::kBoundary:
      return "a permissions boundary";
    case Layer::kSession:
      return "a session policy";
    case Layer::kServiceControl:
      return "a service control policy";
    case Layer::kResourceControl:
      return "a resource control policy";
    case Layer::kEndpoint:
      return "a VPC endpoint policy";
    case Layer::kKeyPolicy:
    case Layer::kGrant:
      return "a resource-based policy";
  }
  return {};
}

class Evaluation {
 public:
  Evaluation(const Request& request, const Policies& policies) : request_(request), policies_(policies) {}

  Decision run() {
    examine_all();
    if (const auto* denial = find_denial()) {
      out_.explicit_deny = true;
      out_.decisive = *denial;
      out_.reason = cat("with an explicit deny in ", policy_type(denial->layer));
    } else {
      decide();
    }
    return std::move(out_);
  }

 private:
  // Remembers all, and answers whether one applicable Allow is among them.
  bool add(Layer layer, const NamedDocument& document) {
    bool allows = false;
    for (StatementResult& result : examine(request_, layer, document)) {
      allows = allows || (result.effect == Effect::kAllow && result.applies());
      out_.statements.push_back(std::move(result));
    }
    return allows;
  }

  void examine_all() {
    const bool service = request_.principal.type == PrincipalType::kService;
    if (!service) {
      for (const auto& policy : policies_.identity) identity_ = add(Layer::kIdentity, policy) || identity_;
      if (policies_.boundary) boundary_ = add(Layer::kBoundary, *policies_.boundary);
      if (policies_.session) session_ = add(Layer::kSession, *policies_.session);
    }
    if (!service && !is_service_linked(request_.principal)) {
      for (const Level& level : policies_.service_control) {
        bool allows = false;
        for (const auto& policy : level.policies) allows = add(Layer::kServiceControl, policy) || allows;
        if (!allows && closed_level_.empty()) closed_level_ = level.name;
        guarded_ = guarded_ && allows;
      }
    }
    if (request_.known == nullptr || !request_.known->by_grant_only) {
      for (const Level& level : policies_.resource_control) {
        for (const auto& policy : level.policies) add(Layer::kResourceControl, policy);
      }
    }
    if (policies_.endpoint) endpoint_ = add(Layer::kEndpoint, *policies_.endpoint);
    if (policies_.key_policy) add(Layer::kKeyPolicy, *policies_.key_policy);
    for (const Grant& grant : policies_.grants) out_.statements.push_back(examine_grant(request_, grant));
    if (request_.principal.type == PrincipalType::kRoot) identity_ = true;
    // Without a session policy, a federated user has none of the rights of its user.
    if (request_.principal.type == PrincipalType::kFederatedUser && !policies_.session) session_ = false;
    // AWS: NotPrincipal in a Deny spares nobody who has a permissions boundary.
    for (StatementResult& result : out_.statements) {
      if (policies_.boundary && result.not_principal) result.principal = true;
    }
  }

  const StatementResult* find_denial() const {
    for (const auto& result : out_.statements) {
      if (result.effect != Effect::kDeny) continue;
      if (result.applies()) return &result;
    }
    return nullptr;
  }

  // The strongest Allow of a layer.
  const StatementResult* best(Layer layer) const {
    const StatementResult* found = nullptr;
    for (const auto& result : out_.statements) {
      if (result.layer != layer || result.effect != Effect::kAllow || !result.applies()) continue;
      if (found == nullptr || found->named < result.named) found = &result;
    }
    return found;
  }

  void allow(const StatementResult* by, std::string_view reason) {
    out_.allowed = true;
    if (by != nullptr) out_.decisive = *by;
    out_.reason = reason;
  }

  void decide() {
    if (!guarded_) {
      refuse(Layer::kServiceControl);
    } else if (!endpoint_) {
      refuse(Layer::kEndpoint);
    } else if (request_.principal.type == PrincipalType::kService) {
      decide_service();
    } else if (!policies_.key_policy) {
      decide_without_key();
    } else if (request_.principal.account == request_.resource_account) {
      decide_same_account();
    } else {
      decide_foreign();
    }
  }

  bool limits_allow() const { return boundary_ && session_; }

  void refuse(Layer layer) {
    std::string_view type = policy_type(layer);
    type.remove_prefix(type.find(' ') + 1);
    out_.reason = cat("because no ", type, " allows the ", request_.action, " action");
  }

  // Of those that a caller's own policies have to pass, the first that does not.
  void refuse_caller() { refuse(!identity_ ? Layer::kIdentity : !boundary_ ? Layer::kBoundary : Layer::kSession); }

  void decide_service() {
    if (const auto* by = best(Layer::kKeyPolicy)) return allow(by, "because the key policy allows the service");
    refuse(Layer::kKeyPolicy);
  }

  void decide_without_key() {
    if (request_.principal.account != request_.resource_account) {
      out_.reason = "because the resource belongs to another account";
    } else if (identity_ && limits_allow()) {
      allow(best(Layer::kIdentity), "because an identity-based policy allows it");
    } else {
      refuse_caller();
    }
  }

  void decide_same_account() {
    const auto* key = best(Layer::kKeyPolicy);
    const bool root = request_.principal.type == PrincipalType::kRoot;
    if (key != nullptr) {
      const bool unlimited = key->named == PrincipalMatch::kExact || key->named == PrincipalMatch::kAny || root;
      if (unlimited || (key->named == PrincipalMatch::kRole && limits_allow())) {
        return allow(key, "because the key policy allows the caller");
      }
    }
    const auto* grant = best(Layer::kGrant);
    if (grant != nullptr && limits_allow()) return allow(grant, "because a grant allows it");
    if (key != nullptr && delegates() && identity_ && limits_allow()) {
      return allow(best(Layer::kIdentity),
                   "because the key policy leaves it to IAM, and an identity-based policy allows it");
    }
    if (key == nullptr && grant == nullptr) {
      refuse(Layer::kKeyPolicy);
    } else {
      refuse_caller();
    }
  }

  bool delegates() const {
    return std::any_of(out_.statements.begin(), out_.statements.end(), [](const StatementResult& result) {
      return result.layer == Layer::kKeyPolicy && result.effect == Effect::kAllow && result.applies() &&
             result.named == PrincipalMatch::kAccount;
    });
  }

  void decide_foreign() {
    const auto* key = best(Layer::kKeyPolicy);
    const auto* grant = best(Layer::kGrant);
    const bool crosses = request_.known != nullptr && request_.known->crosses_accounts;
    if (request_.only_cross_account_operations && !crosses) {
      out_.reason = cat("because ", request_.action, " does not work on keys of other accounts");
    } else if (grant != nullptr && limits_allow()) {
      allow(grant, "because a grant allows it");
    } else if (key == nullptr) {
      refuse(Layer::kKeyPolicy);
    } else if (identity_ && limits_allow()) {
      allow(key, "because the key policy and an identity-based policy of the caller's account allow it");
    } else {
      refuse_caller();
    }
  }

  const Request& request_;
  const Policies& policies_;
  Decision out_;
  bool identity_ = false;
  bool boundary_ = true;
  bool session_ = true;
  bool endpoint_ = true;
  bool guarded_ = true;
  std::string closed_level_;
};

}  // namespace

NamedDocument full_access_policy() {
  static const NamedDocument policy{"FullAWSAccess", parse_service_control_policy(kFullAccessText)};
  return policy;
}

Decision evaluate(const Request& request, const Policies& policies) {
  return Evaluation(request, policies).run();
}

}  // namespace kms::policy
