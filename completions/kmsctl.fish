# fish completion for kmsctl
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
