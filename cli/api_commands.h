#pragma once
// The plumbing: one command an operation, named and spelled as the aws command line does.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "cli/request_input.h"
#include "core/base/json.h"
#include "core/service/field.h"

namespace kms::cli {

// What the options of one command were given, of those that add_field_options() adds. Filled while the App parses;
// lives no longer than the App.
class FieldValues {
 public:
  // `operation` outlives it.
  void begin(const OperationInfo& operation, const RequestInput& input);
  void add(Field field, const Argument& option) { options_.emplace_back(std::move(field), option); }

  bool given(std::string_view member) const;
  std::vector<std::string> texts(std::string_view member) const;  // as they were given; empty when they were not
  // The members whose options were given, and those of --cli-input-json. Throws kUsage that names the option.
  Json request(bool raw_binary = false) const;
  // The same, but for a member whose option means something else to the command: see texts().
  Json request_without(std::string_view member, bool raw_binary = false) const;
  // Throws kUsage that lists the required options whose members `request` lacks.
  void check_required(const Json& request) const;
  // Whether --generate-cli-skeleton was given: then the sample is printed. Of an answer only where the request could be
  // made: throws as request() and check_required().
  bool print_skeleton(Session& session) const;

 private:
  const OperationInfo* operation_ = nullptr;
  std::optional<RequestInput> input_;
  std::vector<std::pair<Field, Argument>> options_;
};

// How the values of a list are given: `--x a b`, as aws has it, or `--x a --x b`, which leaves the words behind it to a
// command that takes files.
enum class ListForm : std::uint8_t { kSeveralWords, kRepeated };

// An option a field: kebab-case, -k for KeyId, --no-X beside a flag; and those of RequestInput. Nothing is required
// while parsing, because a command may get a member from elsewhere: see check_required().
void add_field_options(ArgumentParser& parser, const OperationInfo& operation,
                       const std::shared_ptr<FieldValues>& values, ListForm lists = ListForm::kSeveralWords);
// What runs when all words made sense: the sample that --generate-cli-skeleton asks for is printed, or else `run`.
void run_with(ArgumentParser& parser, Session& session, const std::shared_ptr<FieldValues>& values,
              std::function<void()> run);

// A command an operation, about operations that outlive them; `prefix` stands before their names. Those that list fetch
// every page unless told where to stop.
std::vector<Command> api_commands(const std::vector<const OperationInfo*>& operations,
                                  std::string_view group = kApiGroup, std::string_view prefix = {});

}  // namespace kms::cli
