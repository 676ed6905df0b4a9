#pragma once
// TagResource, UntagResource and ListResourceTags.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

struct Tag {
  std::string key;
  std::string value;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("TagKey", key, {.required = true, .min = 1, .max = 128, .help = "Name of the tag"});
    visit("TagValue", value, {.required = true, .max = 256, .help = "Value of the tag"});
  }
};

// TagException for a key given twice, a reserved prefix, characters that AWS has in no tag, or too many tags.
void check_tags(const std::vector<Tag>& tags);
// IAM's rules for users, groups and roles: the same, but keys are one whatever their case, as conditions on
// aws:PrincipalTag take them.
void check_principal_tags(const std::vector<Tag>& tags);
void erase_principal_tag(Tags& tags, std::string_view key);
Tags as_tags(const std::vector<Tag>& tags);

inline constexpr Condition kTagsCondition{ConditionKind::kTags};
inline constexpr Condition kTagKeysCondition = value_of("aws:TagKeys");

// What who gives tags to a key that is yet to be made needs as well, in the key's Region.
std::vector<FurtherQuestion> tagging(const Call& call, const std::vector<Tag>& tags, const std::string& region);

struct TagResourceRequest {
  std::string key_id;
  std::vector<Tag> tags;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("Tags", tags,
          {.required = true, .help = "Tags to add, or to give another value", .condition = kTagsCondition});
  }
  void check() const { check_tags(tags); }
  std::string_view key_reference() const { return key_id; }
};
EmptyResponse tag_resource(Call& call, const TagResourceRequest& request);

struct UntagResourceRequest {
  std::string key_id;
  std::vector<std::string> tag_keys;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("TagKeys", tag_keys, {.required = true, .help = "Keys of the tags to remove", .condition = kTagKeysCondition},
          {.min = 1, .max = 128});
  }
  std::string_view key_reference() const { return key_id; }
};
EmptyResponse untag_resource(Call& call, const UntagResourceRequest& request);

struct ListResourceTagsRequest {
  std::string key_id;
  std::int32_t limit = 50;
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, kManagedKeyIdRule);
    visit("Limit", limit, kLimitRule);
    visit("Marker", marker, kMarkerRule);
  }
  std::string_view key_reference() const { return key_id; }
};
struct ListResourceTagsResponse {
  std::vector<Tag> tags;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Tags", tags, {.help = "The tags"});
    visit_next_page(visit, next_marker, truncated);
  }
};
ListResourceTagsResponse list_resource_tags(Call& call, const ListResourceTagsRequest& request);

}  // namespace kms
