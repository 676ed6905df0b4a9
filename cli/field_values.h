#pragma once
// The members of a request as options of a command, spelled as the aws command line does.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/argument_parser.h"
#include "cli/request_input.h"
#include "cli/session.h"
#include "core/base/json.h"
#include "core/service/field.h"

namespace kms::cli {

// How the values of a list are given: `--x a b`, as aws has it, or `--x a --x b`, which leaves the words behind it to a
// command that takes files.
enum class ListForm : std::uint8_t { kSeveralWords, kRepeated };

// More names of the option of a member: {"KeyId", "--key"}.
using OtherNames = std::vector<std::pair<std::string_view, std::string_view>>;

// An option a member: kebab-case, -k for KeyId, --no-X beside a flag; and those of RequestInput. What they were given
// is as good as the App lives. Nothing is required while parsing, because a command may get a member from elsewhere:
// see check_required().
class FieldValues {
 public:
  // A part of the options of a command (option_fields.h). `operation` outlives it.
  template <class Visitor>
  void fields(Visitor& visit, const OperationInfo& operation, ListForm lists = ListForm::kSeveralWords,
              const OtherNames& other_names = {}) {
    add_to(visit.parser(), operation, lists, other_names);
  }

  bool given(std::string_view member) const;
  std::vector<std::string> texts(std::string_view member) const;  // as they were given; empty when they were not
  // The members whose options were given, and those of --cli-input-json. Throws kUsage that names the option.
  Json request(bool raw_binary = false) const;
  // The same, without what an option was given that means something else to the command: see texts().
  Json request_without(std::string_view member, bool raw_binary = false) const;
  // Throws kUsage that lists the required options whose members `request` lacks.
  void check_required(const Json& request) const;
  // Whether --generate-cli-skeleton was given: then the sample is printed, and the command does no more. Of an answer
  // only where the request could be made: throws as request() and check_required().
  bool print_skeleton(Session& session) const;

 private:
  void add_to(ArgumentParser& parser, const OperationInfo& operation, ListForm lists, const OtherNames& other_names);
  const OperationInfo* operation_ = nullptr;
  std::optional<RequestInput> input_;
  std::vector<std::pair<Field, Argument>> options_;
};

// In help, what a member takes where its name does not say it (value_words.h).
std::string type_word(FieldKind kind);

}  // namespace kms::cli
