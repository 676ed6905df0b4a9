#pragma once
// Who calls, and roles to call as: the two operations of AWS STS that one machine has a use for.
#include <string>

#include "core/ops/kms/fields.h"

namespace kms {

Json get_caller_identity(Call& call, const EmptyRequest& request);

struct AssumeRoleRequest {
  std::string role_arn;
  std::string session_name;
  std::string policy;
  std::int32_t duration_seconds = 0;
  void check() const;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("RoleArn", role_arn, {.required = true, .min = 6, .max = 2048, .help = "role/NAME or an ARN"});
    visit("RoleSessionName", session_name,
          {.required = true, .min = 2, .max = 64, .help = "What the audit trail calls the session"});
    visit("Policy", policy, {.max = 2048, .help = "Policy that narrows what the session may do"});
    visit("DurationSeconds", duration_seconds, {.min = 900, .max = 43200, .help = "3600 when left out"});
  }
};
Json assume_role(Call& call, const AssumeRoleRequest& request);

}  // namespace kms
