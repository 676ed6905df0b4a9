#include <yaml.h>

#include <charconv>
#include <cstdint>
#include <new>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/encoding.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "formats/yaml.h"
#include "formats/yaml_scalar.h"

namespace kms::formats {
namespace {

constexpr int kDeepest = 16;
constexpr int kMostValues = 32768;
constexpr std::size_t kLongest = 1U << 20U;

std::string_view view_of(const yaml_char_t* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

// An event of the parser, which frees what belongs to it.
class YamlEvent {
 public:
  YamlEvent() = default;
  ~YamlEvent() { yaml_event_delete(&event_); }
  YamlEvent(const YamlEvent&) = delete;
  YamlEvent& operator=(const YamlEvent&) = delete;
  YamlEvent(YamlEvent&&) = delete;
  YamlEvent& operator=(YamlEvent&&) = delete;
  yaml_event_t* get() { return &event_; }
  const yaml_event_t* operator->() const { return &event_; }
  const yaml_event_t& operator*() const { return event_; }

 private:
  yaml_event_t event_{};
};

class YamlReader {
 public:
  YamlReader(std::string_view text, std::string_view name) : name_(name) {
    if (yaml_parser_initialize(&parser_) == 0) throw std::bad_alloc();
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  }
  ~YamlReader() { yaml_parser_delete(&parser_); }
  YamlReader(const YamlReader&) = delete;
  YamlReader& operator=(const YamlReader&) = delete;
  YamlReader(YamlReader&&) = delete;
  YamlReader& operator=(YamlReader&&) = delete;

  Json document();

 private:
  [[noreturn]] void fail(std::size_t line, std::string_view why) const;
  void next(YamlEvent& event);
  Json value(const YamlEvent& event, int depth);
  Json scalar(const yaml_event_t& event) const;
  Json plain(std::string_view text, std::size_t line) const;
  Json sequence(int depth);
  Json mapping(int depth);
  void refuse_tag(const yaml_event_t& event, const yaml_char_t* anchor, const yaml_char_t* tag,
                  std::string_view usual) const;

  const std::string_view name_;
  yaml_parser_t parser_{};
  int values_ = 0;
};

void YamlReader::fail(std::size_t line, std::string_view why) const {
  throw Error(ErrorCode::kUsage, cat(name_, ": line ", std::to_string(line + 1), ": ", why));
}

void YamlReader::next(YamlEvent& event) {
  if (yaml_parser_parse(&parser_, event.get()) == 0) {
    fail(parser_.problem_mark.line, parser_.problem == nullptr ? "not YAML" : parser_.problem);
  }
}

Json YamlReader::document() {
  {
    YamlEvent stream;
    next(stream);
    YamlEvent start;
    next(start);
    if (start->type != YAML_DOCUMENT_START_EVENT) fail(0, "there is no document");
  }
  YamlEvent first;
  next(first);
  Json document = value(first, 0);
  YamlEvent end;
  next(end);
  YamlEvent last;
  next(last);
  if (last->type != YAML_STREAM_END_EVENT) fail(last->start_mark.line, "there is more than one document");
  return document;
}

void YamlReader::refuse_tag(const yaml_event_t& event, const yaml_char_t* anchor, const yaml_char_t* tag,
                            std::string_view usual) const {
  if (anchor != nullptr) fail(event.start_mark.line, "anchors are not taken");
  if (tag != nullptr && view_of(tag) != usual) fail(event.start_mark.line, "this tag is not taken");
}

Json YamlReader::value(const YamlEvent& event, int depth) {
  const std::size_t line = event->start_mark.line;
  if (++values_ > kMostValues) fail(line, "there are too many values");
  const bool holds_more = event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT;
  if (holds_more && depth >= kDeepest) fail(line, "nested too deep");
  switch (event->type) {
    case YAML_SCALAR_EVENT:
      return scalar(*event);
    case YAML_SEQUENCE_START_EVENT:
      refuse_tag(*event, event->data.sequence_start.anchor, event->data.sequence_start.tag, YAML_SEQ_TAG);
      return sequence(depth + 1);
    case YAML_MAPPING_START_EVENT:
      refuse_tag(*event, event->data.mapping_start.anchor, event->data.mapping_start.tag, YAML_MAP_TAG);
      return mapping(depth + 1);
    case YAML_ALIAS_EVENT:
      fail(line, "aliases are not taken");
    default:
      fail(line, "expected a value");
  }
}

Json YamlReader::sequence(int depth) {
  Json items = Json::array();
  for (;;) {
    YamlEvent event;
    next(event);
    if (event->type == YAML_SEQUENCE_END_EVENT) return items;
    items.push_back(value(event, depth));
  }
}

Json YamlReader::mapping(int depth) {
  Json object = Json::object();
  for (;;) {
    YamlEvent event;
    next(event);
    if (event->type == YAML_MAPPING_END_EVENT) return object;
    const std::size_t line = event->start_mark.line;
    const Json name = value(event, depth);
    if (!name.is_string()) fail(line, "a name is a text: quote it");
    const auto& text = name.get_ref<const std::string&>();
    if (object.contains(text)) fail(line, cat("'", text, "' stands twice"));
    YamlEvent member;
    next(member);
    object[text] = value(member, depth);
  }
}

Json YamlReader::scalar(const yaml_event_t& event) const {
  const auto& data = event.data.scalar;
  const std::size_t line = event.start_mark.line;
  const std::string_view text(reinterpret_cast<const char*>(data.value), data.length);
  if (view_of(data.tag) == "tag:yaml.org,2002:binary" && data.anchor == nullptr) {
    std::string base64(text);
    std::erase_if(base64, [](char c) { return c == ' ' || c == '\n'; });
    std::optional<Bytes> bytes = decode_base64(base64);
    if (!bytes) fail(line, "not base64");
    return Json::binary(*std::move(bytes));
  }
  refuse_tag(event, data.anchor, data.tag, YAML_STR_TAG);
  const bool is_plain = data.style == YAML_PLAIN_SCALAR_STYLE && data.tag == nullptr;
  return is_plain ? plain(text, line) : Json(std::string(text));
}

Json YamlReader::plain(std::string_view text, std::size_t line) const {
  switch (plain_scalar(text)) {
    case PlainScalar::kNull:
      return nullptr;
    case PlainScalar::kTrue:
      return true;
    case PlainScalar::kFalse:
      return false;
    case PlainScalar::kInteger: {
      const std::string_view digits = text.starts_with('+') ? text.substr(1) : text;
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (error != std::errc()) fail(line, "the number is too large: a text is quoted");
      return number;
    }
    case PlainScalar::kNumber:
    case PlainScalar::kSign:
      fail(line, "it could mean a number or a sign of YAML: quote it");
    case PlainScalar::kText:
    case PlainScalar::kTime:
      break;
  }
  return std::string(text);
}

}  // namespace

Json read_yaml(std::string_view text, std::string_view name) {
  if (text.size() > kLongest) throw Error(ErrorCode::kUsage, cat(name, ": larger than 1 MiB"));
  return YamlReader(text, name).document();
}

}  // namespace kms::formats
