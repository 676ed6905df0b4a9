#pragma once
// Answers as structs. A response struct has fields(visitor) as a request has; of a Rule, only the help is used. A
// member that is a std::optional without a value is left out of the answer; every other one is always in it.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/enum_names.h"
#include "core/base/json.h"
#include "core/base/secret_bytes.h"
#include "core/service/field.h"

namespace kms {

// What says nothing but that it was done.
struct EmptyResponse {
  template <class Visitor>
  void fields(Visitor& /*visit*/) {}
};

// Makes the Json of a response, and leaves the response empty: texts are moved. Times are seconds since 1970, as in AWS
// JSON. Blobs are binary values; whoever writes the Json as text makes base64 of them (json_text.h). Whoever has the
// Json wipes it.
class ResponseWriter {  // a visitor
 public:
  explicit ResponseWriter(Json& object) : object_(object) { object_ = Json::object(); }

  template <class T>
  void operator()(std::string_view name, T& member, const Rule& /*rule*/ = {}, const Rule& /*item*/ = {}) {
    object_.emplace(name, written(member));
  }
  template <class T>
  void operator()(std::string_view name, std::optional<T>& member, const Rule& /*rule*/ = {},
                  const Rule& /*item*/ = {}) {
    if (member) object_.emplace(name, written(*member));
  }

 private:
  static Json written(std::string& text) { return std::move(text); }
  static Json written(std::string_view text) { return text; }
  static Json written(bool flag) { return flag; }
  static Json written(std::int32_t number) { return number; }
  static Json written(std::int64_t number) { return number; }
  static Json written(Time time) { return epoch_seconds(time); }
  static Json written(Bytes& blob) { return Json::binary(std::move(blob)); }
  static Json written(const SecretBytes& blob) { return Json::binary({blob.reveal().begin(), blob.reveal().end()}); }
  static Json written(const SecretText& text) { return std::string(as_text(text.bytes.reveal())); }
  static Json written(TextMap& map) { return std::move(map); }
  static Json written(JsonBox& document) { return *std::move(document); }
  template <NamedEnum E>
  static Json written(E value) {
    return to_text(value);
  }
  template <class T>
  static Json written(std::vector<T>& list) {
    Json array = Json::array();
    for (T& each : list) array.push_back(written(each));
    return array;
  }
  template <HasFields T>
  static Json written(T& structure) {
    Json object;
    ResponseWriter nested(object);
    structure.fields(nested);
    return object;
  }

  Json& object_;
};

template <class Response>
Json write_response(Response response) {
  Json answer;
  ResponseWriter writer(answer);
  response.fields(writer);
  return answer;
}

// Reads what a ResponseWriter made, from here or from an agent, whose blobs are base64. Throws kInternal for an answer
// that is none of the operation's. Members that nobody declared are passed over.
class ResponseReader {  // a visitor
 public:
  explicit ResponseReader(const Json& object);

  template <class T>
  void operator()(std::string_view name, T& member, const Rule& /*rule*/ = {}, const Rule& /*item*/ = {}) {
    const Json* const found = find(name);
    if (found == nullptr) missing(name);
    read(name, *found, member);
  }
  template <class T>
  void operator()(std::string_view name, std::optional<T>& member, const Rule& /*rule*/ = {},
                  const Rule& /*item*/ = {}) {
    if (const Json* const found = find(name)) read(name, *found, member.emplace());
  }

 private:
  const Json* find(std::string_view name) const;  // null when it is not there, or null
  [[noreturn]] static void missing(std::string_view name);
  [[noreturn]] static void malformed(std::string_view name);
  static void require(bool holds, std::string_view name) {
    if (!holds) malformed(name);
  }

  static void read(std::string_view name, const Json& value, std::string& out);
  static void read(std::string_view name, const Json& value, bool& out);
  static void read(std::string_view name, const Json& value, std::int32_t& out);
  static void read(std::string_view name, const Json& value, std::int64_t& out);
  static void read(std::string_view name, const Json& value, Time& out);
  static void read(std::string_view name, const Json& value, Bytes& out);
  static void read(std::string_view name, const Json& value, SecretBytes& out);
  static void read(std::string_view name, const Json& value, SecretText& out);
  static void read(std::string_view name, const Json& value, TextMap& out);
  static void read(std::string_view name, const Json& value, JsonBox& out);
  template <NamedEnum E>
  static void read(std::string_view name, const Json& value, E& out) {
    std::string text;
    read(name, value, text);
    const auto found = from_text<E>(text);
    require(found.has_value(), name);
    out = *found;
  }
  template <class T>
  static void read(std::string_view name, const Json& value, std::vector<T>& out) {
    require(value.is_array(), name);
    for (const Json& each : value) read(name, each, out.emplace_back());
  }
  template <HasFields T>
  static void read(std::string_view /*name*/, const Json& value, T& out) {
    ResponseReader nested(value);
    out.fields(nested);
  }

  const Json& object_;
};

// Makes texts of what are times by their type in an answer whose members these are.
void spell_times(Json& answer, const std::vector<Field>& members, std::string (*text)(Time));

template <class Response>
Response read_response(const Json& answer) {
  Response response;
  ResponseReader reader(answer);
  response.fields(reader);
  return response;
}

}  // namespace kms
