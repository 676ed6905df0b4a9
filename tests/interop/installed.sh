# What cmake --install leaves: a program, pages that man and apropos find, and completion where the shells look for it.
# CMAKE BUILD_FOLDER
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*"; exit 1; }
"$1" --install "$2" --prefix "$work" >"$work/log" || fail "$(tail -5 "$work/log")"
share=$work/share
export MANPATH=$share/man PATH=$work/bin:$PATH
kmsctl --version >/dev/null
for page in kmsctl kmsctl-slot kmsctl-encrypt-file kmsctl-api kmsctl-scripting kmsctl-security; do
  man -w $page >/dev/null || fail "man does not find $page"
done
for word in $(kmsctl help --all | sed '/^AWS KMS API:/,$d' | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p' | sort -u); do
  man -w "kmsctl-$word" >/dev/null || fail "man does not find kmsctl-$word"
done
man kmsctl-slot | grep -q 'slot add' || fail "the page of slot"
mandb -q -u "$share/man" 2>/dev/null && { apropos -M "$share/man" credentials | grep -q kmsctl-slot || fail "apropos"; }
for file in bash-completion/completions/kmsctl zsh/site-functions/_kmsctl fish/vendor_completions.d/kmsctl.fish; do
  [ -s "$share/$file" ] || fail "$file is not there"
done
