#include "core/ops/kms/tags.h"

#include <set>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/model/tag_text.h"
#include "core/records/keys.h"
#include "core/service/response.h"

namespace kms {
namespace {

constexpr std::size_t kMostTags = 50;

bool is_reserved(std::string_view key) {
  return lower_ascii(key.substr(0, 4)) == "aws:";
}

void require_tag_room(std::size_t count) {
  if (count > kMostTags) throw Error(ErrorCode::kTag, "Too many tags");
}

}  // namespace

void check_tags(const std::vector<Tag>& tags) {
  require_tag_room(tags.size());
  for (const Tag& tag : tags) {
    if (is_reserved(tag.key)) throw Error(ErrorCode::kTag, "Tags beginning with aws: are reserved");
    if (!is_tag_text(tag.key) || !is_tag_text(tag.value)) throw Error(ErrorCode::kTag, "Invalid tag");
  }
  if (as_tags(tags).size() != tags.size()) throw Error(ErrorCode::kTag, "Duplicate tag keys");
}

void check_principal_tags(const std::vector<Tag>& tags) {
  check_tags(tags);
  std::set<std::string> keys;
  for (const Tag& tag : tags) {
    if (!keys.insert(lower_ascii(tag.key)).second) {
      throw Error(ErrorCode::kTag, "Duplicate tag keys: those of a principal are one whatever their case");
    }
  }
}

void erase_principal_tag(Tags& tags, std::string_view key) {
  std::erase_if(tags, [&](const auto& tag) { return lower_ascii(tag.first) == lower_ascii(key); });
}

Tags as_tags(const std::vector<Tag>& tags) {
  Tags out;
  for (const Tag& tag : tags) out[tag.key] = tag.value;
  return out;
}

// Such a key has no ARN yet, which policies that name one cannot allow.
std::vector<FurtherQuestion> tagging(const Call& call, const std::vector<Tag>& tags, const std::string& region) {
  if (tags.empty()) return {};
  const AccountRegion there{call.caller.home.account, region};
  return {{.action = "kms:TagResource", .region = region, .resource = there.arn("key/*"), .by_request = true}};
}

EmptyResponse tag_resource(Call& call, const TagResourceRequest& request) {
  Key key = call.key.value();
  for (const Tag& tag : request.tags) key.tags[tag.key] = tag.value;
  require_tag_room(key.tags.size());
  put_key(call.transaction, key);
  return {};
}

EmptyResponse untag_resource(Call& call, const UntagResourceRequest& request) {
  Key key = call.key.value();
  for (const std::string& tag : request.tag_keys) {
    if (is_reserved(tag)) throw Error(ErrorCode::kTag, "Tags beginning with aws: are reserved");
    key.tags.erase(tag);
  }
  put_key(call.transaction, key);
  return {};
}

ListResourceTagsResponse list_resource_tags(Call& call, const ListResourceTagsRequest& request) {
  const Tags& tags = call.key.value().tags;
  auto next = tags.begin();
  if (!request.marker.empty()) {
    const auto after = decode_base64(request.marker);  // a tag key is any text; a marker is not
    if (!after) throw Error(ErrorCode::kInvalidMarker, "the marker is not one that ListResourceTags answered");
    next = tags.upper_bound(std::string(as_text(*after)));
  }
  const std::size_t size = page_size(request.limit, static_cast<std::int32_t>(kMostTags));
  ListResourceTagsResponse answer;
  for (; next != tags.end() && answer.tags.size() < size; ++next) answer.tags.push_back({next->first, next->second});
  answer.truncated = next != tags.end();
  if (answer.truncated) answer.next_marker = encode_base64(as_bytes(answer.tags.back().key));
  return answer;
}

}  // namespace kms
