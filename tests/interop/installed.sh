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
for unit in system/kmsctl.service system/kmsctl.socket system/kmsctl-maintain.service system/kmsctl-maintain.timer \
  system/kmsctl-backup.service system/kmsctl-backup.timer user/kmsctl-backup.service user/kmsctl-backup.timer \
  user/kmsctl-agent.service user/kmsctl-agent.socket user/kmsctl-maintain.service user/kmsctl-maintain.timer; do
  file=$work/lib/systemd/$unit
  [ -s "$file" ] || fail "$unit is not there"
  ! grep -q '^Exec.*=-\?kmsctl ' "$file" || fail "$unit names no path of the program"
  # The program is elsewhere than where a package would have it.
  sed -i "s|^\\(Exec[A-Za-z]*=\\).*/kmsctl |\\1$work/bin/kmsctl |" "$file"
done
if command -v systemd-analyze >/dev/null; then
  for manager in system user; do
    XDG_RUNTIME_DIR=$work SYSTEMD_UNIT_PATH=$work/lib/systemd/$manager: systemd-analyze verify --$manager --man=no --recursive-errors=no \
      "$work/lib/systemd/$manager/"kmsctl*.service "$work/lib/systemd/$manager/"kmsctl*.timer >"$work/log" 2>&1 ||
      fail "systemd-analyze verify --$manager: $(cat "$work/log")"
    ! grep kmsctl "$work/log" || fail "systemd-analyze verify --$manager: $(cat "$work/log")"
  done
fi
for file in bash-completion/completions/kmsctl zsh/site-functions/_kmsctl fish/vendor_completions.d/kmsctl.fish \
  kmsctl/prometheus/kmsctl.rules.yml kmsctl/prometheus/prometheus.yml kmsctl/prometheus/kmsctl-dashboard.json; do
  [ -s "$share/$file" ] || fail "$file is not there"
done
