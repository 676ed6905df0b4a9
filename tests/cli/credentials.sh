# Adding, changing and revoking credentials.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app
secret() { printf '%s\n' "$2" >"$1" && chmod 600 "$1"; }
secret first 'pass phrase'
secret second 'another phrase'
expect 0 kmsctl slot add --new-passphrase-file first
cp -r vault old
unset KMSCTL_KEYFILE
expect 0 kmsctl --passphrase-file first describe-key -k alias/app
expect 0 kmsctl --passphrase-file first passphrase change --new-passphrase-file second
expect 8 kmsctl --passphrase-file first describe-key -k alias/app
expect 0 kmsctl --passphrase-file second describe-key -k alias/app
# The passphrase was forgotten: the recovery code, or any keyfile of its owner, sets another one.
grep -E '^  [0-9A-Z-]+$' init.out | tr -d ' ' >code && chmod 600 code
expect 0 kmsctl --passphrase-file code passphrase change --new-passphrase-file first
expect 8 kmsctl --passphrase-file second describe-key -k alias/app
expect 0 kmsctl --keyfile owner.key passphrase change --new-passphrase-file second
expect 8 kmsctl --passphrase-file first describe-key -k alias/app
expect 0 kmsctl --passphrase-file code describe-key -k alias/app
expect 0 kmsctl --keyfile owner.key slot add --new-passphrase-file first
expect 2 kmsctl --passphrase-file code passphrase change --new-passphrase-file first
grep -q "several passphrases unlock as arn:aws:iam::111122223333:root: say which with --slot" err || fail "several: $(cat err)"
added=$(kmsctl --keyfile owner.key slot list --query "Slots[?Kind=='PASSPHRASE'].SlotId | [-1]" --output text)
expect 0 kmsctl --keyfile owner.key slot remove "$added"
keyfile=$(kmsctl --keyfile owner.key slot list --query "Slots[?Kind=='KEYFILE'].SlotId | [0]" --output text)
expect 2 kmsctl --keyfile owner.key passphrase change --slot "$keyfile" --new-passphrase-file first
grep -q "holds no passphrase but a KEYFILE" err || fail "a keyfile's slot: $(cat err)"
# A keyfile that opens nothing is not left behind; one that was there is.
expect 3 kmsctl --passphrase-file second slot add --principal user/nobody --generate-keyfile left.key
[ ! -e left.key ] || fail "slot add leaves a keyfile without a slot"
expect 2 kmsctl --passphrase-file second passphrase change --generate-keyfile left.key
[ ! -e left.key ] || fail "passphrase change leaves a keyfile without a slot"
echo mine >left.key
expect 11 kmsctl --passphrase-file second slot add --principal root --generate-keyfile left.key
[ "$(cat left.key)" = mine ] || fail "slot add takes a file away that it did not make"
# No effect before the checks: neither a file nor a principal, and no option that there is not.
grep -q force err && fail "slot add has no --force"
expect 2 kmsctl --keyfile owner.key slot add --generate-keyfile kz --recovery-code
expect 2 kmsctl --keyfile owner.key slot add --generate-keyfile kz --new-passphrase-file first
[ ! -e kz ] && [ ! -s out ] || fail "two sources of one credential"
expect 11 kmsctl --keyfile owner.key principal create user/q --generate-keyfile left.key
expect 2 kmsctl --keyfile owner.key principal create user/q --generate-keyfile kz --new-passphrase-file first
expect 2 kmsctl --keyfile owner.key principal create user/q --generate-keyfile kz --tag nope
grep -q -- "--tag 'nope'" err || fail "the message names another option"
[ ! -e kz ] || fail "a keyfile of nobody"
expect 3 kmsctl --keyfile owner.key principal show user/q
expect 0 kmsctl --keyfile owner.key audit list --query "length(Events[?eventName=='CreatePrincipal'])" --output text
[ "$(cat out)" = 0 ] || fail "a principal was made before its credential was looked at"
# Secret files as editors of other systems write them.
printf 'words\r\n' >crlf && printf '\xef\xbb\xbfwords' >marked && printf 'words\n' >words && chmod 600 crlf marked words
expect 0 kmsctl --vault other init --new-passphrase-file crlf --no-recovery-code
for file in crlf marked words; do expect 0 kmsctl --vault other --passphrase-file $file list-keys; done
{ printf '\xef\xbb\xbf' && cat owner.key && printf '\r\n\n'; } >edited.key && chmod 600 edited.key
expect 0 kmsctl --keyfile edited.key list-keys
for odd in 'two\nlines\n' 'words\n\n' 'tab\t' 'bell\a' 'words\r'; do
  # shellcheck disable=SC2059
  printf "$odd" >odd && chmod 600 odd
  expect 2 kmsctl --vault never init --new-passphrase-file odd --no-recovery-code
  grep -q 'control characters' err && [ ! -e never ] || fail "a passphrase that nobody can type: $odd"
done
# The old header and the old passphrase with the new records.
cp -r vault mixed && cp old/vault.hdr mixed/
expect 12 kmsctl --vault mixed --passphrase-file first describe-key -k alias/app
grep -oE '([0-9A-Z]{4}-){13}[0-9A-Z]{4}' init.out >code && chmod 600 code
expect 0 kmsctl --passphrase-file code describe-key -k alias/app
expect 0 kmsctl --keyfile owner.key slot list --query "Slots[?Kind=='PASSPHRASE'].SlotId" --output text
expect 0 kmsctl --keyfile owner.key slot remove "$(cat out)"
expect 8 kmsctl --passphrase-file second describe-key -k alias/app
expect 0 kmsctl --keyfile owner.key vault check
exit 0
