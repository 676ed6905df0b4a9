# Files as they are named: standard streams, devices, pipes and links.
. "$(dirname "$0")/support.sh"
umask 022
new_vault
expect 0 kmsctl create-key --alias alias/app
expect 0 kmsctl create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY --alias alias/sign
echo text >plain
expect 0 kmsctl encrypt-file -k alias/app plain
opens() { # FILE: an encrypted file with our text
  kmsctl decrypt-file -o - "$1" 2>err | cmp -s - plain || fail "$1 is no encrypted file of ours"
}

# A closed stream is closed under its other names, too.
kmsctl decrypt-file plain.kms -o /dev/stdout >&- 2>err
[ $? -eq 11 ] && grep -q 'standard output: it is closed' err || fail "a closed output"
for line in 'encrypt-file -k alias/app /dev/stdin -o x' 'policy simulate --cases -'; do
  # shellcheck disable=SC2086
  kmsctl $line <&- >out 2>err
  [ $? -eq 11 ] && grep -q 'standard input: it is closed' err && [ ! -e x ] || fail "$line: a closed input"
done

# Standard streams under the names that the system has for them.
for name in - /dev/stdout /dev/fd/1 /proc/self/fd/1; do
  kmsctl encrypt-file -k alias/app plain -o $name >to 2>err || fail "-o $name"
  opens to
done
kmsctl encrypt-file -k alias/app plain -o /dev/stderr 2>to || fail "-o /dev/stderr"
opens to
kmsctl encrypt-file -k alias/app plain -o /dev/fd/7 7>to || fail "-o /dev/fd/7"
opens to
expect 11 kmsctl encrypt-file -k alias/app plain -o /dev/fd/44
kmsctl encrypt-file -k alias/app plain -o >(cat >to) || fail "-o of a process substitution"
for _ in $(seq 50); do [ -s to ] && break; sleep 0.05; done
opens to
for name in - /dev/stdin /dev/fd/0; do
  kmsctl encrypt-file -k alias/app $name <plain >to 2>err || fail "encrypt-file $name"
  opens to
  kmsctl decrypt-file $name <plain.kms | cmp -s - plain || fail "decrypt-file $name"
done
[ ! -e /dev/stdin.kms ] || fail "encrypt-file /dev/stdin writes beside it"
cat plain | kmsctl encrypt-file -k alias/app /dev/stdin >to || fail "encrypt-file /dev/stdin of a pipe"
opens to
mkfifo pipe
(cat plain >pipe) &
expect 2 kmsctl encrypt-file -k alias/app pipe
grep -q 'give the output with -o' err || fail "an output for a pipe"
kmsctl encrypt-file -k alias/app pipe -o to2 || fail "encrypt-file of a named pipe"
opens to2
printf text | kmsctl encrypt -k alias/app -o /dev/stdout >blob || fail "encrypt -o /dev/stdout"
[ "$(kmsctl decrypt -o /dev/stdout <blob)" = text ] || fail "decrypt -o /dev/stdout"

# Standard input is one input, whichever, and not two.
expect 0 kmsctl sign -k alias/sign plain
expect 0 kmsctl get-public-key -k alias/sign --output pem
cp out pub.pem
kmsctl verify -k alias/sign plain --signature - <plain.sig >out 2>err || fail "verify --signature -"
kmsctl verify --public-key pub.pem plain --signature /dev/stdin <plain.sig >out 2>err || fail "verify --signature /dev/stdin"
kmsctl verify --public-key - plain <pub.pem >out 2>err || fail "verify --public-key -"
kmsctl verify -k alias/sign - --signature plain.sig <plain >out 2>err || fail "verify -"
kmsctl verify --public-key pub.pem - --signature - <plain >out 2>err
[ $? -eq 2 ] && grep -q 'standard input' err || fail "standard input for two inputs"
kmsctl encrypt-file -k alias/app - - <plain >out 2>err
[ $? -eq 2 ] && [ ! -s out ] || fail "standard input twice"
printf 'pass phrase\n' >phrase && chmod 600 phrase
expect 0 kmsctl slot add --new-passphrase-file phrase
env -u KMSCTL_KEYFILE kmsctl --passphrase-file - list-keys <phrase >out 2>err || fail "--passphrase-file -"
expect 2 kmsctl slot add --generate-keyfile -

# Devices and pipes are written to, and stay.
if [ "$(id -u)" = 0 ] && mknod null c 1 3 2>/dev/null && : 2>/dev/null >null; then
  for force in '' --force; do
    # shellcheck disable=SC2086
    expect 0 kmsctl encrypt-file -k alias/app plain -o null $force
    [ -c null ] || fail "a device was replaced"
  done
  expect 0 kmsctl sign -k alias/sign plain -o null --force
  [ -c null ] || fail "sign replaces a device"
fi
expect 0 kmsctl encrypt-file -k alias/app plain -o /dev/null
expect 0 kmsctl encrypt-file -k alias/app /dev/null -o /dev/null
expect 0 kmsctl sign -k alias/sign plain -o /dev/null
(cat pipe >to) &
expect 0 kmsctl encrypt-file -k alias/app plain -o pipe
wait $!
[ -p pipe ] || fail "a pipe was replaced"
opens to
mkdir folder
for force in '' --force; do
  # shellcheck disable=SC2086
  expect 11 sh -c "kmsctl encrypt -k alias/app -o folder $force <plain"
  grep -q 'folder: Is a directory' err || fail "a directory for an output"
done
# What went into a pipe cannot be taken back, so a signed file goes nowhere before its signature is checked.
expect 0 kmsctl encrypt-file --sign -k alias/app plain -o signed.kms
expect 13 kmsctl decrypt-file -o /dev/stdout signed.kms
[ ! -s out ] || fail "plaintext of a signed file before its signature"
expect 13 kmsctl decrypt-file -o /dev/null signed.kms

# A symbolic link stays; what it leads to is replaced, with leave.
echo old >real
ln -s real link
ln -s link chain
ln -s new dangling
ln -s /dev/null sink
expect 11 kmsctl encrypt-file -k alias/app plain -o link
[ "$(cat real)" = old ] || fail "what a link leads to was replaced unasked"
expect 0 kmsctl encrypt-file -k alias/app plain -o chain --force
[ -L link ] && [ -L chain ] || fail "a link was replaced"
opens real
expect 0 kmsctl encrypt-file -k alias/app plain -o dangling
[ -L dangling ] || fail "a link was replaced"
opens new
expect 0 kmsctl encrypt-file -k alias/app plain -o sink --force
[ -L sink ] || fail "a link to a device was replaced"
ln -s loop loop
expect 11 kmsctl encrypt-file -k alias/app plain -o loop
expect 11 kmsctl slot add --generate-keyfile link
grep -q 'link: the file exists: remove it, or name another$' err || fail "a keyfile over a link, or an option that there is not"
if [ "$(id -u)" = 0 ] && chown -h 65534 dangling 2>/dev/null; then
  expect 11 kmsctl encrypt-file -k alias/app plain -o dangling --force
  grep -q 'a symbolic link of another user' err || fail "a link of another user is followed"
fi
# Input and output are not one file, however they are named.
ln -s plain same
expect 11 kmsctl encrypt-file -k alias/app plain -o same --force
kmsctl encrypt-file -k alias/app plain -o - >>plain 2>err
[ $? -eq 11 ] && [ "$(cat plain)" = text ] || fail "a file that grows by what is read of it"
exit 0
