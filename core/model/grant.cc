#include "core/model/grant.h"

#include <algorithm>
#include <set>

namespace kms {

bool GrantConstraints::imply(const GrantConstraints& others) const {
  const auto& [least, exact, source, unknown_too] = others;
  if (unknown_too || (!exact.empty() && encryption_context_equals != exact)) return false;
  if (!source.empty() && source_arn != source) return false;
  auto pairs = encryption_context_equals;
  pairs.insert(encryption_context_subset.begin(), encryption_context_subset.end());
  return std::includes(pairs.begin(), pairs.end(), least.begin(), least.end());
}

bool Grant::same_terms(const Grant& other) const {
  const auto as_set = [](const std::vector<GrantOperation>& list) {
    return std::set<GrantOperation>(list.begin(), list.end());
  };
  return name == other.name && grantee_principal == other.grantee_principal &&
         grantee_service_principal == other.grantee_service_principal &&
         retiring_principal == other.retiring_principal &&
         retiring_service_principal == other.retiring_service_principal && grantee_id == other.grantee_id &&
         retiring_id == other.retiring_id && as_set(operations) == as_set(other.operations) &&
         constraints == other.constraints;
}

bool Grant::is_within(const Grant& parent) const {
  const bool subset = std::all_of(operations.begin(), operations.end(), [&](GrantOperation operation) {
    return std::find(parent.operations.begin(), parent.operations.end(), operation) != parent.operations.end();
  });
  return subset && constraints.imply(parent.constraints);
}

bool is_grantable(GrantOperation operation, const Key& key) {
  using enum GrantOperation;
  switch (operation) {
    case kCreateGrant:
    case kRetireGrant:
    case kDescribeKey:
      return true;
    case kEncrypt:
    case kDecrypt:
    case kReEncryptFrom:
    case kReEncryptTo:
      return key.usage == KeyUsage::kEncryptDecrypt;
    case kGenerateDataKey:
    case kGenerateDataKeyWithoutPlaintext:
    case kGenerateDataKeyPair:
    case kGenerateDataKeyPairWithoutPlaintext:
      return key.spec == KeySpec::kSymmetric;
    case kSign:
    case kVerify:
      return key.usage == KeyUsage::kSignVerify;
    case kGenerateMac:
    case kVerifyMac:
      return key.usage == KeyUsage::kGenerateVerifyMac;
    case kDeriveSharedSecret:
      return key.usage == KeyUsage::kKeyAgreement;
    case kEncapsulate:
    case kDecapsulate:
      return key.usage == KeyUsage::kEncapsulateDecapsulate;
    case kGetPublicKey:
      return key.spec != KeySpec::kSymmetric && key.usage != KeyUsage::kGenerateVerifyMac;
  }
  return false;
}

bool takes_encryption_context(GrantOperation operation) {
  using enum GrantOperation;
  switch (operation) {
    case kEncrypt:
    case kDecrypt:
    case kReEncryptFrom:
    case kReEncryptTo:
    case kGenerateDataKey:
    case kGenerateDataKeyWithoutPlaintext:
    case kGenerateDataKeyPair:
    case kGenerateDataKeyPairWithoutPlaintext:
      return true;
    default:
      return false;
  }
}

}  // namespace kms
