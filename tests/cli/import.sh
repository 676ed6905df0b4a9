# Bring your own key, with openssl on the other side: it makes the keys, wraps them, and checks what they do.
. "$(dirname "$0")/support.sh"
new_vault
head -c 200 /dev/urandom >p
external() { # SPEC USAGE ALIAS
  expect 0 kmsctl create-key --origin EXTERNAL --key-spec "$1" --key-usage "$2" --alias "alias/$3"
}
expect 0 kmsctl create-key --origin EXTERNAL --alias alias/sym
grep -q '"KeyState": "PendingImport"' out || fail "pending import"
kmsctl encrypt -k alias/sym <p >out 2>err
[ $? -eq 5 ] || fail "use before the import"
head -c 32 /dev/urandom >sym.raw
head -c 31 sym.raw >short.raw
expect 6 kmsctl import-key -k alias/sym --in short.raw
expect 0 kmsctl import-key -k alias/sym --in sym.raw --description first
kmsctl encrypt -k alias/sym <p | kmsctl decrypt | cmp - p || fail "an imported key"
head -c 32 /dev/urandom >other.raw
expect 6 kmsctl import-key -k alias/sym --in other.raw
expect 0 kmsctl import-key -k alias/sym --in sym.raw
kmsctl encrypt -k alias/sym <p >old.c
expect 5 kmsctl rotate -k alias/sym
expect 0 kmsctl import-key -k alias/sym --in other.raw --new-material
expect 0 kmsctl rotate -k alias/sym
kmsctl decrypt <old.c | cmp - p || fail "the material before"
expect 0 kmsctl create-key --alias alias/plain
expect 13 kmsctl import-key -k alias/plain --in sym.raw

# Wrapped by openssl, step by step.
expect 0 kmsctl create-key --origin EXTERNAL --alias alias/manual
id=$(kmsctl describe-key -k alias/manual --query KeyMetadata.KeyId --output text)
for hash in 1 256; do
  kmsctl get-parameters-for-import --key-id "$id" --wrapping-algorithm RSAES_OAEP_SHA_$hash --wrapping-key-spec RSA_2048 \
    >parameters || fail "parameters"
  sed -n 's/.*"PublicKey": "\(.*\)".*/\1/p' parameters | base64 -d >wrapping.der
  sed -n 's/.*"ImportToken": "\([^"]*\)".*/\1/p' parameters | base64 -d >token
  expect 0 openssl pkeyutl -encrypt -pubin -keyform DER -inkey wrapping.der -in sym.raw -out wrapped \
    -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha$hash -pkeyopt rsa_mgf1_md:sha$hash
  expect 0 kmsctl import-key-material --key-id "$id" --import-token fileb://token \
    --encrypted-key-material fileb://wrapped --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE
done
kmsctl get-parameters-for-import --key-id "$id" --wrapping-algorithm RSA_AES_KEY_WRAP_SHA_256 --wrapping-key-spec RSA_4096 \
  >parameters || fail "parameters"
sed -n 's/.*"PublicKey": "\(.*\)".*/\1/p' parameters | base64 -d >wrapping.der
sed -n 's/.*"ImportToken": "\([^"]*\)".*/\1/p' parameters | base64 -d >token
head -c 32 /dev/urandom >aes
expect 0 openssl pkeyutl -encrypt -pubin -keyform DER -inkey wrapping.der -in aes -out wrapped \
  -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256
expect 0 openssl enc -id-aes256-wrap-pad -K "$(od -An -tx1 aes | tr -d ' \n')" -iv A65959A6 -in sym.raw -out inner
cat inner >>wrapped
expect 0 kmsctl import-key-material --key-id "$id" --import-token fileb://token --encrypted-key-material fileb://wrapped \
  --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE
flip wrapped 300
expect 6 kmsctl import-key-material --key-id "$id" --import-token fileb://token --encrypted-key-material fileb://wrapped \
  --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE
expect 2 kmsctl import-key-material --key-id "$id" --import-token fileb://token --encrypted-key-material fileb://wrapped
flip token 100
expect 6 kmsctl import-key-material --key-id "$id" --import-token fileb://token --encrypted-key-material fileb://wrapped \
  --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE
expect 0 kmsctl delete-imported-key-material --key-id "$id"
[ "$(kmsctl describe-key --key-id "$id" --query KeyMetadata.KeyState --output text)" = PendingImport ] || fail "deleted"

# Signatures: openssl verifies with its own key what kmsctl signed with the import.
printf 'pass phrase\n' >phrase && chmod 600 phrase
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out p256.pem 2>/dev/null
openssl ecparam -name secp384r1 -genkey -noout -out p384.pem 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -outform DER -out p521.pem 2>/dev/null
openssl ecparam -name secp256k1 -genkey -noout -out k256.pem 2>/dev/null
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 2>/dev/null |
  openssl pkcs8 -topk8 -v2 aes-256-cbc -passout file:phrase -out rsa.pem
openssl rsa -in rsa.pem -passin file:phrase -traditional -out rsa-old.pem 2>/dev/null
sign_check() { # SPEC FILE DIGEST
  external "$1" SIGN_VERIFY "$1"
  local passphrase=()
  grep -q ENCRYPTED "$2" && passphrase=(--in-passphrase-file phrase)
  expect 0 kmsctl import-key -k "alias/$1" --in "$2" "${passphrase[@]}"
  expect 0 kmsctl sign --force -k "alias/$1" p
  openssl pkey -in "$2" -passin file:phrase -pubout -out pub.pem 2>/dev/null || fail "public key of $2"
  expect 0 openssl dgst "-$3" -verify pub.pem -signature p.sig p
  kmsctl get-public-key -k "alias/$1" --output pem | cmp - pub.pem || fail "public key of $1"
  openssl dgst "-$3" -sign "$2" -passin file:phrase -out theirs.sig p || fail "openssl signs"
  expect 0 kmsctl verify -k "alias/$1" p --signature theirs.sig
}
sign_check ECC_NIST_P256 p256.pem sha256
sign_check ECC_NIST_P384 p384.pem sha384
sign_check ECC_NIST_P521 p521.pem sha512
sign_check ECC_SECG_P256K1 k256.pem sha256
sign_check RSA_2048 rsa.pem sha256
expect 0 kmsctl import-key -k alias/RSA_2048 --in rsa-old.pem
expect 6 kmsctl import-key -k alias/RSA_2048 --in p256.pem
expect 2 setsid kmsctl import-key -k alias/RSA_2048 --in rsa.pem
printf 'wrong\n' >wrong
expect 6 kmsctl import-key -k alias/RSA_2048 --in rsa.pem --in-passphrase-file wrong
for algorithm in RSASSA_PSS_SHA_256 RSASSA_PSS_SHA_512; do
  expect 0 kmsctl sign --force -k alias/RSA_2048 --signing-algorithm $algorithm p
  bits=${algorithm##*_}
  expect 0 openssl dgst -sha"$bits" -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest \
    -verify <(openssl rsa -in rsa.pem -passin file:phrase -pubout 2>/dev/null) -signature p.sig p
done
openssl genpkey -algorithm ED25519 -out ed.pem 2>/dev/null
external ECC_NIST_EDWARDS25519 SIGN_VERIFY ed
expect 0 kmsctl import-key -k alias/ed --in ed.pem
expect 0 kmsctl sign --force -k alias/ed p
openssl pkey -in ed.pem -pubout -out ed.pub
expect 0 openssl pkeyutl -verify -pubin -inkey ed.pub -rawin -in p -sigfile p.sig
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:SM2 -out sm2.pem 2>/dev/null
external SM2 SIGN_VERIFY sm2
expect 0 kmsctl import-key -k alias/sm2 --in sm2.pem
expect 0 kmsctl sign --force -k alias/sm2 p
openssl pkey -in sm2.pem -pubout -out sm2.pub
expect 0 openssl pkeyutl -verify -pubin -inkey sm2.pub -rawin -digest sm3 -pkeyopt distid:1234567812345678 -in p -sigfile p.sig

# HMAC, OAEP and ECDH.
external HMAC_256 GENERATE_VERIFY_MAC mac
expect 0 kmsctl import-key -k alias/mac --in sym.raw
kmsctl generate-mac --key-id alias/mac --message fileb://p --mac-algorithm HMAC_SHA_256 --query Mac --output text |
  base64 -d >mac || fail "mac"
openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(od -An -tx1 sym.raw | tr -d ' \n')" -binary p | cmp - mac || fail "HMAC"
expect 0 kmsctl verify-mac --key-id alias/mac --message fileb://p --mac-algorithm HMAC_SHA_256 --mac fileb://mac
expect 0 kmsctl create-key --key-spec RSA_3072 --key-usage ENCRYPT_DECRYPT --alias alias/oaep
kmsctl get-public-key -k alias/oaep --output pem >oaep.pem
head -c 100 p >q
expect 0 openssl pkeyutl -encrypt -pubin -inkey oaep.pem -in q -out q.rsa -pkeyopt rsa_padding_mode:oaep \
  -pkeyopt rsa_oaep_md:sha256
kmsctl decrypt --key-id alias/oaep --encryption-algorithm RSAES_OAEP_SHA_256 --ciphertext-blob fileb://q.rsa \
  --query Plaintext --output text | base64 -d | cmp - q || fail "OAEP"
for curve in 256 384 521; do
  expect 0 kmsctl create-key --key-spec ECC_NIST_P$curve --key-usage KEY_AGREEMENT --alias alias/ecdh$curve
  kmsctl get-public-key -k alias/ecdh$curve --output pem >ours.pem
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-$curve -out peer.pem 2>/dev/null
  openssl pkey -in peer.pem -pubout -outform DER -out peer.der
  openssl pkeyutl -derive -inkey peer.pem -peerkey ours.pem -out theirs || fail "derive"
  kmsctl derive-shared-secret --key-id alias/ecdh$curve --key-agreement-algorithm ECDH --public-key fileb://peer.der \
    --query SharedSecret --output text | base64 -d | cmp - theirs || fail "ECDH on P-$curve"
done
expect 2 kmsctl derive-shared-secret --key-id alias/ecdh256 --key-agreement-algorithm ECDH --public-key fileb://peer.der
kmsctl generate-data-key-pair --key-id alias/plain --key-pair-spec ECC_NIST_P256 >pair || fail "pair"
sed -n 's/.*"PrivateKeyPlaintext": "\(.*\)".*/\1/p' pair | base64 -d | openssl pkey -inform DER -pubout -outform DER >pub.der
sed -n 's/.*"PublicKey": "\([^"]*\)".*/\1/p' pair | base64 -d | cmp - pub.der || fail "data key pair"
expect 13 kmsctl create-key --key-spec ML_KEM_768 --key-usage ENCAPSULATE_DECAPSULATE
expect 0 kmsctl vault check
exit 0
