#pragma once
// Who callers of the agent are: access keys, and users of the operating system. Actions kmsctl:CreateAccessKey and so
// on.
#include <cstdint>
#include <string>
#include <string_view>

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
// The answer holds the secret, which is never shown again.
Json create_access_key(Call& call, const CreateAccessKeyRequest& request);

Json list_access_keys(Call& call, const EmptyRequest& request);

struct DeleteAccessKeyRequest {
  std::string id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AccessKeyId", id, {.required = true, .min = 16, .max = 128, .help = "AKIA..."});
  }
};
Json delete_access_key(Call& call, const DeleteAccessKeyRequest& request);

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
Json map_uid(Call& call, const MapUidRequest& request);

struct UnmapUidRequest {
  std::int32_t uid = 0;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Uid", uid, kUidRule);
  }
};
Json unmap_uid(Call& call, const UnmapUidRequest& request);
Json list_uid_mappings(Call& call, const EmptyRequest& request);

}  // namespace kms
