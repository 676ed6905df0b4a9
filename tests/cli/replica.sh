# A replica of a multi-Region key moves to another vault.
. "$(dirname "$0")/support.sh"
new_vault
there() { KMSCTL_VAULT=$work/there KMSCTL_KEYFILE=$work/there.key kmsctl "$@"; }
expect 0 env -u KMSCTL_KEYFILE KMSCTL_VAULT="$work/there" kmsctl init --account 111122223333 --region eu-west-1 \
  --generate-keyfile there.key
expect 0 kmsctl create-key --multi-region --alias alias/mrk
mrk=$(kmsctl describe-key -k alias/mrk --query KeyMetadata.KeyId --output text)
there vault transport-key >peer.pub || fail "transport key"
kmsctl vault transport-key >own.pub || fail "own transport key"
head -c 100 /dev/urandom >p
kmsctl encrypt -k alias/mrk <p >c || fail "encrypt"
expect 0 kmsctl replica export -k "$mrk" --recipient peer.pub -o first
grep -q "$(there vault transport-key --fingerprint)" out || fail "the export does not say for whom it is"
grep -q "$(kmsctl vault transport-key --fingerprint)" out || fail "the export does not say from whom it is"
[ "$(stat -c %a first)" = 600 ] || fail "others can read a replica"
expect 11 kmsctl replica export -k "$mrk" --recipient peer.pub -o first
alone() { KMSCTL_VAULT=$work/there KMSCTL_KEYFILE=$work/there.key setsid -w kmsctl "$@"; } # nobody to ask
expect 2 alone replica import first
grep -q "$(kmsctl vault transport-key --fingerprint)" err || fail "no word of who sent it: $(cat err)"
expect 3 there describe-key --key-id "$mrk"
expect 4 there replica import first --sender peer.pub
# At a terminal a person may compare the fingerprint.
asked() { # ANSWER
  printf '%s\n' "$1" | KMSCTL_VAULT=$work/there KMSCTL_KEYFILE=$work/there.key \
    script -qec 'kmsctl replica import first' /dev/null >out
}
if command -v script >/dev/null; then
  asked n
  [ $? -eq 2 ] || fail "a replica that a person refused"
  expect 3 there describe-key --key-id "$mrk"
  asked y || fail "a replica that a person took"
  grep -q "$(kmsctl vault transport-key --fingerprint)" out || fail "no fingerprint to compare"
else
  expect 0 there replica import first --sender own.pub
fi
there decrypt <c | cmp - p || fail "decrypt in the other vault"
expect 10 there replica import first
expect 0 kmsctl rotate -k "$mrk"
kmsctl encrypt -k "$mrk" <p >c2
there decrypt <c2 >out 2>err
[ $? -eq 6 ] || fail "material that did not arrive yet"
expect 0 kmsctl replica export -k "$mrk" --recipient peer.pub -o second
expect 4 there replica import second --sender peer.pub
expect 0 there replica import second --sender own.pub
there decrypt <c2 | cmp - p || fail "after the second transfer"
expect 10 there replica import first
expect 6 kmsctl replica import second
cp second changed && flip changed 200
expect 6 there replica import changed
expect 13 there rotate -k "$mrk"
expect 0 kmsctl schedule-deletion -k "$mrk" --yes
grep -q PendingReplicaDeletion out || fail "a primary waits for its replicas"
expect 0 kmsctl replica forget -k "$mrk" --replica-region eu-west-1
expect 0 kmsctl describe-key --key-id "$mrk" --query KeyMetadata.KeyState --output text
[ "$(cat out)" = PendingDeletion ] || fail "the replica is forgotten"
exit 0
