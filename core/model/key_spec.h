#pragma once
// What kinds of key there are and what each may do: the tables of the AWS KMS API as data.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/enum_names.h"
#include "core/crypto/key_pair.h"

namespace kms {

// clang-format off
#define KMS_KEY_SPECS(X)                                                                                       \
  X(kEd25519, "ECC_NIST_EDWARDS25519") X(kP256, "ECC_NIST_P256") X(kP384, "ECC_NIST_P384")                     \
  X(kP521, "ECC_NIST_P521") X(kSecp256k1, "ECC_SECG_P256K1") X(kHmac224, "HMAC_224") X(kHmac256, "HMAC_256")   \
  X(kHmac384, "HMAC_384") X(kHmac512, "HMAC_512") X(kMlDsa44, "ML_DSA_44") X(kMlDsa65, "ML_DSA_65")            \
  X(kMlDsa87, "ML_DSA_87") X(kMlKem1024, "ML_KEM_1024") X(kMlKem512, "ML_KEM_512") X(kMlKem768, "ML_KEM_768")  \
  X(kRsa2048, "RSA_2048") X(kRsa3072, "RSA_3072") X(kRsa4096, "RSA_4096") X(kSm2, "SM2")                       \
  X(kSymmetric, "SYMMETRIC_DEFAULT")
#define KMS_KEY_USAGES(X)                                                                                      \
  X(kEncapsulateDecapsulate, "ENCAPSULATE_DECAPSULATE") X(kEncryptDecrypt, "ENCRYPT_DECRYPT")                  \
  X(kGenerateVerifyMac, "GENERATE_VERIFY_MAC") X(kKeyAgreement, "KEY_AGREEMENT") X(kSignVerify, "SIGN_VERIFY")
#define KMS_ENCRYPTION_ALGORITHMS(X)                                                                           \
  X(kOaepSha1, "RSAES_OAEP_SHA_1") X(kOaepSha256, "RSAES_OAEP_SHA_256") X(kSm2Pke, "SM2PKE")                   \
  X(kSymmetric, "SYMMETRIC_DEFAULT")
#define KMS_SIGNING_ALGORITHMS(X)                                                                              \
  X(kEcdsaSha256, "ECDSA_SHA_256") X(kEcdsaSha384, "ECDSA_SHA_384") X(kEcdsaSha512, "ECDSA_SHA_512")           \
  X(kEd25519Ph, "ED25519_PH_SHA_512") X(kEd25519, "ED25519_SHA_512") X(kMlDsa, "ML_DSA_SHAKE_256")             \
  X(kPkcs1Sha256, "RSASSA_PKCS1_V1_5_SHA_256") X(kPkcs1Sha384, "RSASSA_PKCS1_V1_5_SHA_384")                    \
  X(kPkcs1Sha512, "RSASSA_PKCS1_V1_5_SHA_512") X(kPssSha256, "RSASSA_PSS_SHA_256")                             \
  X(kPssSha384, "RSASSA_PSS_SHA_384") X(kPssSha512, "RSASSA_PSS_SHA_512") X(kSm2Dsa, "SM2DSA")
#define KMS_MAC_ALGORITHMS(X)                                                                                  \
  X(kSha224, "HMAC_SHA_224") X(kSha256, "HMAC_SHA_256") X(kSha384, "HMAC_SHA_384") X(kSha512, "HMAC_SHA_512")
#define KMS_MESSAGE_TYPES(X) X(kDigest, "DIGEST") X(kExternalMu, "EXTERNAL_MU") X(kRaw, "RAW")
#define KMS_ORIGINS(X)                                                                                         \
  X(kCloudHsm, "AWS_CLOUDHSM") X(kAwsKms, "AWS_KMS") X(kExternal, "EXTERNAL") X(kExternalKeyStore, "EXTERNAL_KEY_STORE")
#define KMS_DATA_KEY_SPECS(X) X(kAes128, "AES_128") X(kAes256, "AES_256")
#define KMS_DRY_RUN_MODIFIERS(X) X(kIgnoreCiphertext, "IGNORE_CIPHERTEXT")
#define KMS_KEY_MANAGERS(X) X(kAws, "AWS") X(kCustomer, "CUSTOMER")
#define KMS_KEY_AGREEMENT_ALGORITHMS(X) X(kEcdh, "ECDH")
#define KMS_ENCAPSULATION_ALGORITHMS(X) X(kMlKem, "ML_KEM")
// What KMS gives as a data key pair, and what CustomerMasterKeySpec, the old name of KeySpec, may be: fewer specs.
#define KMS_DATA_KEY_PAIR_SPECS(X)                                                                             \
  X(kEd25519, "ECC_NIST_EDWARDS25519") X(kP256, "ECC_NIST_P256") X(kP384, "ECC_NIST_P384")                     \
  X(kP521, "ECC_NIST_P521") X(kSecp256k1, "ECC_SECG_P256K1") X(kMlKem1024, "ML_KEM_1024")                      \
  X(kMlKem512, "ML_KEM_512") X(kMlKem768, "ML_KEM_768") X(kRsa2048, "RSA_2048") X(kRsa3072, "RSA_3072")        \
  X(kRsa4096, "RSA_4096") X(kSm2, "SM2")
#define KMS_OLD_KEY_SPECS(X)                                                                                   \
  X(kP256, "ECC_NIST_P256") X(kP384, "ECC_NIST_P384") X(kP521, "ECC_NIST_P521")                                \
  X(kSecp256k1, "ECC_SECG_P256K1") X(kHmac224, "HMAC_224") X(kHmac256, "HMAC_256") X(kHmac384, "HMAC_384")     \
  X(kHmac512, "HMAC_512") X(kRsa2048, "RSA_2048") X(kRsa3072, "RSA_3072") X(kRsa4096, "RSA_4096")              \
  X(kSm2, "SM2") X(kSymmetric, "SYMMETRIC_DEFAULT")
// clang-format on

// Declares the enum and its one list of spellings, in the order in which the API model lists them.
// NOLINTBEGIN(bugprone-macro-parentheses): an enumerator cannot stand in parentheses
#define KMS_ENUM_ID(id, name) id,
#define KMS_ENUM_ROW(id, name) {Self::id, name},
#define KMS_DECLARE_ENUM(Type, LIST)                                                  \
  enum class Type : std::uint8_t { LIST(KMS_ENUM_ID) };                               \
  template <>                                                                         \
  struct EnumNames<Type> {                                                            \
    using Self = Type;                                                                \
    static constexpr auto kAll = std::to_array<EnumName<Type>>({LIST(KMS_ENUM_ROW)}); \
  }
KMS_DECLARE_ENUM(KeySpec, KMS_KEY_SPECS);
KMS_DECLARE_ENUM(KeyUsage, KMS_KEY_USAGES);
KMS_DECLARE_ENUM(EncryptionAlgorithm, KMS_ENCRYPTION_ALGORITHMS);
KMS_DECLARE_ENUM(SigningAlgorithm, KMS_SIGNING_ALGORITHMS);
KMS_DECLARE_ENUM(MacAlgorithm, KMS_MAC_ALGORITHMS);
KMS_DECLARE_ENUM(MessageType, KMS_MESSAGE_TYPES);
KMS_DECLARE_ENUM(Origin, KMS_ORIGINS);
KMS_DECLARE_ENUM(DataKeySpec, KMS_DATA_KEY_SPECS);
KMS_DECLARE_ENUM(DryRunModifier, KMS_DRY_RUN_MODIFIERS);
KMS_DECLARE_ENUM(KeyManager, KMS_KEY_MANAGERS);
KMS_DECLARE_ENUM(KeyAgreementAlgorithm, KMS_KEY_AGREEMENT_ALGORITHMS);
KMS_DECLARE_ENUM(EncapsulationAlgorithm, KMS_ENCAPSULATION_ALGORITHMS);
KMS_DECLARE_ENUM(DataKeyPairSpec, KMS_DATA_KEY_PAIR_SPECS);
KMS_DECLARE_ENUM(OldKeySpec, KMS_OLD_KEY_SPECS);
#undef KMS_DECLARE_ENUM
#undef KMS_ENUM_ROW
#undef KMS_ENUM_ID
// NOLINTEND(bugprone-macro-parentheses)

// What a spec is and may do: the one table that everybody asks who has to know. Lists in the order of the API model.
struct KeySpecRow {
  KeySpec spec;
  std::optional<crypto::KeyType> type;  // the kind of key pair; nothing for a symmetric key
  std::span<const KeyUsage> usages;     // those that the API allows
  std::span<const EncryptionAlgorithm> encryption = {};
  std::span<const SigningAlgorithm> signing = {};
  std::optional<MacAlgorithm> mac = std::nullopt;
};
const KeySpecRow& row_of(KeySpec spec);

bool is_valid_usage(KeySpec spec, KeyUsage usage);  // whether the API allows the pair

inline bool is_hmac(KeySpec spec) {
  return row_of(spec).mac.has_value();
}
inline std::optional<crypto::KeyType> key_type(KeySpec spec) {
  return row_of(spec).type;
}
inline std::optional<MacAlgorithm> mac_algorithm(KeySpec spec) {
  return row_of(spec).mac;
}

// Algorithms of a key; empty unless the usage is theirs.
std::span<const EncryptionAlgorithm> encryption_algorithms(KeySpec spec, KeyUsage usage);
std::span<const SigningAlgorithm> signing_algorithms(KeySpec spec, KeyUsage usage);

// The same spec under the name that the whole list has.
template <NamedEnum E>
KeySpec as_key_spec(E spec) {
  return from_text<KeySpec>(to_text(spec)).value();
}

crypto::SignatureScheme signature_scheme(SigningAlgorithm algorithm);  // for a message that is RAW
crypto::Hash mac_hash(MacAlgorithm algorithm);
crypto::Hash oaep_hash(EncryptionAlgorithm algorithm);

// The longest plaintext in bytes: 4096 for a symmetric key, modulus - 2 * hash - 2 for OAEP (RFC 8017 section 7.1.1),
// 1024 for SM2PKE.
std::size_t max_plaintext(KeySpec spec, EncryptionAlgorithm algorithm);

}  // namespace kms
