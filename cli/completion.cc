#include "cli/completion.h"

#include <algorithm>
#include <optional>
#include <set>

#include "cli/documentation.h"
#include "cli/help.h"
#include "cli/topics.h"
#include "cli/value_words.h"
#include "core/base/terminal_text.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

using Words = std::vector<std::string>;

bool is_option(std::string_view word) {
  return word.starts_with("-") && word.size() > 1;
}

std::string joined(const std::string& path, const std::string& word) {
  return path.empty() ? word : cat(path, " ", word);
}

// What may be typed for commands, as a tree: from the words so far to those that may follow.
class CommandTree {
 public:
  explicit CommandTree(const std::vector<Command>& commands) {
    for (const Command& command : commands) {
      if (command.group == kHiddenGroup) continue;
      for (const std::string& spelling : spellings(command, commands)) add(spelling, command);
    }
  }

  bool leads_on(const std::string& path) const { return nodes_.count(path) > 0; }
  const Command* find(const std::string& path) const {
    const auto found = commands_.find(path);
    return found == commands_.end() ? nullptr : found->second;
  }
  std::vector<Candidate> below(const std::string& path) const {
    std::vector<Candidate> found;
    const auto children = children_.find(path);
    if (children == children_.end()) return found;
    for (const std::string& word : children->second) {
      const std::string whole = joined(path, word);
      const Command* const command = find(whole);
      const Topic* const topic = find_topic(whole);
      const std::string_view help = command != nullptr ? command->summary
                                    : topic != nullptr ? topic->summary
                                                       : std::string_view();
      found.push_back({word, std::string(help)});
    }
    return found;
  }

 private:
  void add(const std::string& spelling, const Command& command) {
    std::string path;
    for (const std::string_view word : split(spelling, ' ')) {
      children_[path].insert(std::string(word));
      path = joined(path, std::string(word));
      nodes_.insert(path);
    }
    commands_[path] = &command;
  }

  std::set<std::string> nodes_;
  std::map<std::string, std::set<std::string>> children_;
  std::map<std::string, const Command*> commands_;
};

const OptionText* option_named(const std::vector<OptionText>& options, std::string_view name) {
  const auto found = std::find_if(options.begin(), options.end(), [&](const OptionText& option) {
    return !option.positional && std::find(option.names.begin(), option.names.end(), name) != option.names.end();
  });
  return found == options.end() ? nullptr : &*found;
}

// What the words before the one to complete have said.
class Before {
 public:
  Before(const std::vector<Command>& commands, const CommandTree& tree, const Words& words)
      : globals_(describe_global_options()) {
    find_path(tree, words);
    if (const Command* command = tree.find(path_)) {
      options_ = describe(*command, commands).options;
      is_command_ = true;
    }
    for (std::size_t i = 1; i + 1 < words.size(); ++i) read(words[i]);
  }

  const std::string& path() const { return path_; }
  bool is_command() const { return is_command_; }
  bool asks_for_help() const { return help_; }
  bool behind_dashes() const { return behind_dashes_; }
  const std::map<std::string, std::string>& given() const { return given_; }
  const std::vector<OptionText>& own_options() const { return options_; }
  const std::vector<OptionText>& global_options() const { return globals_; }
  const OptionText* option(std::string_view name) const {
    const OptionText* const own = option_named(options_, name);
    return own != nullptr ? own : option_named(globals_, name);
  }
  // The option whose value comes next, or may; null: none.
  const OptionText* pending() const { return pending_; }
  bool must_have_value() const { return pending_ != nullptr && !has_value_ && !pending_->value_is_free; }
  // The argument that comes next; null: no more.
  const OptionText* next_argument() const {
    std::size_t number = 0;
    for (const OptionText& option : options_) {
      if (option.positional && (number++ == arguments_ || option.many)) return &option;
    }
    return nullptr;
  }

 private:
  // Options and their values may stand between the words of a command.
  void find_path(const CommandTree& tree, const Words& words) {
    for (std::size_t i = 1; i + 1 < words.size() && words[i] != "--"; ++i) {
      if (is_option(words[i])) {
        const OptionText* const global = option_named(globals_, words[i]);
        if (global != nullptr && global->takes_value()) ++i;
      } else if (words[i] == "help") {
        help_ = true;
        ++path_words_;
      } else if (tree.leads_on(joined(path_, words[i]))) {
        path_ = joined(path_, words[i]);
        ++path_words_;
      } else {
        return;
      }
    }
  }

  void read(const std::string& word) {
    const bool is_value = pending_ != nullptr && (!is_option(word) || must_have_value());
    if (!behind_dashes_ && word == "--") {
      behind_dashes_ = true;
    } else if (!behind_dashes_ && is_value) {
      take_value(word);
    } else if (!behind_dashes_ && is_option(word)) {
      const std::string name = word.substr(0, word.find('='));
      const OptionText* const found = option(name);
      pending_ = found != nullptr && found->takes_value() ? found : nullptr;
      has_value_ = false;
      if (pending_ != nullptr && name.size() < word.size()) take_value(word.substr(name.size() + 1));
    } else if (path_words_ > 0) {
      --path_words_;
    } else {
      ++arguments_;
    }
  }

  void take_value(const std::string& value) {
    given_[pending_->names.back()] = value;
    has_value_ = true;
    if (!pending_->many) pending_ = nullptr;
  }

  std::vector<OptionText> globals_;
  std::vector<OptionText> options_;
  std::string path_;
  std::size_t path_words_ = 0;  // that are still to be read
  std::size_t arguments_ = 0;
  bool is_command_ = false;
  bool help_ = false;
  bool behind_dashes_ = false;
  bool has_value_ = false;  // the pending option has one already
  const OptionText* pending_ = nullptr;
  std::map<std::string, std::string> given_;
};

Completion of_words(std::vector<Candidate> candidates) {
  return {Completed::kWords, std::move(candidates)};
}

// Names of a vault stand in a command line as they are, so one that a shell would read in its own way is left out.
bool is_plain_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return letter || std::string_view("/_:+=,.@-").find(c) != std::string_view::npos;
  });
}

// `typed` stands before each value: "--output=".
Completion values_of(const OptionText& option, const std::string& typed, std::string_view begin, const Before& before,
                     const Lookup& lookup) {
  const std::string_view type = option.type;
  if (option.values.empty() && (type == kFileWord || type == kPolicyWord || type == "WORD")) {
    return {Completed::kFiles, {}};
  }
  if (type == kDirectoryWord) return {Completed::kDirectories, {}};
  std::vector<Candidate> found;
  for (const std::string& value : option.values) found.push_back({cat(typed, value), {}});
  if (option.values.empty()) {
    for (Candidate& each : lookup({type, begin, before.given()})) {
      if (is_plain_name(each.text)) found.push_back({cat(typed, each.text), std::move(each.help)});
    }
  }
  return of_words(std::move(found));
}

void add_option_names(const std::vector<OptionText>& options, std::vector<Candidate>& to) {
  for (const OptionText& option : options) {
    if (option.positional) continue;
    for (const std::string& name : option.names) to.push_back({name, option.help});
  }
}

Completion option_names(const Before& before) {
  std::vector<Candidate> found;
  add_option_names(before.own_options(), found);
  add_option_names(before.global_options(), found);
  if (before.asks_for_help()) found.push_back({"--all", "every command"});
  return of_words(std::move(found));
}

Completion of_place(const CommandTree& tree, const Before& before, const std::string& current, const Lookup& lookup) {
  if (before.behind_dashes()) return {Completed::kFiles, {}};
  const std::size_t equals = current.find('=');
  if (before.pending() != nullptr && (before.must_have_value() || !is_option(current))) {
    return values_of(*before.pending(), {}, current, before, lookup);
  }
  if (current.starts_with("--") && equals != std::string::npos) {
    const OptionText* const option = before.option(current.substr(0, equals));
    if (option == nullptr || !option->takes_value()) return {};
    return values_of(*option, current.substr(0, equals + 1), std::string_view(current).substr(equals + 1), before,
                     lookup);
  }
  if (current.starts_with("-")) return option_names(before);
  std::vector<Candidate> words = tree.below(before.path());
  if (before.path().empty()) words.push_back({"help", "Show how a command is used"});
  if (before.asks_for_help() && before.path().empty())
    words.push_back({std::string(kOptionsTopic), "What every command takes"});
  if (!before.is_command() || before.asks_for_help()) return of_words(std::move(words));
  if (const OptionText* argument = before.next_argument()) return values_of(*argument, {}, current, before, lookup);
  std::vector<Candidate> own;
  add_option_names(before.own_options(), own);
  return of_words(std::move(own));
}

// What each shell reads as one candidate. bash replaces what stands behind the last : or = of a word.
std::string line_for(std::string_view shell, const Candidate& candidate, std::string_view current) {
  const std::string help = escape_controls(candidate.help, LineEnds::kEscaped);
  if (shell == "bash") return candidate.text.substr(current.find_last_of(":=") + 1);
  if (shell == "fish") return help.empty() ? candidate.text : cat(candidate.text, "\t", help);
  std::string text;
  for (const char c : candidate.text) {
    if (c == ':' || c == '\\') text += '\\';
    text += c;
  }
  return help.empty() ? text : cat(text, ":", help);
}

}  // namespace

Completion complete(const std::vector<Command>& commands, const Words& words, const Lookup& lookup) {
  if (words.size() < 2) return {};
  const CommandTree tree(commands);
  const Before before(commands, tree, words);
  Completion completion = of_place(tree, before, words.back(), lookup);
  auto& found = completion.candidates;
  found.erase(std::remove_if(found.begin(), found.end(),
                             [&](const Candidate& each) { return !each.text.starts_with(words.back()); }),
              found.end());
  return completion;
}

std::string answer_for(std::string_view shell, const Completion& completion, std::string_view current) {
  if (completion.what == Completed::kFiles) return ":files\n";
  if (completion.what == Completed::kDirectories) return ":directories\n";
  std::string answer;
  for (const Candidate& candidate : completion.candidates) answer += cat(line_for(shell, candidate, current), "\n");
  return answer;
}

std::vector<std::string> words_of_line(std::string_view line) {
  Words words = {{}};
  bool begun = false;  // whether the last word has anything, an empty quotation at least
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote == 0 && (c == ' ' || c == '\t' || c == '\n')) {
      if (begun) words.emplace_back();
      begun = false;
      continue;
    }
    begun = true;
    if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      words.back() += line[++i];
    } else {
      words.back() += c;
    }
  }
  return words;
}

}  // namespace kms::cli
