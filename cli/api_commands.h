#pragma once
// The plumbing: one command an operation, named and spelled as the aws command line does.
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "core/base/json.h"
#include "core/service/field.h"

namespace kms::cli {

// What the options of one command were given. Filled while the App parses; lives no longer than the App.
class FieldValues {
 public:
  void add(Field field, Argument option) { options_.emplace_back(std::move(field), option); }

  bool given(std::string_view member) const;
  std::vector<std::string> texts(std::string_view member) const;  // as they were given; empty when they were not
  // The members whose options were given. Throws kUsage that names the option.
  Json request(bool raw_binary = false) const;
  // The same, but for a member whose option means something else to the command: see texts().
  Json request_without(std::string_view member, bool raw_binary = false) const;
  // Throws kUsage that lists the required options whose members `request` lacks.
  void check_required(const Json& request) const;

 private:
  std::vector<std::pair<Field, Argument>> options_;
};

// An option a field: kebab-case, -k for KeyId, --no-X beside a flag. Nothing is required while parsing, because a
// command may get a member from elsewhere: see check_required().
void add_field_options(ArgumentParser& parser, const std::vector<Field>& fields,
                       const std::shared_ptr<FieldValues>& values);

// Commands in kApiGroup, about operations that outlive them. Those that list fetch every page unless told where to
// stop.
std::vector<Command> api_commands(const std::vector<const OperationInfo*>& operations);

}  // namespace kms::cli
