#pragma once
// Reads a JSON object into a request struct; blobs are base64, or binary values within a process. Wrong types are a
// SerializationException at once; broken rules are collected and thrown together as one ValidationException in the
// words of AWS. What exceeds its bound is not read, and the message does not grow with the request.
#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/enum_names.h"
#include "core/base/json.h"
#include "core/base/secret_bytes.h"
#include "core/base/text.h"
#include "core/service/field.h"

namespace kms {

// The rules that a request breaks.
class Violations {
 public:
  void add(std::string_view text);
  std::size_t count() const { return count_; }
  void throw_if_any() const;

 private:
  std::string shown_;  // the first of them
  std::size_t count_ = 0;
  std::size_t left_out_ = 0;
};

class RequestReader {  // a visitor
 public:
  // `prefix` is the path of `object` inside the request: "" or, say, "tags.1.member.". What the audit trail may hold is
  // added to `audited`, the object's members in lowerCamelCase: no blobs, and nothing sensitive.
  RequestReader(const Json& object, std::string prefix, Violations& violations, Json& audited);

  // `item` is the rule for the elements of a list.
  template <class T>
  void operator()(std::string_view name, T& out, const Rule& rule, const Rule& item = {}) {
    const std::string path = cat(prefix_, lower_camel(name));
    const auto found = object_.find(name);
    if (found != object_.end() && !found->is_null()) {
      Json recorded;
      read(Member{*found, path, rule, item, recorded}, out);
      if (!recorded.is_null() && !rule.sensitive && !item.sensitive) audited_[lower_camel(name)] = std::move(recorded);
    } else if (rule.required) {
      violate(path, "null ", "Member must not be null");
    }
  }

 private:
  struct Member {
    const Json& value;
    const std::string& path;
    const Rule& rule;
    const Rule& item;
    Json& recorded;  // the value for the audit trail; null: none
  };

  void read(const Member& member, std::string& out);
  void read(const Member& member, bool& out);
  void read(const Member& member, std::int32_t& out);
  void read(const Member& member, std::int64_t& out);
  void read(const Member& member, Time& out);
  void read(const Member& member, SecretText& out);
  void read(const Member& member, SecretBytes& out);
  void read(const Member& member, Bytes& out);
  void read(const Member& member, TextMap& out);

  template <NamedEnum E>
  void read(const Member& member, E& out) {
    std::string text;
    read(member, text);  // which records it
    if (const auto value = from_text<E>(text)) {
      out = *value;
      return;
    }
    std::string names;
    for (const auto& entry : EnumNames<E>::kAll) names += cat(names.empty() ? "" : ", ", entry.second);
    violate(member.path, shown(member, text), cat("Member must satisfy enum value set: [", names, "]"));
  }

  template <class T>
  void read(const Member& member, std::optional<T>& out) {
    read(member, out.emplace());
  }

  template <class T>
  void read(const Member& member, std::vector<T>& out) {
    require_type(member.value.is_array(), member.value, "a List");
    if (!check_length(member, /*shown=*/"", member.value.size(), kLongestList)) return;
    member.recorded = Json::array();
    for (std::size_t i = 0; i < member.value.size(); ++i) {
      const std::string path = cat(member.path, ".", std::to_string(i + 1), ".member");
      Json recorded;
      read(Member{member.value[i], path, member.item, {}, recorded}, out.emplace_back());
      if (!recorded.is_null()) member.recorded.push_back(std::move(recorded));
    }
  }

  template <HasFields T>
  void read(const Member& member, T& out) {
    member.recorded = Json::object();
    RequestReader nested(member.value, cat(member.path, "."), violations_, member.recorded);
    out.fields(nested);
    if (member.recorded.empty()) member.recorded = nullptr;
  }

  static void require_type(bool matches, const Json& value, std::string_view wanted);
  // "'text' ", or "" when sensitive. A long text shows its beginning.
  static std::string shown(const Member& member, std::string_view text);
  // False when a limit is broken; `usual` is the upper one where the rule has none.
  bool check_length(const Member& member, std::string_view shown, std::size_t length, std::int64_t usual);
  bool check_range(const Member& member, std::string_view shown, std::string_view measure, std::int64_t value,
                   std::int64_t usual);
  // The size of a blob that may be decoded; nothing when a limit is broken.
  std::optional<std::size_t> blob_size(const Member& member);
  static void read_blob(const Member& member, MutableBytes out);  // as large as blob_size()
  void violate(std::string_view path, std::string_view shown, std::string_view constraint);

  const Json& object_;
  std::string prefix_;
  Violations& violations_;
  Json& audited_;
};

template <class Request>
Request read_request(const Json& json, Json& audited) {
  Request request;
  Violations violations;
  audited = Json::object();
  RequestReader reader(json, "", violations, audited);
  request.fields(reader);
  if (audited.empty()) audited = nullptr;
  violations.throw_if_any();
  if constexpr (requires { request.check(); }) request.check();  // rules that a Rule cannot say
  return request;
}

}  // namespace kms
