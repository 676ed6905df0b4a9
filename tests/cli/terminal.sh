# What others wrote never reaches a terminal as control characters, by whatever way it goes there.
here=$(cd "$(dirname "$0")" && pwd)
. "$(dirname "$0")/support.sh"
command -v script >/dev/null || exit 0
export NO_COLOR=1 # colours are tried by look.sh
new_vault
esc=$'\e' bell=$'\a' c1=$'\xc2\x9b' bidi=$'\xe2\x80\xae' del=$'\x7f'
hostile="x${esc}]0;PWNED${bell}${esc}[2J${c1}8m${bidi}${del}"
forged=$'y\nEVENTS\t1.11\tFORGED\r'

# COMMAND as a person sees it: `seen` is what came to the terminal, without the carriage returns that it adds.
# script hands the line to $SHELL, or to /bin/sh, which need not know the way in which %q quotes.
at_terminal() {
  printf -v line '%q ' "$@"
  SHELL=$BASH script -qec "$line" /dev/null </dev/null >raw 2>/dev/null
  status=$?
  sed 's/\r$//' raw >seen
}
harmless() { # what it was
  LC_ALL=C grep -q "[$esc$bell$del]" seen && { LC_ALL=C grep "[$esc$bell$del]" seen | cat -v; fail "$1: a control character"; }
  LC_ALL=C grep -qE $'\xc2[\x80-\x9f]|\xe2\x80\xae|\r' seen && { cat -v seen; fail "$1: a C1 or bidi control"; }
  grep -q '^EVENTS[[:space:]]1.11' seen && { cat -v seen; fail "$1: a forged line"; }
  return 0
}
says() { # COMMAND: it shows the hostile text, as escapes
  at_terminal "$@"
  harmless "$*"
  grep -qE '(u001b|\\e)]0;PWNED' seen || { cat -v seen; fail "$*: the text is not shown at all"; }
}

expect 0 kmsctl create-key --description "$hostile$forged" --alias alias/app --tags "TagKey=a,TagValue=b"
printf secret | kmsctl encrypt -k alias/app -c "x=$hostile" -c "$hostile=$forged" >blob || fail encrypt
cat >policy.json <<END
{"Version": "2012-10-17", "Statement": [
  {"Sid": "all", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"},
  {"Sid": $(printf '"x\\u001b]0;PWNED\\u0007\\u009b8m\\u202e\\u007f"'), "Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt",
   "Resource": "*", "Condition": {"StringEquals": {"kms:EncryptionContext:x": "$(printf 'x\\u001b]0;PWNED\\u0007\\u009b8m\\u202e')"}}}]}
END
kmsctl policy put -k alias/app policy.json >out 2>err || fail "policy put"

for format in json text table yaml; do
  says kmsctl describe-key -k alias/app --output $format
  [ $format = table ] || says kmsctl audit list --output $format # the table has no parameters
done
at_terminal kmsctl audit list --output table
harmless "audit list"
says kmsctl describe-key -k alias/app --query KeyMetadata.Description --output text
says kmsctl describe-key -k alias/app --query '[KeyMetadata.Description]' --output text
says kmsctl policy get -k alias/app
says kmsctl get-key-policy --key-id "$(kmsctl describe-key -k alias/app --query KeyMetadata.KeyId --output text)" --query Policy --output text
says kmsctl policy explain -v --action kms:Encrypt -k alias/app -c "x=$hostile"
sed 's/kms:Encrypt"/kms:NoSuchAction"/' policy.json >lint.json
says kmsctl policy lint lint.json --output json
says kmsctl policy lint lint.json
# Errors that quote what was given, warnings and hints.
says kmsctl describe-key -k "alias/$hostile"
says kmsctl "$hostile"
says kmsctl --vault "$work/$hostile" list-keys
says kmsctl decrypt-file "$work/$hostile"
# Names of files: in errors and in progress.
truncate -s 80M "$hostile"
says kmsctl encrypt-file -k alias/app -o never "$hostile/"
at_terminal kmsctl encrypt-file -k alias/app -o large "$hostile"
[ "$status" = 0 ] || fail "a file with such a name: $(cat -v seen)"
tr '\r' '\n' <seen | sed "s/^$esc\[K//" >shown && mv shown seen # our own: to the start of the line, and clear it
harmless progress
grep -qE '(u001b|\\e)]0;PWNED' seen || fail "the progress does not name the file"
# Plaintext that would move the cursor is no text.
printf 'plain %s' "$hostile" >file
expect 0 kmsctl encrypt-file -k alias/app file
at_terminal kmsctl decrypt-file -o - file.kms
[ "$status" = 11 ] || fail "binary on a terminal: $status"
harmless decrypt-file
printf 'line one\nzwei \xc3\xbc\tdrei\n' >file
expect 0 kmsctl encrypt-file -k alias/app --force file
at_terminal kmsctl decrypt-file -o - file.kms
[ "$status" = 0 ] && cmp -s seen file || fail "text on a terminal: $(cat -v seen)"
printf 'plain %s' "$hostile" | kmsctl encrypt -k alias/app >blob || fail "encrypt"
at_terminal bash -c 'kmsctl decrypt <blob'
[ "$status" = 11 ] || fail "binary on a terminal: $status"
harmless decrypt

# A program reads text by lines and tabs: none of them comes from a value.
expect 0 kmsctl audit list --output text
grep -q '^EVENTS[[:space:]]1.11' out && fail "a forged line for a program"
expect 0 kmsctl describe-key -k alias/app --output text
[ "$(wc -l <out)" = 2 ] || fail "a value breaks the line: $(cat -v out)"
# JSON means what it meant.
kmsctl describe-key -k alias/app --query KeyMetadata.Description --output text >out
printf '%s\n' "$hostile$forged" | cmp -s - out || fail "a single value for a program is another one: $(cat -v out)"

# A secret in the list of processes: a person is told, a script meets what aws prints.
expect 0 kmsctl encrypt -k alias/app --plaintext c2VjcmV0
[ ! -s err ] || fail "a script is told: $(cat err)"
at_terminal kmsctl encrypt -k alias/app --plaintext c2VjcmV0
grep -q '^kmsctl: warning: the value of --plaintext' seen || fail "nobody is told of a plaintext on the command line"
printf secret >in
at_terminal kmsctl encrypt -k alias/app --plaintext fileb://in
grep -q warning seen && fail "a file is no secret on the command line"
# Nothing that this program starts gains privileges; what it starts works.
expect 0 kmsctl principal create user/u --generate-keyfile u.key
expect 0 kmsctl principal create role/r --trust-policy /dev/stdin <<<'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/u"},"Action":"sts:AssumeRole"}]}'
expect 0 env KMSCTL_KEYFILE=u.key kmsctl role assume role/r -- grep '^NoNewPrivs:.1$' /proc/self/status
limits=$(ulimit -Hc; ulimit -Sc)
expect 0 env KMSCTL_KEYFILE=u.key kmsctl role assume role/r -- bash -c 'ulimit -Hc; ulimit -Sc'
[ "$(cat out)" = "$limits" ] || fail "a command that runs as a role may not dump core where others may"
cat >editor.sh <<'END'
#!/bin/sh
sed -i 's/"all"/"everything"/' "$1"
END
chmod +x editor.sh
at_terminal env EDITOR="$work/editor.sh" kmsctl policy put -k alias/app
expect 0 kmsctl policy get -k alias/app
grep -q everything out || fail "the editor changed nothing"

# An agent answers whoever sits at the keyboard: to change the passphrase takes one who knows what opens the vault.
trap 'kmsctl agent stop >/dev/null 2>&1; rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR=$work/run
mkdir -m 700 run
old='correct horse battery staple' new='another horse, other staples'
printf '%s\n' "$old" >old && printf '%s\n' "$new" >new && chmod 600 old new || fail "passphrases"
expect 0 kmsctl slot add --new-passphrase-file old
expect 0 kmsctl unlock
unset KMSCTL_KEYFILE
typed() { # OUTCOME [QUESTION ANSWER]... -- COMMAND...: see typist.py
  local wanted=$1 outcome
  shift
  outcome=$(python3 "$here/typist.py" seen "$@" 2>err) || fail "$*: $(cat err)"
  [ "$outcome" = "$wanted" ] || { cat -v seen; fail "$*: $outcome, not $wanted"; }
}
typed 'exit 8' 'Passphrase of ' wrong 'That opens nothing. Passphrase of ' "$new" 'That opens nothing.' wrong -- kmsctl passphrase change
grep -q 'WrongPassphraseException: .*recovery code' seen || { cat -v seen; fail "three wrong passphrases: nothing is said of the recovery code"; }
grep -q "wrong\|$new" seen && fail "a passphrase is shown"
expect 0 kmsctl whoami
typed 'signal 2' 'Passphrase of ' ^C -- kmsctl passphrase change
typed 'signal 2' 'Passphrase of ' "$old" 'New passphrase' ^C -- kmsctl passphrase change
# Also in the moment between the question and the wait for an answer, which this meets now and then.
for _ in 1 2 3 4 5 6 7 8 9 10; do typed 'signal 2' 'New passphrase' ^C -- kmsctl --vault never init; done
[ ! -e never ] || fail "a vault without a passphrase"
expect 0 kmsctl --passphrase-file old whoami
typed 'exit 2' 'Passphrase of ' "$old" 'New passphrase' "$new" 'The same again' "$new?" -- kmsctl passphrase change
expect 0 kmsctl --passphrase-file old whoami
typed 'exit 0' 'Passphrase of ' "$old" 'New passphrase' "$new" 'The same again' "$new" -- kmsctl passphrase change
grep -q "$old\|$new" seen && fail "a passphrase is shown"
expect 0 kmsctl agent stop
expect 8 kmsctl --passphrase-file old whoami
expect 0 kmsctl --passphrase-file new whoami
exit 0
