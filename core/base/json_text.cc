#include "core/base/json_text.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>

#include "core/base/encoding.h"

namespace kms {
namespace {

constexpr std::uint64_t in_each_byte(std::uint64_t value) {
  return value * 0x0101010101010101U;
}

// Of bytes below 0x80: sets the high bit of those that are below `limit`.
constexpr std::uint64_t below(std::uint64_t bytes, std::uint8_t limit) {
  return ~(bytes + in_each_byte(0x80U - limit));
}

// Eight at a time. What has the high bit set is not plain, whatever the sums make of it.
bool is_plain(std::string_view text) {
  constexpr std::uint64_t kHigh = in_each_byte(0x80);
  std::uint64_t other = 0;
  while (!text.empty()) {
    std::uint64_t bytes = in_each_byte('.');
    const std::size_t taken = std::min(text.size(), sizeof bytes);
    std::memcpy(&bytes, text.data(), taken);
    text.remove_prefix(taken);
    const std::uint64_t low = bytes & ~kHigh;
    other |= bytes | below(low, ' ') | ~below(low, '~' + 1) | below(low ^ in_each_byte('"'), 1) |
             below(low ^ in_each_byte('\\'), 1);
  }
  return (other & kHigh) == 0;
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
void append_quoted(Text& out, std::string_view text) {
  const std::size_t at = out.size();
  out.resize(at + text.size() + 2, '"');
  text.copy(&out[at + 1], text.size());
}

template <class Text>
void append_text(Text& out, std::string_view text) {
  if (!is_plain(text)) {
    Json escaped(text);
    append_dumped(out, escaped);
    return wipe(escaped);
  }
  append_quoted(out, text);
}

template <class Text>
void append_blob(Text& out, ByteView blob) {
  const std::size_t at = out.size();
  out.resize(at + base64_encoded_size(blob.size()) + 2, '"');
  encode_base64(blob, std::span<char>(out).subspan(at + 1, out.size() - at - 2));
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
  if (value.is_binary()) return append_blob(out, value.get_binary());
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

// Where the text ends that begins at `at`: its quotation mark, or the end of all.
std::size_t end_of_text(std::string_view json, std::size_t at) {
  for (;;) {
    const std::size_t quote = json.find('"', at);
    if (quote == std::string_view::npos) return json.size();
    const std::size_t escape = json.substr(at, quote - at).find('\\');
    if (escape == std::string_view::npos) return quote;
    at += escape + 2;
    if (at > json.size()) return json.size();
  }
}

}  // namespace

void append_json(std::string& out, const Json& value) {
  append_value(out, value);
}

void append_json(WipingText& out, const Json& value) {
  append_value(out, value);
}

void encode_blobs(Json& document) {
  std::vector<Json*> pending{&document};
  while (!pending.empty()) {
    Json& next = *pending.back();
    pending.pop_back();
    if (next.is_binary()) {
      std::string text = encode_base64(next.get_binary());
      wipe(MutableBytes(next.get_binary()));
      next = std::move(text);
    } else if (next.is_structured()) {
      for (Json& child : next) pending.push_back(&child);
    }
  }
}

JsonObjectWriter& JsonObjectWriter::name(std::string_view name) {
  const std::size_t at = out_.size() + (first_ ? 1 : 2);
  out_.resize(at + name.size() + 2, '"');
  if (!first_) out_[at - 2] = ',';
  first_ = false;
  name.copy(&out_[at], name.size());
  out_.back() = ':';
  return *this;
}

std::string_view beginning_of(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

bool is_within(std::string_view json, const JsonLimits& limits) {
  std::size_t depth = 0;
  std::size_t values = 0;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '"') {
      i = end_of_text(json, i + 1);
      continue;
    }
    const bool opens = c == '{' || c == '[';
    if (opens) ++depth;
    if (opens || c == ',') ++values;
    if ((c == '}' || c == ']') && depth > 0) --depth;
    if (depth > limits.depth || values > limits.values) return false;
  }
  return true;
}

JsonObjectWriter& JsonObjectWriter::text(std::string_view name, std::string_view value) {
  this->name(name);
  append_text(out_, value);
  return *this;
}

JsonObjectWriter& JsonObjectWriter::plain(std::string_view name, std::string_view value) {
  this->name(name);
  append_quoted(out_, value);
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

void append_indented(std::string& out, std::string_view json, std::size_t depth) {
  constexpr std::size_t kIndent = 4;
  constexpr std::string_view kSpace = " \t\r\n";
  const auto new_line = [&] { out.append(1, '\n').append(kIndent * depth, ' '); };
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char c = json[at];
    if (c == '"') {
      std::size_t end = at + 1;
      while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
      out.append(json.substr(at, end + 1 - at));
      at = end;
    } else if (c == '{' || c == '[') {
      const std::size_t next = json.find_first_not_of(kSpace, at + 1);
      out += c;
      if (next != std::string_view::npos && (json[next] == '}' || json[next] == ']')) {
        out += json[at = next];
      } else {
        ++depth;
        new_line();
      }
    } else if (c == '}' || c == ']') {
      depth -= depth > 0 ? 1 : 0;
      new_line();
      out += c;
    } else if (c == ',') {
      out += c;
      new_line();
    } else if (c == ':') {
      out += ": ";
    } else if (kSpace.find(c) == std::string_view::npos) {
      out += c;
    }
  }
}

}  // namespace kms
