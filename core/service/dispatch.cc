#include "core/service/dispatch.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/service/authorization.h"
#include "core/service/grant_records.h"
#include "core/service/lifecycle.h"
#include "core/service/managed_keys.h"
#include "core/service/operation.h"
#include "core/service/records.h"
#include "core/service/request_context.h"

namespace kms {
namespace {

const Operation& find_operation(const Context& context, std::string_view name) {
  const auto rows = context.operations;
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const Operation& o) { return o.name == name; });
  if (row == rows.end()) throw Error(ErrorCode::kUnknownOperation, "the operation does not exist");
  return *row;
}

// The members that the trail may hold: no blobs, and nothing that the table calls sensitive.
Json audited_members(const std::vector<Field>& fields, const Json& json) {
  Json out = Json::object();
  for (const Field& field : fields) {
    const auto found = json.find(field.name);
    if (found == json.end() || found->is_null() || field.kind == FieldKind::kBlob || field.sensitive) continue;
    Json& member = out[lower_camel(field.name)];
    if (field.kind == FieldKind::kStructure) {
      member = audited_members(field.members, *found);
    } else if (field.kind == FieldKind::kStructureList) {
      for (const Json& item : *found) member.push_back(audited_members(field.members, item));
    } else {
      member = *found;
    }
  }
  return out.empty() ? Json() : out;
}

// The questions that one request asks.
class Authorization {
 public:
  Authorization(Call& call, const Operation& operation, const BoundRequest& request, const Json& json)
      : call_(call), operation_(operation), request_(request), json_(json) {}

  void run() {
    const std::string action =
        operation_.action.empty() ? cat("kms:", operation_.name) : std::string(operation_.action);
    for (const auto* key : {&call_.key, &call_.second_key}) {
      if (key->has_value() && action.starts_with("kms:"))
        require_managed_use(call_.caller, **key, operation_.name, action);
    }
    switch (operation_.resource) {
      case Resource::kNothing:
        return;
      case Resource::kAccount:
        return ask(action, "*", nullptr);
      case Resource::kIdentity:
        return ask(action, identity_arn(), nullptr);
      case Resource::kAliasAndKey:
        ask(action, call_.caller.home.arn(request_.alias()), nullptr);
        break;
      case Resource::kKey:
        break;
    }
    ask(action, call_.key.value().arn(), &*call_.key);
    if (call_.second_key) {
      const std::string second = operation_.second_action.empty() ? action : std::string(operation_.second_action);
      ask(second, call_.second_key->arn(), &*call_.second_key);
    }
    if (operation_.name == "ReplicateKey") ask_in_replica_region();
    if (operation_.name == "UpdatePrimaryRegion") ask_about_next_primary(action);
  }

 private:
  void ask(const std::string& action, const std::string& resource, const Key* key) {
    // Administration of the vault is for identity policies alone; key policies speak of KMS.
    const Key* governed = action.starts_with("kms:") ? key : nullptr;
    AccessQuestion question{action, resource, governed, nullptr, conditions(action, key)};
    question.encryption_context = encryption_context_of(action, json_);
    decide(call_.caller, question);
  }

  policy::ConditionContext conditions(const std::string& action, const Key* key) const {
    auto conditions = caller_conditions(call_.transaction, call_.caller, call_.now());
    if (key != nullptr) {
      add_key_conditions(conditions, call_.transaction, *key);
      add_usage_conditions(conditions, call_.transaction, operation_.name, *key, call_.now());
    } else {
      conditions.set("aws:ResourceAccount", call_.caller.home.account);
    }
    add_request_conditions(conditions, operation_.name, action, json_);
    if (operation_.name == "ReEncrypt") {
      conditions.set("kms:ReEncryptOnSameKey", call_.key->arn() == call_.second_key->arn() ? "true" : "false");
    }
    return conditions;
  }

  // A replica is a new key of its region.
  void ask_in_replica_region() {
    Caller there = call_.caller;
    there.home.region = json_.at("ReplicaRegion");
    AccessQuestion question{"kms:CreateKey", "*", nullptr, nullptr,
                            caller_conditions(call_.transaction, there, call_.now())};
    add_key_conditions(question.conditions, call_.transaction, *call_.key);
    decide(there, question);
  }

  // Both of the keys change their part. Whether the other one is there is for the handler to say.
  void ask_about_next_primary(const std::string& action) {
    const AccountRegion there{call_.key->home.account, json_.at("PrimaryRegion")};
    if (there == call_.key->home) return;
    const auto next = find_key(call_.transaction, there, call_.key->id);
    if (next) ask(action, next->arn(), &*next);
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
  const Json& json_;
};

void require_valid_session(const Call& call) {
  if (!call.caller.session || call.now() < call.caller.session->expires) return;
  throw Error(ErrorCode::kExpiredToken, "The security token included in the request is expired");
}

// A token must be one that this vault gave out. Its grant counts with or without it: nothing here becomes consistent
// later.
void require_grant_token(const Call& call, std::string_view token) {
  if (!read_grant_token(call.transaction, token)) {
    throw Error(ErrorCode::kInvalidGrantToken, "The grant token is not valid.");
  }
}

void authorize(Call& call, const Operation& operation, const BoundRequest& request, const Json& json) {
  require_valid_session(call);
  Authorization(call, operation, request, json).run();
  for (const std::string& token : request.grant_tokens()) require_grant_token(call, token);
}

void resolve_keys(Call& call, const Operation& operation, const BoundRequest& request) {
  const AccountRegion& home = call.caller.home;
  if (const std::string reference = request.key_reference(); !reference.empty()) {
    call.key = resolve_key(call.transaction, home, reference, operation.key_reference, call.now());
    call.event.resources.push_back(call.key->arn());
  }
  if (const std::string reference = request.second_key_reference(); !reference.empty()) {
    call.second_key = resolve_key(call.transaction, home, reference, KeyReference::kIdArnOrAlias, call.now());
    call.event.resources.push_back(call.second_key->arn());
  }
  if (!request.alias().empty()) call.event.resources.push_back(home.arn(request.alias()));
}

void append_and_commit(const Context& context, Transaction& transaction, const AuditEvent& event) {
  context.audit.append(transaction, event);
  note_time(transaction, event.time);
  transaction.commit();
}

void commit_alone(const Context& context, const AuditEvent& event) {
  append_and_commit(context, *context.store.begin(Access::kWrite), event);
}

// Only reads so far: what the call leaves behind is its event, and which key it used.
void commit_reading(const Context& context, const Operation& operation, const AuditEvent& event,
                    const std::vector<Key>& used) {
  const auto transaction = context.store.begin(Access::kWrite);
  for (const Key& key : used) {
    put_use(*transaction, key, {std::string(operation.name), event.time, event.event_id, event.request_id});
  }
  append_and_commit(context, *transaction, event);
}

std::vector<Key> keys_used(const Operation& operation, const Call& call) {
  std::vector<Key> used;
  if (!operation.tracks_use) return used;
  if (call.key) used.push_back(*call.key);
  if (call.second_key && call.second_key->id != call.key->id) used.push_back(*call.second_key);
  return used;
}

// The order is part of the API: it decides which error a caller sees, and so what an unauthorized one learns.
Json perform(const Context& context, const Caller& caller, std::string_view name, const Json& json, AuditEvent& event) {
  const Operation& operation = find_operation(context, name);
  event.operation = operation.name;
  event.read_only = operation.access == Access::kRead;
  if (operation.action.starts_with("kmsctl:")) event.source = "kmsctl";
  if (operation.action.starts_with("sts:")) event.source = "sts.amazonaws.com";
  const auto request = operation.read(json);
  *event.request_parameters = audited_members(operation.fields, json);
  keep_up(context, UpkeepMode::kWhenDue);
  for (const std::string& reference : {request->key_reference(), std::string(request->second_key_reference())}) {
    provide_managed_key(context, caller, operation.name, reference);
  }
  auto transaction = context.store.begin(operation.access);
  Call call{context, caller, *transaction, event, std::nullopt, std::nullopt, {}};
  resolve_keys(call, operation, *request);
  authorize(call, operation, *request, json);
  if (call.key) require_state(*call.key, operation.key_states);
  Json answer = request->run(call);
  if (request->dry_run()) {
    wipe(answer);
    throw Error(ErrorCode::kDryRun, "The request would have succeeded, but the DryRun option is set.");
  }
  if (operation.access == Access::kRead) {
    transaction.reset();  // a thread holds one transaction at a time
    commit_reading(context, operation, event, keys_used(operation, call));
  } else {
    append_and_commit(context, *transaction, event);
  }
  return answer;
}

// Where an exception becomes a value. The text of an unexpected one may quote its input, so it is dropped.
template <class Step>
std::optional<Error> failure_of(const Step& step) {
  try {
    step();
    return std::nullopt;
  } catch (const Error& error) {
    return error;
  } catch (const std::exception&) {
    return Error(ErrorCode::kInternal, "internal error");
  }
}

}  // namespace

policy::ConditionContext Call::conditions(const Key& about) const {
  auto out = caller_conditions(transaction, caller, now());
  add_key_conditions(out, transaction, about);
  return out;
}

Json dispatch(const Context& context, const Caller& caller, std::string_view operation, const Json& request) {
  AuditEvent event(context.clock.now(), caller, make_uuid(context.random), make_uuid(context.random));
  event.operation = "UnknownOperation";  // the name stays out of the trail until the table vouches for it
  Json answer;
  auto failure = failure_of([&] { answer = perform(context, caller, operation, request, event); });
  if (!failure) return answer;
  wipe(answer);
  event.error_code = wire_name(failure->code());
  event.error_message = failure->what();
  if (auto audit_failure = failure_of([&] { commit_alone(context, event); })) failure = std::move(audit_failure);
  return {{"__type", wire_name(failure->code())}, {"message", failure->what()}};
}

void throw_if_error(const Json& answer) {
  const auto type = answer.find("__type");
  if (type == answer.end()) return;
  const auto code = error_code(type->get<std::string>());  // another version's agent may know names that we do not
  throw Error(code.value_or(ErrorCode::kInternal), answer.at("message").get<std::string>());
}

}  // namespace kms
