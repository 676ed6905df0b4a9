#pragma once
// Who calls, and roles to call as: the two operations of AWS STS that one machine has a use for.
#include <string>

#include "core/ops/kms/fields.h"

namespace kms {

struct GetCallerIdentityResponse {
  std::string user_id;
  std::string account;
  std::string arn;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("UserId", user_id, {.help = "Unique id of who calls; of a role, with the name of the session"});
    visit("Account", account, {.help = "12 digits"});
    visit("Arn", arn, {.help = "ARN of who calls"});
  }
};
GetCallerIdentityResponse get_caller_identity(Call& call, const EmptyRequest& request);

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
struct Credentials {
  std::string access_key_id;
  SecretText secret_access_key;
  std::string session_token;
  Time expiration;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccessKeyId", access_key_id, {.help = "ASIA..."});
    visit("SecretAccessKey", secret_access_key, {.sensitive = true, .help = "What signs requests of the session"});
    visit("SessionToken", session_token, {.help = "What opens the session"});
    visit("Expiration", expiration, {.help = "When the session ends"});
  }
};
struct AssumedRoleUser {
  std::string assumed_role_id;
  std::string arn;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AssumedRoleId", assumed_role_id, {.help = "Unique id of the role, and the name of the session"});
    visit("Arn", arn, {.help = "ARN of the session"});
  }
};
struct AssumeRoleResponse {
  Credentials credentials;
  AssumedRoleUser assumed_role_user;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Credentials", credentials, {.help = "To call as the role"});
    visit("AssumedRoleUser", assumed_role_user, {.help = "Who calls with them"});
  }
};
AssumeRoleResponse assume_role(Call& call, const AssumeRoleRequest& request);

}  // namespace kms
