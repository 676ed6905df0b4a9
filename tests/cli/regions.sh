# The ARN of a key says where it is, in another Region too: for files, and for whatever takes -k.
. "$(dirname "$0")/support.sh"
new_vault
printf secret >plain
expect 0 kmsctl region add us-west-2
expect 0 kmsctl region add eu-west-1
west=$(kmsctl create-key --region us-west-2 --query KeyMetadata.Arn --output text)
multi=$(kmsctl create-key --multi-region --query KeyMetadata.Arn --output text)
expect 0 kmsctl replicate-key --key-id "$multi" --replica-region us-west-2
far_sign=$(kmsctl create-key --region us-west-2 --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY --query KeyMetadata.Arn --output text)
regions() {
  expect 0 kmsctl encrypt-file --force -k "$west" -o west.kms plain
  expect 0 kmsctl decrypt-file --force -o back west.kms
  cmp -s back plain || fail "the file of a key in another Region came back as something else"
  expect 0 kmsctl decrypt-file --force -k "$west" -o back west.kms
  expect 0 kmsctl encrypt-file --force -k "$multi" -o multi.kms plain
  expect 0 kmsctl decrypt-file --force --region us-west-2 -o back multi.kms
  expect 0 kmsctl decrypt-file --force -o back multi.kms
  expect 0 kmsctl encrypt -k "$west" -o west.blob --force <plain
  expect 0 kmsctl decrypt -k "$west" <west.blob
  cmp -s out plain || fail "encrypt and decrypt by the ARN of another Region"
  expect 0 kmsctl sign -k "$far_sign" --force plain
  expect 0 kmsctl verify -k "$far_sign" plain
  expect 0 kmsctl describe-key -k "$west"
  expect 0 kmsctl policy get -k "$west"
  expect 0 kmsctl disable-key -k "$west"
  expect 5 kmsctl decrypt-file --force -o back west.kms
  expect 0 kmsctl enable-key -k "$west"
  expect 2 kmsctl encrypt-file --force --region eu-west-1 -k "$west" -o never plain
  grep -q 'leave --region out' err || fail "no word of what contradicts: $(cat err)"
  [ ! -e never ] || fail "a file under a key of another Region than was asked for"
  expect 3 kmsctl kms describe-key --key-id "$west" # as AWS answers
}
regions
# Where the primary is out of reach, its replica opens the file.
expect 0 kmsctl disable-key -k "$multi"
expect 0 kmsctl decrypt-file --force -o back multi.kms
cmp -s back plain || fail "the replica opens something else"
expect 0 kmsctl enable-key -k "$multi"
# A file of a vault that this one knows nothing of.
expect 0 kmsctl --vault filed init --generate-keyfile filed.key
expect 0 kmsctl --vault filed create-key --keyfile filed.key --alias alias/app
expect 0 kmsctl --vault filed encrypt-file --keyfile filed.key -k alias/app -o foreign.kms plain
expect 4 kmsctl decrypt-file -o never foreign.kms
grep -q 'arn:aws:kms:' err || fail "a refusal does not say what was tried: $(cat err)"
[ ! -e never ] || fail "a refused file"

# The same through an agent.
export XDG_RUNTIME_DIR=$work/run
mkdir -m 700 run
trap 'kmsctl agent stop >/dev/null 2>&1; rm -rf "$work"' EXIT
expect 0 kmsctl unlock
unset KMSCTL_KEYFILE
regions
exit 0
