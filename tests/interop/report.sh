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
# Not through faketime(1), which fails where an earlier process of its number left a semaphore behind.
clock=$(ls /usr/lib/*/faketime/libfaketime.so.1 | head -1)
days_ago() { # DAYS COMMAND...
  FAKETIME="@$(date -d "-$1 days" '+%Y-%m-%d %H:%M:%S')" LD_PRELOAD=$clock "${@:2}"
}

for name in app web backup; do
  expect 0 kmsctl create-key --alias $name --description "<script>alert(1)</script> $name \"'&" --tags TagKey=team,TagValue=web
done
expect 0 kmsctl create-key --alias alias/release --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY
expect 0 kmsctl create-key
expect 0 kmsctl rotate -k alias/app --enable --period 90
expect 0 kmsctl principal create user/ci --generate-keyfile ci.key
for days in 300 200 90 40 20 6 1 0; do
  for _ in $(seq $((days % 7 + 1))); do
    echo secret | days_ago "$days" kmsctl encrypt -k alias/web >/dev/null 2>err || fail "encrypt $days days ago"
  done
done
expect 0 kmsctl schedule-deletion -k alias/web --days 7 --yes
echo secret | KMSCTL_KEYFILE=ci.key kmsctl encrypt -k alias/app >out 2>err && fail "user/ci was let in"
expect 0 kmsctl report -o five.html

expect 0 "$scale" "$KMSCTL_VAULT" "$KMSCTL_KEYFILE" 4995 20000
# Of the processor, which others may use meanwhile; some tenths of that when compiled with optimization.
TIMEFORMAT='%U'
took=$({ time kmsctl report -o thousands.html >out 2>err; } 2>&1) || fail "a report of 5,000 keys"
[ "${took%.*}" -lt 10 ] || fail "a report of 5,000 keys took $took s"
[ "$(wc -c <thousands.html)" -lt 500000 ] || fail "a report of 5,000 keys has $(wc -c <thousands.html) bytes"
grep -q 'and 4950 more keys, which were used less' thousands.html || fail "nothing is said of what was left out"
timeout 240 python3 "$here/report_browser.py" "$pictures" five.html thousands.html || fail "in the browser"
echo "report: 5,000 keys in $took s, $(wc -c <thousands.html) bytes"
