# What the words of a command line mean: text, empty values, lists, options that nobody knows, and the environment of aws.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app
echo data >d

# Text is UTF-8: in another encoding it would be sealed into what nothing opens, or be taken for other text.
latin=$'M\xfcller'
for words in "encrypt-file -k alias/app -c owner=$latin d" "encrypt -k alias/app -c who=$latin" \
  "create-key --description $latin" "kms create-key --description $latin" "list-keys --query $latin"; do
  expect 2 kmsctl $words <d
  grep -q 'is not UTF-8' err || fail "$words: $(cat err)"
done
[ ! -e d.kms ] || fail "a file under a context that nobody can type"
cp d "$latin" && expect 0 kmsctl encrypt-file -k alias/app "$latin" && [ -e "$latin.kms" ] || fail "a file's name is its bytes"

cp -a vault "$latin.vault" && expect 0 env XDG_STATE_HOME="$work/copy" kmsctl --vault "$latin.vault" list-keys

# A pair of the context is one word, wherever it stands.
echo two >'b=2.txt'
expect 0 kmsctl encrypt-file -k alias/app d -c env=prod 'b=2.txt'
[ -e d.kms ] && [ -e 'b=2.txt.kms' ] || fail "a file was taken for a pair: $(ls)"
expect 0 kmsctl decrypt-file -c env=prod 'b=2.txt.kms' -o two && cmp two 'b=2.txt' || fail "the second file"
expect 0 kmsctl encrypt-file -k alias/app -c env=prod d -o order.kms
expect 0 kmsctl create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY --alias alias/p
expect 2 kmsctl sign -k alias/p --grant-tokens t d
grep -q InvalidGrantToken err || fail "a file was taken for a grant token: $(cat err)"

# A variable that is not set chooses no other key, role or file.
expect 2 kmsctl encrypt-file -k "" d -o e.kms
grep -q 'key-id: the value is empty' err || fail "what is empty is not named: $(cat err)"
[ ! -e e.kms ] || fail "encrypted under another key"
expect 2 kmsctl verify --public-key "" d
expect 2 kmsctl --role "" whoami
expect 2 kmsctl --vault "" whoami
expect 2 kmsctl role assume role/x --
expect 0 kmsctl create-key --description ""

# Options that nobody knows.
expect 2 kmsctl get-public-key -k alias/p --ouput pem -o x.pem
grep -q "unknown option '--ouput', did you mean '--output'?" err || fail "$(cat err)"
expect 2 kmsctl describe-key --keyid alias/app
grep -q "did you mean '--key-id'?" err || fail "$(cat err)"
expect 2 kmsctl rotate -k alias/app --stauts
grep -q "did you mean '--status'?" err || fail "options of a group: $(cat err)"

# The Region of the environment, as aws has it. What is about the whole vault heeds none.
expect 3 env AWS_REGION=eu-west-1 kmsctl kms create-key
grep -q 'kmsctl region add eu-west-1 (AWS_REGION' err || fail "where the Region comes from: $(cat err)"
expect 0 env AWS_REGION=eu-west-1 kmsctl region add eu-west-1
for names in "AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=us-east-1" AWS_DEFAULT_REGION=eu-west-1; do
  expect 0 env $names kmsctl kms create-key --query KeyMetadata.Arn --output text
  grep -q '^arn:aws:kms:eu-west-1:' out || fail "$names: $(cat out)"
done
expect 0 env AWS_REGION=eu-west-1 kmsctl --region us-east-1 kms create-key --query KeyMetadata.Arn --output text
grep -q '^arn:aws:kms:us-east-1:' out || fail "the command line comes first: $(cat out)"
arn=$(kmsctl describe-key -k alias/app --query KeyMetadata.Arn --output text)
expect 0 env AWS_REGION=eu-west-1 kmsctl encrypt-file -k "$arn" d -o there.kms
expect 0 env AWS_DEFAULT_OUTPUT=text kmsctl kms describe-key --key-id alias/app --query KeyMetadata.KeyState
[ "$(cat out)" = Enabled ] || fail "the format of the environment: $(cat out)"
expect 0 env AWS_DEFAULT_OUTPUT=text kmsctl kms describe-key --key-id alias/app --query KeyMetadata.KeyState --output json
[ "$(cat out)" = '"Enabled"' ] || fail "the command line comes first: $(cat out)"

# A condition on the context is kept with whatever is allowed, or refused.
expect 0 kmsctl principal create user/job
expect 0 kmsctl slot add --principal user/job --generate-keyfile job.key
expect 0 kmsctl policy allow -k alias/app --principal user/job --actions kms:Decrypt kms:DescribeKey -c job=one
grep -q '"kms:EncryptionContext:job": "one"' err || fail "the condition is gone: $(cat err)"
echo secret | kmsctl encrypt -k alias/app -c job=one >one || fail encrypt
echo secret | kmsctl encrypt -k alias/app -c job=two >two || fail encrypt
expect 0 env KMSCTL_KEYFILE=job.key kmsctl decrypt -c job=one <one
expect 4 env KMSCTL_KEYFILE=job.key kmsctl decrypt -c job=two <two
expect 0 env KMSCTL_KEYFILE=job.key kmsctl describe-key -k alias/app
expect 2 kmsctl policy allow -k alias/app --principal user/job --administer -c job=one
expect 2 kmsctl policy allow -k alias/app --principal user/job --actions kms:DescribeKey -c job=one
expect 2 kmsctl policy allow -k alias/p --principal user/job --use -c job=one
expect 0 kmsctl policy allow -k alias/app --principal user/job --decrypt-only -c job=two
expect 0 env KMSCTL_KEYFILE=job.key kmsctl decrypt -c job=two <two
expect 4 env KMSCTL_KEYFILE=job.key kmsctl encrypt -k alias/app -c job=two <d
