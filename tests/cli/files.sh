# Who can read what is written.
. "$(dirname "$0")/support.sh"
umask 022
new_vault
expect 0 kmsctl create-key --alias alias/app
mode() { stat -c %a "$1"; }
has_mode() { # FILE MODE
  [ "$(mode "$1")" = "$2" ] || fail "$1 has mode $(mode "$1"), not $2"
}

# Plaintext is private, whatever the ciphertext is; the umask takes away, and never gives.
printf secret >plain && chmod 644 plain
expect 0 kmsctl encrypt-file -k alias/app plain
has_mode plain.kms 644
for mode in 666 644 640 755; do
  chmod $mode plain.kms
  expect 0 kmsctl decrypt-file -o "plain.$mode" plain.kms
  has_mode "plain.$mode" 600
done
chmod 400 plain.kms
expect 0 kmsctl decrypt-file -o read-only plain.kms
has_mode read-only 400
chmod 644 plain.kms
expect 0 kmsctl decrypt-file --force plain.kms # over a file that everybody reads
has_mode plain 600
expect 0 kmsctl decrypt-file -o - plain.kms
cmp -s out plain || fail "another plaintext"
expect 0 kmsctl decrypt-file -o piped - <plain.kms
has_mode piped 600
for i in 1 2 3; do cp plain "b$i" && chmod 666 "b$i"; done
expect 0 kmsctl encrypt-file -k alias/app b1 b2 b3
has_mode b1.kms 644
rm b1 b2 b3
expect 0 kmsctl decrypt-file b1.kms b2.kms b3.kms
for i in 1 2 3; do has_mode "b$i" 600; done
expect 0 kmsctl decrypt-file --force --mode 0640 b1.kms
has_mode b1 640
for bad in rw 0999 1777 ''; do expect 2 kmsctl decrypt-file --force "--mode=$bad" b1.kms; done
has_mode b1 640
umask 077
chmod 644 plain
expect 0 kmsctl encrypt-file -k alias/app -o masked plain
has_mode masked 600
expect 0 kmsctl create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY --alias alias/sign
expect 0 kmsctl sign -k alias/sign plain
has_mode plain.sig 600
umask 022
expect 0 kmsctl sign -k alias/sign --force plain
has_mode plain.sig 644
printf secret | kmsctl encrypt -k alias/app -o blob || fail encrypt
expect 0 kmsctl decrypt -o text <blob
has_mode text 600
has_mode owner.key 600
exit 0
