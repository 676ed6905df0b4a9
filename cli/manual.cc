#include "cli/manual.h"

#include <algorithm>
#include <iterator>

#include "cli/manual_guides.h"
#include "cli/roff.h"
#include "cli/topics.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr std::string_view kApiTopic = "api";  // its commands stand in kmsctl-api(7)

using Texts = std::vector<const CommandText*>;

std::string option_items(const std::vector<OptionText>& options) {
  std::string out;
  std::string set;
  for (const OptionText& option : options) {
    if (option.alone != set) {
      set = option.alone;
      if (!set.empty()) out += paragraph(cat(set, "; at most one:"));
    }
    std::string help = option.help;
    if (option.required) help += help.empty() ? "required" : " (required)";
    std::string values;
    for (const std::string& value : option.values) values += cat(values.empty() ? "One of " : ", ", value);
    if (help.empty() && values.empty()) help = "see the AWS KMS API reference";
    out += item(option_tag(option), help.empty() || values.empty() ? cat(help, values) : cat(help, ". ", values));
  }
  return out;
}

std::string form_of(const Field& member) {
  switch (member.kind) {
    case FieldKind::kBlob:
      return " (base64)";
    case FieldKind::kTimestamp:
      return " (ISO 8601)";
    case FieldKind::kDocument:
      return " (JSON)";
    default:
      return {};
  }
}

// Each member by the --query that prints it.
std::string member_items(const std::vector<Field>& members, const std::string& prefix) {
  std::string out;
  for (const Field& member : members) {
    const bool list = member.kind == FieldKind::kTextList || member.kind == FieldKind::kStructureList;
    const std::string path = cat(prefix, member.name, list ? "[]" : "");
    out += item(path, cat(member.help, form_of(member)));
    out += member_items(member.members, cat(path, "."));
  }
  return out;
}

std::string indented(const std::string& text) {
  return text.empty() ? text : cat(".RS\n", text, ".RE\n");
}

std::string examples_text(const Texts& commands) {
  std::string lines;
  for (const CommandText* command : commands) {
    for (const std::string& example : command->examples) lines += cat(lines.empty() ? "" : "\n", example);
  }
  return lines;
}

std::string printed_items(const CommandText& command) {
  if (!command.prints_as.empty()) return paragraph(cat("Prints what kmsctl ", command.prints_as, " prints."));
  return command.prints.empty() ? std::string() : cat(paragraph("Prints:"), member_items(command.prints, ""));
}

// One of several on a page.
std::string command_section(const CommandText& command, const std::vector<OptionText>& options) {
  return cat(subheading(usage_of(command)), roff(command.summary), ".\n", indented(option_items(options)),
             indented(printed_items(command)));
}

std::string synopsis(const Texts& commands) {
  std::string out = heading("Synopsis");
  for (const CommandText* command : commands) {
    out += cat(command == commands.front() ? "" : ".br\n", roff(usage_of(*command)), "\n");
  }
  return out;
}

std::string_view first_word(const CommandText& command) {
  return std::string_view(command.path).substr(0, command.path.find(' '));
}

std::string topic_page(std::string_view word, const Texts& commands) {
  const Topic* const topic = find_topic(word);
  const bool single = commands.size() == 1 && commands.front()->path == word;
  const std::string summary =
      single || topic == nullptr || topic->summary.empty() ? commands.front()->summary : std::string(topic->summary);
  std::string out = cat(page_head(cat("kmsctl-", word), '1', summary), synopsis(commands), heading("Description"));
  const bool described = topic != nullptr && !topic->description.empty();
  out += paragraph(described ? cat(summary, ". ", topic->description) : cat(summary, "."));
  if (single) {
    const CommandText& command = *commands.front();
    if (!command.options.empty()) out += cat(heading("Options"), option_items(command.options));
    if (const std::string printed = printed_items(command); !printed.empty()) out += cat(heading("Output"), printed);
  } else {
    out += heading("Commands");
    for (const CommandText* command : commands) out += command_section(*command, command->options);
  }
  const std::string examples = examples_text(commands);
  if (!examples.empty()) out += cat(heading("Examples"), code_lines(examples));
  if (word == "agent") out += agent_section();
  return cat(out, heading("See also"), page_name("kmsctl", '1'),
             paragraph("The options that every command takes stand there."));
}

bool takes(const CommandText& command, const OptionText& option) {
  return std::any_of(command.options.begin(), command.options.end(),
                     [&](const OptionText& own) { return own.names == option.names && own.help == option.help; });
}

// Those that all the operations take.
std::vector<OptionText> common_options(const Texts& commands) {
  std::vector<OptionText> common;
  Texts operations;
  std::copy_if(commands.begin(), commands.end(), std::back_inserter(operations),
               [](const CommandText* command) { return command->is_of_kms(); });
  if (operations.empty()) return common;
  const auto& options = operations.front()->options;
  std::copy_if(options.begin(), options.end(), std::back_inserter(common), [&](const OptionText& option) {
    return std::all_of(operations.begin(), operations.end(),
                       [&](const CommandText* command) { return takes(*command, option); });
  });
  return common;
}

std::string api_section(const CommandText& command, const std::vector<OptionText>& common) {
  std::vector<OptionText> own;
  std::copy_if(command.options.begin(), command.options.end(), std::back_inserter(own), [&](const OptionText& option) {
    return std::none_of(common.begin(), common.end(),
                        [&](const OptionText& each) { return each.names == option.names; });
  });
  const std::string examples = examples_text({&command});
  return cat(command_section(command, own), examples.empty() ? examples : code_lines(examples));
}

std::string api_page(const Texts& commands) {
  const std::vector<OptionText> common = common_options(commands);
  std::string out =
      cat(page_head("kmsctl-api", '7', "the operations of AWS KMS"), heading("Description"),
          paragraph("Every operation of the AWS KMS API is a command with the name and the options that it has behind "
                    "`aws kms`. `kmsctl kms` reaches these alone; without it, a command for people of the same name "
                    "comes first."),
          value_section(), heading("Options of every operation"), option_items(common), heading("Operations"));
  for (const CommandText* command : commands) out += api_section(*command, common);
  return cat(out, heading("See also"), page_name("kmsctl", '1'), page_name("kmsctl-scripting", '7'));
}

std::string command_list(const std::map<std::string_view, Texts>& pages) {
  constexpr std::size_t kColumn = 20;
  std::string out = heading("Commands");
  for (const OverviewGroup& group : overview()) {
    std::string items;
    for (const std::string_view entry : group.entries) {
      const auto page = pages.find(entry.substr(0, entry.find(' ')));
      if (page == pages.end()) continue;
      const Topic* const topic = find_topic(entry);
      std::string_view summary = topic == nullptr ? std::string_view() : topic->summary;
      for (const CommandText* command : page->second) {
        if (command->path == entry) summary = command->summary;
      }
      items += compact_item(entry, summary, kColumn);
    }
    if (!items.empty()) out += cat(subheading(group.heading), compact(items));
  }
  return out + paragraph("kmsctl help --all lists every command, kmsctl help COMMAND shows its options and examples.");
}

std::string main_page(const std::map<std::string_view, Texts>& pages, const std::vector<OptionText>& global_options) {
  std::string out =
      cat(page_head("kmsctl", '1', "a key management service for one machine"), heading("Synopsis"),
          ".B kmsctl\n[options] command [options]\n.br\n.B kmsctl kms\noperation [options]\n", heading("Description"),
          paragraph("kmsctl keeps keys in an encrypted vault and uses them as AWS KMS does, for files, secrets and "
                    "signatures. `kmsctl kms` has every operation of AWS KMS, and `kmsctl sts` get-caller-identity and "
                    "assume-role, so that `aws` in a script may become `kmsctl`."),
          start_section(), command_list(pages), unlocking_section(), heading("Global options"),
          paragraph("They stand before or behind the command."), compact(option_items(global_options)),
          environment_section(), exit_status_section(), heading("See also"));
  for (const auto& [word, commands] : pages) out += page_name(cat("kmsctl-", word), '1');
  for (const std::string_view guide : {"api", "scripting", "security"}) out += page_name(cat("kmsctl-", guide), '7');
  return out;
}

}  // namespace

std::map<std::string, std::string> manual_pages(const std::vector<CommandText>& commands,
                                                const std::vector<OptionText>& global_options) {
  std::map<std::string_view, Texts> pages;
  Texts api;
  for (const CommandText& command : commands) {
    const bool of_api = command.is_of_kms() || first_word(command) == kApiTopic;
    (of_api ? api : pages[first_word(command)]).push_back(&command);
  }
  std::map<std::string, std::string> files = {{"man/kmsctl.1", main_page(pages, global_options)},
                                              {"man/kmsctl-api.7", api_page(api)},
                                              {"man/kmsctl-scripting.7", scripting_manual()},
                                              {"man/kmsctl-security.7", security_manual()}};
  for (const auto& [word, texts] : pages) files.emplace(cat("man/kmsctl-", word, ".1"), topic_page(word, texts));
  return files;
}

}  // namespace kms::cli
