#include "core/policy/condition_keys.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/text.h"
#include "core/policy/match.h"

namespace kms::policy {
namespace {

constexpr auto kActions = std::to_array<std::string_view>({
    "kms:CancelKeyDeletion",
    "kms:ConnectCustomKeyStore",
    "kms:CreateAlias",
    "kms:CreateCustomKeyStore",
    "kms:CreateGrant",
    "kms:CreateKey",
    "kms:Decapsulate",
    "kms:Decrypt",
    "kms:DeleteAlias",
    "kms:DeleteCustomKeyStore",
    "kms:DeleteImportedKeyMaterial",
    "kms:DeriveSharedSecret",
    "kms:DescribeCustomKeyStores",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:DisconnectCustomKeyStore",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:Encapsulate",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:GenerateMac",
    "kms:GenerateRandom",
    "kms:GetKeyLastUsage",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:GetParametersForImport",
    "kms:GetPublicKey",
    "kms:ImportKeyMaterial",
    "kms:ListAliases",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListKeys",
    "kms:ListResourceTags",
    "kms:ListRetirableGrants",
    "kms:PutKeyPolicy",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:ReplicateKey",
    "kms:RetireGrant",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:Sign",
    "kms:SynchronizeMultiRegionKey",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateCustomKeyStore",
    "kms:UpdateKeyDescription",
    "kms:UpdatePrimaryRegion",
    "kms:Verify",
    "kms:VerifyMac",
});

// clang-format off
constexpr auto kKeys = std::to_array<ConditionKey>({
    {"aws:calledvia", KeyType::kArray, ""},
    {"aws:currenttime", KeyType::kDate, ""},
    {"aws:epochtime", KeyType::kDate, ""},
    {"aws:multifactorauthage", KeyType::kNumeric, ""},
    {"aws:multifactorauthpresent", KeyType::kBool, ""},
    {"aws:principalaccount", KeyType::kString, ""},
    {"aws:principalarn", KeyType::kArn, ""},
    {"aws:principalisawsservice", KeyType::kBool, ""},
    {"aws:principalservicename", KeyType::kString, ""},
    {"aws:principaltag/", KeyType::kString, ""},
    {"aws:principaltype", KeyType::kString, ""},
    {"aws:requestedregion", KeyType::kString, ""},
    {"aws:requesttag/", KeyType::kString, "CreateKey TagResource"},
    {"aws:resourceaccount", KeyType::kString, ""},
    {"aws:resourcetag/", KeyType::kString, ""},
    {"aws:securetransport", KeyType::kBool, ""},
    {"aws:sourceaccount", KeyType::kString, ""},
    {"aws:sourcearn", KeyType::kArn, ""},
    {"aws:sourceip", KeyType::kIp, ""},
    {"aws:sourcevpce", KeyType::kString, ""},
    {"aws:tagkeys", KeyType::kArray, "CreateKey TagResource UntagResource"},
    {"aws:tokenissuetime", KeyType::kDate, ""},
    {"aws:useragent", KeyType::kString, ""},
    {"aws:userid", KeyType::kString, ""},
    {"aws:username", KeyType::kString, ""},
    {"aws:viaawsservice", KeyType::kBool, ""},
    {"kms:bypasspolicylockoutsafetycheck", KeyType::kBool, "CreateKey PutKeyPolicy"},
    {"kms:calleraccount", KeyType::kString, ""},
    {"kms:datakeypairspec", KeyType::kString, "GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext"},
    {"kms:encryptionalgorithm", KeyType::kString, "Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo"},
    {"kms:encryptioncontext:", KeyType::kString, "CreateGrant Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo RetireGrant"},
    {"kms:encryptioncontextkeys", KeyType::kArray, "CreateGrant Decrypt Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext ReEncryptFrom ReEncryptTo RetireGrant"},
    {"kms:expirationmodel", KeyType::kString, "ImportKeyMaterial"},
    {"kms:grantconstraintsourcearn", KeyType::kArn, "CreateGrant"},
    {"kms:grantconstrainttype", KeyType::kString, "CreateGrant RetireGrant"},
    {"kms:granteeprincipal", KeyType::kString, "CreateGrant"},
    {"kms:granteeserviceprincipal", KeyType::kString, "CreateGrant"},
    {"kms:grantisforawsresource", KeyType::kBool, "CreateGrant ListGrants RevokeGrant"},
    {"kms:grantoperations", KeyType::kArray, "CreateGrant"},
    {"kms:keyagreementalgorithm", KeyType::kString, "DeriveSharedSecret"},
    {"kms:keyorigin", KeyType::kString, ""},
    {"kms:keyspec", KeyType::kString, ""},
    {"kms:keyusage", KeyType::kString, ""},
    {"kms:macalgorithm", KeyType::kString, "GenerateMac VerifyMac"},
    {"kms:messagetype", KeyType::kString, "Sign Verify"},
    {"kms:multiregion", KeyType::kBool, ""},
    {"kms:multiregionkeytype", KeyType::kString, ""},
    {"kms:primaryregion", KeyType::kString, "UpdatePrimaryRegion"},
    {"kms:reencryptonsamekey", KeyType::kBool, "ReEncryptFrom ReEncryptTo"},
    {"kms:replicaregion", KeyType::kString, "ReplicateKey"},
    {"kms:requestalias", KeyType::kString, "Decrypt DeriveSharedSecret DescribeKey Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext GenerateDataKeyWithoutPlaintext GenerateMac GetPublicKey ReEncryptFrom ReEncryptTo Sign Verify VerifyMac"},
    {"kms:resourcealiases", KeyType::kArray, ""},
    {"kms:retiringprincipal", KeyType::kString, "CreateGrant"},
    {"kms:retiringserviceprincipal", KeyType::kString, "CreateGrant"},
    {"kms:rotationperiodindays", KeyType::kNumeric, "EnableKeyRotation"},
    {"kms:schedulekeydeletionpendingwindowindays", KeyType::kNumeric, "ScheduleKeyDeletion"},
    {"kms:signingalgorithm", KeyType::kString, "Sign Verify"},
    {"kms:trailingdayswithoutkeyusage", KeyType::kNumeric, "DisableKey ScheduleKeyDeletion"},
    {"kms:validto", KeyType::kDate, "ImportKeyMaterial"},
    {"kms:viaservice", KeyType::kString, ""},
    {"kms:wrappingalgorithm", KeyType::kString, "GetParametersForImport"},
    {"kms:wrappingkeyspec", KeyType::kString, "GetParametersForImport"},
    {"kms:recipientattestation:", KeyType::kString, "Decrypt DeriveSharedSecret GenerateDataKey GenerateDataKeyPair GenerateRandom"},
});
// clang-format on

}  // namespace

std::span<const std::string_view> kms_actions() {
  return kActions;
}

std::optional<ConditionKey> find_condition_key(std::string_view name) {
  const std::string wanted = lower_ascii(name);
  for (const ConditionKey& key : kKeys) {
    const bool family = key.name.ends_with('/') || key.name.ends_with(':');
    if (family ? wanted.starts_with(key.name) : wanted == key.name) return key;
  }
  return std::nullopt;
}

bool occurs(const ConditionKey& key, std::string_view action) {
  if (key.actions.empty()) return true;
  std::string_view rest = key.actions;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (action_matches(action, cat("kms:", rest.substr(0, end)))) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace kms::policy
