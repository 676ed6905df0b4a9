# What help shows of every command: options in words, what the manual says of it too, and lines that fit.
manuals=$(cd "$(dirname "$0")/../../man" && pwd)
. "$(dirname "$0")/support.sh"
unset COLUMNS

expect 0 kmsctl --help
cp out overview
[ "$(grep -c '^  [a-z]' overview)" -ge 25 ] || fail "few commands in the overview"
awk 'length($0) > 80' overview | grep . && fail "a line of the overview is too long"
grep -q '^   ' overview && fail "an entry of the overview needs two lines"
expect 0 kmsctl help && cmp out overview || fail "help"
expect 2 kmsctl && cmp err overview && [ ! -s out ] || fail "no words"
expect 0 kmsctl kms help && grep -q '^  update-primary-region ' out || fail "kms help"
expect 0 kmsctl sts help && grep -q '^  sts assume-role ' out || fail "sts help"
expect 2 kmsctl help pricipal && grep -q "did you mean 'principal'" err || fail "a topic that is no topic"
expect 0 env COLUMNS=60 kmsctl help kms create-key
awk 'length($0) > 60 && / .* .* /' out | grep -v '^  --\|^  kmsctl' && fail "lines for 60 columns"

listed() { sed -n 's/^  \([a-z][a-z -]*[a-z]\)  .*/\1/p'; }
kmsctl help --all | sed '/^AWS KMS API:/,$d' | listed >people
kmsctl help kms | listed >api
[ "$(wc -l <people)" -gt 80 ] && [ "$(wc -l <api)" -eq 56 ] || fail "the lists of commands"

# What the pages say of options, as it was before it was set in roff.
declare -A tags
for page in "$manuals"/*; do
  tags[${page##*/}]=$(sed -n "/^\.B /{s/^\.B / /;s/\\\\-/-/g;s/\$/,/;p}" "$page")
done
require_tags() { # PAGE OPTIONS: of an option that has several names, the first, with a comma behind it
  local page=$1 option
  shift
  for option; do
    option=${option%,}
    [[ ${tags[$page]} == *" $option"[,\ ]* ]] || fail "$option is not in $page"
  done
}
options_in() { sed -n 's/^  \(-[^ ]*\).*/\1/p' "$1"; }
check() { # PAGE WORDS...
  local page=$1 wrong offered option
  shift
  expect 0 kmsctl "$@" --help
  wrong=$(awk '(length($0) > 80 || /[{]|Option Group|INT in|REQUIRED|: , /) && !/kmsctl /' out)
  [ -z "$wrong" ] || fail "$*: $wrong"
  require_tags "$page" $(options_in out)
  offered=" $(kmsctl complete bash -- "kmsctl $* -" | tr '\n' ' ')"
  for option in $(options_in out); do
    [[ $offered == *" ${option%,} "* ]] || fail "$*: $option is not completed"
  done
}
while read -r path; do
  case $path in api*) page=kmsctl-api.7 ;; *) page=kmsctl-${path%% *}.1 ;; esac
  check $page $path
done <people
while read -r path; do check kmsctl-api.7 kms $path; done <api
expect 0 kmsctl help options
require_tags kmsctl.1 $(options_in out)

# The pages are well-formed, and say what they are about where apropos looks.
for page in "$manuals"/*; do
  grep -q '^.SH NAME$' "$page" || fail "$page has no name"
  if command -v mandoc >/dev/null; then mandoc -T lint -W error "$page" || fail "$page"; fi
  if command -v groff >/dev/null; then
    groff -man -Tutf8 -ww -z "$page" 2>err || fail "$page"
    [ ! -s err ] || fail "$page: $(head -3 err)"
  fi
done
exit 0
