# Rotation, deletion, aliases, tags, grants, policies and regions, as an operator types them.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app --description app --tags TagKey=team,TagValue=web
id=$(kmsctl describe-key -k alias/app --query KeyMetadata.KeyId --output text)
head -c 100 /dev/urandom >p
kmsctl encrypt -k alias/app <p >c1 || fail "encrypt"
expect 0 kmsctl rotate -k alias/app
kmsctl encrypt -k alias/app <p >c2 || fail "encrypt after a rotation"
kmsctl decrypt <c1 | cmp - p && kmsctl decrypt <c2 | cmp - p || fail "old and new material"
expect 0 kmsctl rotate -k alias/app --history --query 'length(Rotations)' --output text
[ "$(cat out)" = 2 ] || fail "history"
expect 0 kmsctl rotate -k alias/app --enable --period 90
grep -q '"RotationPeriodInDays": 90' out || fail "period"
expect 0 kmsctl rotate -k alias/app --status
grep -q NextRotationDate out || fail "next date"
expect 0 kmsctl rotate -k alias/app --disable
expect 2 kmsctl rotate -k alias/app --enable --disable
expect 2 kmsctl rotate -k alias/app --enable --period 5
expect 0 kmsctl rotate -k alias/app --new-key
new=$(kmsctl describe-key -k alias/app --query KeyMetadata.KeyId --output text)
[ "$new" != "$id" ] || fail "the alias did not move"
[ "$(kmsctl describe-key -k alias/app --query KeyMetadata.Description --output text)" = app ] || fail "description"
expect 0 kmsctl tag list -k alias/app --query 'Tags[0].TagValue' --output text
[ "$(cat out)" = web ] || fail "tags of the new key"
kmsctl decrypt <c1 | cmp - p || fail "the old key stays"

expect 0 kmsctl alias create other -k "$id"
expect 10 kmsctl alias create other -k "$id"
expect 0 kmsctl alias update alias/other -k "$new"
expect 0 kmsctl alias list -k alias/app --query 'length(Aliases)' --output text
[ "$(cat out)" = 2 ] || fail "aliases"
expect 0 kmsctl alias delete other
expect 3 kmsctl alias delete other
expect 0 kmsctl tag add -k alias/app stage=prod owner=me
expect 0 kmsctl tag remove -k alias/app owner
expect 0 kmsctl tag list -k alias/app --query 'length(Tags)' --output text
[ "$(cat out)" = 2 ] || fail "tag add and remove"
expect 2 kmsctl tag add -k alias/app aws:x=y

expect 2 kmsctl grant create -k alias/app --to user/ci --allow Encrypt
for name in ci x; do expect 0 kmsctl principal create "user/$name"; done
expect 0 kmsctl grant create -k alias/app --to user/ci --allow Encrypt Decrypt --name ci -c app=web
grant=$(sed -n 's/.*"GrantId": "\([0-9a-f]*\)".*/\1/p' out)
token=$(sed -n 's/.*"GrantToken": "\([^"]*\)".*/\1/p' out)
expect 0 kmsctl grant create -k alias/app --to user/ci --allow Decrypt Encrypt --name ci -c app=web
grep -q "$grant" out || fail "the same grant by name"
expect 0 kmsctl grant list -k alias/app --query 'length(Grants)' --output text
[ "$(cat out)" = 1 ] || fail "grants"
expect 2 kmsctl grant create -k alias/app --to 'no body' --allow Encrypt
expect 2 kmsctl grant create -k alias/app --to user/ci --allow Sign
expect 0 kmsctl grant retire --token "$token"
expect 3 kmsctl grant revoke -k alias/app "$grant"
expect 0 kmsctl create-grant --key-id "$new" --grantee-principal arn:aws:iam::111122223333:user/x --operations Encrypt \
  --constraints 'EncryptionContextSubset={Department=IT,Purpose=Test}'
expect 0 kmsctl list-grants --key-id "$new" --query 'Grants[0].Constraints.EncryptionContextSubset.Purpose' --output text
[ "$(cat out)" = Test ] || fail "shorthand of constraints"

expect 0 kmsctl policy get -k alias/app
cp out policy.json
grep -q 'Enable IAM User Permissions' policy.json || fail "the default policy"
expect 0 kmsctl policy put -k alias/app policy.json
sed 's/root/user\/gone/' policy.json >lockout.json
expect 2 kmsctl policy put -k alias/app lockout.json
grep -q MalformedPolicyDocumentException err || fail "lockout"
expect 2 kmsctl policy put -k alias/app - </dev/null
expect 0 kmsctl policy get -k alias/app
cmp out policy.json || fail "a refused policy changed something"
expect 2 setsid kmsctl policy put -k alias/app

expect 2 setsid kmsctl schedule-deletion -k alias/app --days 7
expect 2 kmsctl schedule-deletion -k alias/app --days 3 --yes
expect 0 kmsctl schedule-deletion -k alias/app --days 7 --yes
grep -q 'aliases:   alias/app' err || fail "what uses the key"
kmsctl encrypt -k alias/app <p >out 2>err
[ $? -eq 5 ] && grep -q 'is pending deletion' err || fail "use of a key that waits for deletion"
expect 0 kmsctl audit list --event-name Encrypt --query 'Events[-1].errorCode' --output text
[ "$(cat out)" = KMSInvalidStateException ] || fail "the attempt is audited"
expect 0 kmsctl cancel-deletion -k "$new"
expect 5 kmsctl cancel-deletion -k "$new"
expect 0 kmsctl enable-key --key-id "$new"
kmsctl encrypt -k alias/app <p | kmsctl decrypt | cmp - p || fail "after cancelling"
expect 0 kmsctl maintain
expect 2 setsid kmsctl maintain --confirm-destroy

expect 0 kmsctl create-key --multi-region --alias alias/mrk
mrk=$(kmsctl describe-key -k alias/mrk --query KeyMetadata.KeyId --output text)
expect 2 kmsctl replicate-key --key-id "$mrk" --replica-region eu-west-1
expect 3 kmsctl --region eu-west-1 list-keys
expect 0 kmsctl region add eu-west-1
expect 10 kmsctl region add eu-west-1
expect 2 kmsctl region add nowhere
expect 0 kmsctl replicate-key --key-id "$mrk" --replica-region eu-west-1
kmsctl encrypt -k alias/mrk <p | kmsctl --region eu-west-1 decrypt | cmp - p || fail "decrypt in another Region"
expect 0 kmsctl --region eu-west-1 list-keys --query 'length(Keys)' --output text
[ "$(cat out)" = 1 ] || fail "Regions are apart"
expect 0 kmsctl update-primary-region --key-id "$mrk" --primary-region eu-west-1
expect 13 kmsctl rotate -k alias/mrk
expect 0 kmsctl --region eu-west-1 rotate -k "$mrk"
kmsctl --region eu-west-1 encrypt -k "$mrk" <p | kmsctl decrypt | cmp - p || fail "the rotation reaches the replica"

# The vault's own keys.
expect 0 kmsctl encrypt-file p
expect 0 kmsctl decrypt-file -o p2 p.kms
cmp p p2 || fail "a file under the key that the vault manages"
kmsctl encrypt -k alias/aws/file <p >out 2>err
[ $? -eq 4 ] && [ ! -s out ] || fail "a managed key without its service"
expect 0 kmsctl sign p
expect 0 kmsctl verify p
expect 0 kmsctl get-public-key -k alias/aws/signing --output pem
cp out signing.pem
expect 0 env -u KMSCTL_VAULT -u KMSCTL_KEYFILE kmsctl verify --public-key signing.pem p --signature p.sig
expect 0 openssl dgst -sha256 -verify signing.pem -signature p.sig p
expect 6 env -u KMSCTL_VAULT -u KMSCTL_KEYFILE kmsctl verify --public-key signing.pem c1 --signature p.sig
# A key of Ed25519 signs the digest of what is longer than the API takes; the file may be a pipe.
expect 0 kmsctl create-key --alias alias/ed --key-spec ECC_NIST_EDWARDS25519 --key-usage SIGN_VERIFY
kmsctl get-public-key -k alias/ed --output pem >ed.pem || fail "the public key"
head -c 4096 /dev/zero >small
head -c 4097 /dev/zero >large
for file in small large; do
  expect 0 kmsctl sign -k alias/ed $file
  expect 0 kmsctl verify -k alias/ed $file
  expect 0 kmsctl verify --public-key ed.pem $file
  expect 0 kmsctl verify --public-key ed.pem - --signature $file.sig <$file
done
expect 6 kmsctl verify --public-key ed.pem large --signature small.sig
expect 0 openssl pkeyutl -verify -pubin -inkey ed.pem -rawin -in small -sigfile small.sig
expect 0 kmsctl api coverage
[ "$(tail -1 out)" = "56 operations" ] || fail "coverage"
expect 0 kmsctl vault check
exit 0
