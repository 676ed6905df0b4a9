#pragma once
// Data key pairs: an asymmetric pair for use outside, its private key encrypted under a symmetric key.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

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
Json generate_data_key_pair(Call& call, const GenerateDataKeyPairRequest& request);

struct GenerateDataKeyPairWithoutPlaintextRequest : DataKeyPairRequest {
  template <class Visitor>
  void fields(Visitor& visit) {
    visit_pair(visit);
    visit("DryRun", dry_run, kDryRunRule);
  }
};
Json generate_data_key_pair_without_plaintext(Call& call, const GenerateDataKeyPairWithoutPlaintextRequest& request);

}  // namespace kms
