#!/usr/bin/env bash
# The aws command line against the loopback endpoint: every operation of KMS that it knows, with openssl on the other
# side. usage: aws_cli.sh KMSCTL [MODELS], a folder with a newer service model of KMS than the command brings
. "$(dirname "$0")/support.sh"
[ -d "${2:-}" ] && export AWS_DATA_PATH=$2
called=$work/called
a() { # OPERATION OPTION... : to out, as text
  echo "$1" >>"$called"
  aws --endpoint-url "$KMSCTL_ENDPOINT" --output text kms "$@"
}
ok() { a "$@" >out 2>err || fail "aws kms $*"; }
refused() { # ERROR OPERATION OPTION...
  a "${@:2}" >out 2>err && fail "aws kms ${*:2} was not refused"
  grep -q "($1)" err || fail "aws kms ${*:2}: not $1"
}
value() { a "$@" 2>err || fail "aws kms $*"; }
blob() { value "$@" | base64 -d; }

# Keys, and what is known of them.
key=$(value create-key --description tour --tags TagKey=a,TagValue=b --query KeyMetadata.KeyId)
ok create-alias --alias-name alias/app --target-key-id "$key"
other=$(value create-key --query KeyMetadata.KeyId)
ok update-alias --alias-name alias/app --target-key-id "$other"
ok update-alias --alias-name alias/app --target-key-id "$key"
[ "$(value list-aliases --query 'Aliases[0].AliasName')" = alias/app ] || fail "list-aliases"
[ "$(value list-keys --query 'length(Keys)')" = 2 ] || fail "list-keys"
[ "$(value list-keys --page-size 1 --query 'Keys[].KeyId' | wc -w)" = 2 ] || fail "pages of list-keys"
[ "$(value describe-key --key-id alias/app --query KeyMetadata.Description)" = tour ] || fail "describe-key"
ok update-key-description --key-id "$key" --description other
ok tag-resource --key-id "$key" --tags TagKey=c,TagValue=d
ok untag-resource --key-id "$key" --tag-keys a
[ "$(value list-resource-tags --key-id "$key" --query 'Tags[].TagKey')" = c ] || fail "list-resource-tags"
ok disable-key --key-id "$key"
refused DisabledException encrypt --key-id "$key" --plaintext aGk=
ok enable-key --key-id "$key"
value get-key-policy --key-id "$key" --policy-name default --query Policy >policy.json
ok put-key-policy --key-id "$key" --policy-name default --policy file://policy.json
[ "$(value list-key-policies --key-id "$key" --query 'PolicyNames[0]')" = default ] || fail "list-key-policies"

# Encryption, and data keys that openssl uses.
printf 'attack at dawn' >plain
blob encrypt --key-id alias/app --plaintext fileb://plain --encryption-context a=b --query CiphertextBlob >c
blob decrypt --ciphertext-blob fileb://c --encryption-context a=b --query Plaintext | cmp - plain || fail "decrypt"
refused InvalidCiphertextException decrypt --ciphertext-blob fileb://c
blob re-encrypt --ciphertext-blob fileb://c --source-encryption-context a=b --destination-key-id "$other" \
  --query CiphertextBlob >c2
[ "$(value decrypt --ciphertext-blob fileb://c2 --query KeyId)" = "arn:aws:kms:us-east-1:111122223333:key/$other" ] || fail "re-encrypt"
ok generate-data-key --key-id "$key" --key-spec AES_256 --query '[Plaintext,CiphertextBlob]'
read -r data_key wrapped <out
base64 -d <<<"$wrapped" >w
[ "$(value decrypt --ciphertext-blob fileb://w --query Plaintext)" = "$data_key" ] || fail "generate-data-key"
openssl enc -aes-256-ctr -K "$(base64 -d <<<"$data_key" | xxd -p -c 64)" -iv 00 -in plain -out e 2>/dev/null || fail "openssl with the data key"
blob generate-data-key-without-plaintext --key-id "$key" --number-of-bytes 48 --query CiphertextBlob >w
[ "$(blob decrypt --ciphertext-blob fileb://w --query Plaintext | wc -c)" = 48 ] || fail "generate-data-key-without-plaintext"
blob generate-data-key-pair --key-id "$key" --key-pair-spec ECC_NIST_P256 --query PrivateKeyPlaintext >pair.der
openssl pkey -inform DER -in pair.der -noout || fail "generate-data-key-pair"
blob generate-data-key-pair-without-plaintext --key-id "$key" --key-pair-spec RSA_2048 --query PublicKey >pair.pub
openssl pkey -pubin -inform DER -in pair.pub -noout || fail "generate-data-key-pair-without-plaintext"
[ "$(blob generate-random --number-of-bytes 100 --query Plaintext | wc -c)" = 100 ] || fail "generate-random"
rsa=$(value create-key --key-spec RSA_2048 --key-usage ENCRYPT_DECRYPT --query KeyMetadata.KeyId)
blob get-public-key --key-id "$rsa" --query PublicKey >rsa.der
openssl pkeyutl -encrypt -pubin -keyform DER -inkey rsa.der -in plain -pkeyopt rsa_padding_mode:oaep \
  -pkeyopt rsa_oaep_md:sha256 -out c3 || fail "openssl encrypts"
blob decrypt --key-id "$rsa" --encryption-algorithm RSAES_OAEP_SHA_256 --ciphertext-blob fileb://c3 --query Plaintext | cmp - plain || fail "RSA decrypt"

# Signatures that openssl verifies, MACs, and a secret that openssl agrees on.
openssl dgst -sha256 -binary plain >digest
for row in "RSA_2048 RSASSA_PSS_SHA_256 pss" "RSA_2048 RSASSA_PKCS1_V1_5_SHA_256 pkcs1" "ECC_NIST_P256 ECDSA_SHA_256 none"; do
  read -r spec algorithm padding <<<"$row"
  signer=$(value create-key --key-spec "$spec" --key-usage SIGN_VERIFY --query KeyMetadata.KeyId)
  blob sign --key-id "$signer" --message fileb://digest --message-type DIGEST --signing-algorithm "$algorithm" --query Signature >s
  blob get-public-key --key-id "$signer" --query PublicKey >k.der
  options=()
  [ "$padding" = pss ] && options=(-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest)
  openssl dgst -sha256 -verify k.der -keyform DER "${options[@]}" -signature s plain >/dev/null || fail "openssl verifies $algorithm"
  ok verify --key-id "$signer" --message fileb://plain --message-type RAW --signing-algorithm "$algorithm" --signature fileb://s
  refused KMSInvalidSignatureException verify --key-id "$signer" --message fileb://c --signing-algorithm "$algorithm" --signature fileb://s
done
mac=$(value create-key --key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC --query KeyMetadata.KeyId)
blob generate-mac --key-id "$mac" --message fileb://plain --mac-algorithm HMAC_SHA_256 --query Mac >m
ok verify-mac --key-id "$mac" --message fileb://plain --mac-algorithm HMAC_SHA_256 --mac fileb://m
agree=$(value create-key --key-spec ECC_NIST_P256 --key-usage KEY_AGREEMENT --query KeyMetadata.KeyId)
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out peer.pem 2>/dev/null
openssl pkey -in peer.pem -pubout -outform DER -out peer.der
blob get-public-key --key-id "$agree" --query PublicKey >agree.der
blob derive-shared-secret --key-id "$agree" --key-agreement-algorithm ECDH --public-key fileb://peer.der --query SharedSecret >secret
openssl pkeyutl -derive -inkey peer.pem -peerkey agree.der -peerform DER | cmp - secret || fail "derive-shared-secret"

# Grants, rotation, import.
expect 0 kmsctl principal create user/ci
ci=arn:aws:iam::111122223333:user/ci
grant=$(value create-grant --key-id "$key" --grantee-principal $ci --retiring-principal arn:aws:iam::111122223333:root --operations Encrypt Decrypt --query GrantId)
[ "$(value list-grants --key-id "$key" --query 'Grants[0].GrantId')" = "$grant" ] || fail "list-grants"
[ "$(value list-retirable-grants --retiring-principal arn:aws:iam::111122223333:root --query 'length(Grants)')" = 1 ] || fail "list-retirable-grants"
ok retire-grant --key-id "arn:aws:kms:us-east-1:111122223333:key/$key" --grant-id "$grant"
grant=$(value create-grant --key-id "$key" --grantee-principal $ci --operations Encrypt --query GrantId)
ok revoke-grant --key-id "$key" --grant-id "$grant"
ok enable-key-rotation --key-id "$key"
[ "$(value get-key-rotation-status --key-id "$key" --query KeyRotationEnabled)" = True ] || fail "get-key-rotation-status"
ok disable-key-rotation --key-id "$key"
if [ -n "${AWS_DATA_PATH:-}" ]; then  # operations that are younger than the command
  ok rotate-key-on-demand --key-id "$key"
  [ "$(value list-key-rotations --key-id "$key" --query 'length(Rotations)')" = 1 ] || fail "list-key-rotations"
fi
blob decrypt --ciphertext-blob fileb://c --encryption-context a=b --query Plaintext | cmp - plain || fail "decrypt after rotation"
external=$(value create-key --origin EXTERNAL --query KeyMetadata.KeyId)
ok get-parameters-for-import --key-id "$external" --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_2048 --query '[PublicKey,ImportToken]'
read -r wrapping token <out
base64 -d <<<"$wrapping" >wrapping.der
base64 -d <<<"$token" >token
openssl rand 32 >material
openssl pkeyutl -encrypt -pubin -keyform DER -inkey wrapping.der -in material -pkeyopt rsa_padding_mode:oaep \
  -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 -out material.wrapped || fail "openssl wraps"
ok import-key-material --key-id "$external" --encrypted-key-material fileb://material.wrapped --import-token fileb://token \
  --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE
ok encrypt --key-id "$external" --plaintext aGk=
ok delete-imported-key-material --key-id "$external"
refused KMSInvalidStateException encrypt --key-id "$external" --plaintext aGk=

# Regions, custom key stores, the end of a key.
mrk=$(value create-key --multi-region --query KeyMetadata.KeyId)
ok replicate-key --key-id "$mrk" --replica-region eu-west-1
blob encrypt --key-id "$mrk" --plaintext fileb://plain --query CiphertextBlob >c4
blob decrypt --region eu-west-1 --ciphertext-blob fileb://c4 --query Plaintext | cmp - plain || fail "decrypt in another region"
ok update-primary-region --key-id "$mrk" --primary-region eu-west-1
refused NotFoundException list-keys --region ap-south-1
store=$(value create-custom-key-store --custom-key-store-name cks --cloud-hsm-cluster-id cluster-2a3b4c5defg \
  --key-store-password kmsPswd --trust-anchor-certificate file://policy.json --query CustomKeyStoreId)
ok update-custom-key-store --custom-key-store-id "$store" --new-custom-key-store-name other
ok describe-custom-key-stores --custom-key-store-id "$store"
ok connect-custom-key-store --custom-key-store-id "$store"
a disconnect-custom-key-store --custom-key-store-id "$store" >out 2>err
ok delete-custom-key-store --custom-key-store-id "$store"
ok delete-alias --alias-name alias/app
ok schedule-key-deletion --key-id "$other" --pending-window-in-days 7
refused KMSInvalidStateException encrypt --key-id "$other" --plaintext aGk=
ok cancel-key-deletion --key-id "$other"

# Who calls.
refused NotFoundException describe-key --key-id alias/none
(AWS_SECRET_ACCESS_KEY=wrong; refused InvalidSignatureException list-keys) || exit 1
(AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE; refused UnrecognizedClientException list-keys) || exit 1
sts() { aws --endpoint-url "$KMSCTL_ENDPOINT" --output text sts "$@"; }
[ "$(sts get-caller-identity --query Arn)" = arn:aws:iam::111122223333:root ] || fail "get-caller-identity"
printf '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"sts:AssumeRole"}}' $ci >trust.json
printf '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"kms:ListKeys","Resource":"*"}}' >list.json
expect 0 kmsctl principal create role/reader --trust-policy trust.json
expect 0 kmsctl principal policy put role/reader list list.json
kmsctl access-key create --user ci --output json >ci.json
(
  AWS_ACCESS_KEY_ID=$(member AccessKeyId <ci.json)
  AWS_SECRET_ACCESS_KEY=$(member SecretAccessKey <ci.json)
  refused AccessDeniedException list-keys
  sts assume-role --role-arn arn:aws:iam::111122223333:role/reader --role-session-name tour \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' >session 2>err || fail "assume-role"
  read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <session
  export AWS_SESSION_TOKEN
  ok list-keys
  refused AccessDeniedException list-aliases
  [ "$(sts get-caller-identity --query Arn)" = arn:aws:sts::111122223333:assumed-role/reader/tour ] || fail "the session's identity"
  AWS_SESSION_TOKEN=${AWS_SESSION_TOKEN}AAAA
  refused UnrecognizedClientException list-keys
) || exit 1

# The trail, as CloudTrail has it.
trail() { aws --endpoint-url "$KMSCTL_ENDPOINT" --output text cloudtrail lookup-events "$@"; }
by() { echo "AttributeKey=$1,AttributeValue=$2"; }
trail --lookup-attributes "$(by EventName ReEncrypt)" --query 'Events[].[EventName,Username,ReadOnly]' >out 2>err || fail "lookup-events"
printf 'ReEncrypt\troot\ttrue\n' | cmp - out || fail "lookup-events: $(cat out)"
[ "$(trail --lookup-attributes "$(by ResourceName "$key")" --max-items 3 --query 'length(Events)' | head -1)" = 3 ] || fail "lookup-events by key"
[ "$(trail --lookup-attributes "$(by EventName Encrypt)" --page-size 1 --query 'Events[].EventId' | wc -w)" -ge 2 ] || fail "pages of lookup-events"
id=$(trail --max-items 1 --query 'Events[0].EventId' | head -1)
trail --lookup-attributes "$(by EventId "$id")" --query 'Events[0].CloudTrailEvent' | grep -q "\"eventID\":\"$id\"" || fail "lookup-events by id"
trail --lookup-attributes "$(by ReadOnly maybe)" >out 2>err && fail "lookup-events took a ReadOnly of maybe"
grep -q '(InvalidLookupAttributesException)' err || fail "the error of lookup-events"
[ -z "$(trail --start-time 2001-01-01 --end-time 2001-01-02 --query 'Events[].EventId')" ] || fail "lookup-events of another time"
(
  AWS_ACCESS_KEY_ID=$(member AccessKeyId <ci.json)
  AWS_SECRET_ACCESS_KEY=$(member SecretAccessKey <ci.json)
  trail >out 2>err && fail "lookup-events was not refused"
  grep -q '(AccessDeniedException)' err || fail "lookup-events: not AccessDenied"
) || exit 1
echo "aws: $(sort -u "$called" | wc -l) operations answered as AWS does"
