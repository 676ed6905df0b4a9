# Public keys in the forms in which other programs hand them on.
. "$(dirname "$0")/support.sh"
echo data >data
expect 0 openssl ecparam -name prime256v1 -genkey -noout -out ec.pem
expect 0 openssl genrsa -out rsa.pem 2048
verifies() { # FILE SIGNATURE
  expect 0 kmsctl verify --public-key "$1" data --signature "$2"
}
for kind in ec rsa; do
  expect 0 openssl dgst -sha256 -sign $kind.pem -out $kind.sig data
  expect 0 openssl req -new -x509 -key $kind.pem -subj /CN=x -days 9 -out $kind.cert
  expect 0 openssl x509 -in $kind.cert -text -out $kind.cert.txt
  expect 0 openssl x509 -in $kind.cert -outform DER -out $kind.cert.der
  expect 0 openssl pkey -in $kind.pem -pubout -out $kind.pub
  expect 0 openssl pkey -in $kind.pem -pubout -outform DER -out $kind.pub.der
  for form in pub pub.der cert cert.txt cert.der; do verifies $kind.$form $kind.sig; done
done
[ "$(kmsctl verify --public-key rsa.cert data --signature rsa.sig --query SigningAlgorithm --output text)" = \
  RSASSA_PKCS1_V1_5_SHA_256 ] || fail "the algorithm"
expect 0 openssl rsa -in rsa.pem -RSAPublicKey_out -out rsa.pkcs1
expect 0 openssl rsa -in rsa.pem -RSAPublicKey_out -outform DER -out rsa.pkcs1.der
verifies rsa.pkcs1 rsa.sig
verifies rsa.pkcs1.der rsa.sig
expect 6 kmsctl verify --public-key ec.cert data --signature rsa.sig
# A private key, a cut file and noise are none, and the message says what would be.
head -c 200 rsa.cert >cut
for file in ec.pem rsa.pem cut data; do
  expect 2 kmsctl verify --public-key $file data --signature ec.sig
  grep -q "$file: no public key that is known here (PEM or DER: SubjectPublicKeyInfo" err || fail "$file"
done
# ML-DSA-44 (OID 2.16.840.1.101.3.4.3.17), 1312 bytes.
{ printf '\x30\x82\x05\x32\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x11\x03\x82\x05\x21\x00'; head -c 1312 /dev/urandom; } >mldsa.der
kmsctl verify --public-key mldsa.der data --signature ec.sig >out 2>err
code=$?
[ $code -eq 6 ] || { [ $code -eq 13 ] && grep -q "mldsa.der: a key of ML-DSA-44, which this build's OpenSSL lacks" err; } || fail "a key of ML-DSA-44"
exit 0
