#include "cli/documentation.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "cli/completions.h"
#include "cli/manual.h"
#include "cli/no_session.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

OptionText text_of_option(const CLI::Option& option) {
  OptionText text;
  text.positional = option.get_positional();
  text.required = option.get_required();
  text.help = option.get_description();
  if (option.get_items_expected_max() > 0)
    text.type = option.get_type_name().substr(0, option.get_type_name().find(':'));  // without the checks
  if (text.positional) {
    text.names = {option.get_name(/*positional=*/true)};
  } else {
    for (const std::string& name : option.get_snames()) text.names.push_back(cat("-", name));
    for (const std::string& name : option.get_lnames()) text.names.push_back(cat("--", name));
  }
  return text;
}

// With those of its groups.
std::vector<OptionText> options_of(const CLI::App& app) {
  std::vector<OptionText> options;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_group().empty()) options.push_back(text_of_option(*option));  // no group: hidden
  }
  for (const CLI::App* group : app.get_subcommands({})) {
    for (OptionText& option : options_of(*group)) options.push_back(std::move(option));
  }
  return options;
}

std::vector<std::string> spellings(const Command& command, const std::vector<Command>& commands) {
  if (command.group != kApiGroup) return {command.path};
  const bool shadowed = std::any_of(commands.begin(), commands.end(), [&](const Command& other) {
    return other.group != kApiGroup && other.path == command.path;
  });
  if (shadowed) return {cat("kms ", command.path)};
  return {command.path, cat("kms ", command.path)};
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

std::vector<CommandText> describe(const std::vector<Command>& commands) {
  NoSession session;  // setup() keeps it for later, and never calls it here
  std::vector<CommandText> texts;
  for (const Command& command : commands) {
    CLI::App app{std::string(command.summary)};
    app.set_help_flag();
    ArgumentParser parser(app);
    command.setup(parser, session);
    texts.push_back({command.path,
                     std::string(command.summary),
                     std::string(command.group),
                     spellings(command, commands),
                     options_of(app),
                     {},
                     {}});
    if (parser.printed() != nullptr) describe_printed(*parser.printed(), command, commands, texts.back());
  }
  return texts;
}

std::vector<OptionText> describe_global_options() {
  CLI::App app;
  app.set_help_flag("-h,--help", "the options of the command");
  GlobalOptions options;
  add_global_options(app, options);
  return options_of(app);
}

std::map<std::string, std::string> documentation(const std::vector<Command>& commands) {
  const std::vector<CommandText> texts = describe(commands);
  const std::vector<OptionText> global_options = describe_global_options();
  return {{"man/kmsctl.1", manual(texts, global_options)},
          {"man/kmsctl-scripting.7", scripting_manual()},
          {"completions/kmsctl.bash", bash_completion(texts, global_options)},
          {"completions/_kmsctl", zsh_completion(texts, global_options)},
          {"completions/kmsctl.fish", fish_completion(texts, global_options)}};
}

}  // namespace kms::cli
