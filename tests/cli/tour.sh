# The main job, as a user types it.
. "$(dirname "$0")/support.sh"
new_vault
[ "$(stat -c %a owner.key)" = 600 ] && [ "$(stat -c %a vault)" = 700 ] || fail "modes"
expect 0 kmsctl create-key --description app --alias alias/app --query KeyMetadata.Arn --output text
grep -qE '^arn:aws:kms:us-east-1:111122223333:key/[0-9a-f-]{36}$' out || fail "ARN as text"
head -c 4096 /dev/urandom >p
head -c 5000000 /dev/urandom | tee big.bin >dist.tar.gz
kmsctl encrypt -k alias/app -c app=web <p >c && kmsctl decrypt -c app=web <c | cmp - p || fail "encrypt and decrypt"
kmsctl decrypt -c app=other <c >out 2>err
[ $? -eq 6 ] && [ ! -s out ] && grep -q '^kmsctl: InvalidCiphertextException' err || fail "another context"
kmsctl encrypt -k alias/app --encryption-context "app=\"web, mobile\",stage='prod'" <p >c || fail "a context in quotes"
kmsctl decrypt --encryption-context '{"app": "web, mobile", "stage": "prod"}' <c | cmp - p || fail "the same as JSON"
kmsctl decrypt -c 'app=web, mobile' -c stage=prod <c | cmp - p || fail "the same as pairs"
expect 2 kmsctl encrypt -k alias/app --encryption-context app=web,mobile
kmsctl encrypt -k alias/app --armor <p >c.txt && kmsctl decrypt <c.txt | cmp - p || fail "armour"
kmsctl encrypt-file -k alias/app -c app=web big.bin && kmsctl decrypt-file -o - big.bin.kms | cmp - big.bin || fail "files"
expect 6 kmsctl decrypt-file -c app=other -o x big.bin.kms
[ -e x ] && fail "an output of a failure"
expect 11 kmsctl encrypt-file -k alias/app big.bin
expect 0 kmsctl encrypt-file --force -k alias/app big.bin
expect 11 kmsctl decrypt-file --force -o big.bin.kms big.bin.kms
cp big.bin.kms cut.kms && truncate -s -1 cut.kms && expect 6 kmsctl decrypt-file cut.kms
cp big.bin.kms long.kms && echo >>long.kms && expect 6 kmsctl decrypt-file long.kms
[ -e cut ] || [ -e long ] && fail "an output of a damaged file"
kmsctl encrypt-file -k alias/app --armor - <big.bin | kmsctl decrypt-file - | cmp - big.bin || fail "armoured stream"
: >empty && expect 0 kmsctl encrypt-file -k alias/app empty p && expect 0 kmsctl decrypt-file --force empty.kms p.kms
[ -e empty ] && [ ! -s empty ] || fail "an empty file"
cp p signed && expect 0 kmsctl encrypt-file -k alias/app --sign signed
expect 13 kmsctl decrypt-file -o - signed.kms
[ -s out ] && fail "plaintext of a signed file before its signature"
expect 0 kmsctl decrypt-file --force signed.kms && cmp signed p || fail "a signed file"
expect 0 kmsctl create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY --alias alias/release
expect 0 kmsctl sign -k alias/release dist.tar.gz
expect 0 kmsctl verify -k alias/release dist.tar.gz --signature dist.tar.gz.sig
expect 0 kmsctl get-public-key -k alias/release --output pem
cp out pub.pem
expect 0 openssl dgst -sha256 -verify pub.pem -signature dist.tar.gz.sig dist.tar.gz
expect 6 kmsctl verify -k alias/release p --signature dist.tar.gz.sig
for spec in RSA_2048 ECC_NIST_P384 ECC_NIST_P521 ECC_SECG_P256K1 ECC_NIST_EDWARDS25519; do
  expect 0 kmsctl create-key --key-spec $spec --key-usage SIGN_VERIFY --alias alias/$spec
  for file in p dist.tar.gz; do
    [ $file = p ] && expect 0 head -c 100 p && cp out small && file=small
    expect 0 kmsctl sign --force -k alias/$spec $file
    expect 0 kmsctl verify -k alias/$spec $file
  done
done
expect 0 kmsctl get-public-key -k alias/RSA_2048 --output pem
cp out rsa.pem
expect 0 kmsctl sign --force -k alias/RSA_2048 dist.tar.gz
expect 0 openssl dgst -sha256 -verify rsa.pem -signature dist.tar.gz.sig dist.tar.gz
expect 0 kmsctl --output json --region us-east-1 --vault "$KMSCTL_VAULT" kms describe-key --key-id alias/app
expect 0 kmsctl --region=us-east-1 --no-cli-pager kms list-keys
expect 2 kmsctl --region kms
expect 0 kmsctl kms describe-key --key-id alias/app
grep -q '"KeyState": "Enabled"' out || fail "describe-key"
expect 0 kmsctl audit list --event-name Decrypt --output json
grep -q '"eventName": "Decrypt"' out || fail "the trail"
signed() { kmsctl audit list --event-name Sign --output text "$@"; }
whole=$(signed --query 'Events[].eventID')
[ "$(signed --page-size 1 --query 'Events[].eventID')" = "$whole" ] || fail "the trail is another one page by page"
token=$(signed --max-items 1 --query NextToken)
newest=$(signed --max-items 1 --query 'Events[].eventID')
older=$(signed --starting-token "$token" --query 'Events[].eventID')
[ "$older"$'\t'"$newest" = "$whole" ] || fail "NextToken does not go on to what is older"
printf 'pass phrase\n' | kmsctl slot add --principal root --new-passphrase-fd 0 >out 2>err || fail "slot add"
expect 0 kmsctl slot list
grep -q PASSPHRASE out || fail "slot list"
expect 0 kmsctl vault check
for word in alias/app app= description 111122223333 us-east-1 root; do
  grep -qaF "$word" vault/* && fail "$word is readable in the vault"
done
exit 0
