# What completes words asks an agent that has the vault open for names, and nobody for a secret: without one it is silent
# and quick.
stubs=$(cd "$(dirname "$0")/../../completions" && pwd)
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app
expect 0 kmsctl principal create user/ci
expect 0 kmsctl region add eu-west-1
unset KMSCTL_KEYFILE
export XDG_RUNTIME_DIR=$work
ask() { expect 0 setsid -w timeout 20 kmsctl complete fish -- kmsctl "$@" </dev/null && [ ! -s err ] || fail "$*: $(cat err)"; }
offers() { # CANDIDATES WORDS...: an agent may be too slow for it, on a machine that does much else
  local wanted=$1
  shift
  for _ in $(seq 20); do
    ask "$@"
    [ "$(cut -f 1 out | tr '\n' ' ')" = "$wanted" ] && return
  done
  fail "$*: '$(cat out)', not '$wanted'"
}
bash_offers() { # CANDIDATES LINE
  expect 0 kmsctl complete bash -- "$2"
  [ "$(tr '\n' ' ' <out)" = "$1" ] || fail "$2: '$(cat out)', not '$1'"
}

# Without an agent: what needs no vault.
offers 'text table ' --output t
offers '' encrypt-file -k al
offers '' principal show u
offers ':files ' encrypt-file x
offers 'kms:ReEncryptFrom kms:ReEncryptTo ' policy explain --action kms:ReEncrypt
expect 2 kmsctl complete csh -- kmsctl ''
bash_offers '' ''
bash_offers 'RSA_2048 ' 'kmsctl create-key --key-spec=RSA_20'
expect 2 kmsctl completion
expect 0 kmsctl completion zsh && cmp out "$stubs/_kmsctl" || fail "what completion prints is not what is installed"

# With one.
expect 0 kmsctl unlock --keyfile owner.key
offers 'alias/app ' encrypt-file -k al
id=$(kmsctl describe-key -k alias/app --query KeyMetadata.KeyId --output text)
offers "alias/app $id " encrypt-file -k ''
grep -q "^$id$(printf '\t')alias/app$" out || fail "a key without its alias: $(cat out)"
offers 'user/ci ' principal show u
offers 'eu-west-1 ' region list --region e
offers '' --region eu-west-1 encrypt-file -k al
offers '' --vault "$work/elsewhere" encrypt-file -k al
offers '' --keyfile owner.key encrypt-file -k al
KMSCTL_PASSPHRASE_FILE=/nowhere offers '' encrypt-file -k al

# A locked one, and one that never answers.
expect 0 kmsctl lock
offers '' encrypt-file -k al
expect 0 kmsctl agent stop
mkdir -m 700 hangs
python3 -c 'import socket, time; s = socket.socket(socket.AF_UNIX); s.bind("hangs/sock"); s.listen(); time.sleep(60)' &
silent=$!
for _ in $(seq 100); do [ -S hangs/sock ] && break || sleep 0.1; done
KMSCTL_AGENT=$work/hangs/sock offers '' encrypt-file -k al # within the patience of ask()
kill $silent

exit 0
