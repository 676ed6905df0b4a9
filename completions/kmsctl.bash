# bash completion for kmsctl

_kmsctl_words() {
  case "$1" in
    '') echo 'audit create-alias create-key decrypt decrypt-file delete-alias describe-key disable-key enable-key encrypt encrypt-file generate-data-key generate-data-key-without-plaintext generate-mac generate-random get-public-key init kms list-aliases list-keys list-resource-tags passphrase re-encrypt sign slot status tag-resource untag-resource update-alias update-key-description vault verify verify-mac' ;;
    'audit') echo 'list' ;;
    'kms') echo 'create-alias create-key decrypt delete-alias describe-key disable-key enable-key encrypt generate-data-key generate-data-key-without-plaintext generate-mac generate-random get-public-key list-aliases list-keys list-resource-tags re-encrypt sign tag-resource untag-resource update-alias update-key-description verify verify-mac' ;;
    'passphrase') echo 'change' ;;
    'slot') echo 'add list remove' ;;
    'vault') echo 'check' ;;
  esac
}

_kmsctl_options() {
  case "$1" in
    'init') echo '--account --new-passphrase-fd --new-passphrase-file --generate-keyfile --no-recovery-code' ;;
    'status') echo '' ;;
    'vault check') echo '' ;;
    'slot list') echo '' ;;
    'slot add') echo '--principal --new-passphrase-fd --new-passphrase-file --generate-keyfile --recovery-code' ;;
    'slot remove') echo '' ;;
    'passphrase change') echo '--new-passphrase-fd --new-passphrase-file' ;;
    'create-key') echo '--policy --description --key-usage --customer-master-key-spec --key-spec --origin --custom-key-store-id --bypass-policy-lockout-safety-check --no-bypass-policy-lockout-safety-check --tags --multi-region --no-multi-region --xks-key-id --alias' ;;
    'get-public-key') echo '-k --key-id --grant-tokens --output' ;;
    'encrypt') echo '-k --key-id --plaintext --encryption-context --grant-tokens --encryption-algorithm --dry-run --no-dry-run -c -o --force -a --armor' ;;
    'decrypt') echo '--ciphertext-blob --encryption-context --grant-tokens -k --key-id --encryption-algorithm --recipient --dry-run --no-dry-run --dry-run-modifiers -c -o --force' ;;
    'encrypt-file') echo '-c --encryption-context -o --force -k --key-id -a --armor --sign' ;;
    'decrypt-file') echo '-c --encryption-context -o --force -k --key-id --commitment-policy' ;;
    'sign') echo '-k --key-id --message --message-type --grant-tokens --signing-algorithm --dry-run --no-dry-run -o --force' ;;
    'verify') echo '-k --key-id --message --message-type --signature --signing-algorithm --grant-tokens --dry-run --no-dry-run' ;;
    'audit list') echo '-k --key-id --event-name --principal --start-time --end-time --limit' ;;
    'create-alias'|'kms create-alias') echo '--alias-name --target-key-id --cli-input-json' ;;
    'kms create-key') echo '--policy --description --key-usage --customer-master-key-spec --key-spec --origin --custom-key-store-id --bypass-policy-lockout-safety-check --no-bypass-policy-lockout-safety-check --tags --multi-region --no-multi-region --xks-key-id --cli-input-json' ;;
    'kms decrypt') echo '--ciphertext-blob --encryption-context --grant-tokens -k --key-id --encryption-algorithm --recipient --dry-run --no-dry-run --dry-run-modifiers --cli-input-json' ;;
    'delete-alias'|'kms delete-alias') echo '--alias-name --cli-input-json' ;;
    'describe-key'|'kms describe-key') echo '-k --key-id --grant-tokens --cli-input-json' ;;
    'disable-key'|'kms disable-key') echo '-k --key-id --cli-input-json' ;;
    'enable-key'|'kms enable-key') echo '-k --key-id --cli-input-json' ;;
    'kms encrypt') echo '-k --key-id --plaintext --encryption-context --grant-tokens --encryption-algorithm --dry-run --no-dry-run --cli-input-json' ;;
    'generate-data-key'|'kms generate-data-key') echo '-k --key-id --encryption-context --number-of-bytes --key-spec --grant-tokens --recipient --dry-run --no-dry-run --cli-input-json' ;;
    'generate-data-key-without-plaintext'|'kms generate-data-key-without-plaintext') echo '-k --key-id --encryption-context --number-of-bytes --key-spec --grant-tokens --dry-run --no-dry-run --cli-input-json' ;;
    'generate-mac'|'kms generate-mac') echo '--message -k --key-id --mac-algorithm --grant-tokens --dry-run --no-dry-run --cli-input-json' ;;
    'generate-random'|'kms generate-random') echo '--number-of-bytes --custom-key-store-id --recipient --cli-input-json' ;;
    'kms get-public-key') echo '-k --key-id --grant-tokens --cli-input-json' ;;
    'kms list-aliases'|'list-aliases') echo '-k --key-id --limit --marker --cli-input-json --max-items --starting-token --page-size --no-paginate' ;;
    'kms list-keys'|'list-keys') echo '--limit --marker --cli-input-json --max-items --starting-token --page-size --no-paginate' ;;
    'kms list-resource-tags'|'list-resource-tags') echo '-k --key-id --limit --marker --cli-input-json --max-items --starting-token --page-size --no-paginate' ;;
    'kms re-encrypt'|'re-encrypt') echo '--ciphertext-blob --source-encryption-context --source-key-id --destination-key-id --destination-encryption-context --source-encryption-algorithm --destination-encryption-algorithm --grant-tokens --dry-run --no-dry-run --dry-run-modifiers --cli-input-json' ;;
    'kms sign') echo '-k --key-id --message --message-type --grant-tokens --signing-algorithm --dry-run --no-dry-run --cli-input-json' ;;
    'kms tag-resource'|'tag-resource') echo '-k --key-id --tags --cli-input-json' ;;
    'kms untag-resource'|'untag-resource') echo '-k --key-id --tag-keys --cli-input-json' ;;
    'kms update-alias'|'update-alias') echo '--alias-name --target-key-id --cli-input-json' ;;
    'kms update-key-description'|'update-key-description') echo '-k --key-id --description --cli-input-json' ;;
    'kms verify') echo '-k --key-id --message --message-type --signature --signing-algorithm --grant-tokens --dry-run --no-dry-run --cli-input-json' ;;
    'kms verify-mac'|'verify-mac') echo '--message -k --key-id --mac-algorithm --mac --grant-tokens --dry-run --no-dry-run --cli-input-json' ;;
  esac
  echo '-h --help --vault --region --output --query --passphrase-fd --passphrase-file --keyfile --no-cli-pager --cli-binary-format --version'
}

_kmsctl_is_path() {
  case "$1" in
    'audit'|'audit list'|'create-alias'|'create-key'|'decrypt'|'decrypt-file'|'delete-alias'|'describe-key'|'disable-key'|'enable-key'|'encrypt'|'encrypt-file'|'generate-data-key'|'generate-data-key-without-plaintext'|'generate-mac'|'generate-random'|'get-public-key'|'init'|'kms'|'kms create-alias'|'kms create-key'|'kms decrypt'|'kms delete-alias'|'kms describe-key'|'kms disable-key'|'kms enable-key'|'kms encrypt'|'kms generate-data-key'|'kms generate-data-key-without-plaintext'|'kms generate-mac'|'kms generate-random'|'kms get-public-key'|'kms list-aliases'|'kms list-keys'|'kms list-resource-tags'|'kms re-encrypt'|'kms sign'|'kms tag-resource'|'kms untag-resource'|'kms update-alias'|'kms update-key-description'|'kms verify'|'kms verify-mac'|'list-aliases'|'list-keys'|'list-resource-tags'|'passphrase'|'passphrase change'|'re-encrypt'|'sign'|'slot'|'slot add'|'slot list'|'slot remove'|'status'|'tag-resource'|'untag-resource'|'update-alias'|'update-key-description'|'vault'|'vault check'|'verify'|'verify-mac') return 0 ;;
  esac
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
