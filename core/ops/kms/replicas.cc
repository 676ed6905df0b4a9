#include "core/ops/kms/replicas.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/ops/kms/keys.h"
#include "core/ops/kms/patterns.h"
#include "core/ops/kms/policies.h"
#include "core/ops/kms/strangers.h"
#include "core/records/keys.h"
#include "core/records/stored_record.h"
#include "core/records/vault.h"
#include "core/service/authorization.h"
#include "core/service/response.h"
#include "core/upkeep/key_sets.h"

namespace kms {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

Key replica_of(const Call& call, const Key& primary, const ReplicateKeyRequest& request) {
  Key replica = primary;
  replica.home.region = request.replica_region;
  replica.description = request.description;
  replica.tags = as_tags(request.tags);
  replica.creation_date = call.now();
  return replica;
}

// Of a request that names a Region of this vault as `member`: whatever the vault calls its own, and else what AWS's
// pattern allows. ValidationException in the words of the request reader.
void require_region_name(const Call& call, std::string_view region, std::string_view member) {
  if (is_region_name(region)) return;
  const auto regions = find_regions(call.transaction);
  if (std::find(regions.begin(), regions.end(), region) != regions.end()) return;
  throw Error(ErrorCode::kValidation, cat("1 validation error detected: Value '", region, "' at '", member,
                                          "' failed to satisfy constraint: Member must satisfy regular expression "
                                          "pattern: ",
                                          kRegionPattern.regex));
}

}  // namespace

std::vector<FurtherQuestion> ReplicateKeyRequest::further_questions(const Call& call) const {
  std::vector<FurtherQuestion> questions = tagging(call, tags, replica_region);
  questions.push_back({"kms:CreateKey", replica_region});
  return questions;
}

ReplicateKeyResponse replicate_key(Call& call, const ReplicateKeyRequest& request) {
  const Key& primary = call.key.value();
  require_region_name(call, request.replica_region, "replicaRegion");
  require_primary(primary);
  require_state(primary, kUsable);
  const AccountRegion target{primary.home.account, request.replica_region};
  if (!contains(find_regions(call.transaction), target.region)) {
    throw Error(ErrorCode::kValidation, cat("Region ", target.region, " is not part of this vault. Add it first: ",
                                            "kmsctl region add ", target.region));
  }
  clear_place(call.context, call.transaction, target, primary.id, call.now());
  // As it is when a replica that was in the way has left.
  KeySet set = load_set(call.transaction, StoredRecord::present(find_key(call.transaction, primary.home, primary.id)),
                        call.now());
  if (contains(set.leader().regions, target.region) || find_key(call.transaction, target, primary.id)) {
    throw Error(ErrorCode::kAlreadyExists,
                cat("A multi-region key ", primary.id.str(), " already exists in ", target.region, "."));
  }
  set.replicate(replica_of(call, primary, request));
  const Key& replica = set.in(target.region);
  if (!request.policy.empty()) {
    const CheckedPolicy checked =
        check_policy(call, replica, request.policy, request.bypass_policy_lockout_safety_check.value_or(false));
    put_policy(call.transaction, replica, checked.stored);
    tell_newly_allowed(call.event, nullptr, checked.document, replica.home.account);
  }
  store_set(call.context, call.transaction, set, primary.home.region, call.now());

  // The answer speaks of the moment before the replica is there.
  KeyMetadata metadata = key_metadata(replica);
  metadata.key_state = "Creating";
  metadata.enabled = false;
  metadata.current_key_material_id.reset();
  *call.event.response_elements = {{"replicaKeyMetadata", {{"keyId", replica.id.str()}, {"arn", replica.arn()}}}};
  return {std::move(metadata), key_policy_text(call.transaction, replica), request.tags};
}

// What all of the set share is written from the new primary on; nothing else of any of them changes.
std::vector<FurtherQuestion> UpdatePrimaryRegionRequest::further_questions(const Call& call) const {
  const Key& key = call.key.value();
  const AccountRegion there{key.home.account, primary_region};
  auto next = there == key.home ? std::nullopt : find_key(call.transaction, there, key.id, call.now());
  if (!next) return {};
  return {{{}, {}, std::move(next)}};
}

EmptyResponse update_primary_region(Call& call, const UpdatePrimaryRegionRequest& request) {
  const Key& primary = call.key.value();
  require_region_name(call, request.primary_region, "primaryRegion");
  require_primary(primary);
  require_state(primary, kUsable);
  if (request.primary_region == primary.home.region) {
    throw Error(ErrorCode::kValidation, cat(primary.arn(), " already is the primary key."));
  }
  const auto next = find_key(call.transaction, {primary.home.account, request.primary_region}, primary.id, call.now());
  if (!next) {
    throw Error(ErrorCode::kNotFound, cat("Key '", primary.arn_in(request.primary_region), "' does not exist"));
  }
  require_state(*next, kUsable);
  KeySet set = load_set(call.transaction, primary, call.now());
  set.promote(request.primary_region);
  store_set(call.context, call.transaction, set, request.primary_region, call.now());
  call.event.resources.push_back(next->arn());
  return {};
}

}  // namespace kms
