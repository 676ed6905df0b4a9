#include "core/ops/vault/credentials.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/principal.h"
#include "core/records/credentials.h"
#include "core/records/identities.h"
#include "core/service/response.h"

namespace kms {
namespace {

constexpr std::int64_t kUsualOverflowUid = 65534;  // user_namespaces(7)
constexpr std::ptrdiff_t kMostKeys = 2;            // of a principal, as AWS has it

AccessKeyDescription metadata_of(const AccessKey& key) {
  return {key.id, key.principal, key.creation_date};
}

Identity require_key_owner(const Call& call, std::string_view text) {
  Identity identity = require_identity(call, text);
  if (identity.name.kind == IdentityKind::kUser) return identity;
  throw Error(ErrorCode::kValidation, cat(identity.name.resource(), " is no user: roles are assumed by users"));
}

// A user, or the root of an account that the vault knows.
std::string require_key_holder(const Call& call, std::string_view text) {
  const auto arn = principal_arn(call.caller.home.account, text);
  if (arn && arn == root_principal(account_of(*arn)) && find_account(call.transaction, account_of(*arn))) return *arn;
  return require_key_owner(call, text).name.arn();
}

}  // namespace

CreateAccessKeyResponse create_access_key(Call& call, const CreateAccessKeyRequest& request) {
  const std::string principal = require_key_holder(call, request.principal);
  const auto keys = kms::list_access_keys(call.transaction);
  const auto own =
      std::count_if(keys.begin(), keys.end(), [&](const AccessKey& key) { return key.principal == principal; });
  if (own >= kMostKeys) {
    throw Error(ErrorCode::kLimitExceeded, cat(principal, " has two access keys, and more are not allowed"));
  }
  const AccessKey key = create_access_key(call.transaction, principal, call.context.random, call.now());
  *call.event.response_elements = {{"accessKeyId", key.id}};
  return {{metadata_of(key), {SecretBytes::copy_of(*access_key_secret(call.transaction, key.id))}}};
}

ListAccessKeysResponse list_access_keys(Call& call, const EmptyRequest& /*request*/) {
  ListAccessKeysResponse answer;
  for (const AccessKey& key : kms::list_access_keys(call.transaction)) answer.access_keys.push_back(metadata_of(key));
  return answer;
}

EmptyResponse delete_access_key(Call& call, const DeleteAccessKeyRequest& request) {
  const auto key = find_access_key(call.transaction, request.id);
  if (!key) throw Error(ErrorCode::kNotFound, cat("The Access Key with id ", request.id, " cannot be found."));
  erase_access_key(call.transaction, *key);
  return {};
}

EmptyResponse map_uid(Call& call, const MapUidRequest& request) {
  if (request.uid == kUsualOverflowUid) {
    throw Error(ErrorCode::kValidation,
                cat("The uid ", std::to_string(request.uid),
                    " stands for every user that a user namespace does not map, and can be nobody in the vault."));
  }
  const Identity user = require_key_owner(call, request.principal);
  put_uid_mapping(call.transaction, {static_cast<std::uint32_t>(request.uid), user.name.arn(), user.id});
  return {};
}

EmptyResponse unmap_uid(Call& call, const UnmapUidRequest& request) {
  const auto uid = static_cast<std::uint32_t>(request.uid);
  if (!find_uid_mapping(call.transaction, uid)) {
    throw Error(ErrorCode::kNotFound, cat("The uid ", std::to_string(uid), " is mapped to nobody."));
  }
  erase_uid_mapping(call.transaction, uid);
  return {};
}

ListUidMappingsResponse list_uid_mappings(Call& call, const EmptyRequest& /*request*/) {
  ListUidMappingsResponse answer;
  for (const UidMapping& each : kms::list_uid_mappings(call.transaction)) {
    answer.uid_mappings.push_back({each.uid, each.principal});
  }
  return answer;
}

}  // namespace kms
