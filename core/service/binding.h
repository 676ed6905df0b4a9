#pragma once
// Makes an Operation of a typed handler. A request struct has
//   void fields(Visitor& visit)                       its members (field.h), always
//   void check() const                                rules between members, if any
//   std::string[_view] key_reference() const          if it names a key
//   std::string[_view] second_key_reference() const   if it names a second one
//   std::string_view alias() const                    if it acts on an alias
//   std::string_view identity() const                 if it acts on an identity
//   bool dry_run                                      if it can be tried out
//   std::vector<std::string> grant_tokens             if it takes them
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/service/operation.h"
#include "core/service/request_reader.h"

namespace kms {

template <class Request>
using Handler = Json (*)(Call& call, const Request& request);

template <class Request>
class TypedRequest final : public BoundRequest {
 public:
  TypedRequest(Handler<Request> handler, const Json& json) : handler_(handler), request_(read_request<Request>(json)) {}

  std::string key_reference() const override {
    if constexpr (requires { request_.key_reference(); }) return std::string(request_.key_reference());
    return {};
  }
  std::string second_key_reference() const override {
    if constexpr (requires { request_.second_key_reference(); }) return std::string(request_.second_key_reference());
    return {};
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
  Json run(Call& call) const override { return handler_(call, request_); }

 private:
  Handler<Request> handler_;
  Request request_;
};

template <class Request>
Request request_of(Handler<Request> handler);  // never defined: for its type
template <auto kHandler>
using RequestOf = decltype(request_of(kHandler));

template <auto kHandler>
std::unique_ptr<BoundRequest> read_bound(const Json& json) {
  return std::make_unique<TypedRequest<RequestOf<kHandler>>>(kHandler, json);
}

template <auto kHandler>
constexpr Operation row(std::string_view name, Access access, Resource resource, KeyReference key_reference,
                        KeyStates key_states, std::string_view summary, std::string_view action = {},
                        std::string_view second_action = {}) {
  return {{name, summary, fields_of<RequestOf<kHandler>>},
          access,
          resource,
          key_reference,
          key_states,
          std::find(kTrackedOperations.begin(), kTrackedOperations.end(), name) != kTrackedOperations.end(),
          read_bound<kHandler>,
          action,
          second_action,
          !action.starts_with("kmsctl:") && !action.starts_with("sts:")};
}

constexpr Operation reading_traces(Operation operation) {
  operation.reads_traces = true;
  return operation;
}

constexpr Operation agent_row(Operation operation) {
  operation.of_agent = true;
  return operation;
}

// An operation of our own that needs the permission `action`, of AWS's.
constexpr Operation own_row(Operation operation) {
  operation.of_aws_kms = false;
  return operation;
}

}  // namespace kms
