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
# A keyfile that opens nothing is not left behind; one that was there is.
expect 3 kmsctl --passphrase-file second slot add --principal user/nobody --generate-keyfile left.key
[ ! -e left.key ] || fail "slot add leaves a keyfile without a slot"
expect 2 kmsctl --passphrase-file second passphrase change --generate-keyfile left.key
[ ! -e left.key ] || fail "passphrase change leaves a keyfile without a slot"
echo mine >left.key
expect 11 kmsctl --passphrase-file second slot add --principal root --generate-keyfile left.key
[ "$(cat left.key)" = mine ] || fail "slot add takes a file away that it did not make"
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
