#!/usr/bin/env bash
# The report in a browser, of five keys and of five thousand. It needs Chromium (Debian): where that cannot be
# installed, the test is reported as skipped. usage: report.sh KMSCTL KMSCTL_SCALE [FOLDER], which keeps the pictures
here=$(cd "$(dirname "$0")" && pwd)
scale=$2
pictures=${3:-}
. "$here/../cli/support.sh"
. "$here/../../scripts/packages"
need $browser_packages >"$work/apt.log" 2>&1 || { tail -3 "$work/apt.log"; echo "skipped: Chromium cannot be installed"; exit 77; }
export XDG_RUNTIME_DIR=$work XDG_STATE_HOME=$work/state
pictures=${pictures:-$work}
new_vault

for name in app web backup; do
  expect 0 kmsctl create-key --alias $name --description "<script>alert(1)</script> $name \"'&" --tags TagKey=team,TagValue=web
done
expect 0 kmsctl create-key --alias alias/release --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY
expect 0 kmsctl create-key
expect 0 kmsctl rotate -k alias/app --enable --period 90
expect 0 kmsctl principal create user/ci --generate-keyfile ci.key
for days in 300 200 90 40 20 6 1 0; do
  for _ in $(seq $((days % 7 + 1))); do
    echo secret | faketime -f "-${days}d" kmsctl encrypt -k alias/web >/dev/null 2>err || fail "encrypt $days days ago"
  done
done
expect 0 kmsctl schedule-deletion -k alias/web --days 7 --yes
echo secret | KMSCTL_KEYFILE=ci.key kmsctl encrypt -k alias/app >out 2>err && fail "user/ci was let in"
expect 0 kmsctl report -o five.html

expect 0 "$scale" "$KMSCTL_VAULT" "$KMSCTL_KEYFILE" 4995 20000
started=$(date +%s%N)
expect 0 kmsctl report -o thousands.html
took=$((($(date +%s%N) - started) / 1000000))
[ $took -lt 10000 ] || fail "a report of 5,000 keys took $took ms"
[ "$(wc -c <thousands.html)" -lt 500000 ] || fail "a report of 5,000 keys has $(wc -c <thousands.html) bytes"
grep -q 'more after these' thousands.html || fail "nothing is said of what was left out"
timeout 240 python3 "$here/report_browser.py" "$pictures" five.html thousands.html || fail "in the browser"
echo "report: 5,000 keys in $took ms, $(wc -c <thousands.html) bytes"
