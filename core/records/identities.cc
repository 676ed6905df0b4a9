#include "core/records/identities.h"

#include "core/model/principal.h"
#include "core/records/stored_record.h"
#include "core/records/vault.h"

namespace kms {
namespace {

constexpr std::string_view kAccounts = "account";
constexpr std::string_view kLevelRecords = "level";
constexpr std::string_view kEndpoints = "endpoint";
constexpr std::string_view kRoot = "root";
constexpr Memo<Identity> kIdentity{"identity"};

std::string identities_of(std::string_view account) {
  return cat("identity/", account);
}

Identity decode_identity(std::string_view account, std::string_view stored) {
  const StoredRecord record(stored);
  Identity identity{StoredRecord::present(parse_identity_name(account, record.text("name"))), record.text("id"),
                    record.time("created")};
  identity.tags = record.texts("tags");
  identity.groups = record.list("groups");
  identity.policies = record.texts("policies");
  identity.boundary = record.text_or_empty("boundary");
  identity.trust_policy = record.text_or_empty("trust");
  identity.trusted = record.texts("trusted");
  identity.max_session_seconds = record.small_number("max_session", identity.max_session_seconds);
  return identity;
}

Account decode_account(std::string_view stored) {
  const StoredRecord record(stored);
  return {record.text("id"), record.text_or_empty("name"), record.text_or_empty("unit"), record.time("created")};
}

// Null when there is none.
std::shared_ptr<const Identity> shared_identity(const Transaction& transaction, const IdentityName& name) {
  return transaction.remembered(kIdentity, {name.account, name.resource()}, [&]() -> std::optional<Identity> {
    const auto stored = transaction.get(identities_of(name.account), name.resource());
    if (!stored) return std::nullopt;
    return decode_identity(name.account, *stored);
  });
}

// The unique id of the role of a session. Sessions leave the path of the role out, so it is looked for.
std::string role_id_behind(const Transaction& transaction, std::string_view account, std::string_view arn) {
  constexpr std::string_view kSession = ":assumed-role/";
  const std::size_t at = arn.find(kSession);
  if (at == std::string_view::npos) return {};
  std::string_view role = arn.substr(at + kSession.size());
  role = role.substr(0, role.find('/'));
  std::string found;
  scan_identities(transaction, account, "", [&](const Identity& identity) {
    if (identity.name.kind == IdentityKind::kRole && identity.name.name() == role) found = identity.id;
    return found.empty();
  });
  return found;
}

bool must_exist(const Transaction& transaction, std::string_view arn) {
  return !arn.ends_with(":root") && arn.find(":federated-user/") == std::string_view::npos &&
         find_account(transaction, account_of(arn)).has_value();
}

}  // namespace

std::optional<Identity> find_identity(const Transaction& transaction, const IdentityName& name) {
  return copy_of(shared_identity(transaction, name));
}

void put_identity(Transaction& transaction, const Identity& identity) {
  Json record{
      {"name", identity.name.resource()}, {"id", identity.id}, {"created", milliseconds(identity.creation_date)}};
  if (!identity.tags.empty()) record["tags"] = identity.tags;
  if (!identity.groups.empty()) record["groups"] = identity.groups;
  if (!identity.policies.empty()) record["policies"] = identity.policies;
  if (!identity.boundary.empty()) record["boundary"] = identity.boundary;
  if (identity.name.kind == IdentityKind::kRole) {
    record["trust"] = identity.trust_policy;
    record["trusted"] = identity.trusted;
    record["max_session"] = identity.max_session_seconds;
  }
  transaction.put(identities_of(identity.name.account), identity.name.resource(), record.dump());
}

void erase_identity(Transaction& transaction, const IdentityName& name) {
  transaction.erase(identities_of(name.account), name.resource());
}

void scan_identities(const Transaction& transaction, std::string_view account, std::string_view after,
                     const std::function<bool(const Identity&)>& visit) {
  transaction.scan(identities_of(account), after,
                   [&](std::string_view, std::string_view stored) { return visit(decode_identity(account, stored)); });
}

std::optional<Account> find_account(const Transaction& transaction, std::string_view id) {
  if (const auto stored = transaction.get(kAccounts, id)) return decode_account(*stored);
  if (id == find_home(transaction).account) return Account{std::string(id), "home", "", {}};
  return std::nullopt;
}

void put_account(Transaction& transaction, const Account& account) {
  transaction.put(kAccounts, account.id,
                  Json{{"id", account.id},
                       {"name", account.name},
                       {"unit", account.unit},
                       {"created", milliseconds(account.creation_date)}}
                      .dump());
}

void erase_account(Transaction& transaction, std::string_view id) {
  transaction.erase(kAccounts, id);
}

std::vector<Account> list_accounts(const Transaction& transaction) {
  const std::string home = find_home(transaction).account;
  std::vector<Account> accounts{StoredRecord::present(find_account(transaction, home))};
  transaction.scan(kAccounts, "", [&](std::string_view id, std::string_view stored) {
    if (id != home) accounts.push_back(decode_account(stored));
    return true;
  });
  return accounts;
}

LevelPolicies find_level(const Transaction& transaction, std::string_view level) {
  const auto stored = transaction.get(kLevelRecords, level);
  if (!stored) return {};
  const StoredRecord record(*stored);
  return {record.texts("scp"), record.texts("rcp"), record.flag("full_access", true)};
}

void put_level(Transaction& transaction, std::string_view level, const LevelPolicies& policies) {
  transaction.put(
      kLevelRecords, level,
      Json{{"scp", policies.service_control}, {"rcp", policies.resource_control}, {"full_access", policies.full_access}}
          .dump());
}

std::vector<std::string> levels_of(const Transaction& transaction, std::string_view account) {
  std::vector<std::string> levels{std::string(kRoot)};
  const auto known = find_account(transaction, account);
  std::string_view unit = known ? std::string_view(known->unit) : std::string_view();
  while (!unit.empty()) {
    const std::size_t slash = unit.find('/');
    levels.push_back(cat(levels.back(), "/", unit.substr(0, slash)));
    unit = slash == std::string_view::npos ? std::string_view() : unit.substr(slash + 1);
  }
  levels.emplace_back(account);
  return levels;
}

std::optional<std::string> find_endpoint_policy(const Transaction& transaction, std::string_view listener) {
  return transaction.get(kEndpoints, listener);
}

void put_endpoint_policy(Transaction& transaction, std::string_view listener, std::string_view policy) {
  transaction.put(kEndpoints, listener, policy);
}

void erase_endpoint_policy(Transaction& transaction, std::string_view listener) {
  transaction.erase(kEndpoints, listener);
}

UniqueIds unique_ids(const Transaction& transaction, const std::vector<std::string>& arns) {
  UniqueIds ids;
  for (const std::string& arn : arns) {
    if (!must_exist(transaction, arn)) continue;
    std::string id = unique_id_of(transaction, arn);
    if (id.empty()) {
      throw Error(ErrorCode::kMalformedPolicy, "Policy contains a statement with one or more invalid principals.");
    }
    ids[arn] = std::move(id);
  }
  return ids;
}

std::string unique_id_of(const Transaction& transaction, std::string_view arn) {
  const std::string_view account = account_of(arn);
  if (account.empty()) return {};
  const auto name = parse_identity_name(account, arn);
  if (!name) return role_id_behind(transaction, account, arn);
  const auto identity = shared_identity(transaction, *name);
  return identity ? identity->id : std::string();
}

UniqueIds stale_ids(const Transaction& transaction, const UniqueIds& bound) {
  UniqueIds stale;
  for (const auto& [arn, id] : bound) {
    if (unique_id_of(transaction, arn) != id) stale[arn] = id;
  }
  return stale;
}

}  // namespace kms
