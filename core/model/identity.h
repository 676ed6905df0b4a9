#pragma once
// The identities of an account: users, groups and roles, with the policies that are theirs.
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/enum_names.h"
#include "core/base/random.h"
#include "core/model/key.h"

namespace kms {

enum class IdentityKind : std::uint8_t { kUser, kGroup, kRole };
template <>
struct EnumNames<IdentityKind> {
  static constexpr auto kAll = std::to_array<EnumName<IdentityKind>>(
      {{IdentityKind::kUser, "user"}, {IdentityKind::kGroup, "group"}, {IdentityKind::kRole, "role"}});
};

// Where an identity stands: user/alice, or with a path, role/team/x/deployer.
struct IdentityName {
  std::string account;
  IdentityKind kind = IdentityKind::kUser;
  std::string path_and_name;

  std::string resource() const;   // role/team/x/deployer
  std::string arn() const;        // arn:aws:iam::ACCOUNT:role/team/x/deployer
  std::string_view name() const;  // deployer
};

// From a name (user/alice, of `account`) or an ARN. Nothing when the text has neither form.
std::optional<IdentityName> parse_identity_name(std::string_view account, std::string_view text);

struct Identity {
  IdentityName name;
  // AIDA..., AGPA..., AROA...: never given twice. What names a principal remembers it, so that one made anew under an
  // old name inherits nothing.
  std::string id;
  Time creation_date;
  Tags tags = {};
  std::vector<std::string> groups = {};              // of a user: resources, as group/admins; sorted
  std::map<std::string, std::string> policies = {};  // by name, as written
  std::string boundary = {};                         // the permissions boundary; empty when there is none
  std::string trust_policy = {};                     // of a role
  std::map<std::string, std::string> trusted = {};   // unique ids of whom the trust policy names, by ARN
  std::int32_t max_session_seconds = 3600;           // of a role
};

std::string make_unique_id(IdentityKind kind, Random& random);
// `prefix` and a letter or digit for each byte, as AWS forms the ids of identities (AIDA) and access keys (AKIA).
std::string make_credential_id(std::string_view prefix, ByteView bytes);

// A session of a role, as AssumeRole opened it.
struct RoleSession {
  std::string role_arn;
  std::string role_id;
  std::string name;
  std::string source;     // the principal that assumed the role
  std::string source_id;  // its unique id; empty for the root of an account
  Time issued;
  Time expires;
  std::string policy = {};  // narrows what the role may do; empty when there is none

  std::string arn() const;  // arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION
};

}  // namespace kms
