#pragma once
// Multi-Region keys: one key id and one material in several regions, one of which leads.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/ops/kms/key_metadata.h"
#include "core/ops/kms/patterns.h"
#include "core/ops/kms/tags.h"

namespace kms {

struct ReplicateKeyRequest {
  std::string key_id;
  std::string replica_region;
  std::string policy;
  std::optional<bool> bypass_policy_lockout_safety_check;
  std::string description;
  std::vector<Tag> tags;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("ReplicaRegion", replica_region,
          {.required = true,
           .min = 1,
           .max = 32,
           .pattern = &kKnownRegionPattern,
           .help = "Region of the new replica",
           .condition = value_of("kms:ReplicaRegion")});
    visit("Policy", policy, {.min = 1, .max = 131072, .pattern = &kPolicyTextPattern, .help = "Of the replica alone"});
    visit("BypassPolicyLockoutSafetyCheck", bypass_policy_lockout_safety_check,
          {.help = "Accept a policy that does not let its author change it again",
           .condition = value_of("kms:BypassPolicyLockoutSafetyCheck")});
    visit("Description", description, {.max = 8192, .help = "Of the replica alone"});
    visit("Tags", tags, {.help = "Of the replica alone", .condition = kTagsCondition});
  }
  void check() const { check_tags(tags); }
  std::string_view key_reference() const { return key_id; }
  // A replica is a new key of its Region.
  std::vector<FurtherQuestion> further_questions(const Call& call) const;
};
struct ReplicateKeyResponse {
  KeyMetadata replica_key_metadata;
  std::string replica_policy;
  std::vector<Tag> replica_tags;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("ReplicaKeyMetadata", replica_key_metadata, {.help = "What the replica is"});
    visit("ReplicaPolicy", replica_policy, {.help = "Its key policy"});
    visit("ReplicaTags", replica_tags, {.help = "Its tags"});
  }
};
ReplicateKeyResponse replicate_key(Call& call, const ReplicateKeyRequest& request);

struct UpdatePrimaryRegionRequest {
  std::string key_id;
  std::string primary_region;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("PrimaryRegion", primary_region,
          {.required = true,
           .min = 1,
           .max = 32,
           .pattern = &kKnownRegionPattern,
           .help = "Region of the replica to lead",
           .condition = value_of("kms:PrimaryRegion")});
  }
  std::string_view key_reference() const { return key_id; }
  // Both of the keys change their part. Whether the other one is there is for the handler to say.
  std::vector<FurtherQuestion> further_questions(const Call& call) const;
};
EmptyResponse update_primary_region(Call& call, const UpdatePrimaryRegionRequest& request);

}  // namespace kms
