#pragma once
// Accounts, identities and the policies above them, as records of the store. A record that cannot be read is reported
// as damage, never skipped.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/identity.h"
#include "core/store/store.h"

namespace kms {

std::optional<Identity> find_identity(const Transaction& transaction, const IdentityName& name);
void put_identity(Transaction& transaction, const Identity& identity);
void erase_identity(Transaction& transaction, const IdentityName& name);
// In the order of their resources (group/..., role/..., user/...), from the first one after `after`, while `visit`
// returns true.
void scan_identities(const Transaction& transaction, std::string_view account, std::string_view after,
                     const std::function<bool(const Identity&)>& visit);

// An account that the vault knows. The home account always is one; `unit` is where it stands in the organization:
// empty directly under its root, else as workloads/prod.
struct Account {
  std::string id;
  std::string name;
  std::string unit;
  Time creation_date;
};
std::optional<Account> find_account(const Transaction& transaction, std::string_view id);
void put_account(Transaction& transaction, const Account& account);
void erase_account(Transaction& transaction, std::string_view id);
std::vector<Account> list_accounts(const Transaction& transaction);

// The policies at one level of the organization: root, root/UNIT..., or an account. As on AWS, a level begins with the
// service control policy FullAWSAccess, which may be detached.
struct LevelPolicies {
  std::map<std::string, std::string> service_control;
  std::map<std::string, std::string> resource_control;
  bool full_access = true;
};
LevelPolicies find_level(const Transaction& transaction, std::string_view level);
void put_level(Transaction& transaction, std::string_view level, const LevelPolicies& policies);
// root, each unit on the way, and the account itself.
std::vector<std::string> levels_of(const Transaction& transaction, std::string_view account);

// The policy of a listener of the agent: unix or loopback. Nothing while it lets everything through.
std::optional<std::string> find_endpoint_policy(const Transaction& transaction, std::string_view listener);
void put_endpoint_policy(Transaction& transaction, std::string_view listener, std::string_view policy);
void erase_endpoint_policy(Transaction& transaction, std::string_view listener);

// Unique ids by ARN of those of `arns` that are identities of accounts that the vault knows. Throws
// MalformedPolicyDocumentException when one of them does not exist.
using UniqueIds = std::map<std::string, std::string>;
UniqueIds unique_ids(const Transaction& transaction, const std::vector<std::string>& arns);
// Of an identity, or of the role behind a session; empty when there is none, or for another ARN.
std::string unique_id_of(const Transaction& transaction, std::string_view arn);
// Those of `bound` whose ARN has no identity any more, or another one.
UniqueIds stale_ids(const Transaction& transaction, const UniqueIds& bound);

}  // namespace kms
