#!/usr/bin/env bash
# Backups as their users meet them: one line that makes, verifies and restores one, also under an agent that others use
# meanwhile, and from another machine.
. "$(dirname "$0")/support.sh"
trap 'kmsctl agent stop >/dev/null 2>&1; rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR=$work/run
mkdir -m 700 run
printf 'correct horse battery' >pass
chmod 600 pass
expect 0 kmsctl init --account 111122223333 --region us-east-1 --new-passphrase-file pass --no-recovery-code
export KMSCTL_PASSPHRASE_FILE=$work/pass
expect 0 kmsctl create-key --alias alias/app
expect 0 kmsctl principal create user/ci
expect 0 kmsctl grant create -k alias/app --to user/ci --allow Encrypt
expect 0 kmsctl quota set --rate 500
kmsctl encrypt -k alias/app <pass >secret.kms || fail "encrypt"

# In one process, with the vault's own passphrase.
kmsctl vault backup -o v.kmsbackup >out 2>err && kmsctl backup verify v.kmsbackup >verified 2>err &&
  kmsctl vault restore v.kmsbackup --to restored >restored.out 2>err && kmsctl --vault restored vault check >out 2>err ||
  fail "the drill"
[ "$(stat -c %a v.kmsbackup)" = 600 ] || fail "others can read a backup"
expect 0 kmsctl --vault restored audit verify
for list in "key list --all" "alias list" "principal list" "grant list -k alias/app" "quota list" "region list"; do
  kmsctl $list >there.out || fail "$list"
  expect 0 kmsctl --vault restored $list
  cmp -s out there.out || fail "the restored vault has another $list: $(diff out there.out | head)"
done
[ "$(kmsctl --vault restored decrypt <secret.kms)" = "$(cat pass)" ] || fail "the restored vault decrypts something else"
expect 10 kmsctl vault restore v.kmsbackup --to restored
expect 11 kmsctl vault backup -o v.kmsbackup
cp v.kmsbackup flipped
flip flipped 5000
expect 6 kmsctl backup verify flipped
expect 6 kmsctl vault restore flipped --to nowhere
head -c 3000 v.kmsbackup >cut
expect 6 kmsctl backup list cut
[ ! -e nowhere ] || fail "something was made of a damaged backup"
head -c 10 /dev/urandom | base64 >wrong
chmod 600 wrong
expect 8 kmsctl backup verify v.kmsbackup --passphrase-file wrong

# From standard input to standard output, as over a network.
kmsctl vault backup -o - 2>err | kmsctl vault restore - --to piped >out 2>&1 || fail "a backup through a pipe"
expect 0 kmsctl --vault piped describe-key -k alias/app

# Under an agent that others use meanwhile: nothing that was answered before is missing, and no call fails.
unset KMSCTL_PASSPHRASE_FILE
expect 0 kmsctl unlock --passphrase-file pass
(
  for i in $(seq 1 400); do
    [ -e stop ] && break
    kmsctl encrypt -k alias/app <pass >/dev/null && kmsctl tag add -k alias/app "n=$i" >/dev/null || echo "call $i" >>failed
  done
) &
writer=$!
for i in 1 2 3; do
  kmsctl create-key --alias "alias/before$i" >/dev/null || fail "create-key"
  kmsctl encrypt -k "alias/before$i" <pass >"before$i" || fail "encrypt"
  expect 0 kmsctl vault backup -o "busy$i"
done
touch stop
wait "$writer"
[ ! -e failed ] || fail "while a backup was made, there failed $(head -3 failed)"
[ "$(kmsctl audit list --event BackupVault --query 'length(Events)')" -ge 3 ] || fail "no event tells of backups"
[ "$(kmsctl audit list --event ReadBackup --query 'length(Events)')" = 0 ] || fail "each piece left an event"
for i in 1 2 3; do
  expect 0 kmsctl backup verify "busy$i" --passphrase-file pass
  expect 0 kmsctl vault restore "busy$i" --to "from$i" --passphrase-file pass
  [ "$(kmsctl --vault "from$i" decrypt --passphrase-file pass <"before$i")" = "$(cat pass)" ] || fail "backup $i"
  kmsctl --vault "from$i" audit list --passphrase-file pass --output text | grep -q "before$i" ||
    kmsctl --vault "from$i" audit list --passphrase-file pass | grep -q "alias/before$i" ||
    fail "what was answered before backup $i is not in it"
done
ls vault | grep -q backup && fail "a backup was left in the vault: $(ls vault)"

# A backup belongs to who made it: the id alone is worth nothing to another.
kmsctl agent stop >/dev/null || fail "stop"

# Another vault's slot as recipient, and nothing else.
expect 0 kmsctl init --vault other --new-passphrase-file wrong --no-recovery-code
slot=$(kmsctl --vault other --passphrase-file wrong slot list --query 'Slots[0].SlotId' --output text)
to=$(kmsctl --vault other --passphrase-file wrong slot recipient "$slot") || fail "slot recipient"
expect 0 kmsctl vault backup -o for-other --recipient "$to" --passphrase-file pass
expect 8 kmsctl backup verify for-other --passphrase-file pass
expect 0 kmsctl backup verify for-other --passphrase-file wrong

# A full disk: no backup, and nothing half done.
if [ -w /dev/full ]; then
  expect 11 kmsctl vault backup -o /dev/full --passphrase-file pass
fi
(ulimit -f 4 && trap '' XFSZ && kmsctl vault backup -o small --passphrase-file pass >out 2>err)
[ $? -eq 11 ] || fail "a backup without room for it: $(cat err)"
[ ! -e small ] || fail "a backup that did not fit"
expect 0 kmsctl vault check --passphrase-file pass

# The process that restores is killed: there is no vault, or all of it.
for wait in 0.02 0.1 0.3 0.6; do
  kmsctl vault restore v.kmsbackup --to killed --passphrase-file pass >/dev/null 2>&1 &
  victim=$!
  sleep "$wait"
  kill -9 "$victim" 2>/dev/null
  wait "$victim" 2>/dev/null
  [ ! -e killed ] || expect 0 kmsctl --vault killed vault check --passphrase-file pass
  rm -rf killed .kmsctl-*
done
exit 0
