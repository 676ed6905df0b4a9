#pragma once
// Who callers of the agent are: access keys, and users of the operating system. Actions kmsctl:CreateAccessKey and so
// on.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"
#include "core/ops/vault/identities.h"

namespace kms {

struct CreateAccessKeyRequest {
  std::string principal;
  std::string_view identity() const { return principal; }

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Principal", principal,
          {.required = true, .min = 1, .max = 2048, .help = "user/NAME, root, or the ARN of one of them"});
  }
};
struct AccessKeyDescription {
  std::string access_key_id;
  std::string principal;
  Time creation_date;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccessKeyId", access_key_id, {.help = "AKIA..."});
    visit("Principal", principal, {.help = "ARN of whom requests come from that it signs"});
    visit("CreationDate", creation_date, {.help = "When it was made"});
  }
};
struct NewAccessKey : AccessKeyDescription {
  SecretText secret_access_key;

  template <class Visitor>
  void fields(Visitor& visit) {
    AccessKeyDescription::fields(visit);
    visit("SecretAccessKey", secret_access_key, {.sensitive = true, .help = "What signs; it is never shown again"});
  }
};
struct CreateAccessKeyResponse {
  NewAccessKey access_key;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccessKey", access_key, {.help = "With its secret"});
  }
};
CreateAccessKeyResponse create_access_key(Call& call, const CreateAccessKeyRequest& request);

struct ListAccessKeysResponse {
  std::vector<AccessKeyDescription> access_keys;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccessKeys", access_keys, {.help = "All of them, without their secrets"});
  }
};
ListAccessKeysResponse list_access_keys(Call& call, const EmptyRequest& request);

struct DeleteAccessKeyRequest {
  std::string id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccessKeyId", id, {.required = true, .min = 16, .max = 128, .help = "AKIA..."});
  }
};
EmptyResponse delete_access_key(Call& call, const DeleteAccessKeyRequest& request);

inline constexpr Rule kUidRule{.required = true, .min = 0, .help = "Number of a user of the operating system"};

struct MapUidRequest {
  std::int32_t uid = 0;
  std::string principal;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Uid", uid, kUidRule);
    visit("Principal", principal, {.required = true, .min = 1, .max = 2048, .help = "user/NAME or its ARN"});
  }
};
EmptyResponse map_uid(Call& call, const MapUidRequest& request);

struct UnmapUidRequest {
  std::int32_t uid = 0;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Uid", uid, kUidRule);
  }
};
EmptyResponse unmap_uid(Call& call, const UnmapUidRequest& request);

struct UidMappingDescription {
  std::int64_t uid = 0;
  std::string principal;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Uid", uid, {.help = "Number of a user of the operating system"});
    visit("Principal", principal, {.help = "ARN of whom that user calls the agent as"});
  }
};
struct ListUidMappingsResponse {
  std::vector<UidMappingDescription> uid_mappings;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("UidMappings", uid_mappings, {.help = "All of them"});
  }
};
ListUidMappingsResponse list_uid_mappings(Call& call, const EmptyRequest& request);

}  // namespace kms
