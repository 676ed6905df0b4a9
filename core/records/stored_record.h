#pragma once
// Reading the JSON of one record of the store. What cannot be read is damage (VaultDamagedException), never skipped.
// A source that includes this also includes <nlohmann/json.hpp>.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/encoding.h"
#include "core/base/enum_names.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/model/arn.h"

namespace kms {

// "key/111122223333/us-east-1": the records of a table that belong to one region of one account.
inline std::string collection(std::string_view table, const AccountRegion& home) {
  return cat(table, "/", home.account, "/", home.region);
}

inline std::int64_t milliseconds(Time time) {
  return time.time_since_epoch().count();
}

class StoredRecord {
 public:
  explicit StoredRecord(std::string_view stored)
      : StoredRecord(Inner{}, Json::parse(stored, nullptr, /*allow_exceptions=*/false)) {}

  bool has(std::string_view name) const { return json_.contains(name); }
  // Whether every member is one of these: what another version added may change what the rest means.
  bool has_only(std::span<const std::string_view> names) const {
    const auto& members = json_.get_ref<const Json::object_t&>();
    return std::all_of(members.begin(), members.end(), [&](const auto& member) {
      return std::find(names.begin(), names.end(), member.first) != names.end();
    });
  }
  std::string text(std::string_view name) const {
    require(has(name) && json_[name].is_string());
    return json_[name].get<std::string>();
  }
  std::string text_or_empty(std::string_view name) const { return has(name) ? text(name) : std::string(); }
  std::int64_t number(std::string_view name) const {
    require(has(name) && json_[name].is_number_integer());
    return json_[name].get<std::int64_t>();
  }
  std::int32_t small_number(std::string_view name, std::int32_t otherwise) const {
    return has(name) ? static_cast<std::int32_t>(number(name)) : otherwise;
  }
  bool flag(std::string_view name, bool otherwise) const {
    if (!has(name)) return otherwise;
    require(json_[name].is_boolean());
    return json_[name].get<bool>();
  }
  Time time(std::string_view name) const { return Time(std::chrono::milliseconds(number(name))); }
  std::optional<Time> optional_time(std::string_view name) const {
    if (!has(name)) return std::nullopt;
    return time(name);
  }
  template <NamedEnum E>
  E name_of(std::string_view name) const {
    return present(from_text<E>(text(name)));
  }
  template <NamedEnum E>
  E name_of(std::string_view name, E otherwise) const {
    return has(name) ? name_of<E>(name) : otherwise;
  }
  Bytes blob(std::string_view name) const {
    const std::string encoded = text_or_empty(name);
    return encoded.empty() ? Bytes() : present(decode_base64(encoded));
  }
  std::map<std::string, std::string> texts(std::string_view name) const {
    std::map<std::string, std::string> out;
    if (!has(name)) return out;
    require(json_[name].is_object());
    for (const auto& [key, value] : json_[name].items()) {
      require(value.is_string());
      out[key] = value.get<std::string>();
    }
    return out;
  }
  std::vector<std::string> list(std::string_view name) const {
    std::vector<std::string> out;
    for (const Json& value : array(name)) {
      require(value.is_string());
      out.push_back(value.get<std::string>());
    }
    return out;
  }
  std::vector<StoredRecord> records(std::string_view name) const {
    std::vector<StoredRecord> out;
    for (const Json& value : array(name)) out.push_back(StoredRecord(Inner{}, value));
    return out;
  }
  StoredRecord record(std::string_view name) const {
    require(has(name));
    return StoredRecord(Inner{}, json_[name]);
  }

  static void require(bool intact) {
    if (!intact) throw Error(ErrorCode::kVaultDamaged, "a stored record cannot be read");
  }
  template <class T>
  static T present(std::optional<T> value) {
    require(value.has_value());
    return *std::move(value);
  }

 private:
  struct Inner {};
  StoredRecord(Inner, Json json) : json_(std::move(json)) { require(json_.is_object()); }
  const Json& array(std::string_view name) const {
    static const Json empty = Json::array();
    if (!has(name)) return empty;
    require(json_[name].is_array());
    return json_[name];
  }
  Json json_;
};

}  // namespace kms
