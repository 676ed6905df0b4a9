#include "cli/documentation.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/completion_stubs.h"
#include "cli/examples.h"
#include "cli/manual.h"
#include "cli/no_session.h"
#include "cli/value_words.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

// CLI11 tells what a check for membership accepts in its text of the type alone: "TEXT:{json,text,table}".
std::vector<std::string> checked_values(const std::string& type) {
  std::vector<std::string> values;
  const std::size_t open = type.find('{');
  const std::size_t close = type.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return values;
  std::size_t at = open + 1;
  while (at <= close) {
    const std::size_t end = std::min(type.find(',', at), close);
    values.push_back(type.substr(at, end - at));
    at = end + 1;
  }
  return values;
}

std::string type_in_words(const CLI::Option& option, const Field* field, const OptionText& text) {
  if (option.get_items_expected_max() == 0) return {};
  const std::string type = option.get_type_name().substr(0, option.get_type_name().find(':'));
  const bool plain = type.empty() || type == "TEXT";
  const std::string& name = text.names.back();
  const std::string_view word = value_word(name.substr(std::min(name.find_first_not_of('-'), name.size())));
  if (plain && field != nullptr && field->rule.document) return std::string(kPolicyWord);
  if (plain && !word.empty()) return std::string(word);
  if (plain) return text.values.empty() ? "TEXT" : "NAME";
  return type == "INT" || type == "UINT" ? "NUMBER" : type;
}

void add_needs(const CLI::Option& option, OptionText& text) {
  for (const CLI::Option* needed : option.get_needs()) {
    text.help += cat(text.help.empty() ? "" : "; ", "together with ", needed->get_name());
  }
}

OptionText text_of_option(const CLI::Option& option, const ArgumentParser& parser, bool of_aws) {
  const Field* const field = parser.field_of(&option);
  OptionText text;
  text.positional = option.get_positional();
  text.required = option.get_required() || (of_aws && field != nullptr && field->required);
  text.help = option.get_description();
  text.many = option.get_items_expected_max() > 1 && (text.positional || option.get_expected_max() > 1);
  text.value_is_free = option.get_items_expected_max() > 0 && option.get_items_expected_min() == 0;
  if (text.positional) {
    text.names = {option.get_name(/*positional=*/true)};
  } else {
    for (const std::string& name : option.get_snames()) text.names.push_back(cat("-", name));
    for (const std::string& name : option.get_lnames()) text.names.push_back(cat("--", name));
  }
  text.values = checked_values(option.get_type_name());
  if (field != nullptr && text.values.empty()) text.values.assign(field->values.begin(), field->values.end());
  text.type = type_in_words(option, field, text);
  if (!text.takes_value()) text.values.clear();
  add_needs(option, text);
  return text;
}

// With those of its groups.
std::vector<OptionText> options_of(const CLI::App& app, const ArgumentParser& parser, bool of_aws = false) {
  std::vector<OptionText> options;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) options.push_back(text_of_option(*option, parser, of_aws));  // no group: hidden
  }
  for (const CLI::App* group : app.get_subcommands({})) {
    for (OptionText& option : options_of(*group, parser, of_aws)) {
      option.alone = group->get_description();
      options.push_back(std::move(option));
    }
  }
  return options;
}

void describe_printed(const OperationInfo& operation, const Command& command, const std::vector<Command>& commands,
                      CommandText& text) {
  const std::string path = kebab(operation.name);
  const bool of_api = std::any_of(commands.begin(), commands.end(),
                                  [&](const Command& other) { return other.group == kApiGroup && other.path == path; });
  if (of_api && command.group != kApiGroup) {
    text.prints_as = cat("kms ", path);
  } else {
    text.prints = operation.answer();
  }
}

}  // namespace

std::vector<std::string> spellings(const Command& command, const std::vector<Command>& commands) {
  if (command.group != kApiGroup) return {command.path};
  const bool shadowed = std::any_of(commands.begin(), commands.end(), [&](const Command& other) {
    return other.group != kApiGroup && other.path == command.path;
  });
  if (shadowed) return {cat("kms ", command.path)};
  return {command.path, cat("kms ", command.path)};
}

CommandText describe(const Command& command, const std::vector<Command>& commands) {
  NoSession session;  // setup() keeps it for later, and never calls it here
  CLI::App app{std::string(command.summary)};
  app.set_help_flag();
  ArgumentParser parser(app);
  command.setup(parser, session);
  CommandText text;
  text.path = command.path;
  text.summary = command.summary;
  text.group = command.group;
  text.spellings = spellings(command, commands);
  text.options = options_of(app, parser, command.is_of_aws());
  text.examples = examples_of(text.spellings.back());
  if (parser.printed() != nullptr) describe_printed(*parser.printed(), command, commands, text);
  return text;
}

std::vector<CommandText> describe(const std::vector<Command>& commands) {
  std::vector<CommandText> texts;
  for (const Command& command : commands) {
    if (command.group != kHiddenGroup) texts.push_back(describe(command, commands));
  }
  return texts;
}

std::vector<OptionText> describe_global_options() {
  CLI::App app;
  app.set_help_flag("-h,--help", "the options of the command");
  GlobalOptions options;
  add_global_options(app, options);
  return options_of(app, ArgumentParser(app));
}

std::string option_tag(const OptionText& option) {
  std::string tag;
  for (const std::string& name : option.names) tag += cat(tag.empty() ? "" : ", ", name);
  if (option.positional) return cat(upper_ascii(tag), option.many ? "..." : "");
  if (!option.takes_value()) return tag;
  const bool says_so = option.type.find("...") != std::string::npos;
  const std::string value = cat(option.type, option.many && !says_so ? "..." : "");
  return option.value_is_free ? cat(tag, " [", value, "]") : cat(tag, " ", value);
}

std::string usage_of(const CommandText& command) {
  std::string usage = cat("kmsctl ", command.spellings.front());
  std::string arguments;
  bool more = false;
  for (const OptionText& option : command.options) {
    if (option.positional) {
      const std::string tag = option_tag(option);
      arguments += option.required ? cat(" ", tag) : cat(" [", tag, "]");
    } else if (option.required) {
      OptionText shortest = option;
      shortest.names = {option.names.front()};
      usage += cat(" ", option_tag(shortest));
    } else {
      more = true;
    }
  }
  return cat(usage, more ? " [options]" : "", arguments);
}

std::map<std::string, std::string> documentation(const std::vector<Command>& commands) {
  std::map<std::string, std::string> files = manual_pages(describe(commands), describe_global_options());
  files.merge(completion_stubs());
  return files;
}

}  // namespace kms::cli
