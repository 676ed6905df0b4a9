#pragma once
// Questions about access: why somebody may or may not, and who may.
#include <optional>
#include <string>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/ops/vault/organization.h"

namespace kms {

// What would be asked, by whom and under which circumstances.
struct AccessQuestionRequest {
  std::string action;
  std::string key_id;
  std::string resource;
  TextMap encryption_context;
  std::string via_service;
  TextMap context;
  std::optional<Listener> listener;
  void check() const;
  std::string_view key_reference() const { return key_id; }

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Action", action, {.required = true, .min = 3, .max = 128, .help = "As policies spell it: kms:Decrypt"});
    visit("KeyId", key_id, {.max = 2048, .help = "Key id, key ARN, alias name or alias ARN"});
    visit("Resource", resource, {.max = 2048, .help = "ARN of what is no key: a role, an alias; * when left out"});
    visit("EncryptionContext", encryption_context, {.help = "Encryption context of the request"});
    visit("ViaService", via_service, {.max = 128, .help = "file, secrets or signing, when it calls for the principal"});
    visit("Context", context, {.help = "More condition keys, as kms:GranteePrincipal=ARN"});
    visit("Listener", listener, {.help = "Of the agent: unix or loopback; its endpoint policy counts then"});
  }
};

struct ExplainAccessRequest : AccessQuestionRequest {
  std::string principal;
  std::vector<std::string> grant_tokens;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal,
          {.max = 2048, .help = "user/NAME, role/NAME, root or an ARN; yourself when left out"});
    AccessQuestionRequest::fields(visit);
    visit_grant_tokens(visit, grant_tokens);
  }
};
// Whoever may not explain others sees of policies that are not theirs only what they decided.
Json explain_access(Call& call, const ExplainAccessRequest& request);

Json list_principals_with_access(Call& call, const AccessQuestionRequest& request);

}  // namespace kms
