#pragma once
// What a decision is about. Plain values: the caller fills them in, and nothing else is looked at.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/policy/action.h"

namespace kms::policy {

struct ContextValue {
  std::vector<std::string> values;
  bool multivalued = false;  // an array in the service's table of condition keys (kms:EncryptionContextKeys)
};

// Condition keys and their values. Names are compared without regard to case; two that differ only in case (encryption
// contexts may hold such) are both kept, in the order in which they were set. Copies share what they hold until one of
// them changes; for one thread. Setting n keys and then looking some up takes O(n log n) in all.
class ConditionContext {
 public:
  using Fill = std::function<void(ConditionContext&)>;
  ConditionContext() = default;
  // Filled when something is first looked up in it or set: most policies ask for nothing. What `fill` refers to must
  // live until then.
  explicit ConditionContext(Fill fill) : state_(std::make_shared<State>(State{std::move(fill), {}, {}})) {}

  void set(std::string_view key, std::string value);                    // single-valued
  void set_all(std::string_view key, std::vector<std::string> values);  // multivalued; may be empty
  void replace(std::string_view key, std::string value);                // drops what was there
  const std::vector<ContextValue>* find(std::string_view key) const;    // null when absent

  using Entries = std::vector<std::pair<std::string, std::vector<ContextValue>>>;
  const Entries& entries() const;  // by name in lower case

 private:
  struct State {
    Fill fill;  // empty once it was called
    Entries entries;
    std::vector<std::pair<std::string, ContextValue>> added;  // what is not among the entries yet
  };
  void fill() const;
  void settle() const;
  void own();  // nothing that is set afterwards shows in copies
  void add(std::string_view key, ContextValue value);
  std::shared_ptr<State> state_;  // null: empty
};

enum class PrincipalType { kUser, kRoleSession, kFederatedUser, kService, kRoot };

struct Principal {
  PrincipalType type = PrincipalType::kUser;
  std::string arn;
  std::string account;   // empty for a service
  std::string role_arn;  // of a role session, with the path
  std::string user_arn;  // of a federated user: the IAM user behind it
  std::string service;   // of a service
};

struct Request {
  Principal principal;
  std::string action;  // kms:Decrypt
  // What is known of it; null for an action that key policies do not speak of. Must outlive the request.
  const Action* known = nullptr;
  std::string resource;          // ARN, or "*"
  std::string resource_account;  // the owner
  // False only for simulators: then operations that work on keys of their own account alone work on all.
  bool only_cross_account_operations = true;
  ConditionContext context;
  std::map<std::string, std::string> encryption_context;  // for the constraints of grants
};

}  // namespace kms::policy
