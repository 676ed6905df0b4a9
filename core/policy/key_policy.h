#pragma once
// Key policies as documents: the IAM policy grammar, version 2012-10-17, as AWS KMS takes it. What a policy allows in
// the end is decided elsewhere; here it is read, and asked the one question that storing it needs answered.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kms {

inline constexpr std::size_t kLongestKeyPolicy = 32768;  // bytes

struct PolicyPrincipals {
  bool everyone = false;          // "*"
  std::vector<std::string> arns;  // AWS principals; an account id stands for its root
  std::vector<std::string> services;
};

struct PolicyStatement {
  bool allows = false;
  bool not_principal = false;
  bool not_action = false;
  bool has_condition = false;
  PolicyPrincipals principals;
  std::vector<std::string> actions;  // patterns with * and ?; empty: the statement has no effect
  std::vector<std::string> resources;
};

struct KeyPolicy {
  std::vector<PolicyStatement> statements;

  // Every AWS principal that the policy names.
  std::vector<std::string> principals() const;
  // Whether the caller may do `action` whatever the circumstances: an Allow without conditions covers it, and no Deny
  // does. Allowing the account's root allows everybody whom the account's own policies allow, which for the owner of
  // the account is everything.
  bool surely_allows(std::string_view principal, std::string_view action) const;
};

// MalformedPolicyDocumentException, which says what is wrong and in which statement.
KeyPolicy parse_key_policy(std::string_view document);

// What a key has that was made without a policy: the account decides by its own policies.
std::string default_key_policy(std::string_view account);

// * stands for any characters and ? for one. Actions are compared without regard to case.
bool matches_action(std::string_view pattern, std::string_view action);

}  // namespace kms
