# Who one is, and in which vault: the credential that is named counts, beside an agent and without one.
. "$(dirname "$0")/support.sh"
new_vault
export XDG_RUNTIME_DIR=$work/run
mkdir -m 700 run
trap 'kmsctl agent stop >/dev/null 2>&1; rm -rf "$work"' EXIT
expect 0 kmsctl create-key --alias alias/app
expect 0 kmsctl principal create user/ci
expect 0 kmsctl slot add --principal user/ci --generate-keyfile ci.key
cat >trust.json <<'END'
{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:user/ci"},
 "Action": "sts:AssumeRole"}}
END
expect 0 kmsctl principal create role/deployer --trust-policy trust.json
who() { "$@" kmsctl whoami --query Principal --output text; }

expect 0 kmsctl unlock
[ "$(who env -u KMSCTL_KEYFILE)" = arn:aws:iam::111122223333:root ] || fail "the agent answers as its owner"
[ "$(who env)" = arn:aws:iam::111122223333:root ] || fail "the same credential, beside the agent"
[ "$(kmsctl whoami --query Mode --output text)" != advisory ] || fail "the agent is not used by whom it answers as"
[ "$(who env KMSCTL_KEYFILE=ci.key)" = arn:aws:iam::111122223333:user/ci ] || fail "a keyfile of the environment does not count"
expect 0 env KMSCTL_KEYFILE=/dev/fd/9 kmsctl whoami --query Principal --output text 9< <(cat ci.key)
[ "$(cat out)" = arn:aws:iam::111122223333:user/ci ] || fail "a keyfile that can be read once: $(cat out)"
expect 11 env KMSCTL_KEYFILE=/nonexistent kmsctl list-keys
expect 2 env KMSCTL_AGENT="$work/run/kmsctl/agent-$(stat -c %d-%i vault).sock" KMSCTL_KEYFILE=ci.key kmsctl whoami
grep -q 'answers as arn:aws:iam::111122223333:root, and the credential in the environment is that of arn:aws:iam::111122223333:user/ci' err ||
  fail "both are named: $(cat err)"

# A role, for a command that knows of none, beside an agent and without one.
session='arn:aws:sts::111122223333:assumed-role/deployer/kmsctl'
for way in beside without; do
  [ $way = without ] && expect 0 kmsctl agent stop
  for words in "env KMSCTL_KEYFILE=ci.key kmsctl" "env -u KMSCTL_KEYFILE kmsctl --keyfile ci.key" \
    "env KMSCTL_KEYFILE=ci.key kmsctl --no-agent"; do
    expect 0 $words role assume role/deployer -- sh -c 'kmsctl whoami --query Principal --output text'
    [ "$(cat out)" = "$session" ] || fail "$way an agent, $words: $(cat out)"
  done
  expect 127 env KMSCTL_KEYFILE=ci.key kmsctl role assume role/deployer -- no-such-command
  expect 126 env KMSCTL_KEYFILE=ci.key kmsctl role assume role/deployer -- /etc/passwd
  expect 3 env KMSCTL_KEYFILE=ci.key kmsctl role assume role/deployer -- sh -c 'exit 3'
  expect 125 env KMSCTL_KEYFILE=ci.key kmsctl role assume role/none -- true
  expect 4 env KMSCTL_KEYFILE=ci.key kmsctl role assume role/none
done
(cd run && expect 0 env -u KMSCTL_KEYFILE KMSCTL_VAULT=../vault kmsctl --keyfile ../ci.key role assume role/deployer -- \
  sh -c 'cd / && kmsctl whoami') || exit 1

# What needs the files alone does not wait for an agent to end.
expect 0 kmsctl unlock
expect 10 kmsctl --no-agent slot add --principal user/ci --generate-keyfile more.key
grep -q "agent at .* has the vault open" err || fail "who has the vault: $(cat err)"
[ ! -e more.key ] || fail "a keyfile that opens nothing"

# Two vaults, each with an agent of its own; an agent that is named serves one of them.
expect 0 kmsctl --vault other init --generate-keyfile other.key --no-recovery-code
other() { env KMSCTL_VAULT="$work/other" KMSCTL_KEYFILE=other.key kmsctl "$@"; }
trap 'kmsctl agent stop >/dev/null 2>&1; other agent stop >/dev/null 2>&1; rm -rf "$work"' EXIT
socket=$(kmsctl agent status --query Socket --output text)
for words in unlock lock "agent status"; do
  expect 10 env KMSCTL_AGENT="$socket" KMSCTL_VAULT="$work/other" KMSCTL_KEYFILE=other.key kmsctl $words
  grep -q "serves another vault than $work/other" err || fail "$words: $(cat err)"
done
state() { "$@" agent status --query State --output text; }
expect 7 other agent status
expect 0 other unlock
[ "$(state kmsctl) $(state other)" = "UNLOCKED UNLOCKED" ] || fail "both: $(state kmsctl) $(state other)"
expect 0 other list-keys
expect 0 other lock
[ "$(state kmsctl) $(state other)" = "UNLOCKED LOCKED" ] || fail "another vault's lock: $(state kmsctl) $(state other)"
expect 0 other agent stop

# The vault of who names none has the socket that a service manager makes.
expect 0 env -u KMSCTL_VAULT XDG_DATA_HOME="$work/data" kmsctl init --generate-keyfile default.key --no-recovery-code
default() { env -u KMSCTL_VAULT -u KMSCTL_KEYFILE XDG_DATA_HOME="$work/data" kmsctl "$@"; }
(cd data && expect 0 env KMSCTL_KEYFILE=../default.key KMSCTL_VAULT=kmsctl/default XDG_DATA_HOME="$work/data" kmsctl unlock) ||
  exit 1
grep -q "$work/run/kmsctl/agent.sock" out data/out || fail "the default vault: $(cat data/out)"
expect 0 default list-keys
expect 0 default agent stop
expect 3 env -u KMSCTL_VAULT -u XDG_DATA_HOME -u HOME kmsctl list-keys
grep -q "no vault is named" err || fail "no home: $(cat err)"
expect 3 env -u KMSCTL_VAULT XDG_DATA_HOME="$work/none" kmsctl list-keys
grep -q "make one with kmsctl init" err || fail "no vault: $(cat err)"
