#include "cli/completions.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/text.h"

namespace kms::cli {
namespace {

// The parts of the scripts that are the same whatever the commands. All walk the words before the cursor and keep those
// that lead on in the tree, so that options and their values may stand between.
constexpr std::string_view kBashEnd = R"sh(  esac
  return 1
}

_kmsctl() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" path='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}"
    if _kmsctl_is_path "${path:+$path }$word"; then path="${path:+$path }$word"; fi
  done
  COMPREPLY=()
  case "$previous" in
    --output) mapfile -t COMPREPLY < <(compgen -W 'json text table' -- "$current"); return ;;
    --cli-binary-format) mapfile -t COMPREPLY < <(compgen -W 'base64 raw-in-base64-out' -- "$current"); return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_kmsctl_options "$path")" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$(_kmsctl_words "$path")" -- "$current")
  fi
}
complete -o default -F _kmsctl kmsctl
)sh";

constexpr std::string_view kZshWords = R"sh()
  for word in ${words[2,CURRENT-1]}; do
    if (( ${nodes[(Ie)${kms_path:+$kms_path }$word]} )); then kms_path="${kms_path:+$kms_path }$word"; fi
  done
  case "${words[CURRENT-1]}" in
    --output) compadd json text table; return ;;
    --cli-binary-format) compadd base64 raw-in-base64-out; return ;;
  esac
  if [[ ${words[CURRENT]} == -* ]]; then
    case "$kms_path" in
)sh";

constexpr std::string_view kZshEnd = R"sh(  esac
  if (( ${#entries} )); then _describe 'command' entries; else _files; fi
}
_kmsctl "$@"
)sh";

constexpr std::string_view kFishWords = R"sh(

function __kmsctl_at
    set -l path
    for word in (commandline -opc)[2..-1]
        set -l longer (string join ' ' -- $path $word)
        if contains -- "$longer" $__kmsctl_nodes
            set path "$longer"
        end
    end
    contains -- "$path" $argv
end

)sh";

// 'text' for every shell here: a quotation mark inside ends the string, stands escaped, and starts it again.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else if (c == '\n') {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out + "'";
}

// The tree of words: from the words typed so far to those that may follow, with what they mean.
using Tree = std::map<std::string, std::map<std::string, std::string>>;

Tree tree_of(const std::vector<CommandText>& commands) {
  Tree tree;
  for (const CommandText& command : commands) {
    for (const std::string& spelling : command.spellings) {
      std::string parent;
      std::size_t at = 0;
      while (at < spelling.size()) {
        const std::size_t end = std::min(spelling.find(' ', at), spelling.size());
        const std::string word = spelling.substr(at, end - at);
        const bool last = end == spelling.size();
        std::string& help = tree[parent][word];
        if (last) help = command.summary;
        if (!last && help.empty()) help = cat("commands of ", word);
        parent = parent.empty() ? word : cat(parent, " ", word);
        at = end + 1;
      }
    }
  }
  return tree;
}

// Every run of words that leads somewhere.
std::set<std::string> nodes_of(const Tree& tree) {
  std::set<std::string> nodes;
  for (const auto& [parent, children] : tree) {
    for (const auto& child : children) nodes.insert(parent.empty() ? child.first : cat(parent, " ", child.first));
  }
  return nodes;
}

std::string quoted_list(const std::set<std::string>& texts, std::string_view separator) {
  std::string out;
  for (const std::string& text : texts) out += cat(out.empty() ? "" : separator, shell_quoted(text));
  return out;
}

std::string option_words(const std::vector<OptionText>& options) {
  std::string words;
  for (const OptionText& option : options) {
    if (option.positional) continue;
    for (const std::string& name : option.names) words += cat(words.empty() ? "" : " ", name);
  }
  return words;
}

std::string patterns(const CommandText& command) {
  return quoted_list({command.spellings.begin(), command.spellings.end()}, "|");
}

// name:help, where zsh wants colons of the name escaped; option names have none.
std::string zsh_entry(const std::string& name, const std::string& help) {
  return shell_quoted(cat(name, ":", help));
}

std::string zsh_options(const std::vector<OptionText>& options) {
  std::string out;
  for (const OptionText& option : options) {
    if (option.positional) continue;
    for (const std::string& name : option.names) out += cat(" ", zsh_entry(name, option.help));
  }
  return out;
}

std::string fish_option(const std::string& condition, const OptionText& option) {
  std::string out;
  for (const std::string& name : option.names) {
    const bool is_long = name.starts_with("--");
    out += cat("complete -c kmsctl", condition, is_long ? " -l " : " -s ", name.substr(is_long ? 2 : 1));
    if (!option.type.empty()) out += " -r";
    if (option.type == "PATH" || option.type == "FILE") out += " -F";
    out += cat(" -d ", shell_quoted(option.help), "\n");
  }
  return out;
}

}  // namespace

std::string bash_completion(const std::vector<CommandText>& commands, const std::vector<OptionText>& global_options) {
  const Tree tree = tree_of(commands);
  std::string out = "# bash completion for kmsctl\n\n_kmsctl_words() {\n  case \"$1\" in\n";
  for (const auto& [parent, children] : tree) {
    std::string words;
    for (const auto& child : children) words += cat(words.empty() ? "" : " ", child.first);
    out += cat("    ", shell_quoted(parent), ") echo ", shell_quoted(words), " ;;\n");
  }
  out += "  esac\n}\n\n_kmsctl_options() {\n  case \"$1\" in\n";
  for (const CommandText& command : commands) {
    out += cat("    ", patterns(command), ") echo ", shell_quoted(option_words(command.options)), " ;;\n");
  }
  out += cat("  esac\n  echo ", shell_quoted(option_words(global_options)), "\n}\n");
  out += cat("\n_kmsctl_is_path() {\n  case \"$1\" in\n    ", quoted_list(nodes_of(tree), "|"), ") return 0 ;;\n",
             kBashEnd);
  return out;
}

std::string zsh_completion(const std::vector<CommandText>& commands, const std::vector<OptionText>& global_options) {
  const Tree tree = tree_of(commands);
  std::string out = cat("#compdef kmsctl\n\n_kmsctl() {\n  local -a nodes entries\n  local kms_path='' word\n  nodes=(",
                        quoted_list(nodes_of(tree), " "), kZshWords);
  for (const CommandText& command : commands) {
    out += cat("      ", patterns(command), ") entries=(", zsh_options(command.options), " ) ;;\n");
  }
  out += cat("    esac\n    entries+=(", zsh_options(global_options),
             " )\n    _describe -o 'option' entries\n    return\n  fi\n  case \"$kms_path\" in\n");
  for (const auto& [parent, children] : tree) {
    out += cat("    ", shell_quoted(parent), ") entries=(");
    for (const auto& [word, help] : children) out += cat(" ", zsh_entry(word, help));
    out += " ) ;;\n";
  }
  return out + std::string(kZshEnd);
}

std::string fish_completion(const std::vector<CommandText>& commands, const std::vector<OptionText>& global_options) {
  const Tree tree = tree_of(commands);
  std::string out =
      cat("# fish completion for kmsctl\n\nset -g __kmsctl_nodes ", quoted_list(nodes_of(tree), " "), kFishWords);
  for (const auto& [parent, children] : tree) {
    const std::string condition = cat(" -n ", shell_quoted(cat("__kmsctl_at \"", parent, "\"")), " -f");
    for (const auto& [word, help] : children) {
      out += cat("complete -c kmsctl", condition, " -a ", word, " -d ", shell_quoted(help), "\n");
    }
  }
  for (const CommandText& command : commands) {
    std::string paths;
    for (const std::string& spelling : command.spellings) paths += cat(" \"", spelling, "\"");
    const std::string condition = cat(" -n ", shell_quoted(cat("__kmsctl_at", paths)));
    for (const OptionText& option : command.options) {
      if (!option.positional) out += fish_option(condition, option);
    }
  }
  for (const OptionText& option : global_options) out += fish_option("", option);
  return out;
}

}  // namespace kms::cli
