#include "core/model/key_spec.h"

#include <algorithm>
#include <array>

#include "core/base/error.h"

namespace kms {
namespace {

using crypto::Hash;
using crypto::KeyType;
using crypto::SignatureKind;

constexpr auto kEncrypts = std::to_array<KeyUsage>({KeyUsage::kEncryptDecrypt});
constexpr auto kSigns = std::to_array<KeyUsage>({KeyUsage::kSignVerify});
constexpr auto kMacs = std::to_array<KeyUsage>({KeyUsage::kGenerateVerifyMac});
constexpr auto kEncapsulates = std::to_array<KeyUsage>({KeyUsage::kEncapsulateDecapsulate});
constexpr auto kEncryptsOrSigns = std::to_array<KeyUsage>({KeyUsage::kEncryptDecrypt, KeyUsage::kSignVerify});
constexpr auto kAgreesOrSigns = std::to_array<KeyUsage>({KeyUsage::kKeyAgreement, KeyUsage::kSignVerify});
constexpr auto kAll =
    std::to_array<KeyUsage>({KeyUsage::kEncryptDecrypt, KeyUsage::kKeyAgreement, KeyUsage::kSignVerify});

constexpr auto kSymmetric = std::to_array<EncryptionAlgorithm>({EncryptionAlgorithm::kSymmetric});
constexpr auto kOaep =
    std::to_array<EncryptionAlgorithm>({EncryptionAlgorithm::kOaepSha1, EncryptionAlgorithm::kOaepSha256});
constexpr auto kSm2Pke = std::to_array<EncryptionAlgorithm>({EncryptionAlgorithm::kSm2Pke});

constexpr auto kRsa = std::to_array<SigningAlgorithm>({SigningAlgorithm::kPkcs1Sha256, SigningAlgorithm::kPkcs1Sha384,
                                                       SigningAlgorithm::kPkcs1Sha512, SigningAlgorithm::kPssSha256,
                                                       SigningAlgorithm::kPssSha384, SigningAlgorithm::kPssSha512});
constexpr auto kEcdsa256 = std::to_array<SigningAlgorithm>({SigningAlgorithm::kEcdsaSha256});
constexpr auto kEcdsa384 = std::to_array<SigningAlgorithm>({SigningAlgorithm::kEcdsaSha384});
constexpr auto kEcdsa512 = std::to_array<SigningAlgorithm>({SigningAlgorithm::kEcdsaSha512});
constexpr auto kEddsa = std::to_array<SigningAlgorithm>({SigningAlgorithm::kEd25519Ph, SigningAlgorithm::kEd25519});
constexpr auto kSm2Dsa = std::to_array<SigningAlgorithm>({SigningAlgorithm::kSm2Dsa});
constexpr auto kMlDsa = std::to_array<SigningAlgorithm>({SigningAlgorithm::kMlDsa});

// In the order of the enum, as row_of() needs.
constexpr auto kRows = std::to_array<KeySpecRow>({
    {KeySpec::kEd25519, KeyType::kEd25519, kSigns, {}, kEddsa},
    {KeySpec::kP256, KeyType::kP256, kAgreesOrSigns, {}, kEcdsa256},
    {KeySpec::kP384, KeyType::kP384, kAgreesOrSigns, {}, kEcdsa384},
    {KeySpec::kP521, KeyType::kP521, kAgreesOrSigns, {}, kEcdsa512},
    {KeySpec::kSecp256k1, KeyType::kSecp256k1, kSigns, {}, kEcdsa256},
    {KeySpec::kHmac224, std::nullopt, kMacs, {}, {}, MacAlgorithm::kSha224},
    {KeySpec::kHmac256, std::nullopt, kMacs, {}, {}, MacAlgorithm::kSha256},
    {KeySpec::kHmac384, std::nullopt, kMacs, {}, {}, MacAlgorithm::kSha384},
    {KeySpec::kHmac512, std::nullopt, kMacs, {}, {}, MacAlgorithm::kSha512},
    {KeySpec::kMlDsa44, KeyType::kMlDsa44, kSigns, {}, kMlDsa},
    {KeySpec::kMlDsa65, KeyType::kMlDsa65, kSigns, {}, kMlDsa},
    {KeySpec::kMlDsa87, KeyType::kMlDsa87, kSigns, {}, kMlDsa},
    {KeySpec::kMlKem1024, KeyType::kMlKem1024, kEncapsulates},
    {KeySpec::kMlKem512, KeyType::kMlKem512, kEncapsulates},
    {KeySpec::kMlKem768, KeyType::kMlKem768, kEncapsulates},
    {KeySpec::kRsa2048, KeyType::kRsa2048, kEncryptsOrSigns, kOaep, kRsa},
    {KeySpec::kRsa3072, KeyType::kRsa3072, kEncryptsOrSigns, kOaep, kRsa},
    {KeySpec::kRsa4096, KeyType::kRsa4096, kEncryptsOrSigns, kOaep, kRsa},
    {KeySpec::kSm2, KeyType::kSm2, kAll, kSm2Pke, kSm2Dsa},
    {KeySpec::kSymmetric, std::nullopt, kEncrypts, kSymmetric},
});
static_assert(kRows.size() == EnumNames<KeySpec>::kAll.size());
static_assert(std::ranges::is_sorted(kRows, {}, &KeySpecRow::spec) &&
              kRows.back().spec == EnumNames<KeySpec>::kAll.back().first);

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

const KeySpecRow& row_of(KeySpec spec) {
  return kRows.at(static_cast<std::size_t>(spec));
}

bool is_valid_usage(KeySpec spec, KeyUsage usage) {
  const auto usages = row_of(spec).usages;
  return std::find(usages.begin(), usages.end(), usage) != usages.end();
}

std::span<const EncryptionAlgorithm> encryption_algorithms(KeySpec spec, KeyUsage usage) {
  if (usage != KeyUsage::kEncryptDecrypt) return {};
  return row_of(spec).encryption;
}

std::span<const SigningAlgorithm> signing_algorithms(KeySpec spec, KeyUsage usage) {
  if (usage != KeyUsage::kSignVerify) return {};
  return row_of(spec).signing;
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
  if (spec == KeySpec::kSymmetric) return kSymmetricLimit;
  return modulus_size(spec) - 2 * crypto::digest_size(oaep_hash(algorithm)) - 2;
}

}  // namespace kms
