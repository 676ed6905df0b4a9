#include "cli/arguments.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/shorthand.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/time_text.h"

namespace kms::cli {
namespace {

constexpr std::size_t kFileLimit = 16U << 20U;
constexpr std::string_view kTextFile = "file://";
constexpr std::string_view kBinaryFile = "fileb://";

// `name` is what messages call the value: the option, and the member of what it holds.
[[noreturn]] void fail(std::string_view name, std::string_view why) {
  throw Error(ErrorCode::kUsage, cat(name, ": ", why));
}

Bytes content_of(const std::string& path) {
  const UniqueFd fd = open_for_reading(path);
  return read_all(fd.get(), kFileLimit, path);
}

Json bytes_of(const std::string& path) {
  Bytes content = content_of(path);
  return Json::binary(std::move(content));
}

std::optional<Json> named_file(const std::string& item) {
  if (item.starts_with(kTextFile)) return Json(text_of(item));
  if (item.starts_with(kBinaryFile)) return bytes_of(item.substr(kBinaryFile.size()));
  return std::nullopt;
}

Json integer(std::string_view name, const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) fail(name, "not a whole number");
  return number;
}

Json timestamp(std::string_view name, const std::string& text) {
  const auto time = parse_time(text);
  if (!time) fail(name, "no time: give 2026-12-31, 2026-12-31T12:00:00Z or seconds since 1970");
  return epoch_seconds(*time);
}

// Wipes the text.
Json blob(std::string_view name, std::string text, bool raw_binary) {
  if (raw_binary) {
    const ByteView bytes = as_bytes(text);
    Json blob = Json::binary({bytes.begin(), bytes.end()});
    wipe(text);
    return blob;
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  std::optional<Bytes> bytes = decode_base64(text);
  wipe(text);
  if (!bytes) {
    fail(name, "not base64 (give fileb://PATH for the bytes of a file, or --cli-binary-format raw-in-base64-out)");
  }
  return Json::binary(*std::move(bytes));
}

// The first character that is no space tells JSON from shorthand.
bool looks_like_json(std::string_view text, char open) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == open;
}

Json parse(std::string_view name, const std::string& text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) fail(name, "not a JSON document");
  return json;
}

std::string scalar(std::string_view name, Json value) {
  if (value.is_array()) fail(name, "takes one value, not a list: quote what holds commas, or put \\ in front of them");
  if (value.is_binary()) fail(name, "takes a text: name its file with file://");
  if (!value.is_string()) fail(name, "takes a text, not a map");
  return std::move(value.get_ref<std::string&>());
}

Json flag(std::string_view name, const std::string& text) {
  const std::string lower = lower_ascii(text);
  if (lower != "true" && lower != "false") fail(name, "takes true or false");
  return lower == "true";
}

Json texts_by_name(std::string_view name, Json pairs) {
  if (!pairs.is_object()) fail(name, "takes a map: {Name=Value,...}");
  for (auto& [key, value] : pairs.items()) value = scalar(cat(name, ": ", key), std::move(value));
  return pairs;
}

// As aws, which takes a for [a].
Json as_list(Json value) {
  if (value.is_array()) return value;
  Json list = Json::array();
  list.push_back(std::move(value));
  return list;
}

const Field& member_named(const std::vector<Field>& fields, std::string_view name, std::string_view wanted) {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == wanted; });
  if (found == fields.end()) fail(name, cat("there is no member '", wanted, "'"));
  return *found;
}

Json structure_of(const Field& field, std::string_view name, Json pairs, bool raw_binary);

// Of what shorthand has said of a member, where all is text, what the member wants.
Json member_of(const Field& member, const std::string& name, Json value, bool raw_binary) {
  switch (member.kind) {
    case FieldKind::kFlag:
      return flag(name, scalar(name, std::move(value)));
    case FieldKind::kInteger:
      return integer(name, scalar(name, std::move(value)));
    case FieldKind::kTimestamp:
      return timestamp(name, scalar(name, std::move(value)));
    case FieldKind::kBlob:
      return value.is_binary() ? value : blob(name, scalar(name, std::move(value)), raw_binary);
    case FieldKind::kTextMap:
      return texts_by_name(name, std::move(value));
    case FieldKind::kStructure:
      return structure_of(member, name, std::move(value), raw_binary);
    case FieldKind::kTextList: {
      Json list = as_list(std::move(value));
      for (Json& each : list) each = scalar(name, std::move(each));
      return list;
    }
    case FieldKind::kStructureList: {
      Json list = as_list(std::move(value));
      for (Json& each : list) each = structure_of(member, name, std::move(each), raw_binary);
      return list;
    }
    case FieldKind::kDocument:
    case FieldKind::kText:
      break;
  }
  return scalar(name, std::move(value));
}

Json structure_of(const Field& field, std::string_view name, Json pairs, bool raw_binary) {
  if (!pairs.is_object()) fail(name, "takes a structure: {Member=Value,...}");
  for (auto& [key, value] : pairs.items()) {
    const Field& member = member_named(field.members, name, key);
    value = member_of(member, cat(name, ": ", key), std::move(value), raw_binary);
  }
  return pairs;
}

Json text_map(std::string_view name, const std::vector<std::string>& arguments) {
  Json map = Json::object();
  for (const std::string& argument : arguments) {
    const std::string text = text_of(argument);
    Json pairs =
        looks_like_json(text, '{') ? parse(name, text) : texts_by_name(name, parse_shorthand(text, name, named_file));
    for (auto& [key, value] : pairs.items()) {
      if (map.contains(key)) fail(name, cat("'", key, "' is given twice"));
      map[key] = std::move(value);
    }
  }
  return map;
}

Json structure(const Field& field, const std::string& text, bool raw_binary) {
  const std::string name = option_name(field);
  if (looks_like_json(text, '{')) return parse(name, text);
  return structure_of(field, name, parse_shorthand(text, name, named_file), raw_binary);
}

// Several arguments are several items; one that is a JSON array holds them all.
template <class MakeItem>
Json list(std::string_view name, const std::vector<std::string>& arguments, const MakeItem& make_item) {
  Json items = Json::array();
  for (const std::string& argument : arguments) {
    const std::string text = text_of(argument);
    if (looks_like_json(text, '[')) {
      Json document = parse(name, text);
      for (Json& item : document) items.push_back(std::move(item));
    } else {
      items.push_back(make_item(text));
    }
  }
  return items;
}

void fit(const Field& member, const std::string& name, Json& value, bool raw_binary) {
  const auto require = [&](bool holds, std::string_view wanted) {
    if (!holds) fail(name, cat("takes ", wanted));
  };
  const auto require_texts = [&] {
    for (const Json& each : value) require(each.is_string(), "texts");
  };
  switch (member.kind) {
    case FieldKind::kFlag:
      return require(value.is_boolean(), "true or false");
    case FieldKind::kInteger:
      return require(value.is_number_integer(), "a whole number");
    case FieldKind::kTimestamp:
      require(value.is_string() || value.is_number(), "a time");
      if (value.is_string()) value = timestamp(name, value.get<std::string>());
      return;
    case FieldKind::kBlob:
      require(value.is_string() || value.is_binary(), "a blob as a text");
      if (value.is_string()) value = blob(name, std::move(value.get_ref<std::string&>()), raw_binary);
      return;
    case FieldKind::kTextList:
      require(value.is_array(), "a list");
      return require_texts();
    case FieldKind::kTextMap:
      require(value.is_object(), "an object");
      return require_texts();
    case FieldKind::kStructure:
      return fit_document(member.members, name, value, raw_binary);
    case FieldKind::kStructureList:
      require(value.is_array(), "a list");
      for (Json& each : value) fit_document(member.members, name, each, raw_binary);
      return;
    case FieldKind::kDocument:
    case FieldKind::kText:
      return require(value.is_string(), "a text");
  }
}

}  // namespace

std::string option_name(const Field& field) {
  return cat("--", kebab(field.name));
}

std::string text_of(const std::string& argument) {
  if (!argument.starts_with(kTextFile)) return argument;
  Bytes content = content_of(argument.substr(kTextFile.size()));
  std::string text(as_text(content));
  wipe(MutableBytes(content));
  return text;
}

void fit_document(const std::vector<Field>& fields, std::string_view option, Json& document, bool raw_binary) {
  if (!document.is_object()) fail(option, "takes an object of members");
  for (auto& [key, value] : document.items()) {
    fit(member_named(fields, option, key), cat(option, ": ", key), value, raw_binary);
  }
}

Json request_member(const Field& field, const std::vector<std::string>& arguments, bool raw_binary) {
  const std::string name = option_name(field);
  if (arguments.empty()) fail(name, "needs a value");
  const bool single = field.kind == FieldKind::kText || field.kind == FieldKind::kInteger ||
                      field.kind == FieldKind::kTimestamp || field.kind == FieldKind::kBlob ||
                      field.kind == FieldKind::kStructure;
  if (single && arguments.size() > 1) fail(name, "given more than once");
  const std::string& argument = arguments.back();
  switch (field.kind) {
    case FieldKind::kFlag:
      return argument == "true";
    case FieldKind::kInteger:
      return integer(name, argument);
    case FieldKind::kTimestamp:
      return timestamp(name, argument);
    case FieldKind::kBlob:
      if (argument.starts_with(kBinaryFile)) return bytes_of(argument.substr(kBinaryFile.size()));
      return blob(name, text_of(argument), raw_binary);
    case FieldKind::kTextList:
      return list(name, arguments, [](const std::string& text) { return Json(text); });
    case FieldKind::kTextMap:
      return text_map(name, arguments);
    case FieldKind::kStructure:
      return structure(field, text_of(argument), raw_binary);
    case FieldKind::kStructureList:
      return list(name, arguments, [&](const std::string& text) { return structure(field, text, raw_binary); });
    case FieldKind::kDocument:
    case FieldKind::kText:
      break;
  }
  const bool names_file = field.rule.document && !looks_like_json(argument, '{') && !argument.empty() &&
                          access(argument.c_str(), F_OK) == 0;
  return text_of(names_file ? cat(kTextFile, argument) : argument);
}

}  // namespace kms::cli
