#!/usr/bin/env bash
# Recovery shares against the module slip39 of npm, both ways: where that cannot be reached, the test is reported as
# skipped. usage: slip39.sh KMSCTL [CACHE], a folder that keeps the module
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../cli/support.sh"
modules=${2:-$work/modules}
mkdir -p "$modules"
cp "$here"/slip39/* "$modules"
if [ ! -d "$modules/node_modules/slip39" ]; then
  (cd "$modules" && npm install --no-audit --no-fund --no-package-lock >"$work/npm.log" 2>&1) || { cat "$work/npm.log"; exit 77; }
fi
other() { node "$modules/shares.mjs" "$@"; }
new_vault

# What kmsctl splits, the module puts together.
expect 0 kmsctl recovery split --shares 5 --threshold 3 --out-dir ours
ours=$(kmsctl recovery combine ours/share-1 ours/share-2 ours/share-3 | other of-code) || fail "combine"
[ ${#ours} = 64 ] || fail "no secret: $ours"
for some in '1 2 3' '5 3 1' '2 4 5'; do
  set -- $some
  theirs=$(other secret "ours/share-$1" "ours/share-$2" "ours/share-$3") || fail "the module reads no shares $some"
  [ "$theirs" = "$ours" ] || fail "shares $some are of another secret for the module: $theirs, not $ours"
done
other secret ours/share-1 ours/share-2 >out 2>err && fail "two of three are enough for the module"
for plan in '1 1' '2 2' '16 16' '16 2'; do
  set -- $plan
  expect 0 kmsctl recovery split --shares "$1" --threshold "$2" --out-dir "plan-$1-$2"
  files=$(ls -d "plan-$1-$2"/* | head -n "$2")
  code=$(kmsctl recovery combine $files | other of-code) || fail "combine $plan"
  [ "$(other secret $files)" = "$code" ] || fail "$2 of $1: another secret for the module"
done

# What the module splits, kmsctl puts together: with and without the flag, whatever the work, in groups, too.
secret() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
for form in '1 0' '1 1' '0 0' '0 3'; do
  set -- $form
  mkdir "theirs-$1-$2" && hex=$(secret)
  other split "theirs-$1-$2" "$hex" "$1" "$2" 1 3/5 || fail "the module splits nothing"
  [ "$(kmsctl recovery combine "theirs-$1-$2"/share-1-[245] | other of-code)" = "$hex" ] || fail "flag $1, exponent $2"
done
mkdir groups && hex=$(secret)
other split groups "$hex" 1 1 2 2/3 1/1 3/5 || fail "the module makes no groups"
[ "$(kmsctl recovery combine groups/share-2-1 groups/share-1-[13] | other of-code)" = "$hex" ] || fail "two groups"
expect 2 kmsctl recovery combine groups/share-1-[13]
grep -q 'shares of 2 groups are needed, and of 1 were given' err || fail "one group of two: $(cat err)"

# A code of the vault in shares of the module opens it.
kmsctl slot add --recovery-code >code 2>err && chmod 600 code || fail "no code"
mkdir vault-shares && other split vault-shares "$(other of-code <code)" 1 1 1 2/3 || fail "the module splits no code"
expect 0 kmsctl recovery combine vault-shares/share-1-[13] --check
[ "$(kmsctl recovery combine vault-shares/share-1-[23])" = "$(cat code)" ] || fail "another code"
exit 0
