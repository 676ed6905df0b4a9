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
expect 11 kmsctl replica export -k "$mrk" --recipient peer.pub -o first
expect 0 there replica import first
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
cp second changed && printf x | dd of=changed bs=1 seek=200 conv=notrunc 2>/dev/null
expect 6 there replica import changed
expect 13 there rotate -k "$mrk"
expect 0 kmsctl schedule-deletion -k "$mrk" --yes
grep -q PendingReplicaDeletion out || fail "a primary waits for its replicas"
expect 0 kmsctl replica forget -k "$mrk" --replica-region eu-west-1
expect 0 kmsctl describe-key --key-id "$mrk" --query KeyMetadata.KeyState --output text
[ "$(cat out)" = PendingDeletion ] || fail "the replica is forgotten"
exit 0
