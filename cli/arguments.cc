#include "cli/arguments.h"

#include <unistd.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/encoding.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/time_text.h"

namespace kms::cli {
namespace {

constexpr std::size_t kFileLimit = 16U << 20U;
constexpr std::string_view kTextFile = "file://";
constexpr std::string_view kBinaryFile = "fileb://";

[[noreturn]] void fail(const Field& field, std::string_view why) {
  throw Error(ErrorCode::kUsage, cat(option_name(field), ": ", why));
}

Bytes content_of(const std::string& path) {
  const UniqueFd fd = open_for_reading(path);
  return read_all(fd.get(), kFileLimit, path);
}

std::string text_of(const std::string& argument) {
  if (!argument.starts_with(kTextFile)) return argument;
  Bytes content = content_of(argument.substr(kTextFile.size()));
  std::string text(as_text(content));
  wipe(MutableBytes(content));
  return text;
}

Json integer(const Field& field, const std::string& text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) fail(field, "not a whole number");
  return number;
}

Json timestamp(const Field& field, const std::string& text) {
  const auto time = parse_time(text);
  if (!time) fail(field, "no time: give 2026-12-31, 2026-12-31T12:00:00Z or seconds since 1970");
  return epoch_seconds(*time);
}

Json blob(const Field& field, const std::string& argument, bool raw_binary) {
  if (argument.starts_with(kBinaryFile)) {
    Bytes content = content_of(argument.substr(kBinaryFile.size()));
    return Json::binary(std::move(content));
  }
  std::string text = text_of(argument);
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
    fail(field, "not base64 (give fileb://PATH for the bytes of a file, or --cli-binary-format raw-in-base64-out)");
  }
  return Json::binary(*std::move(bytes));
}

// The first character that is no space tells JSON from shorthand.
bool looks_like_json(std::string_view text, char open) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && text[first] == open;
}

Json parse(const Field& field, const std::string& text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) fail(field, "not a JSON document");
  return json;
}

// The next comma that stands in no braces, or the end.
std::size_t end_of_pair(std::string_view text, std::size_t at) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == '{') ++depth;
    if (text[at] == '}') --depth;
    if (text[at] == ',' && depth <= 0) return at;
  }
  return text.size();
}

// a=b,c=d, where a comma starts a new pair only when a name and '=' follow it: values may hold commas.
std::vector<std::pair<std::string, std::string>> shorthand(const Field& field, const std::string& text) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t comma = end_of_pair(text, at);
    const std::string piece = text.substr(at, comma - at);
    const std::size_t equals = piece.find('=');
    if (equals != std::string::npos && equals > 0) {
      pairs.emplace_back(piece.substr(0, equals), piece.substr(equals + 1));
    } else if (equals == std::string::npos && !pairs.empty()) {
      pairs.back().second.append(",").append(piece);
    } else {
      fail(field, "expected Name=Value[,Name=Value...] or JSON");
    }
    at = comma + 1;
  }
  return pairs;
}

void add_pair(const Field& field, Json& object, const std::string& name, Json value) {
  if (object.contains(name)) fail(field, cat("'", name, "' is given twice"));
  object[name] = std::move(value);
}

Json text_map(const Field& field, const std::vector<std::string>& arguments) {
  Json map = Json::object();
  for (const std::string& argument : arguments) {
    const std::string text = text_of(argument);
    if (looks_like_json(text, '{')) {
      const Json document = parse(field, text);
      for (const auto& [name, value] : document.items()) add_pair(field, map, name, value);
    } else {
      for (const auto& [name, value] : shorthand(field, text)) add_pair(field, map, name, value);
    }
  }
  return map;
}

Json structure_member(const Field& field, const std::string& name, const std::string& value, bool raw_binary) {
  for (const Field& member : field.members) {
    if (member.name != name) continue;
    if (member.kind == FieldKind::kFlag) {
      if (value != "true" && value != "false") fail(field, cat(name, " is true or false"));
      return value == "true";
    }
    if (member.kind == FieldKind::kTextMap) {  // Name={a=b,c=d}
      if (value.size() < 2 || value.front() != '{' || value.back() != '}')
        fail(field, cat(name, " needs {Name=Value}"));
      return text_map(member, {value.substr(1, value.size() - 2)});
    }
    return request_member(member, {value}, raw_binary);
  }
  fail(field, cat("there is no member '", name, "'"));
}

Json structure(const Field& field, const std::string& text, bool raw_binary) {
  if (looks_like_json(text, '{')) return parse(field, text);
  Json object = Json::object();
  for (const auto& [name, value] : shorthand(field, text)) {
    add_pair(field, object, name, structure_member(field, name, value, raw_binary));
  }
  return object;
}

// Several arguments are several items; one that is a JSON array holds them all.
template <class MakeItem>
Json list(const Field& field, const std::vector<std::string>& arguments, const MakeItem& make_item) {
  Json items = Json::array();
  for (const std::string& argument : arguments) {
    const std::string text = text_of(argument);
    if (looks_like_json(text, '[')) {
      Json document = parse(field, text);
      for (Json& item : document) items.push_back(std::move(item));
    } else {
      items.push_back(make_item(text));
    }
  }
  return items;
}

}  // namespace

std::string option_name(const Field& field) {
  return cat("--", kebab(field.name));
}

Json request_member(const Field& field, const std::vector<std::string>& arguments, bool raw_binary) {
  if (arguments.empty()) fail(field, "needs a value");
  const bool single = field.kind == FieldKind::kText || field.kind == FieldKind::kInteger ||
                      field.kind == FieldKind::kTimestamp || field.kind == FieldKind::kBlob ||
                      field.kind == FieldKind::kStructure;
  if (single && arguments.size() > 1) fail(field, "given more than once");
  switch (field.kind) {
    case FieldKind::kFlag:
      return arguments.back() == "true";
    case FieldKind::kInteger:
      return integer(field, arguments.back());
    case FieldKind::kTimestamp:
      return timestamp(field, arguments.back());
    case FieldKind::kBlob:
      return blob(field, arguments.back(), raw_binary);
    case FieldKind::kTextList:
      return list(field, arguments, [](const std::string& text) { return Json(text); });
    case FieldKind::kTextMap:
      return text_map(field, arguments);
    case FieldKind::kStructure:
      return structure(field, text_of(arguments.back()), raw_binary);
    case FieldKind::kStructureList:
      return list(field, arguments, [&](const std::string& text) { return structure(field, text, raw_binary); });
    case FieldKind::kDocument:
    case FieldKind::kText:
      break;
  }
  const std::string& argument = arguments.back();
  const bool names_file = field.rule.document && !looks_like_json(argument, '{') && !argument.empty() &&
                          access(argument.c_str(), F_OK) == 0;
  return text_of(names_file ? cat(kTextFile, argument) : argument);
}

}  // namespace kms::cli
