# What is given the wrong file says what the file is.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app
says() { # CODE TEXT INPUT COMMAND...
  local code=$1 text=$2 input=$3 got
  shift 3
  "$@" <"$input" >out 2>err
  got=$?
  [ $got -eq "$code" ] && grep -q -- "$text" err && [ ! -s out ] || fail "$* <$input: $got"
  grep -q 'hint: the ciphertext is damaged' err && fail "$* <$input: a hint that does not fit"
  return 0
}
head -c 20 /dev/urandom >small
head -c 50000 /dev/urandom >large
printf '%%PDF-1.7 of no use' >report.pdf
: >empty
for file in small large; do
  expect 0 kmsctl encrypt-file -k alias/app $file
  expect 0 kmsctl encrypt-file -k alias/app --armor $file -o $file.txt
  for form in kms txt; do says 2 'use decrypt-file' $file.$form kmsctl decrypt; done
done
says 2 'use encrypt-file' large kmsctl encrypt -k alias/app
head -c 4097 large >just
says 2 'use encrypt-file' just kmsctl encrypt -k alias/app
says 6 'it is no ciphertext' large kmsctl decrypt
kmsctl encrypt -k alias/app <small >blob && kmsctl encrypt -k alias/app --armor <small >blob.txt || fail encrypt
for form in blob blob.txt; do
  says 2 "$form: written by encrypt, not by encrypt-file: use decrypt" empty kmsctl decrypt-file $form -o x
done
says 6 'report.pdf: this is not an encrypted file of a known format' empty kmsctl decrypt-file report.pdf -o x
head -c 100 large.kms >cut.kms
says 6 'cut.kms: the file is truncated' empty kmsctl decrypt-file cut.kms
says 6 'empty: ' empty kmsctl decrypt-file empty -o x
[ ! -e x ] && [ ! -e cut ] || fail "an output of what is no encrypted file"
# Where nothing more is known, the hint says what it may be.
sed 's/^\(.\{60\}\)./\1x/' blob.txt >changed
kmsctl decrypt <changed >out 2>err
[ $? -eq 6 ] && grep -q 'hint: the ciphertext is damaged' err || fail "a hint for what is damaged"

# A file that cannot be a signature is none.
expect 0 kmsctl create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY --alias alias/sign
expect 0 kmsctl get-public-key -k alias/sign --output pem
cp out pub.pem
for signature in empty large report.pdf; do
  for how in '-k alias/sign' '--public-key pub.pem'; do
    # shellcheck disable=SC2086
    says 6 "$signature is no signature of small" empty kmsctl verify $how small --signature $signature
  done
done
exit 0
