# Commands that take several files.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app
for i in 1 2 3 4; do echo "text $i" >f$i; done
: >f2.kms
expect 11 kmsctl encrypt-file -k alias/app f1 f2 none f3 f4
[ -s f1.kms ] && [ ! -s f2.kms ] && [ -s f3.kms ] && [ -s f4.kms ] || fail "the files behind one that fails"
grep -q 'f2.kms: the file exists; --force replaces it' err && grep -q 'none: No such file' err || fail "the failures"
[ "$(tail -1 err)" = 'kmsctl: 3 done, 2 failed' ] || fail "the summary"
rm f1 f3 f4
sed -i 's/^/x/' f4.kms
expect 6 kmsctl decrypt-file f1.kms f4.kms f3.kms none.kms # the code of the first that fails
[ "$(cat f1 f3)" = $'text 1\ntext 3' ] && [ ! -e f4 ] || fail "the files beside one that fails"
grep -q '^kmsctl: InvalidCiphertextException: f4.kms: this is not an encrypted file' err || fail "which file it was"
expect 0 kmsctl decrypt-file --force f1.kms f3.kms
[ ! -s err ] || fail "a summary where nothing failed"
expect 11 kmsctl decrypt-file none.kms
[ "$(wc -l <err)" = 1 ] || fail "a summary of one file"
expect 2 kmsctl encrypt-file -k alias/app -o one f1 f3
# What fails for each of them is said once.
expect 7 env -u KMSCTL_KEYFILE setsid -w kmsctl encrypt-file --force f1 f3
[ "$(grep -c VaultLocked err)" = 1 ] || fail "a locked vault, once a file"

expect 0 kmsctl create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY --alias alias/release
expect 0 kmsctl get-public-key -k alias/release --output pem
cp out pub.pem
expect 11 kmsctl sign -k alias/release f1 none f3
[ -s f1.sig ] && [ -s f3.sig ] || fail "the signatures beside one that fails"
[ "$(tail -1 err)" = 'kmsctl: 2 done, 1 failed' ] || fail "the summary of sign"
expect 2 kmsctl sign -k alias/release -o one f1 f3
for how in '-k alias/release' '--public-key pub.pem'; do
  # shellcheck disable=SC2086
  expect 0 kmsctl verify $how f1 f3 --query 'Files[].[File,SignatureValid]' --output text
  [ "$(tr '\t\n' '  ' <out)" = 'f1 True f3 True ' ] || fail "verify of two files: $(cat out)"
  cp f3 keep && echo more >>f3
  # shellcheck disable=SC2086
  expect 6 kmsctl verify $how f3 f1 f2 --query 'Files[].File' --output text
  [ "$(cat out)" = f1 ] && grep -q 'f3.sig is no signature of f3' err || fail "verify names the file"
  [ "$(tail -1 err)" = 'kmsctl: 1 done, 2 failed' ] || fail "the summary of verify"
  mv keep f3
  # shellcheck disable=SC2086
  expect 2 kmsctl verify $how f1 f3 --signature f1.sig
done
exit 0
