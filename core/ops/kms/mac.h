#pragma once
// GenerateMac and VerifyMac.
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

struct GenerateMacRequest {
  SecretBytes message;
  std::string key_id;
  MacAlgorithm mac_algorithm = MacAlgorithm::kSha256;
  std::vector<std::string> grant_tokens;
  bool dry_run = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit_mac(visit);
    visit_grant_tokens(visit, grant_tokens);
    visit("DryRun", dry_run, kDryRunRule);
  }
  std::string_view key_reference() const { return key_id; }

 protected:
  template <class Visitor>
  void visit_mac(Visitor& visit) {
    visit("Message", message, {.required = true, .min = 1, .max = 4096, .sensitive = true, .help = "The message"});
    visit("KeyId", key_id, kKeyIdRule);
    visit("MacAlgorithm", mac_algorithm,
          {.required = true, .help = "The key's MAC algorithm", .condition = value_of("kms:MacAlgorithm")});
  }
};
struct GenerateMacResponse {
  Bytes mac;
  MacAlgorithm mac_algorithm = MacAlgorithm::kSha256;
  std::string key_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Mac", mac, {.help = "For VerifyMac"});
    visit("MacAlgorithm", mac_algorithm, {.help = "The one that was used"});
    visit("KeyId", key_id, kAnsweredKeyRule);
  }
};
GenerateMacResponse generate_mac(Call& call, const GenerateMacRequest& request);

struct VerifyMacRequest : GenerateMacRequest {
  Bytes mac;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit_mac(visit);
    visit("Mac", mac, {.required = true, .min = 1, .max = 6144, .help = "What GenerateMac answered"});
    visit_grant_tokens(visit, grant_tokens);
    visit("DryRun", dry_run, kDryRunRule);
  }
};
struct VerifyMacResponse {
  std::string key_id;
  bool mac_valid = false;
  MacAlgorithm mac_algorithm = MacAlgorithm::kSha256;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kAnsweredKeyRule);
    visit("MacValid", mac_valid, {.help = "True: what is not valid is an error"});
    visit("MacAlgorithm", mac_algorithm, {.help = "The one that was used"});
  }
};
VerifyMacResponse verify_mac(Call& call, const VerifyMacRequest& request);

}  // namespace kms
