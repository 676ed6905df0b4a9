#include "core/service/request_authorization.h"

#include <string>
#include <utility>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/grants.h"
#include "core/service/authorization.h"
#include "core/service/managed_use.h"
#include "core/service/request_context.h"

namespace kms {
namespace {

// The questions that one request asks.
class Authorization {
 public:
  Authorization(Call& call, const Operation& operation, const BoundRequest& request,
                const std::optional<CiphertextKey>& by_ciphertext)
      : call_(call),
        operation_(operation),
        request_(request),
        by_ciphertext_(by_ciphertext),
        action_(operation.first.text()) {}

  void run() {
    for (const auto* key : {&call_.key, &call_.second_key}) {
      if (by_ciphertext_ && key == &call_.key) continue;
      if (key->has_value() && of_keys()) require_managed_use(call_.caller, **key, operation_, action_);
    }
    switch (operation_.resource) {
      case Resource::kNothing:
        break;
      case Resource::kAccount:
        ask("*", nullptr);
        break;
      case Resource::kIdentity:
        ask(identity_arn(), nullptr);
        break;
      case Resource::kAliasAndKey:
        ask(call_.caller.home.arn(request_.alias()), nullptr);
        ask_about_keys();
        break;
      case Resource::kKey:
        ask_about_keys();
        break;
    }
    for (const FurtherQuestion& further : request_.further_questions(call_)) ask_further(further);
  }

 private:
  // Administration of the vault is for identity policies alone; key policies speak of KMS.
  bool of_keys() const { return operation_.permission->key_policies; }

  void ask(const std::string& resource, const Key* key, Half half = Half::kFirst) {
    const policy::Action& action = half == Half::kFirst ? operation_.first : operation_.second;
    AccessQuestion question{
        half == Half::kFirst ? action_ : action.text(), resource, of_keys() ? key : nullptr, nullptr,
        policy::ConditionContext([&](policy::ConditionContext& out) { add_conditions(out, key, half); })};
    ConditionFiller context(nullptr, half, false);
    request_.add_conditions(context);
    question.encryption_context = context.take_encryption_context();
    question.known = of_keys() ? &action : nullptr;
    decide(call_.caller, question);
  }

  void ask_about_keys() {
    if (by_ciphertext_) {
      ask_about_ciphertext(*by_ciphertext_);
    } else {
      ask(call_.key.value().arn(), &*call_.key);
    }
    if (call_.second_key) ask(call_.second_key->arn(), &*call_.second_key, Half::kSecond);
  }

  // A key that is not there is asked about as well, by its name alone: the refusal takes the same way.
  void ask_about_ciphertext(const CiphertextKey& named) {
    try {
      if (call_.key) {
        require_managed_use(call_.caller, *call_.key, operation_, action_);
        return ask(call_.key->arn(), &*call_.key);
      }
      ask(key_arn({named.account, call_.caller.home.region}, named.id), nullptr);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kAccessDenied) throw;
    }
    throw_ciphertext_denied();
  }

  void add_conditions(policy::ConditionContext& conditions, const Key* key, Half half) const {
    conditions = caller_conditions(call_.transaction, call_.caller, call_.now());
    if (key != nullptr) {
      add_key_conditions(conditions, call_.transaction, *key);
      if (operation_.shows_idle_days) add_usage_conditions(conditions, call_.transaction, *key, call_.now());
    } else {
      conditions.set("aws:ResourceAccount", call_.caller.home.account);
    }
    ConditionFiller filler(&conditions, half, !call_.caller.via_service.empty());
    request_.add_conditions(filler);
    filler.take_encryption_context();
    if (!operation_.same_key.empty()) {
      const bool same = call_.key && call_.key->arn() == call_.second_key->arn();
      conditions.set(operation_.same_key, same ? "true" : "false");
    }
  }

  void ask_further(const FurtherQuestion& further) {
    if (further.action.empty()) return ask(further.key.value().arn(), &*further.key);
    Caller there = call_.caller;
    if (!further.region.empty()) there.home.region = further.region;
    AccessQuestion question{std::string(further.action), further.resource, nullptr, nullptr,
                            caller_conditions(call_.transaction, there, call_.now())};
    if (call_.key) {
      add_key_conditions(question.conditions, call_.transaction, *call_.key);
    } else {
      question.conditions.set("aws:ResourceAccount", there.home.account);
    }
    if (further.by_request) {
      ConditionFiller filler(&question.conditions, Half::kFirst, !there.via_service.empty());
      request_.add_conditions(filler);
    }
    decide(there, question);
  }

  void decide(const Caller& caller, const AccessQuestion& question) {
    const auto decision = call_.context.authorizer.decide(call_.transaction, caller, question);
    if (!decision.allowed) throw_access_denied(caller, question, decision);
    if (!decision.decisive || decision.decisive->layer != policy::Layer::kGrant) return;
    for (const auto& each : decision.statements) {
      if (each.layer == policy::Layer::kGrant && each.applies()) call_.granted_by.push_back(each.document);
    }
  }

  std::string identity_arn() const {
    const std::string text = request_.identity();
    const auto name = parse_identity_name(call_.caller.home.account, text);
    if (name) return name->arn();
    const auto root = principal_arn(call_.caller.home.account, text);
    if (!root) {
      throw Error(ErrorCode::kValidation,
                  cat("'", text, "' names no identity: it is user/NAME, group/NAME, role/NAME or an ARN"));
    }
    return *root;
  }

  Call& call_;
  const Operation& operation_;
  const BoundRequest& request_;
  const std::optional<CiphertextKey>& by_ciphertext_;
  const std::string action_;
};

// A token must be one that this vault gave out. Its grant counts with or without it: nothing here becomes consistent
// later.
void require_grant_token(const Call& call, std::string_view token) {
  if (!read_grant_token(call.transaction, token)) {
    throw Error(ErrorCode::kInvalidGrantToken, "The grant token is not valid.");
  }
}

}  // namespace

void authorize(Call& call, const Operation& operation, const BoundRequest& request,
               const std::optional<CiphertextKey>& by_ciphertext) {
  require_current(call.transaction, call.caller, call.now());
  Authorization(call, operation, request, by_ciphertext).run();
  for (const std::string& token : request.grant_tokens()) require_grant_token(call, token);
}

}  // namespace kms
