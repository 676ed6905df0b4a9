#include "core/ops/kms/aliases.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/records/keys.h"
#include "core/service/response.h"

namespace kms {
namespace {

constexpr std::size_t kMostAliases = 50;  // of one key

AliasListEntry entry_of(const Alias& alias) {
  return {alias.name, alias.arn(), alias.target.str(), alias.creation_date, alias.last_updated_date};
}

void require_room(const Call& call, const Key& key) {
  if (aliases_of(call.transaction, key).size() < kMostAliases) return;
  throw Error(ErrorCode::kLimitExceeded, cat(key.arn(), " has 50 aliases, the most a key can have."));
}

// AWS lets an alias move only between keys that do the same.
void require_same_kind(const Key& from, const Key& to) {
  const bool same_type =
      key_type(from.spec).has_value() == key_type(to.spec).has_value() && is_hmac(from.spec) == is_hmac(to.spec);
  if (same_type && from.usage == to.usage) return;
  throw Error(ErrorCode::kValidation, cat("The alias cannot move from ", from.arn(), " to ", to.arn(),
                                          ": the keys must be of the same type and have the same key usage."));
}

}  // namespace

EmptyResponse create_alias(Call& call, const CreateAliasRequest& request) {
  const Key& key = call.key.value();
  if (const auto existing = find_alias(call.transaction, key.home, request.alias_name, call.now())) {
    throw Error(ErrorCode::kAlreadyExists, cat("An alias with the name ", existing->arn(), " already exists"));
  }
  require_room(call, key);
  put_alias(call.transaction, {key.home, request.alias_name, key.id, call.now(), call.now()});
  return {};
}

EmptyResponse update_alias(Call& call, const UpdateAliasRequest& request) {
  const Key& target = call.key.value();
  if (!call.second_key.value().is_gone(call.now())) require_same_kind(*call.second_key, target);
  if (call.second_key->id != target.id) require_room(call, target);
  Alias alias = find_alias(call.transaction, target.home, request.alias_name).value();
  alias.target = target.id;
  alias.last_updated_date = call.now();
  put_alias(call.transaction, alias);
  return {};
}

EmptyResponse delete_alias(Call& call, const DeleteAliasRequest& request) {
  erase_alias(call.transaction, call.key.value().home, request.alias_name);
  return {};
}

ListAliasesResponse list_aliases(Call& call, const ListAliasesRequest& request) {
  EntryPage<AliasListEntry> page(call, request.limit, 100);
  const auto visit = [&](const Alias& alias) { return page.add(entry_of(alias), alias.name); };
  const std::string after = page.after(request.marker);
  if (call.key) {
    scan_aliases(call.transaction, *call.key, after, visit);
  } else {
    scan_aliases(call.transaction, call.caller.home, after, [&](const Alias& alias) {
      return !find_key(call.transaction, alias.home, alias.target, call.now()) || visit(alias);
    });
  }
  return page.answer<ListAliasesResponse>();
}

}  // namespace kms
