#include "core/model/key_spec.h"

#include <algorithm>
#include <array>

#include "core/base/error.h"

namespace kms {
namespace {

using crypto::Hash;
using crypto::SignatureKind;

bool is_rsa(KeySpec spec) {
  return spec == KeySpec::kRsa2048 || spec == KeySpec::kRsa3072 || spec == KeySpec::kRsa4096;
}

bool is_nist_curve(KeySpec spec) {
  return spec == KeySpec::kP256 || spec == KeySpec::kP384 || spec == KeySpec::kP521;
}

bool is_ml_dsa(KeySpec spec) {
  return spec == KeySpec::kMlDsa44 || spec == KeySpec::kMlDsa65 || spec == KeySpec::kMlDsa87;
}

bool is_ml_kem(KeySpec spec) {
  return spec == KeySpec::kMlKem512 || spec == KeySpec::kMlKem768 || spec == KeySpec::kMlKem1024;
}

struct SchemeRow {
  SigningAlgorithm algorithm;
  SignatureKind kind;
  Hash hash;
};
constexpr auto kSchemes = std::to_array<SchemeRow>({
    {SigningAlgorithm::kEcdsaSha256, SignatureKind::kEcdsa, Hash::kSha256},
    {SigningAlgorithm::kEcdsaSha384, SignatureKind::kEcdsa, Hash::kSha384},
    {SigningAlgorithm::kEcdsaSha512, SignatureKind::kEcdsa, Hash::kSha512},
    {SigningAlgorithm::kEd25519Ph, SignatureKind::kEd25519Ph, Hash::kSha512},
    {SigningAlgorithm::kEd25519, SignatureKind::kEd25519, Hash::kSha512},
    {SigningAlgorithm::kPkcs1Sha256, SignatureKind::kRsaPkcs1, Hash::kSha256},
    {SigningAlgorithm::kPkcs1Sha384, SignatureKind::kRsaPkcs1, Hash::kSha384},
    {SigningAlgorithm::kPkcs1Sha512, SignatureKind::kRsaPkcs1, Hash::kSha512},
    {SigningAlgorithm::kPssSha256, SignatureKind::kRsaPss, Hash::kSha256},
    {SigningAlgorithm::kPssSha384, SignatureKind::kRsaPss, Hash::kSha384},
    {SigningAlgorithm::kPssSha512, SignatureKind::kRsaPss, Hash::kSha512},
    {SigningAlgorithm::kSm2Dsa, SignatureKind::kSm2Message, Hash::kSm3},
    {SigningAlgorithm::kMlDsa, SignatureKind::kMlDsa, Hash::kSha512},
});

std::size_t modulus_size(KeySpec spec) {
  if (spec == KeySpec::kRsa2048) return 256;
  return spec == KeySpec::kRsa3072 ? 384 : 512;
}

}  // namespace

bool is_valid_usage(KeySpec spec, KeyUsage usage) {
  switch (usage) {
    case KeyUsage::kEncapsulateDecapsulate:
      return is_ml_kem(spec);
    case KeyUsage::kEncryptDecrypt:
      return spec == KeySpec::kSymmetric || is_rsa(spec) || spec == KeySpec::kSm2;
    case KeyUsage::kGenerateVerifyMac:
      return is_hmac(spec);
    case KeyUsage::kKeyAgreement:
      return is_nist_curve(spec) || spec == KeySpec::kSm2;
    case KeyUsage::kSignVerify:
      return is_rsa(spec) || is_nist_curve(spec) || is_ml_dsa(spec) || spec == KeySpec::kSecp256k1 ||
             spec == KeySpec::kEd25519 || spec == KeySpec::kSm2;
  }
  return false;
}

bool is_hmac(KeySpec spec) {
  return mac_algorithm(spec).has_value();
}

std::optional<crypto::KeyType> key_type(KeySpec spec) {
  using crypto::KeyType;
  switch (spec) {
    case KeySpec::kRsa2048:
      return KeyType::kRsa2048;
    case KeySpec::kRsa3072:
      return KeyType::kRsa3072;
    case KeySpec::kRsa4096:
      return KeyType::kRsa4096;
    case KeySpec::kP256:
      return KeyType::kP256;
    case KeySpec::kP384:
      return KeyType::kP384;
    case KeySpec::kP521:
      return KeyType::kP521;
    case KeySpec::kSecp256k1:
      return KeyType::kSecp256k1;
    case KeySpec::kEd25519:
      return KeyType::kEd25519;
    case KeySpec::kSm2:
      return KeyType::kSm2;
    case KeySpec::kMlDsa44:
      return KeyType::kMlDsa44;
    case KeySpec::kMlDsa65:
      return KeyType::kMlDsa65;
    case KeySpec::kMlDsa87:
      return KeyType::kMlDsa87;
    case KeySpec::kMlKem512:
      return KeyType::kMlKem512;
    case KeySpec::kMlKem768:
      return KeyType::kMlKem768;
    case KeySpec::kMlKem1024:
      return KeyType::kMlKem1024;
    default:
      return std::nullopt;
  }
}

std::vector<EncryptionAlgorithm> encryption_algorithms(KeySpec spec, KeyUsage usage) {
  if (usage != KeyUsage::kEncryptDecrypt) return {};
  if (spec == KeySpec::kSymmetric) return {EncryptionAlgorithm::kSymmetric};
  if (is_rsa(spec)) return {EncryptionAlgorithm::kOaepSha1, EncryptionAlgorithm::kOaepSha256};
  if (spec == KeySpec::kSm2) return {EncryptionAlgorithm::kSm2Pke};
  return {};
}

std::vector<SigningAlgorithm> signing_algorithms(KeySpec spec, KeyUsage usage) {
  using enum SigningAlgorithm;
  if (usage != KeyUsage::kSignVerify) return {};
  if (is_rsa(spec)) return {kPkcs1Sha256, kPkcs1Sha384, kPkcs1Sha512, kPssSha256, kPssSha384, kPssSha512};
  if (spec == KeySpec::kP256 || spec == KeySpec::kSecp256k1) return {kEcdsaSha256};
  if (spec == KeySpec::kP384) return {kEcdsaSha384};
  if (spec == KeySpec::kP521) return {kEcdsaSha512};
  if (spec == KeySpec::kEd25519) return {kEd25519Ph, kEd25519};
  if (spec == KeySpec::kSm2) return {kSm2Dsa};
  if (is_ml_dsa(spec)) return {kMlDsa};
  return {};
}

std::optional<MacAlgorithm> mac_algorithm(KeySpec spec) {
  switch (spec) {
    case KeySpec::kHmac224:
      return MacAlgorithm::kSha224;
    case KeySpec::kHmac256:
      return MacAlgorithm::kSha256;
    case KeySpec::kHmac384:
      return MacAlgorithm::kSha384;
    case KeySpec::kHmac512:
      return MacAlgorithm::kSha512;
    default:
      return std::nullopt;
  }
}

crypto::SignatureScheme signature_scheme(SigningAlgorithm algorithm) {
  const auto* const row =
      std::find_if(kSchemes.begin(), kSchemes.end(), [&](const SchemeRow& r) { return r.algorithm == algorithm; });
  if (row == kSchemes.end()) throw Error(ErrorCode::kInternal, "the signing algorithm has no scheme");
  return {row->kind, row->hash};
}

Hash mac_hash(MacAlgorithm algorithm) {
  switch (algorithm) {
    case MacAlgorithm::kSha224:
      return Hash::kSha224;
    case MacAlgorithm::kSha256:
      return Hash::kSha256;
    case MacAlgorithm::kSha384:
      return Hash::kSha384;
    case MacAlgorithm::kSha512:
      break;
  }
  return Hash::kSha512;
}

Hash oaep_hash(EncryptionAlgorithm algorithm) {
  return algorithm == EncryptionAlgorithm::kOaepSha1 ? Hash::kSha1 : Hash::kSha256;
}

std::size_t max_plaintext(KeySpec spec, EncryptionAlgorithm algorithm) {
  constexpr std::size_t kSymmetricLimit = 4096;
  constexpr std::size_t kSm2Limit = 1024;
  if (spec == KeySpec::kSm2) return kSm2Limit;
  if (!is_rsa(spec)) return kSymmetricLimit;
  return modulus_size(spec) - 2 * crypto::digest_size(oaep_hash(algorithm)) - 2;
}

}  // namespace kms
