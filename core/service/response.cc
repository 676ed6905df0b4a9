#include "core/service/response.h"

#include <algorithm>
#include <limits>

#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/time_text.h"

namespace kms {
namespace {

void spell(Json& value, const Field& field, std::string (*text)(Time)) {
  if (value.is_array()) {
    for (Json& each : value) spell(each, field, text);
  } else if (field.kind == FieldKind::kTimestamp && value.is_number()) {
    value = text(time_of_epoch_seconds(value.get<double>()).value());
  } else if (value.is_object()) {
    spell_times(value, field.members, text);
  }
}

}  // namespace

void spell_times(Json& answer, const std::vector<Field>& members, std::string (*text)(Time)) {
  for (const Field& field : members) {
    const auto member = answer.find(field.name);
    if (member != answer.end()) spell(*member, field, text);
  }
}

ResponseReader::ResponseReader(const Json& object) : object_(object) {
  require(object.is_object(), "the answer");
}

const Json* ResponseReader::find(std::string_view name) const {
  const auto found = object_.find(name);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

void ResponseReader::missing(std::string_view name) {
  throw Error(ErrorCode::kInternal, cat("the answer has no ", name, ": is the agent of another version?"));
}

void ResponseReader::malformed(std::string_view name) {
  throw Error(ErrorCode::kInternal, cat("the answer is malformed at ", name, ": is the agent of another version?"));
}

void ResponseReader::read(std::string_view name, const Json& value, std::string& out) {
  require(value.is_string(), name);
  out = value.get_ref<const std::string&>();
}

void ResponseReader::read(std::string_view name, const Json& value, bool& out) {
  require(value.is_boolean(), name);
  out = value.get<bool>();
}

void ResponseReader::read(std::string_view name, const Json& value, std::int32_t& out) {
  std::int64_t number = 0;
  read(name, value, number);
  require(number >= std::numeric_limits<std::int32_t>::min() && number <= std::numeric_limits<std::int32_t>::max(),
          name);
  out = static_cast<std::int32_t>(number);
}

void ResponseReader::read(std::string_view name, const Json& value, std::int64_t& out) {
  require(value.is_number_integer(), name);
  out = value.get<std::int64_t>();
}

void ResponseReader::read(std::string_view name, const Json& value, Time& out) {
  require(value.is_number(), name);
  const auto time = time_of_epoch_seconds(value.get<double>());
  require(time.has_value(), name);
  out = *time;
}

void ResponseReader::read(std::string_view name, const Json& value, Bytes& out) {
  if (value.is_binary()) {
    out = value.get_binary();
    return;
  }
  require(value.is_string(), name);
  auto bytes = decode_base64(value.get_ref<const std::string&>());
  require(bytes.has_value(), name);
  out = *std::move(bytes);
}

void ResponseReader::read(std::string_view name, const Json& value, SecretBytes& out) {
  if (value.is_binary()) {
    out = SecretBytes::copy_of(value.get_binary());
    return;
  }
  require(value.is_string(), name);
  const auto& text = value.get_ref<const std::string&>();
  out = SecretBytes(base64_decoded_size(text));
  require(decode_base64(text, out.reveal()), name);
}

void ResponseReader::read(std::string_view name, const Json& value, SecretText& out) {
  require(value.is_string(), name);
  out.bytes = SecretBytes::copy_of(as_bytes(value.get_ref<const std::string&>()));
}

void ResponseReader::read(std::string_view name, const Json& value, TextMap& out) {
  require(value.is_object(), name);
  for (const auto& [key, each] : value.get_ref<const Json::object_t&>()) read(name, each, out[key]);
}

void ResponseReader::read(std::string_view /*name*/, const Json& value, JsonBox& out) {
  *out = value;
}

}  // namespace kms
