#pragma once
// CreateAlias, UpdateAlias, DeleteAlias and ListAliases.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ops/kms/fields.h"

namespace kms {

inline constexpr Rule kAliasNameRule{
    .required = true, .min = 1, .max = 256, .pattern = &kAliasPattern, .help = "alias/ and a name"};
inline constexpr Rule kTargetRule{
    .required = true, .min = 1, .max = 2048, .help = "Key id or key ARN; another alias is not accepted"};

struct CreateAliasRequest {
  std::string alias_name;
  std::string target_key_id;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AliasName", alias_name, kAliasNameRule);
    visit("TargetKeyId", target_key_id, kTargetRule);
  }
  void check() const { require_customer_alias(alias_name); }
  std::string_view key_reference() const { return target_key_id; }
  std::string_view alias() const { return alias_name; }
};
EmptyResponse create_alias(Call& call, const CreateAliasRequest& request);

struct UpdateAliasRequest : CreateAliasRequest {
  std::string_view second_key_reference() const { return alias_name; }  // the key that it names so far
};
EmptyResponse update_alias(Call& call, const UpdateAliasRequest& request);

struct DeleteAliasRequest {
  std::string alias_name;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AliasName", alias_name, kAliasNameRule);
  }
  void check() const { require_customer_alias(alias_name); }
  std::string_view key_reference() const { return alias_name; }
  std::string_view alias() const { return alias_name; }
};
EmptyResponse delete_alias(Call& call, const DeleteAliasRequest& request);

struct ListAliasesRequest {
  std::string key_id;
  std::int32_t limit = 50;
  std::string marker;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("KeyId", key_id, {.min = 1, .max = 2048, .help = "Only aliases of this key (id or ARN)"});
    visit("Limit", limit, kLimitRule);
    visit("Marker", marker, kMarkerRule);
  }
  std::string_view key_reference() const { return key_id; }
};
struct AliasListEntry {
  std::string alias_name;
  std::string alias_arn;
  std::string target_key_id;
  Time creation_date;
  Time last_updated_date;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("AliasName", alias_name, {.help = "alias/ and a name"});
    visit("AliasArn", alias_arn, {.help = "ARN of the alias"});
    visit("TargetKeyId", target_key_id, {.help = "Id of the key that it names"});
    visit("CreationDate", creation_date, {.help = "When the alias was made"});
    visit("LastUpdatedDate", last_updated_date, {.help = "When it was last given a key"});
  }
};
struct ListAliasesResponse {
  std::vector<AliasListEntry> aliases;
  std::optional<std::string> next_marker;
  bool truncated = false;

  template <class Visitor>
  void fields(Visitor& visit) {
    visit("Aliases", aliases, {.help = "The aliases"});
    visit_next_page(visit, next_marker, truncated);
  }
};
ListAliasesResponse list_aliases(Call& call, const ListAliasesRequest& request);

}  // namespace kms
