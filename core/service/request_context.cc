#include "core/service/request_context.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/identities.h"
#include "core/records/keys.h"
#include "core/service/managed_use.h"

namespace kms {
namespace {

using policy::ConditionContext;

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

void add_usage_conditions(policy::ConditionContext& conditions, const Transaction& transaction, const Key& key,
                          Time now) {
  const auto use = find_use(transaction, key);
  conditions.set("kms:TrailingDaysWithoutKeyUsage", days_between(use ? use->when : key.creation_date, now));
}

}  // namespace kms
