#pragma once
// The decision over all policies that concern a request (IAM user guide, "Policy evaluation logic"; KMS developer
// guide, "Policy evaluation" and "Grants"). Pure functions: nothing is kept, and any thread may call them.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/model/grant.h"
#include "core/policy/document.h"
#include "core/policy/request.h"

namespace kms::policy {

// A document that its copies share, since nothing changes it.
class SharedDocument {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): it is the document
  SharedDocument(Document document) : document_(std::make_shared<const Document>(std::move(document))) {}
  const Document& operator*() const { return *document_; }
  const Document* operator->() const { return document_.get(); }

 private:
  std::shared_ptr<const Document> document_;
};

struct NamedDocument {
  std::string name;
  SharedDocument document;
};

// One step of an organization (root, unit, account) and the policies attached there.
struct Level {
  std::string name;
  std::vector<NamedDocument> policies;
};

struct Grant {
  std::string id;
  std::string key_arn;
  std::string grantee;                  // ARN
  std::vector<std::string> operations;  // Decrypt, without kms:
  GrantConstraints constraints = {};
};

// What is absent does not exist: it neither allows nor limits.
struct Policies {
  std::optional<NamedDocument> key_policy;
  std::vector<NamedDocument> identity;
  std::optional<NamedDocument> boundary;
  std::optional<NamedDocument> session;
  std::optional<NamedDocument> endpoint;
  std::vector<Level> service_control;   // of the caller's account
  std::vector<Level> resource_control;  // of the owner's account; only their denials count
  std::vector<Grant> grants;
};

enum class Layer { kIdentity, kBoundary, kSession, kServiceControl, kResourceControl, kEndpoint, kKeyPolicy, kGrant };

enum class PrincipalMatch { kNone, kAccount, kRole, kExact, kAny };  // the later the stronger

// How one statement (or grant) meets the request. It applies when all four parts hold.
struct StatementResult {
  Layer layer = Layer::kIdentity;
  std::string document;
  std::size_t number = 0;  // from 1; 0 for a grant
  std::string sid;
  Effect effect = Effect::kAllow;
  PrincipalMatch named = PrincipalMatch::kAny;
  bool not_principal = false;
  bool principal = false;
  bool action = false;
  bool resource = false;
  bool condition = false;
  std::vector<std::string> failed;  // "StringEquals aws:ResourceTag/env": the conditions that do not hold
  bool applies() const { return principal && action && resource && condition; }
};

struct Decision {
  bool allowed = false;
  bool explicit_deny = false;
  std::string reason;                       // "because ..." or "with an explicit deny in ...", as AWS says it
  std::optional<StatementResult> decisive;  // the Deny, or the Allow that was enough; none for an implicit deny
  std::vector<StatementResult> statements;  // everything looked at
};

// FullAWSAccess, which every level of an organization has until it is detached.
inline constexpr std::string_view kFullAccessText =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})";
NamedDocument full_access_policy();

Decision evaluate(const Request& request, const Policies& policies);

// Every statement of one document against the request: "does this key policy name and allow the caller".
std::vector<StatementResult> examine(const Request& request, Layer layer, const NamedDocument& document);

}  // namespace kms::policy
