#include "cli/completion_stubs.h"

#include "core/base/error.h"
#include "core/base/text.h"

namespace kms::cli {
namespace {

// bash splits words at : and = as well, and says what the line is: kmsctl finds the words in it.
constexpr std::string_view kBash = R"sh(# bash completion for kmsctl
_kmsctl() {
  local IFS=$'\n'
  COMPREPLY=($(kmsctl complete bash -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
  case ${COMPREPLY[0]-} in
    :files) compopt -o filenames; COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]#=}")) ;;
    :directories) compopt -o filenames; COMPREPLY=($(compgen -d -- "${COMP_WORDS[COMP_CWORD]#=}")) ;;
  esac
}
complete -F _kmsctl kmsctl
)sh";

constexpr std::string_view kZsh = R"sh(#compdef kmsctl
_kmsctl() {
  local -a answer
  answer=("${(@f)$(kmsctl complete zsh -- "${(@Q)words[1,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
  case $answer[1] in
    :files|:directories)
      [[ $PREFIX == --*=* ]] && compset -P '*='
      if [[ $answer[1] == :files ]]; then _files; else _files -/; fi ;;
    ?*) _describe kmsctl answer ;;
  esac
}
if [[ $funcstack[1] == _kmsctl ]]; then _kmsctl "$@"; else compdef _kmsctl kmsctl; fi
)sh";

constexpr std::string_view kFish = R"sh(# fish completion for kmsctl
function __kmsctl_complete
    set -l word (commandline -ct)
    set -l option (string match -r -- '^--[^=]*=' $word)
    set -l answer (kmsctl complete fish -- (commandline -opc) $word 2>/dev/null)
    switch "$answer[1]"
        case :files
            __fish_complete_path (string replace -r -- '^--[^=]*=' '' $word) | string replace -r -- '^' "$option"
        case :directories
            __fish_complete_directories (string replace -r -- '^--[^=]*=' '' $word) | string replace -r -- '^' "$option"
        case '*'
            printf '%s\n' $answer
    end
end
complete -c kmsctl -f -a '(__kmsctl_complete)'
)sh";

}  // namespace

std::string_view completion_stub(std::string_view shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  if (shell == "fish") return kFish;
  throw Error(ErrorCode::kUsage, cat("there is no completion for '", shell, "': for bash, zsh and fish"));
}

std::map<std::string, std::string> completion_stubs() {
  return {{"completions/kmsctl.bash", std::string(kBash)},
          {"completions/_kmsctl", std::string(kZsh)},
          {"completions/kmsctl.fish", std::string(kFish)}};
}

}  // namespace kms::cli
