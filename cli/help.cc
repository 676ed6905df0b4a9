#include "cli/help.h"

#include <algorithm>
#include <iterator>

#include "cli/paragraphs.h"
#include "cli/topics.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

constexpr std::size_t kOptionColumn = 26;
constexpr std::size_t kMemberColumn = 30;

std::string option_lines(const std::vector<OptionText>& options, std::size_t width) {
  std::string out;
  for (const OptionText& option : options) {
    std::string help = option.help;
    if (option.required) help += help.empty() ? "required" : " (required)";
    out += item_lines(option_tag(option), help, kOptionColumn, width);
    std::string values;
    for (const std::string& value : option.values) values += cat(values.empty() ? "one of: " : ", ", value);
    out += wrapped(values, kOptionColumn, width);
  }
  return out;
}

template <class Predicate>
std::vector<OptionText> those(const std::vector<OptionText>& options, const Predicate& wanted) {
  std::vector<OptionText> found;
  std::copy_if(options.begin(), options.end(), std::back_inserter(found), wanted);
  return found;
}

std::string section(std::string_view heading, const std::string& text) {
  return text.empty() ? std::string() : cat("\n", heading, ":\n", text);
}

std::string exclusive_section(const std::vector<OptionText>& options, std::size_t width) {
  const auto exclusive = those(options, [](const OptionText& option) { return !option.alone.empty(); });
  if (exclusive.empty()) return {};
  return cat("\n", wrapped(cat(exclusive.front().alone, "; at most one:"), 0, width), option_lines(exclusive, width));
}

std::string member_lines(const std::vector<Field>& members, const std::string& prefix, std::size_t width) {
  std::string out;
  for (const Field& member : members) {
    const bool list = member.kind == FieldKind::kTextList || member.kind == FieldKind::kStructureList;
    const std::string path = cat(prefix, member.name, list ? "[]" : "");
    out += item_lines(path, member.help, kMemberColumn, width);
    out += member_lines(member.members, cat(path, "."), width);
  }
  return out;
}

std::string description_of(const CommandText& command, std::size_t width) {
  const Topic* const topic = find_topic(command.spellings.front());
  if (topic == nullptr || topic->description.empty()) return {};
  return cat("\n", wrapped(topic->description, 0, width));
}

bool begins_with(std::string_view path, std::string_view words) {
  return path.starts_with(words) && (path.size() == words.size() || path[words.size()] == ' ');
}

struct HelpLine {
  std::string left;
  std::string_view right;
};

std::string help_lines(const std::vector<HelpLine>& lines, std::size_t column, std::size_t width) {
  std::string out;
  for (const HelpLine& line : lines) out += item_lines(line.left, line.right, column, width);
  return out;
}

std::size_t column_for(std::size_t longest) {
  constexpr std::size_t kAround = 4;  // two blanks before, two behind
  return longest + kAround;
}

}  // namespace

std::string_view summary_of(const std::vector<Command>& commands, std::string_view path) {
  std::string_view found;
  bool begins = false;
  for (const Command& command : commands) {
    if (command.group == kHiddenGroup || !begins_with(command.path, path)) continue;
    begins = true;
    if (command.path == path && (found.empty() || !command.is_of_aws())) found = command.summary;
  }
  if (!begins || !found.empty()) return found;
  const Topic* const topic = find_topic(path);
  return topic == nullptr || topic->summary.empty() ? std::string_view("Further commands") : topic->summary;
}

std::string overview_help(const std::vector<Command>& commands, std::size_t width) {
  std::size_t longest = 0;
  for (const OverviewGroup& group : overview()) {
    for (const std::string_view entry : group.entries) longest = std::max(longest, entry.size());
  }
  std::string out = "Usage: kmsctl [options] COMMAND [options]\n\nKeys in an encrypted vault, used as with AWS KMS.\n";
  for (const OverviewGroup& group : overview()) {
    std::vector<HelpLine> lines;
    for (const std::string_view entry : group.entries) {
      const std::string_view summary = summary_of(commands, entry);
      if (!summary.empty()) lines.push_back({std::string(entry), summary});
    }
    out += section(group.heading, help_lines(lines, column_for(longest), width));
  }
  const std::vector<HelpLine> more = {
      {"kmsctl help COMMAND", "a command: its options, and examples"},
      {"kmsctl help WORD", "the commands that begin with it, as slot, policy or agent"},
      {"kmsctl help --all", "every command"},
      {"kmsctl help kms", "the operations of AWS KMS, named as behind `aws kms`"},
      {"kmsctl help options", "what every command takes, as --vault, --region, --output"},
      {"man kmsctl", "the manual"},
  };
  return out +
         section("How to go on", help_lines(more, column_for(std::string_view("kmsctl help COMMAND").size()), width));
}

std::string list_help(const std::vector<const Command*>& commands, std::string_view words, std::size_t width) {
  std::vector<const Command*> listed;
  std::vector<std::string_view> groups;
  std::size_t longest = 0;
  for (const Command* command : commands) {
    if (command->group == kHiddenGroup || (!words.empty() && !begins_with(command->path, words))) continue;
    listed.push_back(command);
    longest = std::max(longest, command->path.size());
    if (std::find(groups.begin(), groups.end(), command->group) == groups.end()) groups.push_back(command->group);
  }
  const bool kms = words.empty() && groups == std::vector<std::string_view>{kApiGroup};
  std::string out =
      cat("Usage: kmsctl [options] ", kms ? "kms" : words, kms || !words.empty() ? " " : "", "COMMAND [options]\n");
  const Topic* const topic = find_topic(words);
  if (topic != nullptr && !topic->description.empty()) out += cat("\n", wrapped(topic->description, 0, width));
  for (const std::string_view group : groups) {
    std::vector<HelpLine> lines;
    for (const Command* command : listed) {
      if (command->group == group) lines.push_back({command->path, command->summary});
    }
    out += section(group, help_lines(lines, column_for(longest), width));
  }
  return out + "\n" +
         wrapped("`kmsctl help COMMAND` shows the options of a command, and examples; kmsctl(1) is the manual.", 0,
                 width);
}

std::string command_help(const CommandText& command, bool whole, std::size_t width) {
  const auto positional = those(command.options, [](const OptionText& option) { return option.positional; });
  const auto own =
      those(command.options, [](const OptionText& option) { return !option.positional && option.alone.empty(); });
  std::string out = wrapped(cat("Usage: ", usage_of(command)), 0, width);
  out += cat("\n", wrapped(cat(command.summary, "."), 0, width));
  if (whole) out += description_of(command, width);
  out += section("Arguments", option_lines(positional, width));
  out += section("Options", option_lines(own, width));
  out += exclusive_section(command.options, width);
  std::string examples;
  for (const std::string& example : command.examples) examples += cat("  ", example, "\n");
  out += section("Examples", examples);
  if (whole && !command.prints.empty()) out += section("Prints", member_lines(command.prints, "", width));
  if (whole && !command.prints_as.empty()) out += cat("\nPrints what kmsctl ", command.prints_as, " prints.\n");
  return out + "\nGlobal options: kmsctl help options\n";
}

std::string global_option_help(std::size_t width) {
  return cat("Options of every command, before or behind its name:\n", option_lines(describe_global_options(), width),
             "\n",
             wrapped("Those of the aws command line that mean nothing here, as --profile, are taken with a note on "
                     "standard error; --endpoint-url, --no-sign-request and --cli-auto-prompt are refused.",
                     0, width));
}

}  // namespace kms::cli
