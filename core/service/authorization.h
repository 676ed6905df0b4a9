#pragma once
// Who may do what: the policies of the store, in the order of AWS (core/policy).
#include <string>
#include <string_view>

#include "core/service/context.h"

namespace kms {

class PolicyAuthorizer final : public Authorizer {
 public:
  policy::Decision decide(const Transaction& transaction, const Caller& caller,
                          const AccessQuestion& question) const override;
};

// What decides a question, for those who explain decisions.
policy::Request policy_request(const Transaction& transaction, const Caller& caller, const AccessQuestion& question);
policy::Policies gather_policies(const Transaction& transaction, const Caller& caller, const AccessQuestion& question);

// The key policy in force: as written, the default one, or the fixed one of a managed key. Principals that are gone
// stand in it under their unique ids, as on AWS.
std::string key_policy_text(const Transaction& transaction, const Key& key);

// The documents in force, parsed; principals that are gone stand in them under their unique ids.
policy::SharedDocument key_policy_document(const Transaction& transaction, const Key& key);
policy::SharedDocument trust_policy_document(const Transaction& transaction, const Identity& role);

// AWS's sentence for a refusal.
[[noreturn]] void throw_access_denied(const Caller& caller, const AccessQuestion& question,
                                      const policy::Decision& decision);

}  // namespace kms
