#include "cli/skeleton.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr std::string_view kSampleTime = "1970-01-01T00:00:00";
constexpr std::string_view kSampleName = "KeyName";  // of a map

using TextOf = std::string_view (*)(const Field& field);

std::string_view first_value(const Field& field) {
  return field.values.empty() ? std::string_view() : field.values.front();
}

std::string_view own_name(const Field& field) {
  return field.name;
}

template <class Document>
Document sample(const std::vector<Field>& fields, TextOf text);

template <class Document>
Document sample_of(const Field& field, TextOf text) {
  Document items = Document::array();
  Document map = Document::object();
  switch (field.kind) {
    case FieldKind::kFlag:
      return true;
    case FieldKind::kInteger:
      return 0;
    case FieldKind::kTimestamp:
      return kSampleTime;
    case FieldKind::kBlob:
    case FieldKind::kDocument:
      return nullptr;
    case FieldKind::kTextList:
      items.push_back(text(field));
      return items;
    case FieldKind::kTextMap:
      map[std::string(kSampleName)] = "";
      return map;
    case FieldKind::kStructure:
      return sample<Document>(field.members, text);
    case FieldKind::kStructureList:
      items.push_back(sample<Document>(field.members, text));
      return items;
    case FieldKind::kText:
      break;
  }
  return text(field);
}

template <class Document>
Document sample(const std::vector<Field>& fields, TextOf text) {
  Document object = Document::object();
  for (const Field& field : fields) object[std::string(field.name)] = sample_of<Document>(field, text);
  return object;
}

std::string comment_of(const Field& field) {
  std::string comment(field.required ? " [REQUIRED]" : "");
  if (!field.help.empty()) comment += cat(" ", field.help, ".");
  for (const std::string_view& value : field.values) {
    comment += cat(&value == &field.values.front() ? " Valid values are: " : ", ", value);
  }
  if (!field.values.empty()) comment += ".";
  return comment.empty() ? "" : cat("  #", comment);
}

std::string scalar_sample(const Field& field) {
  switch (field.kind) {
    case FieldKind::kFlag:
      return "true";
    case FieldKind::kInteger:
      return "0";
    case FieldKind::kTimestamp:
      return std::string(kSampleTime);
    case FieldKind::kBlob:
      return "!!binary \"\"";
    default:
      return field.values.empty() ? "''" : std::string(field.values.front());
  }
}

// Each line begins with `indent`; the first one of an item of a list with "- " in its place.
void append_members(std::string& out, const std::vector<Field>& fields, const std::string& indent, bool item) {
  const std::string deeper = cat(indent, "  ");
  for (const Field& field : fields) {
    const bool first_of_item = item && &field == &fields.front();
    const std::string_view begin(indent);
    out += cat(first_of_item ? begin.substr(2) : begin, first_of_item ? "- " : "", field.name, ":");
    switch (field.kind) {
      case FieldKind::kTextList:
        out += cat(comment_of(field), "\n", indent, "- ", scalar_sample(field), "\n");
        break;
      case FieldKind::kTextMap:
        out += cat(comment_of(field), "\n", deeper, kSampleName, ": ''\n");
        break;
      case FieldKind::kStructure:
        out += cat(comment_of(field), "\n");
        append_members(out, field.members, deeper, /*item=*/false);
        break;
      case FieldKind::kStructureList:
        out += cat(comment_of(field), "\n");
        append_members(out, field.members, deeper, /*item=*/true);
        break;
      default:
        out += cat(" ", scalar_sample(field), comment_of(field), "\n");
    }
  }
}

}  // namespace

std::string request_skeleton(const std::vector<Field>& fields) {
  constexpr int kSampleIndent = 4;
  return cat(sample<nlohmann::ordered_json>(fields, first_value).dump(kSampleIndent), "\n");
}

std::string yaml_request_skeleton(const std::vector<Field>& fields) {
  if (fields.empty()) return "{}\n";
  std::string out;
  append_members(out, fields, "", /*item=*/false);
  return out;
}

Json answer_skeleton(const std::vector<Field>& fields) {
  return sample<Json>(fields, own_name);
}

}  // namespace kms::cli
