#include "cli/commands/operation_command.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>
#include <utility>

#include "cli/arguments.h"
#include "cli/commands/support.h"
#include "cli/output.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

TextMap pairs_in(const Argument& argument) {
  TextMap pairs;
  read_option({argument.name(), argument.texts()}, pairs, {});
  return pairs;
}

// A refusal names the option of the command, and not that of the operation.
std::int32_t number_in(const Argument& argument, const Field& field) {
  std::int32_t number = 0;
  read_option({argument.name(), argument.texts()}, number, {.least = field.rule.min, .most = field.rule.max});
  return number;
}

Json member_of(Session& session, const OptionRow& row, const Field& field, const Argument& argument) {
  const std::vector<std::string>& texts = argument.texts();
  switch (row.reading) {
    case Reading::kKey:
      return key_of(session, texts.back());
    case Reading::kAliasName:
      return alias_name(texts.back());
    case Reading::kFile:
      return file_text(session, texts.back());
    case Reading::kPairs:
      return pairs_in(argument);
    case Reading::kTags:
      return tag_members(pairs_in(argument));
    case Reading::kValue:
      break;
  }
  if (field.kind == FieldKind::kTextList) return texts;
  if (field.kind == FieldKind::kText) return texts.back();
  if (field.kind == FieldKind::kInteger) return number_in(argument, field);
  return request_member(field, texts, session.options().raw_binary);
}

void call_and_show(Session& session, const OperationInfo& operation, Shows shows, Json request) {
  if (shows == Shows::kAnswer) {
    const auto& members = operation.answer();
    const bool paged =
        std::any_of(members.begin(), members.end(), [](const Field& member) { return member.name == "Truncated"; });
    return paged ? print_pages(session, operation, std::move(request))
                 : print_call(session, operation, std::move(request));
  }
  print_policy(session, operation, std::move(request));
}

}  // namespace

const Field& OperationOptions::field_of(const OptionRow& row) const {
  const auto& fields = operation_->fields();
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == row.member; });
  if (found == fields.end()) throw std::logic_error(cat(operation_->name, " has no member ", row.member));
  return *found;
}

Argument OperationOptions::add(OptionFields& visit, const OptionRow& row) const {
  const Field& field = field_of(row);
  OptionRule rule;
  rule.required = field.required;
  rule.file = row.reading == Reading::kFile;
  rule.may_be_empty = row.may_be_empty;
  for (const std::string_view value : field.values) rule.among.emplace_back(value);
  if (field.kind == FieldKind::kInteger) rule.type = "NUMBER";
  rule.help = row.help.empty() ? field.help : row.help;
  const bool pairs = row.reading == Reading::kPairs || row.reading == Reading::kTags;
  const bool many = pairs || field.kind == FieldKind::kTextList;
  return visit.add(row.names, {field.kind == FieldKind::kFlag, many}, rule);
}

Json OperationOptions::request(Session& session) const {
  Json request = Json::object();
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (!given_[i].given()) continue;
    request[std::string(rows_[i].member)] = member_of(session, rows_[i], field_of(rows_[i]), given_[i]);
  }
  return request;
}

Command operation_command(const OperationInfo& operation, OperationRow row) {
  const auto run = [&operation, shows = row.shows](Session& session, const OperationOptions& options) {
    call_and_show(session, operation, shows, options.request(session));
  };
  const bool prints = row.shows == Shows::kAnswer && !operation.answer().empty();
  return command<OperationOptions>(std::string(row.path), row.summary, row.group, run, prints ? &operation : nullptr,
                                   OperationOptions(operation, std::move(row.options)));
}

}  // namespace kms::cli
