#pragma once
// Makes an Operation of a typed handler, RESPONSE handler(Call&, const REQUEST&). A request struct has
//   void fields(Visitor& visit)                       its members (field.h), always
//   void check() const                                rules between members, if any
//   std::string[_view] key_reference() const          if it names a key
//   std::string[_view] second_key_reference() const   if it names a second one
//   std::optional<CiphertextKey> ciphertext_key() const   if a ciphertext may name the key
//   std::string_view alias() const                    if it acts on an alias
//   std::string_view identity() const                 if it acts on an identity
//   void add_conditions(ConditionFiller&) const       if it is more to policies than its members (conditions.h)
//   std::vector<FurtherQuestion> further_questions(const Call&) const
//                                                     if it asks for more than the table says
//   bool dry_run                                      if it can be tried out
//   std::vector<std::string> grant_tokens             if it takes them
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/service/operation.h"
#include "core/service/request_reader.h"
#include "core/service/response.h"

namespace kms {

template <class Request, class Response>
class TypedRequest final : public BoundRequest {
 public:
  using Handler = Response (*)(Call& call, const Request& request);
  TypedRequest(Handler handler, const Json& json, Json& audited)
      : handler_(handler), request_(read_request<Request>(json, audited)) {}

  std::string key_reference() const override {
    if constexpr (requires { request_.key_reference(); }) return std::string(request_.key_reference());
    return {};
  }
  std::string second_key_reference() const override {
    if constexpr (requires { request_.second_key_reference(); }) return std::string(request_.second_key_reference());
    return {};
  }
  std::optional<CiphertextKey> ciphertext_key() const override {
    if constexpr (requires { request_.ciphertext_key(); }) return request_.ciphertext_key();
    return std::nullopt;
  }
  std::string_view alias() const override {
    if constexpr (requires { request_.alias(); }) return request_.alias();
    return {};
  }
  std::string identity() const override {
    if constexpr (requires { request_.identity(); }) return std::string(request_.identity());
    return {};
  }
  bool dry_run() const override {
    if constexpr (requires { request_.dry_run; }) return request_.dry_run;
    return false;
  }
  const std::vector<std::string>& grant_tokens() const override {
    static const std::vector<std::string> none;
    if constexpr (requires { request_.grant_tokens; }) return request_.grant_tokens;
    return none;
  }
  std::vector<FurtherQuestion> further_questions(const Call& call) const override {
    if constexpr (requires { request_.further_questions(call); }) return request_.further_questions(call);
    return {};
  }
  void add_conditions(ConditionFiller& filler) const override { filler.visit(request_); }
  Json run(Call& call) const override { return write_response(handler_(call, request_)); }

 private:
  Handler handler_;
  mutable Request request_;  // fields() is for those who change members as well; nothing here does
};

template <auto kHandler>
std::unique_ptr<BoundRequest> read_bound(const Json& json, Json& audited) {
  return std::make_unique<TypedRequest<RequestOf<kHandler>, ResponseOf<kHandler>>>(kHandler, json, audited);
}

template <class Request>
void suppose(ConditionFiller& filler) {
  Request request;
  filler.visit(request);
}

constexpr policy::Action action_of(const Traits& traits, std::string_view name) {
  const Service* service = traits.permission == nullptr ? traits.service : traits.permission;
  return {service->action_prefix, name, traits.crosses_accounts, traits.no_encryption_context, traits.by_grant_only};
}

template <auto kHandler>
constexpr Operation row(std::string_view name, Access access, Resource resource, KeyReference key_reference,
                        KeyStates key_states, std::string_view summary, const Traits& traits = {}) {
  Operation operation{{name, summary, fields_of<RequestOf<kHandler>>, fields_of<ResponseOf<kHandler>>},
                      traits,
                      &kHandlerTag<kHandler>,
                      access,
                      resource,
                      key_reference,
                      key_states,
                      read_bound<kHandler>,
                      suppose<RequestOf<kHandler>>,
                      action_of(traits, traits.action.empty() ? name : traits.action),
                      {}};
  operation.second = traits.second_action.empty() ? operation.first : action_of(traits, traits.second_action);
  if (operation.permission == nullptr) operation.permission = operation.service;
  return operation;
}

}  // namespace kms
