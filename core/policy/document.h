#pragma once
// A policy document as IAM writes it (IAM user guide, "Grammar of the IAM JSON policy language"). Values: immutable
// after parsing, free to copy, safe to read from many threads.
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/enum_names.h"
#include "core/policy/operator.h"

namespace kms::policy {

enum class DocumentKind {
  kKeyPolicy,       // names principals; Latin-1 only; a statement without Action or Resource has no effect
  kIdentity,        // also permissions boundaries and session policies
  kTrust,           // names principals, has no Resource
  kServiceControl,  // as kIdentity
  kResource,        // names principals: policies of endpoints, resource control policies
};

enum class Effect { kAllow, kDeny };

}  // namespace kms::policy

namespace kms {
template <>
struct EnumNames<policy::Effect> {
  static constexpr auto kAll =
      std::to_array<EnumName<policy::Effect>>({{policy::Effect::kAllow, "Allow"}, {policy::Effect::kDeny, "Deny"}});
};
}  // namespace kms

namespace kms::policy {

struct Principals {
  bool any = false;              // "*"
  std::vector<std::string> aws;  // ARNs; an account number is read as the ARN of its root
  std::vector<std::string> services;
};

struct ConditionTest {
  Operator op;
  std::string op_text;
  std::string key;
  std::vector<std::string> values;
};

struct Statement {
  std::string sid;
  Effect effect = Effect::kDeny;
  std::optional<Principals> principals;
  bool not_principal = false;
  std::vector<std::string> actions;  // empty: the statement has no effect
  bool not_action = false;
  std::vector<std::string> resources;  // empty: the statement has no effect
  bool not_resource = false;
  std::vector<ConditionTest> conditions;
};

struct Document {
  DocumentKind kind = DocumentKind::kIdentity;
  std::string id;
  bool has_variables = false;  // Version 2012-10-17: ${...} is replaced
  std::vector<Statement> statements;
};

// Throws Error(kMalformedPolicy) with a text that says what is wrong and where. Safe for any input; answers in time
// linear in the text, and refuses texts beyond 131072 bytes.
Document parse(DocumentKind kind, std::string_view text);
inline Document parse_key_policy(std::string_view text) {
  return parse(DocumentKind::kKeyPolicy, text);
}
inline Document parse_identity_policy(std::string_view text) {
  return parse(DocumentKind::kIdentity, text);
}
inline Document parse_trust_policy(std::string_view text) {
  return parse(DocumentKind::kTrust, text);
}
inline Document parse_service_control_policy(std::string_view text) {
  return parse(DocumentKind::kServiceControl, text);
}

// The ARNs that Principal and NotPrincipal name, sorted, each once: the caller checks that they exist.
std::vector<std::string> principals_of(const Document& document);

// Puts other names in the place of principals: ARNs of identities that are gone by what they are known as since.
void rename_principals(Document& document, const std::map<std::string, std::string>& names);

// What CreateKey writes when the caller gives no policy.
std::string default_key_policy(std::string_view account);

}  // namespace kms::policy
