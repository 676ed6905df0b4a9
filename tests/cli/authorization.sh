# Who may do what, through the binary: the arrangements that people make with AWS KMS.
. "$(dirname "$0")/support.sh"
new_vault
iam=arn:aws:iam::111122223333
as() { # NAME COMMAND...: as the user of that name
  KMSCTL_KEYFILE=$PWD/$1.key "${@:2}"
}
user() { expect 0 kmsctl principal create "user/$1" --generate-keyfile "$1.key"; }
policy() { printf '{"Version":"2012-10-17","Statement":[%s]}' "$1" >"$2"; }

policy "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"$iam:root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"}" all-owner.json
expect 0 kmsctl create-key --alias alias/prod
user ci
user admin
expect 10 kmsctl principal create user/ci
expect 0 as ci kmsctl whoami --query '[Principal,Mode]' --output text
grep -q "$iam:user/ci" out && grep -q 'advisory (in-process)' out || fail "whoami"

# A CI user who may only decrypt, and only with one encryption context.
policy '{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:app":"web"}}}' ci.json
expect 0 kmsctl principal policy put user/ci decrypt ci.json
printf secret >plain
kmsctl encrypt -k alias/prod -c app=web <plain >blob || fail "encrypt"
as ci kmsctl decrypt -c app=web <blob >out || fail "ci may decrypt"
cmp -s plain out || fail "what ci decrypts"
kmsctl encrypt -k alias/prod -c app=db <plain >other || fail "encrypt"
as ci kmsctl decrypt -c app=db <other >out 2>err
[ $? = 4 ] && [ ! -s out ] || fail "ci with another context"
grep -q 'AccessDeniedException: The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access\.' err || fail "the sentence of AWS about a ciphertext"
as ci kmsctl decrypt -k alias/prod -c app=db <other >out 2>err
[ $? = 4 ] && [ ! -s out ] || fail "ci with another context, and the key named"
grep -q "User: $iam:user/ci is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:111122223333:key/.* because no identity-based policy allows the kms:Decrypt action" err || fail "the sentence of AWS"
as ci kmsctl encrypt -k alias/prod -c app=web <plain >out 2>err
[ $? = 4 ] || fail "ci may not encrypt"
expect 4 as ci kmsctl principal list
expect 4 as ci kmsctl policy explain --principal user/admin --action kms:Decrypt -k alias/prod
expect 0 as ci kmsctl policy explain --action kms:Decrypt -k alias/prod -c app=web
expect 4 kmsctl policy explain --principal user/ci --action kms:Decrypt -k alias/prod
grep -q 'kms:EncryptionContext:app: wants "web", request has absent' out || fail "explain says absent"
expect 4 kmsctl policy explain --principal user/ci --action kms:Decrypt -k alias/prod -c app=db
grep -q 'kms:EncryptionContext:app: wants "web", request has "db"' out || fail "explain says different"
expect 0 kmsctl policy explain --principal user/ci --action kms:Decrypt -k alias/prod -c app=db --expect deny
expect 4 kmsctl policy explain --principal user/ci --action kms:Decrypt -k alias/prod -c app=db --expect allow
expect 0 kmsctl policy who-can --action kms:Decrypt -k alias/prod -c app=web --query 'Principals[].Principal' --output text
grep -q "$iam:user/ci" out && ! grep -q "$iam:user/admin" out || fail "who-can"

# Administrators administer, users use.
expect 0 kmsctl create-key --alias alias/split
expect 0 kmsctl policy allow -k alias/split --principal user/admin --administer
expect 0 kmsctl policy allow -k alias/split --principal user/ci --use
expect 4 as admin kmsctl generate-random --number-of-bytes 8
split=$(kmsctl describe-key --key-id alias/split --query KeyMetadata.KeyId --output text)
expect 0 as admin kmsctl enable-key-rotation --key-id "$split"
expect 4 as admin kmsctl encrypt --key-id "$split" --plaintext AAEC
expect 0 as ci kmsctl encrypt --key-id "$split" --plaintext AAEC
expect 4 as ci kmsctl disable-key --key-id "$split"
expect 0 kmsctl policy revoke -k alias/split --principal user/ci
expect 4 as ci kmsctl encrypt --key-id "$split" --plaintext AAEC
expect 3 kmsctl policy revoke -k alias/split --principal user/ci

# What is allowed besides takes nothing away, and what is allowed already is not said again.
allowed() { expect 0 kmsctl policy get -k alias/split; grep -c '"Sid"' out; }
before=$(allowed)
expect 0 kmsctl policy allow -k alias/split --principal user/ci --use -c app=web
expect 0 kmsctl policy allow -k alias/split --principal user/ci --use -c app=db
for app in web db; do expect 0 as ci kmsctl encrypt --key-id "$split" --plaintext AAEC -c app=$app; done
after=$(allowed)
[ "$after" -gt "$before" ] || fail "statements: $before, then $after"
for whom in user/ci $iam:user/ci; do
  expect 0 kmsctl policy allow -k alias/split --principal $whom --use -c app=web
  [ "$(allowed)" = "$after" ] || fail "said twice as $whom: $(cat out)"
done
expect 0 kmsctl policy revoke -k alias/split --principal user/ci
expect 4 as ci kmsctl encrypt --key-id "$split" --plaintext AAEC -c app=web

# A key of one account, used from another one: both sides have to allow it.
expect 0 kmsctl account add 444455556666 --name friend --unit outside/partners
expect 0 kmsctl account move 444455556666 --name partner
expect 0 kmsctl account list --query 'Accounts[?AccountId==`"444455556666"`].[AccountName, Unit]' --output text
[ "$(cat out)" = $'partner\toutside/partners' ] || fail "a new name moves the account: $(cat out)"
expect 0 kmsctl account move 444455556666 --unit ''
expect 0 kmsctl account list --query 'Accounts[?AccountId==`"444455556666"`].[AccountName, Unit]' --output text
[ "$(cat out)" = $'partner\t' ] || fail "the top of the organization: $(cat out)"
expect 2 kmsctl account move 444455556666
expect 0 kmsctl principal create arn:aws:iam::444455556666:user/bob
expect 0 kmsctl slot add --principal arn:aws:iam::444455556666:user/bob --generate-keyfile bob.key
prod=$(kmsctl describe-key --key-id alias/prod --query KeyMetadata.Arn --output text)
expect 4 as bob kmsctl encrypt --key-id "$prod" --plaintext AAEC
expect 0 kmsctl policy allow -k alias/prod --account 444455556666 --use
expect 4 as bob kmsctl encrypt --key-id "$prod" --plaintext AAEC
policy "{\"Effect\":\"Allow\",\"Action\":\"kms:*\",\"Resource\":\"$prod\"}" bob.json
expect 0 kmsctl principal policy put arn:aws:iam::444455556666:user/bob use bob.json
expect 0 as bob kmsctl encrypt --key-id "$prod" --plaintext AAEC
as bob kmsctl encrypt -k "$prod" <plain >bob.c || fail "bob encrypts"
as bob kmsctl decrypt <bob.c >out 2>err || fail "bob decrypts without naming the key"
cmp -s plain out || fail "what bob decrypts"
expect 0 kmsctl region add eu-west-1
as bob kmsctl --region eu-west-1 decrypt <bob.c >out 2>err
[ $? = 4 ] && grep -q 'AccessDeniedException: The ciphertext refers to' err || fail "a ciphertext of another Region"
expect 4 as bob kmsctl get-key-policy --key-id "$prod"
expect 3 as bob kmsctl encrypt --key-id alias/prod --plaintext AAEC
expect 0 kmsctl audit list --query "Events[?userIdentity.arn=='arn:aws:iam::444455556666:user/bob'].eventName" --output text
grep -q Encrypt out || fail "the owner's trail shows the other account"

# A grant for one operation, retired after its use.
user worker
expect 4 as worker kmsctl sign --key-id "$prod" --message AAEC --signing-algorithm RSASSA_PSS_SHA_256
expect 0 kmsctl grant create -k alias/prod --to user/worker --allow Encrypt RetireGrant
token=$(sed -n 's/.*"GrantToken": "\([^"]*\)".*/\1/p' out)
expect 0 as worker kmsctl encrypt --key-id alias/prod --plaintext AAEC --grant-tokens "$token"
expect 4 as worker kmsctl generate-data-key --key-id alias/prod --key-spec AES_256
expect 4 as ci kmsctl retire-grant --grant-token "$token"
expect 0 as worker kmsctl retire-grant --grant-token "$token"
expect 4 as worker kmsctl encrypt --key-id alias/prod --plaintext AAEC

# One that is for calls on behalf of an AWS resource, which nobody makes here.
expect 0 kmsctl create-grant --key-id "$split" --grantee-principal "$iam:user/worker" --operations Encrypt DescribeKey \
  --constraints SourceArn=arn:aws:sns:us-east-1:111122223333:topic
expect 4 as worker kmsctl encrypt --key-id "$split" --plaintext AAEC
expect 4 as worker kmsctl describe-key --key-id "$split"
expect 4 kmsctl policy explain --principal user/worker --action kms:Encrypt -k "$split"

# A service control policy stops even root; a deny beats everything.
policy '{"Effect":"Deny","Action":"kms:ScheduleKeyDeletion","Resource":"*"}' scp.json
expect 0 kmsctl org policy put root/wrklds keep-keys scp.json
grep -q 'hint: .* no account stands in root/wrklds' err || fail "a policy for nobody"
expect 0 kmsctl org policy delete root/wrklds keep-keys
expect 0 kmsctl org policy put root keep-keys scp.json
[ -s err ] && fail "a hint without need"
expect 4 kmsctl schedule-key-deletion --key-id "$split" --pending-window-in-days 7
grep -q 'with an explicit deny in a service control policy' err || fail "the type of the policy"
expect 0 kmsctl org policy delete root keep-keys
policy "{\"Effect\":\"Deny\",\"Principal\":{\"AWS\":\"$iam:user/ci\"},\"Action\":\"kms:*\",\"Resource\":\"*\"},{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"$iam:root\",\"$iam:user/ci\"]},\"Action\":\"kms:*\",\"Resource\":\"*\"}" deny.json
expect 0 kmsctl policy put -k alias/split deny.json
expect 4 as ci kmsctl encrypt --key-id "$split" --plaintext AAEC
grep -q 'with an explicit deny in a resource-based policy' err || fail "explicit deny"

# By tags: people of a team use the keys of their stage.
expect 0 kmsctl tag add -k alias/prod environment=prod
expect 0 kmsctl principal create group/team
policy '{"Effect":"Allow","Action":["kms:Encrypt","kms:Decrypt"],"Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/environment":"${aws:PrincipalTag/environment}"}}}' tags.json
expect 0 kmsctl principal policy put group/team by-tag tags.json
expect 0 kmsctl principal group add group/team user/worker
expect 4 as worker kmsctl encrypt --key-id alias/prod --plaintext AAEC
expect 0 kmsctl principal tag add user/worker environment=prod
expect 0 as worker kmsctl encrypt --key-id alias/prod --plaintext AAEC
expect 4 as worker kmsctl encrypt --key-id "$split" --plaintext AAEC

# The managed key of files: for everybody in the account, through its service alone.
printf content >file
expect 0 as worker kmsctl encrypt-file file
expect 0 as worker kmsctl decrypt-file file.kms -o copy
cmp -s file copy || fail "a file by the managed key"
expect 4 as worker kmsctl encrypt --key-id alias/aws/file --plaintext AAEC
expect 4 kmsctl policy explain --principal user/admin --action kms:Decrypt -k alias/aws/file
expect 0 kmsctl policy explain --principal user/admin --action kms:Decrypt -k alias/aws/file --via-service file

# Roles: trusted users act as them, within the session's policy.
policy "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"$iam:user/ci\"},\"Action\":\"sts:AssumeRole\"}" trust.json
expect 0 kmsctl principal create role/deployer --trust-policy trust.json
policy '{"Effect":"Allow","Action":"kms:*","Resource":"*"}' all.json
expect 0 kmsctl principal policy put role/deployer all all.json
expect 0 as ci kmsctl role assume role/deployer --session-name build --duration 15m -- kmsctl encrypt --key-id alias/prod --plaintext AAEC
expect 0 as ci kmsctl --role "$iam:role/deployer" encrypt --key-id alias/prod --plaintext AAEC
policy '{"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}' narrow.json
expect 4 as ci kmsctl role assume role/deployer --policy narrow.json -- kmsctl encrypt --key-id alias/prod --plaintext AAEC
grep -q 'because no session policy allows the kms:Encrypt action' err || fail "the session's policy"
expect 125 as worker kmsctl role assume role/deployer -- true
expect 125 kmsctl role assume role/deployer -- true
as ci kmsctl role assume role/deployer --query Credentials.SessionToken --output text >token || fail "a token"
KMSCTL_SESSION_TOKEN=$(cat token) expect 4 as worker kmsctl whoami
expect 0 kmsctl audit list --query "Events[?userIdentity.type=='AssumedRole'].userIdentity.arn" --output text
grep -q 'assumed-role/deployer/build' out || fail "sessions in the trail"

# A boundary limits what policies give.
policy '{"Effect":"Allow","Action":"kms:DescribeKey","Resource":"*"}' boundary.json
expect 0 kmsctl principal boundary put user/ci boundary.json
expect 4 as ci kmsctl decrypt --key-id "$prod" --ciphertext-blob fileb://blob --encryption-context app=web
grep -q 'because no permissions boundary allows the kms:Decrypt action' err || fail "the boundary"
expect 0 kmsctl principal boundary delete user/ci

# Made anew under the old name, a user has nothing of the old one.
expect 0 kmsctl policy allow -k alias/prod --principal user/ci --use
slot=$(kmsctl slot list --query "Slots[?Principal=='$iam:user/ci'].SlotId" --output text)
expect 10 kmsctl principal delete user/ci
expect 0 kmsctl slot remove "$slot"
expect 0 kmsctl principal delete user/ci
rm ci.key
user ci
expect 4 as ci kmsctl encrypt --key-id alias/prod --plaintext AAEC
expect 0 kmsctl policy get -k alias/prod
grep -q '"AIDA' out && ! grep -q "$iam:user/ci" out || fail "the old user's id in the policy"

# Policies from files, by name as well as by URL.
expect 0 kmsctl create-key --policy all-owner.json
expect 0 kmsctl kms create-key --policy file://all-owner.json
expect 2 kmsctl create-key --policy no-such-file.json
expect 0 kmsctl policy lint all-owner.json
printf '{"Statement":{"Effect":"Allow","Principal":"*","Action":"kms:Nope","Resource":"*"}}' >doubtful.json
expect 2 kmsctl policy lint doubtful.json
grep -q action-never-matches out || fail "lint"
expect 0 kmsctl endpoint policy put loopback all-owner.json
expect 0 kmsctl endpoint policy delete loopback

# Bad input changes nothing.
printf '{"Statement":[]}' >bad.json
expect 2 kmsctl principal policy put user/ci bad bad.json
expect 2 kmsctl principal create nobody
expect 2 kmsctl principal create role/untrusted
expect 2 kmsctl org policy put nowhere x scp.json
expect 3 kmsctl principal show user/nobody
expect 2 kmsctl policy explain --action kms:Decrypt* -k alias/prod
expect 11 kmsctl policy simulate --cases nowhere.jsonl
printf 'no case\n' | expect 2 kmsctl policy simulate --cases -
