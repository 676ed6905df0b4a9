#include "cli/command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <optional>
#include <ostream>

#include "cli/agent/libraries.h"
#include "cli/aws_options.h"
#include "cli/documentation.h"
#include "cli/help.h"
#include "cli/output.h"
#include "cli/paragraphs.h"
#include "cli/process.h"
#include "cli/query.h"
#include "cli/suggestion.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/crypto/init.h"

namespace kms::cli {
namespace {

using Words = std::vector<std::string>;

constexpr auto kGlobalWithValue = std::to_array<std::string_view>(
    {"--vault", "--region", "--role", "--output", "--query", "--passphrase-fd", "--passphrase-file", "--keyfile",
     "--agent-uid", "--cli-binary-format", "--color"});

[[noreturn]] void usage(const std::string& message) {
  throw Error(ErrorCode::kUsage, message);
}

std::string join_words(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += cat(text.empty() ? "" : " ", word);
  return text;
}

// The words of argv, sorted into the command's name and what is left for its options.
struct Line {
  Words arguments;  // without the words that name the command
  const Command* command = nullptr;
  Words group;  // words that begin the names of several commands
  bool help = false;
  bool help_word = false;  // asked for by the word, which tells more
  bool all = false;        // of the commands
  bool of_options = false;
  bool version = false;
  bool verbose = false;  // of the version
};

bool takes_value(std::string_view option) {
  return std::find(kGlobalWithValue.begin(), kGlobalWithValue.end(), option) != kGlobalWithValue.end();
}

// Adds the option at `i` to `line` unchanged; moves `i` behind it.
void take_global(const Words& words, std::size_t& i, Line& line) {
  const std::string& word = words[i];
  const std::string name = word.substr(0, word.find('='));
  line.arguments.push_back(word);
  const bool has_value = takes_value(name);
  if (has_value && name.size() == word.size() && i + 1 < words.size()) line.arguments.push_back(words[++i]);
  if (!has_value && word != "--no-cli-pager" && word != "--no-agent")
    usage(cat("unknown option ", word, " before the command"));
  ++i;
}

// The command whose whole name is `words`; outside kApiGroup first.
const Command* exact(const std::vector<const Command*>& commands, const Words& words) {
  const std::string path = join_words(words);
  const Command* found = nullptr;
  for (const Command* command : commands) {
    if (command->path == path && (found == nullptr || found->group == kApiGroup)) found = command;
  }
  return found;
}

bool is_group(const std::vector<const Command*>& commands, const Words& words) {
  const std::string prefix = cat(join_words(words), " ");
  return std::any_of(commands.begin(), commands.end(),
                     [&](const Command* command) { return command->path.starts_with(prefix); });
}

// What people of other programs type.
std::string_view meant_by(std::string_view word) {
  static constexpr std::pair<std::string_view, std::string_view> kHabits[] = {{"ls", "keys"},
                                                                              {"list", "keys"},
                                                                              {"info", "status"},
                                                                              {"login", "unlock"},
                                                                              {"logout", "lock"},
                                                                              {"secret", "encrypt"},
                                                                              {"secrets", "encrypt"},
                                                                              {"log", "audit list"},
                                                                              {"logs", "audit list"},
                                                                              {"user", "principal"},
                                                                              {"users", "principal"},
                                                                              {"delete-key", "schedule-deletion"},
                                                                              {"rm", "schedule-deletion"},
                                                                              {"password", "passphrase change"},
                                                                              {"passwd", "passphrase change"},
                                                                              {"fsck", "vault check"},
                                                                              {"check", "vault check"}};
  const auto* const found =
      std::find_if(std::begin(kHabits), std::end(kHabits), [&](const auto& habit) { return habit.first == word; });
  return found == std::end(kHabits) ? word : found->second;
}

[[noreturn]] void unknown_command(const std::vector<const Command*>& commands, const std::string& text, bool help) {
  Words paths;
  for (const Command* command : commands) {
    if (command->group == kHiddenGroup) continue;
    paths.push_back(command->path);
    paths.push_back(command->path.substr(0, command->path.find(' ')));
  }
  if (help) paths.emplace_back(kOptionsTopic);
  const std::string guess = suggestion(paths, meant_by(text));
  usage(cat(help ? "there is no help on '" : "unknown command '", text, "'", guess,
            guess.empty() ? " (see kmsctl --help)" : ""));
}

// Whether the word asks for help instead of naming something.
bool takes_help_word(Line& line, const Words& name, const std::vector<const Command*>& commands,
                     const std::string& word) {
  const bool in_front = name.empty() && !line.help_word;
  const bool behind_group = !name.empty() && is_group(commands, name);
  if (word == "help" && (in_front || behind_group)) {
    line.help = line.help_word = true;
  } else if (word == "--help" || word == "-h") {
    line.help = true;
  } else if (line.help && name.empty() && word == "--all") {
    line.all = true;
  } else if (line.help_word && name.empty() && word == kOptionsTopic) {
    line.of_options = true;
  } else {
    return false;
  }
  return true;
}

Line select(const Words& words, const std::vector<const Command*>& commands) {
  Line line;
  Words name;
  std::size_t i = 0;
  while (i < words.size() && line.command == nullptr) {
    const std::string& word = words[i];
    if (takes_help_word(line, name, commands, word)) {
      ++i;
    } else if (word == "--version") {
      line.version = true;
      ++i;
    } else if (word == "--verbose") {
      line.verbose = true;
      ++i;
    } else if (word.starts_with("-") && word.size() > 1) {
      take_global(words, i, line);
    } else {
      name.push_back(word);
      const bool longer = is_group(commands, name) && i + 1 < words.size() && [&] {
        Words next = name;
        next.push_back(words[i + 1]);
        return exact(commands, next) != nullptr || is_group(commands, next);
      }();
      if (!longer) line.command = exact(commands, name);
      if (line.command == nullptr && !is_group(commands, name)) {
        unknown_command(commands, join_words(name), line.help_word);
      }
      ++i;
    }
  }
  if (line.command == nullptr) line.group = name;
  line.arguments.insert(line.arguments.end(), words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
  return line;
}

void print_version(std::ostream& out, bool verbose) {
  out << "kmsctl " KMSCTL_VERSION "\n";
  if (!verbose) return;
  for (const auto& [name, version] : agent::libraries()) out << name << ' ' << version << '\n';
  if (const auto warning = agent::outdated_openssl()) out << *warning << '\n';
}

// Adds those that `wanted` names.
void add_global_options(CLI::App& app, GlobalOptions& options, const std::function<bool(std::string_view)>& wanted) {
  const auto lacks = [&](const char* name) { return wanted(name) && app.get_option_no_throw(name) == nullptr; };
  const auto add = [&](const char* name, auto& variable, const char* type, const char* help) {
    if (!lacks(name)) return static_cast<CLI::Option*>(nullptr);
    return app.add_option(name, variable, help)->type_name(type)->group("Global options");
  };
  if (CLI::Option* vault = add("--vault", options.vault, "DIRECTORY", "the vault (default: $KMSCTL_VAULT)")) {
    vault->each([&options](const std::string&) { options.vault_named = true; });
  }
  add("--region", options.region, "REGION", "the region, one of the vault's; its home region when left out");
  add("--role", options.role, "PRINCIPAL", "do it as this role: role/NAME or its ARN");
  if (CLI::Option* output = add("--output", options.output, "FORMAT", "how answers are printed")) {
    output->check(CLI::IsMember(Words(kOutputFormats.begin(), kOutputFormats.end()), CLI::ignore_case));
    output->each([&options](const std::string&) { options.output_named = true; });
  }
  if (CLI::Option* query = add("--query", options.query, "EXPRESSION", "print what this JMESPath expression selects")) {
    query->each(check_query);
  }
  if (CLI::Option* fd =
          add("--passphrase-fd", options.passphrase_fd, "NUMBER", "read the passphrase from this file descriptor")) {
    fd->check(CLI::Range(0, std::numeric_limits<int>::max()));
  }
  if (CLI::Option* color = add("--color", options.color, "WHEN", "on, off or auto: at a terminal, unless $NO_COLOR")) {
    color->check(CLI::IsMember({"on", "off", "auto"}));
  }
  add("--passphrase-file", options.passphrase_file, "FILE", "read the passphrase from this file");
  add("--keyfile", options.keyfile, "FILE", "unlock with this keyfile");
  add("--agent-uid", options.agent_uid, "USER",
      "trust an agent that this user runs, by name or number, beside your own, root's and that of the owner of the "
      "vault named");
  if (lacks("--no-agent")) {
    app.add_flag("--no-agent", options.no_agent, "open the vault in this process, whether or not an agent runs")
        ->group("Global options");
  }
  if (lacks("--no-cli-pager")) {
    app.add_flag("--no-cli-pager")->description("accepted as aws does; there is no pager")->group("Global options");
  }
  if (lacks("--cli-binary-format")) {
    app.add_option_function<std::string>(
           "--cli-binary-format",
           [&options](const std::string& format) { options.raw_binary = format == "raw-in-base64-out"; },
           "with raw-in-base64-out blobs in options are bytes, not base64")
        ->type_name("FORMAT")
        ->group("Global options")
        ->check(CLI::IsMember({"base64", "raw-in-base64-out"}));
  }
  if (lacks("--version")) {
    app.set_version_flag("--version", "kmsctl " KMSCTL_VERSION,
                         "print the version; kmsctl --version --verbose: those of its libraries, too")
        ->group("Global options");
  }
}

// CLI11 takes a word "[a,b]" apart where several may stand. A mark behind such words keeps them whole; each option
// takes it off again before it looks at its value.
constexpr char kMark = '\x1f';

bool could_be_taken_apart(std::string_view word) {
  return word.starts_with('[') && (word.ends_with(']') || word.ends_with(kMark));
}

void take_off_mark(std::string& word) {
  if (word.ends_with(kMark) && could_be_taken_apart(word)) word.pop_back();
}

void take_off_marks(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    option->transform(CLI::Validator(
        [](std::string& value) {
          take_off_mark(value);
          return std::string();
        },
        ""));
  }
  for (CLI::App* group : app.get_subcommands({})) take_off_marks(*group);
}

void parse_command(CLI::App& app, Words arguments) {
  for (std::string& word : arguments) {
    if (could_be_taken_apart(word)) word += kMark;
  }
  take_off_marks(app);
  std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
  app.parse(arguments);
}

void add_names(const CLI::App& app, Words& names) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back(cat("--", name));
  }
  for (const CLI::App* group : app.get_subcommands({})) add_names(*group, names);
}

// For what the words hold beyond the options and arguments of the command.
[[noreturn]] void refuse_rest(CLI::App& app, GlobalOptions& options, const std::string& path) {
  Words rest = app.remaining();
  for (std::string& word : rest) take_off_mark(word);
  const auto option = std::find_if(rest.begin(), rest.end(),
                                   [](const std::string& word) { return word.starts_with("-") && word.size() > 1; });
  const std::string see = cat(" (see kmsctl ", path, " --help)");
  if (option == rest.end()) usage(cat("unexpected '", rest.empty() ? "" : rest.front(), "'", see));
  const std::string name = option->substr(0, option->find('='));
  add_global_options(app, options, [](std::string_view) { return true; });
  Words names;
  add_names(app, names);
  usage(cat("unknown option '", name, "'", name.starts_with("--") ? suggestion(names, name) : "", see));
}

std::string listed(std::string_view names, char separator) {
  std::string list;
  for (const std::string_view name : split(names, separator)) list += cat(list.empty() ? "" : ", ", name);
  return list;
}

// "--kind: x not in {a,b}", of CLI11.
std::optional<std::string> not_among(std::string_view text) {
  constexpr std::string_view kNotIn = " not in {";
  const std::size_t open = text.rfind(kNotIn);
  const std::size_t colon = text.find(": ");
  if (open == std::string_view::npos || colon == std::string_view::npos || colon > open || !text.ends_with('}')) {
    return std::nullopt;
  }
  const std::string_view value = text.substr(colon + 2, open - colon - 2);
  const std::string_view inside = text.substr(open + kNotIn.size(), text.size() - 1 - open - kNotIn.size());
  return cat(text.substr(0, colon), " '", value, "': one of ", listed(inside, ','));
}

// "--days: At Most 1 required but received 2", of CLI11.
std::optional<std::string> given_twice(std::string_view text) {
  constexpr std::string_view kAtMost = ": At Most 1 required but received ";
  const std::size_t at = text.find(kAtMost);
  if (at == std::string_view::npos) return std::nullopt;
  return cat(text.substr(0, at), " was given ", text.substr(at + kAtMost.size()), " times: it takes one value");
}

// CLI11 has three ways to say what is missing.
std::string in_our_words(std::string text) {
  constexpr std::string_view kRequired = " is required";
  constexpr std::string_view kAtMostOne = "Requires at most 1 options be given from [";
  constexpr std::string_view kMissing = ": 1 required ";
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.ends_with(kRequired)) return cat("required: ", text.substr(0, text.size() - kRequired.size()));
  if (const std::size_t at = text.find(kMissing); at != std::string::npos) {
    return cat(text.substr(0, at), ": a value is missing");
  }
  if (auto other = not_among(text)) return *std::move(other);
  if (auto other = given_twice(text)) return *std::move(other);
  const std::size_t list = text.find(kAtMostOne);
  if (list == std::string::npos || !text.ends_with(']')) return text;
  const std::string inside = text.substr(list + kAtMostOne.size(), text.size() - 1 - list - kAtMostOne.size());
  return cat("give one of ", listed(inside, ','), ", not several");
}

int run(const Command& command, const std::vector<Command>& commands, Words arguments, GlobalOptions& options,
        Session& session) {
  CLI::App app{std::string(command.summary)};
  app.name(cat("kmsctl ", command.path));
  app.set_help_flag("-h,--help", "print this");
  options.command = command.path;
  ArgumentParser parser(app);
  // A command of the API only asks: a session that finds no agent starts what it needs to open the vault itself.
  // What completes words does without, and is to be quick.
  if (command.group != kApiGroup && command.group != kHiddenGroup) crypto::init();
  command.setup(parser, session);
  const bool help = std::any_of(arguments.begin(), arguments.end(),
                                [](const std::string& word) { return word == "--help" || word == "-h"; });
  // To make an option costs more than to read one: only those that may have been given, and all of them for help.
  add_global_options(app, options, [&](std::string_view name) {
    return help || std::any_of(arguments.begin(), arguments.end(),
                               [&](const std::string& word) { return word.starts_with(name); });
  });
  if (!arguments.empty() && arguments.back() == "--") usage("nothing stands behind --");
  const bool names_output = std::any_of(arguments.begin(), arguments.end(),
                                        [](const std::string& word) { return word.starts_with("--output"); });
  if (!names_output && !help) check_output(options);  // that of the environment, before anything is done
  try {
    parse_command(app, std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    session.out() << command_help(describe(command, commands), /*whole=*/false, text_width());
  } catch (const CLI::CallForVersion& version) {
    session.out() << version.what() << '\n';
  } catch (const CLI::ExtrasError&) {
    refuse_rest(app, options, command.path);
  } catch (const CLI::ParseError& error) {
    usage(cat(in_our_words(error.what()), " (see kmsctl ", command.path, " --help)"));
  }
  return EXIT_SUCCESS;
}

// Behind the global options that stand before it, as with aws.
Words::iterator first_of_command(Words& words) {
  auto word = words.begin();
  while (word != words.end() && word->starts_with("-")) {
    if (takes_value(*word) && std::next(word) != words.end()) ++word;
    ++word;
  }
  return word;
}

// As aws reads it: what the command line says comes before.
void take_environment(GlobalOptions& options) {
  options.vault = environment("KMSCTL_VAULT");
  options.vault_named = !options.vault.empty();
  if (!options.vault_named) options.vault = default_vault();
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (options.default_region.empty()) options.default_region = environment(name);
  }
  options.output = lower_ascii(environment("AWS_DEFAULT_OUTPUT"));
}

bool asks_for_help(const Line& line) {
  const bool behind_aws = line.command != nullptr && line.command->is_of_aws() && line.arguments == Words{"help"};
  const bool behind_group = line.command == nullptr && !line.arguments.empty() && line.arguments.back() == "--help";
  return line.help || behind_aws || behind_group;
}

std::string help_for(const Line& line, const std::vector<Command>& commands,
                     const std::vector<const Command*>& reachable) {
  const std::size_t width = text_width();
  const bool whole = line.help_word || line.arguments == Words{"help"};
  if (line.command != nullptr) return command_help(describe(*line.command, commands), whole, width);
  if (line.of_options) return global_option_help(width);
  const bool all = line.all || !line.group.empty() || reachable.size() < commands.size();
  return all ? list_help(reachable, join_words(line.group), width) : overview_help(commands, width);
}

std::string needs_command(const Words& group) {
  const std::string words = join_words(group);
  return cat("kmsctl ", words, " needs a command (see kmsctl help ", words, ")");
}

// CLI11 takes "--name=" for an option without a value and swallows the next word.
Words words_of(int argc, char** argv) {
  Words words;
  bool of_command = true;  // what stands behind -- is somebody else's
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    of_command = of_command && word != "--";
    const bool empty_value =
        of_command && word.starts_with("--") && word.size() > 3 && word.find('=') == word.size() - 1;
    if (empty_value) word.pop_back();
    words.push_back(std::move(word));
    if (empty_value) words.emplace_back();
  }
  return words;
}

}  // namespace

std::string default_vault() {
  const std::string data = environment("XDG_DATA_HOME");
  if (data.starts_with('/')) return cat(data, "/kmsctl/default");
  const std::string home = environment("HOME");
  return home.empty() ? std::string() : cat(home, "/.local/share/kmsctl/default");
}

std::string state_directory() {
  const std::string state = environment("XDG_STATE_HOME");
  if (state.starts_with('/')) return cat(state, "/kmsctl");
  const std::string home = environment("HOME");
  return home.empty() ? std::string() : cat(home, "/.local/state/kmsctl");
}

void add_global_options(CLI::App& app, GlobalOptions& options) {
  add_global_options(app, options, [](std::string_view) { return true; });
}

int run_command_line(int argc, char** argv, const std::vector<Command>& commands, GlobalOptions& options,
                     Session& session) {
  Words words = words_of(argc, argv);
  take_aws_options(words, session.err());
  const auto first = first_of_command(words);
  const bool helps = first != words.end() && *first == "help";
  const auto service = helps ? std::next(first) : first;
  options.aws_form = service != words.end() && *service == "kms";
  if (options.aws_form || (service != words.end() && *service == "sts")) note_aws_variables(session.err());
  if (options.aws_form) words.erase(service);
  take_environment(options);
  std::vector<const Command*> reachable;
  for (const Command& command : commands) {
    if (!options.aws_form || command.group == kApiGroup) reachable.push_back(&command);
  }
  Line line = select(words, reachable);
  if (line.verbose && !line.version) usage("--verbose says more of --version alone");
  if (line.version) {
    print_version(session.out(), line.verbose);
    return EXIT_SUCCESS;
  }
  if (line.command != nullptr && !asks_for_help(line)) {
    return run(*line.command, commands, std::move(line.arguments), options, session);
  }
  if (asks_for_help(line)) {
    session.out() << help_for(line, commands, reachable);
    return EXIT_SUCCESS;
  }
  if (options.aws_form) line.group.insert(line.group.begin(), "kms");
  if (!line.group.empty()) usage(needs_command(line.group));
  session.err() << overview_help(commands, text_width());
  return exit_code(ErrorCode::kUsage);
}

}  // namespace kms::cli
