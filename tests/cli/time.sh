# What time does to keys, with a clock that the test sets.
. "$(dirname "$0")/support.sh"
if grep -qa __asan_init "$(readlink -f "$(command -v kmsctl)")"; then
  echo "skipped: another clock is preloaded, and AddressSanitizer wants to be first"
  exit 0
fi
# Not through faketime(1), which fails where an earlier process of its number left a semaphore behind.
clock=$(ls /usr/lib/*/faketime/libfaketime.so.1 | head -1)
at() { # OFFSET COMMAND...
  local offset=$1
  shift
  FAKETIME="@$(date -d "$offset" '+%Y-%m-%d %H:%M:%S')" LD_PRELOAD=$clock "$@"
}
state() { # OFFSET KEY
  at "$1" kmsctl describe-key --key-id "$2" --query KeyMetadata.KeyState --output text 2>/dev/null || echo gone
}
new_vault
expect 0 kmsctl create-key --alias alias/due
due=$(kmsctl describe-key -k alias/due --query KeyMetadata.KeyId --output text)
expect 0 kmsctl create-key --alias alias/rotated
rotated=$(kmsctl describe-key -k alias/rotated --query KeyMetadata.KeyId --output text)
head -c 100 /dev/urandom >p
kmsctl encrypt -k alias/due <p >due.c && kmsctl encrypt -k alias/rotated <p >rotated.c || fail "encrypt"
expect 0 kmsctl rotate -k alias/rotated --enable --period 90
expect 0 kmsctl schedule-deletion -k alias/due --days 7 --yes
cp -r vault old-vault

[ "$(state '+6 days' "$due")" = PendingDeletion ] || fail "before its date"
[ "$(state '+8 days' "$due")" = gone ] || fail "after its date"
[ "$(state '+8 days' alias/due)" = gone ] || fail "and its alias"
# One wrong date destroys nothing: the clock goes back, and the key is there.
[ "$(state '+0 days' "$due")" = PendingDeletion ] || fail "a wrong clock hid a key for good"
expect 0 kmsctl maintain
grep -q '"ClockWentBack": true' out || fail "the clock went back"
expect 0 at '+400 days' kmsctl maintain
expect 0 kmsctl audit list --event-name ClockWentBack --query 'length(Events)' --output text
[ "$(cat out)" -ge 1 ] || fail "the trail tells of the clock"
expect 0 kmsctl maintain --accept-clock
expect 0 kmsctl cancel-deletion -k "$due"
expect 0 kmsctl enable-key --key-id "$due"
kmsctl decrypt <due.c | cmp - p || fail "a key that a wrong clock did not destroy"

expect 0 kmsctl schedule-deletion -k "$due" --days 7 --yes
[ "$(state '+8 days' "$due")" = gone ] || fail "after its date, again"
expect 0 at '+10 days' kmsctl maintain --confirm-destroy --yes
grep -q '"Destroyed": 1' out || fail "destroyed"
expect 0 at '+10 days' kmsctl audit list --event-name DeleteKey --query 'length(Events)' --output text
[ "$(cat out)" = 1 ] || fail "the destruction is in the trail"
expect 0 at '+10 days' kmsctl audit list --output table
grep -q 'DeleteKey.*AWS Internal' out || fail "a table has no place for what nobody called"
expect 0 at '+10 days' kmsctl audit list --event-name DeleteKey --query 'Events[].serviceEventDetails.requestedBy' \
  --output text
grep -q ':root$' out || fail "who asked for the destruction is not in the trail: $(cat out)"
# Real deletion: not even with the material that an older copy of the data file holds.
cp vault/vault.hdr kept.hdr
cp old-vault/data.mdb mixed.mdb
mkdir -m 700 mixed && cp vault/vault.hdr mixed/vault.hdr && cp old-vault/data.mdb mixed/data.mdb && chmod 600 mixed/*
KMSCTL_VAULT=$work/mixed expect 12 kmsctl list-keys
expect 0 at '+10 days' kmsctl vault check

at '+91 days' kmsctl decrypt <rotated.c | cmp - p || fail "old material after a rotation"
expect 0 at '+91 days' kmsctl rotate -k "$rotated" --history --query 'length(Rotations)' --output text
# The first material, that of the wrong clock, and that of the date on the grid.
[ "$(cat out)" = 3 ] || fail "the due rotation at the next use"

expect 0 at '+92 days' kmsctl create-key --origin EXTERNAL --alias alias/own
head -c 32 /dev/urandom >material
tomorrow=$(date -u -d '+93 days' +%Y-%m-%dT%H:%M:%SZ)
expect 0 at '+92 days' kmsctl import-key -k alias/own --in material --expires "$tomorrow"
at '+92 days' kmsctl encrypt -k alias/own <p >own.c || fail "imported material"
at '+94 days' kmsctl decrypt <own.c >out 2>err
[ $? -eq 5 ] && grep -q 'is pending import' err || fail "expired material"
expect 0 at '+94 days' kmsctl import-key -k alias/own --in material
at '+94 days' kmsctl decrypt <own.c | cmp - p || fail "imported again"

# One call under a clock that is ahead ends no imported material, and puts no rotation off.
expect 0 at '+95 days' kmsctl import-key -k alias/own --in material --expires "$(date -u -d '+200 days' +%Y-%m-%dT%H:%M:%SZ)"
expect 5 at '+4000 days' kmsctl encrypt -k alias/own --plaintext aGk=
expect 0 at '+95 days' kmsctl vault check
at '+95 days' kmsctl decrypt <own.c 2>err | cmp - p || fail "material that a wrong clock let expire"
expect 0 at '+95 days' kmsctl maintain --accept-clock
expect 0 at '+95 days' kmsctl get-key-rotation-status --key-id "$rotated" --query NextRotationDate --output text
next=$(date -u -d "$(cat out)" +%s) || fail "a date"
[ "$next" -lt "$(date -u -d '+186 days' +%s)" ] || fail "a rotation that a wrong clock put off"
expect 5 at '+201 days' kmsctl encrypt -k alias/own --plaintext aGk=
exit 0
