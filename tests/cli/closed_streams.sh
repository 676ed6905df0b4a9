# A standard stream that whoever started the command has closed is none that takes everything and holds nothing.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app
expect 0 kmsctl create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY --alias alias/sign
echo text >plain
expect 0 kmsctl encrypt-file -k alias/app plain

for line in 'encrypt-file -k alias/app plain -o -' 'decrypt-file plain.kms -o -' 'list-keys' \
  'sign -k alias/sign plain -o -' '--version' 'list-keys --output table'; do
  # shellcheck disable=SC2086
  kmsctl $line >&- 2>err
  [ $? -eq 11 ] && grep -q '^kmsctl: FileException: standard output' err || fail "$line: a closed output"
done
for line in 'encrypt -k alias/app' 'decrypt' 'encrypt-file -k alias/app - -o x' 'policy put -k alias/app -'; do
  # shellcheck disable=SC2086
  kmsctl $line <&- >out 2>err
  [ $? -eq 11 ] && grep -q '^kmsctl: FileException: standard input: it is closed' err || fail "$line: a closed input"
  [ ! -e x ] || fail "$line: an output without an input"
done
kmsctl encrypt-file -k alias/app plain -o y <&- >&- 2>&- || fail "a command that uses no standard stream"
kmsctl decrypt-file -o - y | cmp -s - plain || fail "what it wrote"
kmsctl describe-key -k alias/none <&- >&- 2>&-
[ $? -eq 3 ] || fail "the exit code of a command that can say nothing"
exit 0
