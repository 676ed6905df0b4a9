#include "core/store/scope.h"

#include <algorithm>
#include <array>

#include "core/base/text.h"

namespace kms {
namespace {

// Tables of a Region whose items are key ids.
constexpr auto kByKeyId = std::to_array<std::string_view>({"key", "policy", "usage", "grant-count"});
// Tables of a Region with a collection for each key.
constexpr auto kOfKey = std::to_array<std::string_view>({"material", "alias-of", "grant", "granted", "grant-named"});

struct Place {
  std::string_view table;
  std::string_view home;  // account/region, or the account; empty for a table of the whole vault
  std::string_view rest;  // of the collection's name
};

std::string_view up_to_slash(std::string_view text) {
  return text.substr(0, text.find('/'));
}

Place place_of(std::string_view collection) {
  const std::string_view table = up_to_slash(collection);
  if (table.size() == collection.size()) return {table, {}, {}};
  const std::string_view after_table = collection.substr(table.size() + 1);
  const std::string_view account = up_to_slash(after_table);
  if (account.size() == after_table.size()) return {table, account, {}};
  const std::string_view region = up_to_slash(after_table.substr(account.size() + 1));
  const std::string_view home = after_table.substr(0, account.size() + 1 + region.size());
  return {table, home, home.size() == after_table.size() ? std::string_view() : after_table.substr(home.size() + 1)};
}

template <std::size_t kSize>
bool contains(const std::array<std::string_view, kSize>& tables, std::string_view table) {
  return std::find(tables.begin(), tables.end(), table) != tables.end();
}

// FNV-1a with a last mix: names are short, and nobody who could choose them gains by a collision.
class Hash {
 public:
  Hash& add(std::string_view text) {
    for (const char c : text) state_ = (state_ ^ static_cast<std::uint8_t>(c)) * 0x100000001b3U;
    return *this;
  }
  Scope value() const {
    std::uint64_t mixed = state_ ^ (state_ >> 32U);
    mixed *= 0x9e3779b97f4a7c15U;
    return mixed ^ (mixed >> 29U);
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325U;
};

// The name in parts, so that none has to be put together in each call.
struct Name {
  std::string_view kind;
  std::string_view home;
  std::string_view key = {};
};

Name name_of(std::string_view collection, std::string_view item) {
  const Place place = place_of(collection);
  if (place.home.empty()) return {"", place.table};
  if (contains(kByKeyId, place.table)) return {"key/", place.home, item};
  if (contains(kOfKey, place.table)) return {"key/", place.home, up_to_slash(place.rest)};
  return {"home/", place.home};
}

Scope hash_of(const Name& name) {
  return Hash().add(name.kind).add(name.home).add("/").add(name.key).value();
}

}  // namespace

Scope scope_of(std::string_view collection, std::string_view item) {
  return hash_of(name_of(collection, item));
}

Scope scope_of_all(std::string_view collection) {
  const Place place = place_of(collection);
  if (contains(kByKeyId, place.table)) return hash_of({"keys/", place.home});
  return scope_of(collection, {});
}

Scope enclosing_scope(std::string_view collection, std::string_view /*item*/) {
  return scope_of_all(collection);
}

std::string scope_name(std::string_view collection, std::string_view item) {
  const Name name = name_of(collection, item);
  return name.key.empty() ? cat(name.kind, name.home) : cat(name.kind, name.home, "/", name.key);
}

}  // namespace kms
