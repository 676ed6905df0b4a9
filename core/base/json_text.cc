#include "core/base/json_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace kms {
namespace {

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

template <class Text>
void append_view(Text& out, std::string_view text) {
  out.append(text.data(), text.size());
}

template <class Text>
void append_dumped(Text& out, const Json& value) {
  std::string dumped = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  append_view(out, dumped);
  wipe(dumped);
}

template <class Text>
void append_text(Text& out, std::string_view text) {
  if (!is_plain(text)) {
    Json escaped(text);
    append_dumped(out, escaped);
    return wipe(escaped);
  }
  out += '"';
  append_view(out, text);
  out += '"';
}

template <class Text>
void append_object(Text& out, const Json& object);

template <class Text>
void append_array(Text& out, const Json& array);

template <class Text>
void append_value(Text& out, const Json& value) {
  if (value.is_string()) return append_text(out, value.get_ref<const std::string&>());
  if (value.is_object()) return append_object(out, value);
  if (value.is_array()) return append_array(out, value);
  append_dumped(out, value);
}

template <class Text>
void append_object(Text& out, const Json& object) {
  char separator = '{';
  for (const auto& [name, value] : object.get_ref<const Json::object_t&>()) {
    out += separator;
    append_text(out, name);
    out += ':';
    append_value(out, value);
    separator = ',';
  }
  if (separator == '{') out += separator;
  out += '}';
}

template <class Text>
void append_array(Text& out, const Json& array) {
  char separator = '[';
  for (const Json& value : array.get_ref<const Json::array_t&>()) {
    out += separator;
    append_value(out, value);
    separator = ',';
  }
  if (separator == '[') out += separator;
  out += ']';
}

}  // namespace

void append_json(std::string& out, const Json& value) {
  append_value(out, value);
}

void append_json(WipingText& out, const Json& value) {
  append_value(out, value);
}

JsonObjectWriter& JsonObjectWriter::name(std::string_view name) {
  if (!first_) out_ += ',';
  first_ = false;
  out_ += '"';
  out_ += name;
  out_ += "\":";
  return *this;
}

JsonObjectWriter& JsonObjectWriter::text(std::string_view name, std::string_view value) {
  this->name(name);
  append_text(out_, value);
  return *this;
}

JsonObjectWriter& JsonObjectWriter::flag(std::string_view name, bool value) {
  this->name(name);
  out_ += value ? "true" : "false";
  return *this;
}

JsonObjectWriter& JsonObjectWriter::json(std::string_view name, const Json& value) {
  this->name(name);
  append_value(out_, value);
  return *this;
}

}  // namespace kms
