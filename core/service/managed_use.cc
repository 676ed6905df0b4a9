#include "core/service/managed_use.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/keys.h"
#include "core/service/operation.h"

namespace kms {
namespace {

constexpr std::array<BuiltInService, 3> kServices = {
    {{"file", KeySpec::kSymmetric, KeyUsage::kEncryptDecrypt,
      "Default key that protects files when no other key is named"},
     {"secrets", KeySpec::kSymmetric, KeyUsage::kEncryptDecrypt,
      "Default key that protects secrets when no other key is named"},
     {"signing", KeySpec::kP256, KeyUsage::kSignVerify, "Default key that signs when no other key is named"}}};

}  // namespace

const BuiltInService* built_in_service(const AccountRegion& home, std::string_view reference) {
  std::string name(reference);
  if (const auto arn = parse_kms_arn(reference)) {
    if (arn->home != home) return nullptr;
    name = arn->resource;
  }
  for (const BuiltInService& service : kServices) {
    if (name == cat(kManagedPrefix, service.name)) return &service;
  }
  return nullptr;
}

bool is_built_in_service(std::string_view name) {
  return std::ranges::any_of(kServices, [&](const BuiltInService& service) { return service.name == name; });
}

bool lacks_managed_key(const Transaction& transaction, const Caller& caller, const Operation& operation,
                       std::string_view reference) {
  if (reference.find(kManagedPrefix) == std::string_view::npos) return false;
  const BuiltInService* service = built_in_service(caller.home, reference);
  if (service == nullptr || (caller.via_service != service->name && !operation.makes_managed_keys)) return false;
  return !find_alias(transaction, caller.home, cat(kManagedPrefix, service->name));
}

std::string service_endpoint(std::string_view service, std::string_view region) {
  return cat(service, ".", region, ".kmsctl.local");
}

std::string managed_key_policy(const Key& key) {
  const Json use{{"Sid", cat("Allow use through ", key.service, " for all principals of the account")},
                 {"Effect", "Allow"},
                 {"Principal", {{"AWS", "*"}}},
                 {"Action",
                  {"kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Sign", "kms:Verify",
                   "kms:CreateGrant", "kms:ListGrants", "kms:DescribeKey"}},
                 {"Resource", "*"},
                 {"Condition",
                  {{"StringEquals",
                    {{"kms:CallerAccount", key.home.account},
                     {"kms:ViaService", service_endpoint(key.service, key.home.region)}}}}}};
  const Json show{{"Sid", "Allow direct access to key metadata to the account"},
                  {"Effect", "Allow"},
                  {"Principal", {{"AWS", root_principal(key.home.account)}}},
                  {"Action", {"kms:Describe*", "kms:Get*", "kms:List*"}},
                  {"Resource", "*"}};
  return Json{
      {"Version", "2012-10-17"}, {"Id", cat("auto-", key.service, "-1")}, {"Statement", Json::array({use, show})}}
      .dump();
}

void require_managed_use(const Caller& caller, const Key& key, const Operation& operation, std::string_view action) {
  if (key.manager != KeyManager::kAws || operation.managed == ManagedUse::kShows) return;
  const bool uses = operation.managed == ManagedUse::kUses;
  if (uses && caller.via_service == key.service) return;
  const std::string_view why =
      uses ? " because its key policy allows use through that service alone" : " because KMS manages the key itself";
  throw Error(ErrorCode::kAccessDenied, cat("User: ", caller.principal, " is not authorized to perform: ", action,
                                            " on resource: ", key.arn(), why));
}

}  // namespace kms
