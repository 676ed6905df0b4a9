# bash completion for kmsctl
_kmsctl() {
  local IFS=$'\n'
  COMPREPLY=($(kmsctl complete bash -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
  case ${COMPREPLY[0]-} in
    :files) compopt -o filenames; COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]#=}")) ;;
    :directories) compopt -o filenames; COMPREPLY=($(compgen -d -- "${COMP_WORDS[COMP_CWORD]#=}")) ;;
  esac
}
complete -F _kmsctl kmsctl
