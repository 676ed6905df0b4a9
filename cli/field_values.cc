#include "cli/field_values.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/output.h"
#include "cli/skeleton.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

// A person is told; a script, whose standard error is no terminal, meets what aws prints.
void warn_of_inline_secret(const Field& field, const std::vector<std::string>& texts) {
  const bool in_file = std::all_of(texts.begin(), texts.end(), [](const std::string& text) {
    return text.starts_with("file://") || text.starts_with("fileb://");
  });
  if (!field.sensitive || in_file || isatty(STDERR_FILENO) != 1) return;
  std::cerr << "kmsctl: warning: the value of " << option_name(field)
            << " stands in the list of processes and in the history of the shell; fileb://PATH keeps it out\n";
}

}  // namespace

std::string type_word(FieldKind kind) {
  switch (kind) {
    case FieldKind::kInteger:
      return "NUMBER";
    case FieldKind::kTimestamp:
      return "TIME";
    case FieldKind::kBlob:
      return "BLOB";
    case FieldKind::kTextList:
      return "TEXT";
    case FieldKind::kTextMap:
      return "NAME=VALUE,...";
    case FieldKind::kStructure:
    case FieldKind::kStructureList:
      return "Member=VALUE,...|JSON";
    case FieldKind::kDocument:
    case FieldKind::kText:
    case FieldKind::kFlag:
      break;
  }
  return "TEXT";
}

bool FieldValues::given(std::string_view member) const {
  return std::any_of(options_.begin(), options_.end(),
                     [&](const auto& entry) { return entry.first.name == member && entry.second.given(); });
}

std::vector<std::string> FieldValues::texts(std::string_view member) const {
  for (const auto& [field, option] : options_) {
    if (field.name == member && option.given()) return option.texts();
  }
  return {};
}

Json FieldValues::request(bool raw_binary) const {
  return request_without({}, raw_binary);
}

Json FieldValues::request_without(std::string_view member, bool raw_binary) const {
  const auto replaced = [&](std::string_view name) { return given(name); };
  Json request = input_->request(operation_->fields(), replaced, raw_binary);
  for (const auto& [field, option] : options_) {
    if (field.name == member || !option.given()) continue;
    warn_of_inline_secret(field, option.texts());
    request[std::string(field.name)] = request_member(field, option.texts(), raw_binary);
  }
  return request;
}

void FieldValues::check_required(const Json& request) const {
  std::string missing;
  for (const auto& [field, option] : options_) {
    if (field.required && !request.contains(field.name)) {
      missing += cat(missing.empty() ? "" : ", ", option_name(field));
    }
  }
  if (!missing.empty()) throw Error(ErrorCode::kUsage, cat("required: ", missing));
}

bool FieldValues::print_skeleton(Session& session) const {
  const Skeleton wanted = input_->skeleton();
  if (wanted == Skeleton::kRequest) session.out() << request_skeleton(operation_->fields());
  if (wanted == Skeleton::kYamlRequest) session.out() << yaml_request_skeleton(operation_->fields());
  if (wanted == Skeleton::kAnswer) {
    Json checked = request(session.options().raw_binary);
    check_required(checked);
    wipe(checked);
    print_answer_of(session, *operation_, answer_skeleton(operation_->answer()));
  }
  return wanted != Skeleton::kNone;
}

void FieldValues::add_to(ArgumentParser& parser, const OperationInfo& operation, ListForm lists,
                         const OtherNames& other_names) {
  operation_ = &operation;
  for (const Field& field : operation.fields()) {
    const std::string name = option_name(field);
    const std::string help(field.help);
    if (field.kind == FieldKind::kFlag) {
      options_.emplace_back(field, parser.add_flag(cat(name, ",!--no-", kebab(field.name)), help).of_field(field));
      continue;
    }
    std::string names = field.name == "KeyId" ? cat("-k,", name) : name;
    for (const auto& [member, other] : other_names) {
      if (member == field.name) names += cat(",", other);
    }
    const Argument option =
        parser.add_option(names, help).type_name(type_word(field.kind)).of_field(field).may_be_empty();
    const bool many = field.kind == FieldKind::kTextList || field.kind == FieldKind::kTextMap ||
                      field.kind == FieldKind::kStructureList;
    if (many && lists == ListForm::kSeveralWords) option.several_words();
    if (many && lists == ListForm::kRepeated) option.repeatable();
    options_.emplace_back(field, option);
  }
  input_.emplace(parser);
}

}  // namespace kms::cli
