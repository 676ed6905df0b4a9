#pragma once
// A grant: the permission to use one key, given by a call and not by a policy.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.h"
#include "core/base/enum_names.h"
#include "core/model/key.h"

namespace kms {

// clang-format off
#define KMS_GRANT_OPERATIONS(X)                                                                                 \
  X(kCreateGrant, "CreateGrant") X(kDecapsulate, "Decapsulate") X(kDecrypt, "Decrypt")                          \
  X(kDeriveSharedSecret, "DeriveSharedSecret") X(kDescribeKey, "DescribeKey") X(kEncapsulate, "Encapsulate")    \
  X(kEncrypt, "Encrypt") X(kGenerateDataKey, "GenerateDataKey") X(kGenerateDataKeyPair, "GenerateDataKeyPair")  \
  X(kGenerateDataKeyPairWithoutPlaintext, "GenerateDataKeyPairWithoutPlaintext")                                \
  X(kGenerateDataKeyWithoutPlaintext, "GenerateDataKeyWithoutPlaintext") X(kGenerateMac, "GenerateMac")         \
  X(kGetPublicKey, "GetPublicKey") X(kReEncryptFrom, "ReEncryptFrom") X(kReEncryptTo, "ReEncryptTo")            \
  X(kRetireGrant, "RetireGrant") X(kSign, "Sign") X(kVerify, "Verify") X(kVerifyMac, "VerifyMac")
// NOLINTBEGIN(bugprone-macro-parentheses): an enumerator cannot stand in parentheses
#define KMS_GRANT_ID(id, name) id,
#define KMS_GRANT_ROW(id, name) {GrantOperation::id, name},
enum class GrantOperation : std::uint8_t { KMS_GRANT_OPERATIONS(KMS_GRANT_ID) };
template <>
struct EnumNames<GrantOperation> {
  static constexpr auto kAll = std::to_array<EnumName<GrantOperation>>({KMS_GRANT_OPERATIONS(KMS_GRANT_ROW)});
};
#undef KMS_GRANT_ROW
#undef KMS_GRANT_ID
// NOLINTEND(bugprone-macro-parentheses)
// clang-format on

// All that has to hold for a grant to allow something; what is empty asks for nothing. Who evaluates or compares
// constraints takes the struct apart, member by member: one that is added here does not compile until it is thought of
// there.
struct GrantConstraints {
  std::map<std::string, std::string> encryption_context_subset = {};
  std::map<std::string, std::string> encryption_context_equals = {};
  std::string source_arn = {};
  // There is another one, which this version does not know: the grant allows nothing.
  bool unknown = false;

  bool operator==(const GrantConstraints&) const = default;
  // Whether every request that passes these passes `others` as well.
  bool imply(const GrantConstraints& others) const;
};

struct Grant {
  KeyId key;
  std::string id;    // 64 hex digits
  std::string name;  // empty when it has none
  Time creation_date;
  std::string grantee_principal;           // or
  std::string grantee_service_principal;   // exactly one of the two
  std::string retiring_principal;          // at most
  std::string retiring_service_principal;  // one of the two
  std::string issuing_account;             // arn:aws:iam::ACCOUNT:root
  std::vector<GrantOperation> operations;
  GrantConstraints constraints;
  // Of the identities that are named: one made anew under an old name has no part in the grant.
  std::string grantee_id = {};
  std::string retiring_id = {};

  // Equal in everything that CreateGrant takes: with the same name it is the same grant.
  bool same_terms(const Grant& other) const;
  // Whether it allows no more than `parent`: no other operations, and constraints at least as strict.
  bool is_within(const Grant& parent) const;
  const std::string& grantee() const {
    return grantee_principal.empty() ? grantee_service_principal : grantee_principal;
  }
  const std::string& retiring() const {
    return retiring_principal.empty() ? retiring_service_principal : retiring_principal;
  }
};

// What a grant on such a key may allow.
bool is_grantable(GrantOperation operation, const Key& key);
// Operations with an encryption context, which the constraints on it are for.
bool takes_encryption_context(GrantOperation operation);

}  // namespace kms
