#include <yaml.h>

#include <algorithm>
#include <new>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/error.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"
#include "formats/yaml.h"
#include "formats/yaml_scalar.h"

namespace kms::formats {
namespace {

class YamlWriter {
 public:
  YamlWriter() {
    if (yaml_emitter_initialize(&emitter_) == 0) throw std::bad_alloc();
    yaml_emitter_set_output(&emitter_, append, &out_);
    yaml_emitter_set_unicode(&emitter_, 1);
  }
  ~YamlWriter() {
    wipe(MutableBytes(emitter_.buffer.start, emitter_.buffer.end));
    yaml_emitter_delete(&emitter_);
  }
  YamlWriter(const YamlWriter&) = delete;
  YamlWriter& operator=(const YamlWriter&) = delete;
  YamlWriter(YamlWriter&&) = delete;
  YamlWriter& operator=(YamlWriter&&) = delete;

  // Once.
  std::string document(const OrderedJson& value);

 private:
  static int append(void* out, unsigned char* bytes, std::size_t size);
  void emit(int initialized, yaml_event_t& event);
  void write(const OrderedJson& value);
  void write_members(const OrderedJson::object_t& object);
  void write_scalar(std::string_view text, bool plain, yaml_scalar_style_t style);
  void write_text(const std::string& text);

  yaml_emitter_t emitter_{};
  std::string out_;
};

int YamlWriter::append(void* out, unsigned char* bytes, std::size_t size) {
  static_cast<std::string*>(out)->append(as_text({bytes, size}));
  return 1;
}

void YamlWriter::emit(int initialized, yaml_event_t& event) {
  if (initialized == 0 || yaml_emitter_emit(&emitter_, &event) == 0) {
    throw Error(ErrorCode::kInternal, "an answer cannot be written as YAML");
  }
}

std::string YamlWriter::document(const OrderedJson& value) {
  yaml_event_t event{};
  emit(yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING), event);
  emit(yaml_document_start_event_initialize(&event, nullptr, nullptr, nullptr, /*implicit=*/1), event);
  write(value);
  emit(yaml_document_end_event_initialize(&event, /*implicit=*/1), event);
  emit(yaml_stream_end_event_initialize(&event), event);
  return std::move(out_);
}

void YamlWriter::write(const OrderedJson& value) {
  yaml_event_t event{};
  if (value.is_object()) {
    emit(yaml_mapping_start_event_initialize(&event, nullptr, nullptr, 1, YAML_BLOCK_MAPPING_STYLE), event);
    write_members(value.get_ref<const OrderedJson::object_t&>());
    emit(yaml_mapping_end_event_initialize(&event), event);
  } else if (value.is_array()) {
    emit(yaml_sequence_start_event_initialize(&event, nullptr, nullptr, 1, YAML_BLOCK_SEQUENCE_STYLE), event);
    for (const OrderedJson& each : value) write(each);
    emit(yaml_sequence_end_event_initialize(&event), event);
  } else if (value.is_string()) {
    write_text(value.get_ref<const std::string&>());
  } else {
    write_scalar(value.dump(), /*plain=*/true, YAML_PLAIN_SCALAR_STYLE);
  }
}

void YamlWriter::write_members(const OrderedJson::object_t& object) {
  std::vector<const OrderedJson::object_t::value_type*> members;
  members.reserve(object.size());
  for (const auto& member : object) members.push_back(&member);
  std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  for (const auto* member : members) {
    write_text(member->first);
    write(member->second);
  }
}

void YamlWriter::write_scalar(std::string_view text, bool plain, yaml_scalar_style_t style) {
  yaml_event_t event{};
  const auto* const bytes = reinterpret_cast<const yaml_char_t*>(text.data());
  emit(yaml_scalar_event_initialize(&event, nullptr, nullptr, bytes, static_cast<int>(text.size()), plain ? 1 : 0,
                                    /*quoted_implicit=*/1, style),
       event);
}

void YamlWriter::write_text(const std::string& text) {
  if (!is_utf8(text)) {
    const auto replaced =
        OrderedJson::parse(OrderedJson(text).dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
    return write_text(replaced.get_ref<const std::string&>());
  }
  const bool controls = escape_controls(text, LineEnds::kKept) != text;
  write_scalar(text, plain_scalar(text) == PlainScalar::kText,
               controls ? YAML_DOUBLE_QUOTED_SCALAR_STYLE : YAML_ANY_SCALAR_STYLE);
}

}  // namespace

std::string yaml_version() {
  return yaml_get_version_string();
}

std::string write_yaml(const OrderedJson& value) {
  return YamlWriter().document(value);
}

}  // namespace kms::formats
