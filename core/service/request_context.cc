#include "core/service/request_context.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/service/identity_records.h"
#include "core/service/managed_keys.h"
#include "core/service/records.h"

namespace kms {
namespace {

using policy::ConditionContext;

// A member of a request whose value is the value of a condition key.
struct MemberKey {
  std::string_view member;
  std::string_view key;
  std::string_view only = {};  // the operation that has it, where the name means something else in another
};
constexpr auto kMemberKeys = std::to_array<MemberKey>({
    {"BypassPolicyLockoutSafetyCheck", "kms:BypassPolicyLockoutSafetyCheck"},
    {"CustomerMasterKeySpec", "kms:KeySpec", "CreateKey"},
    {"ExpirationModel", "kms:ExpirationModel"},
    {"GranteePrincipal", "kms:GranteePrincipal", "CreateGrant"},
    {"GranteeServicePrincipal", "kms:GranteeServicePrincipal", "CreateGrant"},
    {"KeyAgreementAlgorithm", "kms:KeyAgreementAlgorithm"},
    {"KeyPairSpec", "kms:DataKeyPairSpec"},
    {"KeySpec", "kms:KeySpec", "CreateKey"},
    {"KeyUsage", "kms:KeyUsage"},
    {"MacAlgorithm", "kms:MacAlgorithm"},
    {"MessageType", "kms:MessageType"},
    {"MultiRegion", "kms:MultiRegion"},
    {"Origin", "kms:KeyOrigin"},
    {"PendingWindowInDays", "kms:ScheduleKeyDeletionPendingWindowInDays"},
    {"PrimaryRegion", "kms:PrimaryRegion"},
    {"ReplicaRegion", "kms:ReplicaRegion"},
    {"RetiringPrincipal", "kms:RetiringPrincipal", "CreateGrant"},
    {"RetiringServicePrincipal", "kms:RetiringServicePrincipal", "CreateGrant"},
    {"RoleSessionName", "sts:RoleSessionName"},
    {"RotationPeriodInDays", "kms:RotationPeriodInDays"},
    {"SigningAlgorithm", "kms:SigningAlgorithm"},
    {"ValidTo", "kms:ValidTo"},
    {"WrappingAlgorithm", "kms:WrappingAlgorithm"},
    {"WrappingKeySpec", "kms:WrappingKeySpec"},
});

// Values that a request has although it leaves them out.
struct Default {
  std::string_view operation;
  std::string_view key;
  std::string_view value;
};
constexpr auto kDefaults = std::to_array<Default>({
    {"CreateKey", "kms:KeySpec", "SYMMETRIC_DEFAULT"},
    {"CreateKey", "kms:KeyUsage", "ENCRYPT_DECRYPT"},
    {"CreateKey", "kms:KeyOrigin", "AWS_KMS"},
    {"CreateKey", "kms:MultiRegion", "false"},
    {"EnableKeyRotation", "kms:RotationPeriodInDays", "365"},
    {"ScheduleKeyDeletion", "kms:ScheduleKeyDeletionPendingWindowInDays", "30"},
    {"Sign", "kms:MessageType", "RAW"},
    {"Verify", "kms:MessageType", "RAW"},
});

constexpr auto kWithAlgorithm = std::to_array<std::string_view>(
    {"Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext",
     "GenerateDataKeyWithoutPlaintext", "ReEncrypt"});

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

const Json* member(const Json& request, std::string_view name) {
  const auto found = request.find(name);
  return found == request.end() || found->is_null() ? nullptr : &*found;
}

bool is_source(std::string_view action) {
  return action == "kms:ReEncryptFrom";
}

// The name of a member that ReEncrypt has twice.
std::string side(std::string_view action, std::string_view name) {
  if (is_source(action)) return cat("Source", name);
  return action == "kms:ReEncryptTo" ? cat("Destination", name) : std::string(name);
}

void add_members(ConditionContext& conditions, std::string_view operation, const Json& request) {
  for (const MemberKey& row : kMemberKeys) {
    if (!row.only.empty() && row.only != operation) continue;
    if (const Json* value = member(request, row.member)) {
      if (conditions.find(row.key) == nullptr) conditions.set(row.key, text_of(*value));
    }
  }
  for (const Default& row : kDefaults) {
    if (row.operation == operation && conditions.find(row.key) == nullptr) {
      conditions.set(row.key, std::string(row.value));
    }
  }
}

void add_encryption_context(ConditionContext& conditions, const TextMap& context) {
  if (context.empty()) return;
  std::vector<std::string> names;
  for (const auto& [name, value] : context) {
    conditions.set(cat("kms:EncryptionContext:", name), value);
    names.push_back(name);
  }
  conditions.set_all("kms:EncryptionContextKeys", std::move(names));
}

void add_grant(ConditionContext& conditions, const Json& request) {
  if (const Json* operations = member(request, "Operations")) {
    conditions.set_all("kms:GrantOperations", operations->get<std::vector<std::string>>());
  }
  const Json* constraints = member(request, "Constraints");
  if (constraints == nullptr) return;
  for (const char* kind : {"EncryptionContextEquals", "EncryptionContextSubset"}) {
    if (member(*constraints, kind) == nullptr) continue;
    conditions.set("kms:GrantConstraintType", kind);
    break;
  }
  if (const Json* arn = member(*constraints, "SourceArn")) conditions.set("kms:GrantConstraintSourceArn", *arn);
}

void add_tags(ConditionContext& conditions, std::string_view operation, const Json& request) {
  std::vector<std::string> names;
  if (const Json* tags = member(request, "Tags")) {
    for (const Json& tag : *tags) {
      const std::string name = tag.at("TagKey");
      names.push_back(name);
      conditions.set(cat("aws:RequestTag/", name), tag.at("TagValue"));
      if (operation == "CreateKey") conditions.set(cat("aws:ResourceTag/", name), tag.at("TagValue"));
    }
  }
  if (const Json* keys = member(request, "TagKeys")) names = keys->get<std::vector<std::string>>();
  if (!names.empty()) conditions.set_all("aws:TagKeys", std::move(names));
}

void add_alias(ConditionContext& conditions, std::string_view operation, std::string_view action, const Json& request) {
  const bool destination = operation == "ReEncrypt" && !is_source(action);
  const Json* reference = member(request, destination         ? "DestinationKeyId"
                                          : is_source(action) ? "SourceKeyId"
                                                              : "KeyId");
  if (reference == nullptr) return;
  const std::string text = text_of(*reference);
  const std::size_t at = text.starts_with("arn:")     ? text.find(":alias/") + 1
                         : text.starts_with("alias/") ? 0
                                                      : text.npos;
  if (at == text.npos || (at == 0 && text.starts_with("arn:"))) return;
  conditions.set("kms:RequestAlias", text.substr(at));
}

std::string days_between(Time from, Time to) {
  return std::to_string(std::max<std::int64_t>(0, std::chrono::floor<std::chrono::days>(to - from).count()));
}

void add_principal(ConditionContext& conditions, const Transaction& transaction, const Caller& caller) {
  const std::string arn = caller.session ? caller.session->role_arn : caller.principal;
  const std::string account(account_of(arn));
  conditions.set("aws:PrincipalArn", arn);
  conditions.set("aws:PrincipalAccount", account);
  conditions.set("kms:CallerAccount", account);
  conditions.set("aws:PrincipalIsAWSService", "false");
  const auto name = parse_identity_name(account, arn);
  const auto identity = name ? find_identity(transaction, *name) : std::nullopt;
  if (!name) {
    conditions.set("aws:PrincipalType", "Account");
    conditions.set("aws:userid", account);
  } else if (caller.session) {
    conditions.set("aws:PrincipalType", "AssumedRole");
    conditions.set("aws:userid", cat(caller.session->role_id, ":", caller.session->name));
    conditions.set("aws:TokenIssueTime", iso_seconds(caller.session->issued));
  } else {
    conditions.set("aws:PrincipalType", "User");
    conditions.set("aws:username", std::string(name->name()));
    if (identity) conditions.set("aws:userid", identity->id);
  }
  if (!identity) return;
  for (const auto& [tag, value] : identity->tags) conditions.set(cat("aws:PrincipalTag/", tag), value);
}

}  // namespace

policy::ConditionContext caller_conditions(const Transaction& transaction, const Caller& caller, Time now) {
  ConditionContext conditions;
  add_principal(conditions, transaction, caller);
  conditions.set("aws:CurrentTime", iso_seconds(now));
  conditions.set("aws:EpochTime",
                 std::to_string(std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count()));
  conditions.set("aws:RequestedRegion", caller.home.region);
  conditions.set("aws:SecureTransport", "true");  // no request crosses a network
  conditions.set("aws:UserAgent", caller.user_agent);
  if (caller.listener == "loopback") conditions.set("aws:SourceIp", caller.source_address);
  conditions.set("aws:ViaAWSService", caller.via_service.empty() ? "false" : "true");
  if (!caller.via_service.empty()) {
    const std::string service = service_endpoint(caller.via_service, caller.home.region);
    conditions.set("kms:ViaService", service);
    conditions.set_all("aws:CalledVia", {service});
  }
  return conditions;
}

void add_key_conditions(policy::ConditionContext& conditions, const Transaction& transaction, const Key& key) {
  conditions.set("kms:KeySpec", std::string(to_text(key.spec)));
  conditions.set("kms:KeyUsage", std::string(to_text(key.usage)));
  conditions.set("kms:KeyOrigin", std::string(to_text(key.origin)));
  conditions.set("kms:MultiRegion", key.multi_region() ? "true" : "false");
  if (key.multi_region()) conditions.set("kms:MultiRegionKeyType", key.is_primary() ? "PRIMARY" : "REPLICA");
  conditions.set("aws:ResourceAccount", key.home.account);
  for (const auto& [name, value] : key.tags) conditions.set(cat("aws:ResourceTag/", name), value);
  auto aliases = aliases_of(transaction, key);
  if (!aliases.empty()) conditions.set_all("kms:ResourceAliases", std::move(aliases));
}

void add_request_conditions(policy::ConditionContext& conditions, std::string_view operation, std::string_view action,
                            const Json& request) {
  add_members(conditions, operation, request);
  add_encryption_context(conditions, encryption_context_of(action, request));
  add_tags(conditions, operation, request);
  add_alias(conditions, operation, action, request);
  if (operation == "CreateGrant" || operation == "RetireGrant") add_grant(conditions, request);
  if (operation.ends_with("Grant") || operation == "ListGrants") {
    const auto* by = conditions.find("aws:ViaAWSService");
    conditions.set("kms:GrantIsForAWSResource", by != nullptr ? by->front().values.front() : "false");
  }
  if (operation == "CreateKey" && conditions.find("kms:MultiRegion")->front().values.front() == "true") {
    conditions.set("kms:MultiRegionKeyType", "PRIMARY");
  }
  if (std::find(kWithAlgorithm.begin(), kWithAlgorithm.end(), operation) != kWithAlgorithm.end()) {
    const Json* algorithm = member(request, side(action, "EncryptionAlgorithm"));
    conditions.set("kms:EncryptionAlgorithm", algorithm != nullptr ? text_of(*algorithm) : "SYMMETRIC_DEFAULT");
  }
}

TextMap encryption_context_of(std::string_view action, const Json& request) {
  if (const Json* given = member(request, side(action, "EncryptionContext"))) return given->get<TextMap>();
  const Json* constraints = member(request, "Constraints");
  if (constraints == nullptr) return {};
  TextMap pairs;
  for (const char* kind : {"EncryptionContextEquals", "EncryptionContextSubset"}) {
    if (const Json* given = member(*constraints, kind)) pairs.merge(given->get<TextMap>());
  }
  return pairs;
}

void add_usage_conditions(policy::ConditionContext& conditions, const Transaction& transaction,
                          std::string_view operation, const Key& key, Time now) {
  if (operation != "DisableKey" && operation != "ScheduleKeyDeletion") return;
  const auto use = find_use(transaction, key);
  conditions.set("kms:TrailingDaysWithoutKeyUsage", days_between(use ? use->when : key.creation_date, now));
}

}  // namespace kms
