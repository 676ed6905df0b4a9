# No secret where another process could read it, and no more memory for a large file than for a small one.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app
phrase='correct horse battery staple'
printf '%s\n' "$phrase" >phrase && chmod 600 phrase
expect 0 kmsctl slot add --principal root --new-passphrase-file phrase
recovery=$(grep -oE '[0-9A-Z]{4}(-[0-9A-Z]{4}){4,}' init.out | head -1)
[ -n "$recovery" ] || fail "init shows a recovery code"

# Nothing that opens the vault goes into a log unasked.
code='[0-9A-Z]{4}(-[0-9A-Z]{4}){4,}'
expect 0 kmsctl --vault quiet init --generate-keyfile quiet.key
grep -qE "$code" out err && fail "init prints a recovery code where it may be logged"
grep -q 'No recovery code was made' out || fail "init does not say that there is no recovery code"
expect 0 kmsctl --vault quiet slot list --keyfile quiet.key --query 'length(Slots)'
[ "$(cat out)" = 1 ] || fail "a slot that nobody can open"
expect 0 kmsctl --vault filed init --generate-keyfile filed.key --recovery-code-file code
grep -qE "$code" out err && fail "init prints what it wrote to a file"
[ "$(stat -c %a code)" = 600 ] || fail "others can read a recovery code"
expect 0 kmsctl --vault filed list-keys --passphrase-file code
expect 11 kmsctl --vault filed2 init --generate-keyfile filed2.key --recovery-code-file code
[ ! -e filed2 ] && [ ! -e filed2.key ] || fail "a vault without its recovery code"
expect 2 kmsctl --vault filed2 init --generate-keyfile filed2.key --no-recovery-code --recovery-code-file c2
[ ! -e filed2 ] && [ ! -e filed2.key ] && [ ! -e c2 ] || fail "something is left of a command that makes no sense"
expect 0 kmsctl --vault asked init --generate-keyfile asked.key --recovery-code-file -
grep -qE "$code" out || fail "the recovery code that was asked for is not shown"

# While a command waits for its input, it has unlocked the vault.
mkfifo input
(unset KMSCTL_KEYFILE && exec kmsctl --passphrase-fd 9 encrypt-file -k alias/app -o out.kms - 9<phrase <input) &
pid=$!
exec 8>input
for _ in $(seq 100); do
  [ "$(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | cut -c1-6)" = kmsctl ] && break
  sleep 0.05
done
sleep 0.5
for name in cmdline environ; do
  tr '\0' '\n' <"/proc/$pid/$name" >"seen.$name" 2>/dev/null
  for secret in "$phrase" "$recovery" "$(cut -d' ' -f2 owner.key)"; do
    grep -qaF -- "$secret" "seen.$name" && fail "a secret in /proc/PID/$name"
  done
done
[ -s seen.cmdline ] || fail "the command was not running"
grep -qE '^Max core file size +0 ' "/proc/$pid/limits" || fail "core dumps are possible"
exec 8>&-
wait "$pid" || fail "the command that was watched"

# 4 GiB, or less under a sanitizer, which needs time and memory of its own.
size=4G limit_kib=65536
grep -qa __asan_init "$(readlink -f "$(command -v kmsctl)")" && size=256M limit_kib=1048576
truncate -s $size big
kmsctl encrypt-file -k alias/app -o - big >/dev/null 2>err &
pid=$!
peak=0
while now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$pid/status" 2>/dev/null) && [ -n "$now" ]; do
  peak=$now
  sleep 0.1
done
wait "$pid" || fail "a large file"
echo "peak memory for $size: $peak KiB"
[ "$peak" -gt 0 ] && [ "$peak" -lt $limit_kib ] || fail "memory for a large file: $peak KiB"
exit 0
