#pragma once
// Data key pairs: an asymmetric pair for use outside, its private key encrypted under a symmetric key.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

inline constexpr Rule kSealedPrivateKeyRule{.help = "The private key, encrypted, for Decrypt"};
inline constexpr Rule kPublicKeyRule{.help = "SubjectPublicKeyInfo in DER"};

struct DataKeyPairRequest {
  TextMap encryption_context;
  std::string key_id;
  DataKeyPairSpec key_pair_spec = DataKeyPairSpec::kP256;
  std::vector<std::string> grant_tokens;
  bool dry_run = false;

  std::string_view key_reference() const { return key_id; }
  void add_conditions(ConditionFiller& filler) const { add_symmetric_encryption(filler); }

 protected:
  template <class Visitor>
  void visit_pair(Visitor& visit) {
    visit("EncryptionContext", encryption_context, kContextRule);
    visit("KeyId", key_id, kKeyIdRule);
    visit("KeyPairSpec", key_pair_spec,
          {.required = true, .help = "Kind of the pair", .condition = value_of("kms:DataKeyPairSpec")});
    visit_grant_tokens(visit, grant_tokens);
  }
};

struct GenerateDataKeyPairRequest : DataKeyPairRequest {
  std::optional<Recipient> recipient;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit_pair(visit);
    visit("Recipient", recipient, kRecipientRule);
    visit("DryRun", dry_run, kDryRunRule);
  }
  void check() const { refuse_recipient(recipient); }
};
struct GenerateDataKeyPairResponse {
  Bytes private_key_ciphertext_blob;
  SecretBytes private_key_plaintext;
  Bytes public_key;
  std::string key_id;
  DataKeyPairSpec key_pair_spec = DataKeyPairSpec::kP256;
  std::string key_material_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("PrivateKeyCiphertextBlob", private_key_ciphertext_blob, kSealedPrivateKeyRule);
    visit("PrivateKeyPlaintext", private_key_plaintext, {.sensitive = true, .help = "The private key: PKCS#8 in DER"});
    visit("PublicKey", public_key, kPublicKeyRule);
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("KeyPairSpec", key_pair_spec, {.help = "Kind of the pair"});
    visit("KeyMaterialId", key_material_id, kMaterialIdRule);
  }
};
GenerateDataKeyPairResponse generate_data_key_pair(Call& call, const GenerateDataKeyPairRequest& request);

struct GenerateDataKeyPairWithoutPlaintextRequest : DataKeyPairRequest {
  template <class Visitor>
  void fields(Visitor& visit) {
    visit_pair(visit);
    visit("DryRun", dry_run, kDryRunRule);
  }
};
struct GenerateDataKeyPairWithoutPlaintextResponse {
  Bytes private_key_ciphertext_blob;
  Bytes public_key;
  std::string key_id;
  DataKeyPairSpec key_pair_spec = DataKeyPairSpec::kP256;
  std::string key_material_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("PrivateKeyCiphertextBlob", private_key_ciphertext_blob, kSealedPrivateKeyRule);
    visit("PublicKey", public_key, kPublicKeyRule);
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("KeyPairSpec", key_pair_spec, {.help = "Kind of the pair"});
    visit("KeyMaterialId", key_material_id, kMaterialIdRule);
  }
};
GenerateDataKeyPairWithoutPlaintextResponse generate_data_key_pair_without_plaintext(
    Call& call, const GenerateDataKeyPairWithoutPlaintextRequest& request);

}  // namespace kms
