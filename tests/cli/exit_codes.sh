# What a script sees: exit codes, and nothing on stdout when something fails.
. "$(dirname "$0")/support.sh"
expect 3 kmsctl status
expect 2 kmsctl
expect 2 kmsctl no-such-command
expect 2 kmsctl list-keys --no-such-option
expect 0 kmsctl --help
expect 0 kmsctl encrypt-file --help
expect 0 kmsctl --version
expect 0 kmsctl --version --verbose
grep -q '^OpenSSL 3\.' out && grep -q '^libsodium 1\.' out && grep -q '^LMDB 0\.' out || fail "versions of the libraries"
expect 2 kmsctl --verbose
for region in mars mars2 us-east US-EAST-1; do
  expect 2 kmsctl init --account 111122223333 --region $region --generate-keyfile none.key
  [ -e vault ] || [ -e none.key ] && fail "a vault in $region"
done
new_vault
expect 10 kmsctl init --generate-keyfile other.key
[ -e other.key ] && fail "a keyfile without a vault"
expect 3 kmsctl describe-key --key-id alias/none
[ -s out ] && fail "an error belongs on stderr"
grep -q '^kmsctl: NotFoundException: Alias ' err || fail "text of a missing alias"
expect 2 kmsctl create-key --key-spec HMAC_256
expect 13 kmsctl get-public-key -k "$(kmsctl create-key --query KeyMetadata.KeyId --output text)"
kmsctl list-keys >/dev/full 2>err
[ $? -eq 11 ] && grep -q 'standard output cannot be written' err || fail "a full output"
kmsctl --version >/dev/full 2>err
[ $? -eq 11 ] && [ -s err ] || fail "a full output for the version"
# A reader that went away ends a command as it ends filters; who ignores SIGPIPE is told.
gone() { # COMMAND...
  { sleep 0.2; "$@" 2>err; } | true
  [ "${PIPESTATUS[0]}" -eq 141 ] && [ ! -s err ] || fail "$*: a reader that went away"
}
gone kmsctl list-keys
gone kmsctl --version
gone kmsctl --help
{ sleep 0.2; trap '' PIPE; kmsctl list-keys 2>err; echo $? >code; } | true
[ "$(cat code)" = 11 ] && grep -q 'standard output cannot be written' err || fail "a reader that went away, and no SIGPIPE"
expect 0 kmsctl create-key --alias alias/a
expect 10 kmsctl create-key --alias alias/a
echo text >plain && expect 0 kmsctl encrypt-file plain -o sealed
gone kmsctl decrypt-file sealed -o -
printf x | kmsctl encrypt -k alias/a >blob || fail "encrypt"
gone kmsctl decrypt <blob
{ sleep 0.2; kmsctl decrypt-file no-such-file -o - 2>err; } | true
[ "${PIPESTATUS[0]}" -eq 11 ] && grep -q no-such-file err || fail "another failure where the reader went away"
expect 0 kmsctl disable-key --key-id "$(kmsctl describe-key -k alias/a --query KeyMetadata.KeyId --output text)"
echo x | kmsctl encrypt -k alias/a >out 2>err
[ $? -eq 5 ] || fail "a disabled key"
unset KMSCTL_KEYFILE
expect 7 setsid kmsctl list-keys </dev/null
expect 7 setsid kmsctl status </dev/null
grep -q LOCKED out || fail "status of a locked vault"
printf 'wrong\n' >wrong && chmod 600 wrong
expect 8 kmsctl --passphrase-file wrong list-keys
chmod 644 wrong
expect 11 kmsctl --passphrase-file wrong list-keys
export KMSCTL_KEYFILE=$work/owner.key
chmod 750 vault
expect 11 kmsctl list-keys
chmod 700 vault
truncate -s 5000 vault/data.mdb
expect 12 kmsctl list-keys
exit 0
