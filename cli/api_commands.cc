#include "cli/api_commands.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "cli/command_of.h"
#include "cli/field_values.h"
#include "cli/output.h"
#include "cli/pages.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

bool has_field(const std::vector<Field>& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
}

struct ApiOptions {
  const OperationInfo* operation = nullptr;
  FieldValues request = {};
  PageOptions pages = {};

  bool lists() const { return has_field(operation->fields(), "Marker") && has_field(operation->fields(), "Limit"); }
  template <class Visitor>
  void fields(Visitor& visit) {
    request.fields(visit, *operation);
    if (lists()) pages.fields(visit);
  }
};

void call_operation(Session& session, const ApiOptions& options) {
  Json request = options.request.request(session.options().raw_binary);
  options.request.check_required(request);
  if (options.lists()) return print_list(session, *options.operation, std::move(request), options.pages);
  print_call(session, *options.operation, std::move(request));
}

}  // namespace

std::vector<Command> api_commands(const std::vector<const OperationInfo*>& operations, std::string_view group,
                                  std::string_view prefix) {
  std::vector<Command> commands;
  commands.reserve(operations.size());
  for (const OperationInfo* info : operations) {
    commands.push_back(command<ApiOptions>(cat(prefix, kebab(info->name)), info->summary, group, call_operation, info,
                                           ApiOptions{info}));
  }
  return commands;
}

}  // namespace kms::cli
