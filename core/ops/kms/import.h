#pragma once
// Bring your own key: material that was made elsewhere and is wrapped for this vault.
#include <optional>
#include <string>
#include <string_view>

#include "core/ops/kms/fields.h"
#include "core/ops/kms/patterns.h"

namespace kms {

enum class WrappingAlgorithm : std::uint8_t { kOaepSha1, kOaepSha256, kPkcs1, kAesWrapSha1, kAesWrapSha256, kSm2 };
template <>
struct EnumNames<WrappingAlgorithm> {
  static constexpr auto kAll =
      std::to_array<EnumName<WrappingAlgorithm>>({{WrappingAlgorithm::kOaepSha1, "RSAES_OAEP_SHA_1"},
                                                  {WrappingAlgorithm::kOaepSha256, "RSAES_OAEP_SHA_256"},
                                                  {WrappingAlgorithm::kPkcs1, "RSAES_PKCS1_V1_5"},
                                                  {WrappingAlgorithm::kAesWrapSha1, "RSA_AES_KEY_WRAP_SHA_1"},
                                                  {WrappingAlgorithm::kAesWrapSha256, "RSA_AES_KEY_WRAP_SHA_256"},
                                                  {WrappingAlgorithm::kSm2, "SM2PKE"}});
};

enum class WrappingKeySpec : std::uint8_t { kRsa2048, kRsa3072, kRsa4096, kSm2 };
template <>
struct EnumNames<WrappingKeySpec> {
  static constexpr auto kAll = std::to_array<EnumName<WrappingKeySpec>>({{WrappingKeySpec::kRsa2048, "RSA_2048"},
                                                                         {WrappingKeySpec::kRsa3072, "RSA_3072"},
                                                                         {WrappingKeySpec::kRsa4096, "RSA_4096"},
                                                                         {WrappingKeySpec::kSm2, "SM2"}});
};

enum class ExpirationModel : std::uint8_t { kDoesNotExpire, kExpires };
template <>
struct EnumNames<ExpirationModel> {
  static constexpr auto kAll =
      std::to_array<EnumName<ExpirationModel>>({{ExpirationModel::kDoesNotExpire, "KEY_MATERIAL_DOES_NOT_EXPIRE"},
                                                {ExpirationModel::kExpires, "KEY_MATERIAL_EXPIRES"}});
};

enum class ImportType : std::uint8_t { kExisting, kNew };
template <>
struct EnumNames<ImportType> {
  static constexpr auto kAll = std::to_array<EnumName<ImportType>>(
      {{ImportType::kExisting, "EXISTING_KEY_MATERIAL"}, {ImportType::kNew, "NEW_KEY_MATERIAL"}});
};

struct GetParametersForImportRequest {
  std::string key_id;
  WrappingAlgorithm wrapping_algorithm = WrappingAlgorithm::kOaepSha256;
  WrappingKeySpec wrapping_key_spec = WrappingKeySpec::kRsa2048;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit(
        "WrappingAlgorithm", wrapping_algorithm,
        {.required = true, .help = "How the material will be wrapped", .condition = value_of("kms:WrappingAlgorithm")});
    visit("WrappingKeySpec", wrapping_key_spec,
          {.required = true, .help = "Kind of the key to wrap it with", .condition = value_of("kms:WrappingKeySpec")});
  }
  void check() const;
  std::string_view key_reference() const { return key_id; }
};
struct GetParametersForImportResponse {
  std::string key_id;
  Bytes import_token;
  Bytes public_key;
  Time parameters_valid_to;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("ImportToken", import_token, {.help = "For ImportKeyMaterial"});
    visit("PublicKey", public_key, {.help = "To wrap the material with: SubjectPublicKeyInfo in DER"});
    visit("ParametersValidTo", parameters_valid_to, {.help = "When token and public key expire"});
  }
};
GetParametersForImportResponse get_parameters_for_import(Call& call, const GetParametersForImportRequest& request);

struct ImportKeyMaterialRequest {
  std::string key_id;
  Bytes import_token;
  Bytes encrypted_key_material;
  std::optional<Time> valid_to;
  ExpirationModel expiration_model = ExpirationModel::kExpires;
  std::optional<ImportType> import_type;
  std::optional<std::string> key_material_description;
  std::string key_material_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("ImportToken", import_token,
          {.required = true, .min = 1, .max = 6144, .help = "What GetParametersForImport answered"});
    visit("EncryptedKeyMaterial", encrypted_key_material,
          {.required = true, .min = 1, .max = 6144, .help = "The wrapped material"});
    visit("ValidTo", valid_to,
          {.help = "When the material expires, at most 365 days ahead", .condition = value_of("kms:ValidTo")});
    visit("ExpirationModel", expiration_model,
          {.help = "KEY_MATERIAL_EXPIRES, which needs --valid-to, when left out",
           .condition = value_of("kms:ExpirationModel")});
    visit("ImportType", import_type, {.help = "Whether the key had this material before"});
    visit("KeyMaterialDescription", key_material_description,
          {.min = 0, .max = 256, .pattern = &kMaterialDescriptionPattern, .help = "What to call this material"});
    visit("KeyMaterialId", key_material_id,
          {.min = 64, .max = 64, .pattern = &kMaterialIdPattern, .help = "Which material of the key this must be"});
  }
  void check() const;
  std::string_view key_reference() const { return key_id; }
};
struct ImportKeyMaterialResponse {
  std::string key_id;
  std::string key_material_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("KeyMaterialId", key_material_id, {.help = "Of the material that was imported"});
  }
};
ImportKeyMaterialResponse import_key_material(Call& call, const ImportKeyMaterialRequest& request);

struct DeleteImportedKeyMaterialRequest {
  std::string key_id;
  std::string key_material_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("KeyMaterialId", key_material_id,
          {.min = 64, .max = 64, .pattern = &kMaterialIdPattern, .help = "Which one; the current one when left out"});
  }
  std::string_view key_reference() const { return key_id; }
};
struct DeleteImportedKeyMaterialResponse {
  std::string key_id;
  std::optional<std::string> key_material_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("KeyMaterialId", key_material_id, {.help = "Of the material that was deleted; absent when there was none"});
  }
};
DeleteImportedKeyMaterialResponse delete_imported_key_material(Call& call,
                                                               const DeleteImportedKeyMaterialRequest& request);

}  // namespace kms
