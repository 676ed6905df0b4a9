# Sourced by the scripts beside it: a fresh vault, and checks that say what went wrong.
set -u
kmsctl=$1
# A process that nobody may trace cannot be searched for leaks; the unit tests are.
export ASAN_OPTIONS=detect_leaks=0
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
PATH=$(dirname "$kmsctl"):$PATH
for variable in $(compgen -e AWS_); do unset "$variable"; done
unset KMSCTL_PASSPHRASE_FILE KMSCTL_KEYFILE CREDENTIALS_DIRECTORY KMSCTL_AGENT XDG_RUNTIME_DIR
export KMSCTL_VAULT=$work/vault XDG_STATE_HOME=$work/state

fail() { echo "FAILED: $*"; cat out err 2>/dev/null | head -40; exit 1; }
expect() { # CODE COMMAND...
  local wanted=$1 code
  shift
  "$@" >out 2>err
  code=$?
  [ "$code" -eq "$wanted" ] || fail "$*: exit code $code, not $wanted"
}
flip() { # FILE OFFSET: every bit of one byte, whatever it was
  local byte
  byte=$(od -An -tu1 -j "$2" -N 1 "$1") || fail "$1 has no byte $2"
  printf "\\x$(printf %02x $((byte ^ 255)))" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
new_vault() {
  expect 0 kmsctl init --account 111122223333 --region us-east-1 --generate-keyfile owner.key \
    --recovery-code-file -
  cp out init.out
  export KMSCTL_KEYFILE=$work/owner.key
}
