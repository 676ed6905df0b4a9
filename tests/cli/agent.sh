#!/usr/bin/env bash
# The agent as its users meet it: commands find it, answer the same through it, and it keeps others out.
. "$(dirname "$0")/support.sh"
trap 'kmsctl agent stop >/dev/null 2>&1; rm -rf "$work"' EXIT
export XDG_RUNTIME_DIR=$work/run
mkdir -m 700 run
new_vault
unset KMSCTL_KEYFILE
key=(--keyfile "$work/owner.key")

# Nobody is there.
expect 7 kmsctl agent status
expect 0 kmsctl lock
grep -q "nothing to lock" out || fail "lock without an agent: $(cat out)"
expect 3 kmsctl --vault "$work/none" lock
expect 7 kmsctl list-keys
grep -q "the vault $work/vault is locked: kmsctl unlock opens it" err || fail "how to go on: $(cat err)"

# unlock starts one and asks once; commands need no credential from then on.
expect 0 kmsctl unlock "${key[@]}"
socket=$work/run/kmsctl/agent-$(stat -c %d-%i vault).sock
grep -q "listens at $socket" out || fail "unlock does not say where: $(cat out)"
[ "$(readlink "/proc/$(kmsctl agent status --query Pid --output text)/cwd")" = / ] || fail "an agent keeps a directory in use"
expect 0 kmsctl unlock
grep -q already out || fail "a second unlock does not say that it is unlocked"
[ ! -s err ] || fail "a second unlock notes $(cat err)"
for option in '--listen 127.0.0.1:0' '--idle-timeout 15m'; do
  expect 0 kmsctl unlock $option
  grep -q "note: an agent listens at $socket already, and stays as it is" err || fail "unlock $option says nothing: $(cat err)"
done
expect 10 kmsctl agent start
expect 0 kmsctl agent status --query State --output text
[ "$(cat out)" = UNLOCKED ] || fail "status is $(cat out)"
[ "$(stat -c %a "$socket")" = 600 ] || fail "others can reach the socket"
expect 0 kmsctl whoami --query Mode --output text
[ "$(cat out)" = "advisory (your own agent)" ] || fail "the mode is $(cat out)"
expect 0 kmsctl --no-agent whoami "${key[@]}" --query Mode --output text
[ "$(cat out)" = "advisory (in-process)" ] || fail "--no-agent does not bypass the agent"

# The same output and exit codes either way.
expect 0 kmsctl create-key --alias alias/app
expect 0 kmsctl create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY --alias alias/sign
same() { # CODE COMMAND...
  local wanted=$1
  shift
  expect "$wanted" kmsctl "$@"
  cp out agent.out
  cp err agent.err
  expect "$wanted" kmsctl "$@" --no-agent "${key[@]}"
  cmp -s out agent.out || fail "$*: another output through the agent"
  cmp -s err agent.err || fail "$*: another message through the agent"
}
same 0 describe-key -k alias/app
same 0 kms describe-key --key-id alias/app
same 0 list-aliases --output table
same 0 get-public-key -k alias/sign --output pem
same 0 slot list
same 0 policy get -k alias/app
same 0 region list
same 0 maintain
same 3 describe-key -k alias/none
same 2 describe-key
same 2 encrypt -k alias/app --encryption-context nothing
same 4 role assume role/none
same 3 describe-key -k alias/app --region eu-west-1

# Plain work through it.
printf 'secret' >plain
expect 0 kmsctl encrypt -k alias/app -c a=b <plain
cp out c
expect 0 kmsctl decrypt -c a=b <c
cmp out plain || fail "another plaintext came back"
expect 6 kmsctl decrypt <c
expect 0 kmsctl encrypt-file plain
expect 0 kmsctl --no-agent "${key[@]}" decrypt-file -o back plain.kms
cmp back plain || fail "another file came back"
expect 0 kmsctl sign -k alias/sign plain
expect 0 kmsctl verify -k alias/sign plain

# A change by a command that goes around the agent is seen at once.
id=$(kmsctl describe-key -k alias/app --query KeyMetadata.KeyId --output text)
expect 0 kmsctl --no-agent "${key[@]}" disable-key -k "$id"
expect 5 kmsctl encrypt -k alias/app <plain
expect 0 kmsctl --no-agent "${key[@]}" enable-key -k "$id"
expect 0 kmsctl encrypt -k alias/app <plain

# The data key cache: within its limits, and only when asked for.
hits() { kmsctl audit list --event-name GetCachedDataKey | grep -c '"HIT"'; }
for i in 1 2 3 4 5; do cp plain "f$i"; done
expect 0 kmsctl encrypt-file -k alias/app --cache-max-age 10m --cache-max-messages 1000 --cache-max-bytes 10G f1 f2 f3
[ "$(hits)" = 2 ] || fail "$(hits) hits for three files"
expect 0 kmsctl encrypt-file -k alias/app --cache-max-age 10m --cache-max-messages 4 f4 f5
[ "$(hits)" = 3 ] || fail "the limit of messages was not kept"
expect 0 kmsctl encrypt-file --cache-max-age 10m --force f1 f2  # under the key that the vault manages
[ "$(hits)" = 4 ] || fail "no data key of the managed key was cached"
[ "$(kmsctl audit list --event-name GetCachedDataKey --page-size 1 | grep -c '"HIT"')" = 4 ] || fail "pages of the trail"
expect 2 kmsctl encrypt-file -k alias/app --cache-max-messages 4 f1
expect 2 kmsctl --no-agent "${key[@]}" encrypt-file -k alias/app --cache-max-age 10m --force f1
for i in 1 2 3 4 5; do
  expect 0 kmsctl decrypt-file -o "g$i" "f$i.kms"
  cmp -s plain "g$i" || fail "f$i came back as something else"
done

# Roles, tokens and quotas.
expect 0 kmsctl principal create user/ci
expect 0 kmsctl access-key create --user ci --output json
grep -q SecretAccessKey out || fail "no secret was printed"
expect 0 kmsctl access-key list
grep -q SecretAccessKey out && fail "a list shows secrets"
expect 0 kmsctl access-key delete "$(kmsctl access-key list --query 'AccessKeys[0].AccessKeyId' --output text)"
expect 0 kmsctl quota set --class DescribeKey --rate 1 --burst 2
kmsctl describe-key -k alias/app >/dev/null
kmsctl describe-key -k alias/app >/dev/null
expect 9 kmsctl describe-key -k alias/app
grep -q ThrottlingException err || fail "not throttled"
expect 0 kmsctl quota delete --class DescribeKey
expect 0 kmsctl metrics
grep -q 'kmsctl_throttled_total{operation="DescribeKey"} 1' out || fail "throttling is not counted"
grep -q 'kmsctl_commit_events_count' out || fail "commits are not counted"

# Destroying is final while others only look on.
expect 0 kmsctl slot add --generate-keyfile second.key
slot=$(kmsctl slot list --query 'Slots[-1].SlotId' --output text)
expect 0 kmsctl slot remove "$slot"
expect 0 kmsctl describe-key -k alias/app

# Locked: it answers, and commands open the vault themselves where they can.
expect 0 kmsctl lock
expect 7 kmsctl agent status
grep -q LOCKED out || fail "status of a locked agent"
expect 7 kmsctl list-keys
expect 0 kmsctl "${key[@]}" list-keys
# Whose journal cannot be had says so, and serves all the same.
flock -o "$KMSCTL_VAULT/journal" sleep 10 &
holder=$!
expect 0 kmsctl unlock "${key[@]}"
expect 0 kmsctl agent status --query Journaling
[ "$(cat out)" = false ] || fail "an agent without a journal says: $(cat out)"
expect 0 kmsctl list-keys
kill $holder
expect 0 kmsctl lock
expect 0 kmsctl unlock "${key[@]}"
expect 0 kmsctl agent status --query Journaling
[ "$(cat out)" = true ] || fail "an agent with a journal says: $(cat out)"
expect 0 kmsctl lock
printf 'wrong\n' >wrong
chmod 600 wrong
expect 8 kmsctl unlock --passphrase-file wrong
expect 0 kmsctl unlock "${key[@]}"

# The idle timeout comes while a call is under way: that is answered, then the vault is locked.
expect 0 kmsctl agent stop
for _ in 1 2 3; do
  expect 0 kmsctl unlock "${key[@]}" --idle-timeout 1s
  pid=$(kmsctl agent status --query Pid --output text)
  timeout 100 "$(command -v kmsctl)" generate-data-key-pair -k alias/app --key-pair-spec RSA_4096 >pair &
  caller=$!
  sleep 0.2
  kill -STOP "$pid"
  sleep 2.2
  kill -CONT "$pid"
  wait $caller || fail "a call under way at the idle timeout is not answered: $?"
  grep -q PrivateKeyPlaintext pair || fail "a call under way at the idle timeout answers $(cat pair)"
  expect 0 timeout 10 "$(command -v kmsctl)" agent stop
done
# An agent that ends after what is under way leaves the next one its socket.
expect 0 kmsctl unlock "${key[@]}"
pid=$(kmsctl agent status --query Pid --output text)
timeout 100 "$(command -v kmsctl)" generate-data-key-pair -k alias/app --key-pair-spec RSA_4096 >pair &
caller=$!
sleep 0.2
expect 0 kmsctl agent stop
expect 0 kmsctl unlock "${key[@]}"
wait $caller || fail "a call under way when the agent stops is not answered: $?"
for _ in $(seq 100); do
  kill -0 "$pid" 2>/dev/null || break
  sleep 0.1
done
expect 0 kmsctl agent status
expect 0 kmsctl agent stop
expect 0 kmsctl unlock "${key[@]}"

# Another vault is not the agent's.
expect 3 kmsctl --vault "$work/other" list-keys
expect 0 kmsctl --vault "$work/other" init --generate-keyfile other.key
expect 7 kmsctl --vault "$work/other" list-keys
expect 7 env KMSCTL_AGENT="$socket" kmsctl --vault "$work/other" list-keys
expect 11 env KMSCTL_AGENT="$work/none.sock" kmsctl list-keys

# Where it must not listen. An agent in the background says why it did not start, too.
expect 2 kmsctl agent start --socket "$work/s.sock" --listen 0.0.0.0:8099
grep -q 'give --tls-cert' err || fail "no reason: $(cat err)"
expect 2 kmsctl unlock "${key[@]}" --socket "$work/s.sock" --listen 0.0.0.0:8099
[ ! -e s.sock ] || fail "an agent that did not start leaves its socket"
expect 2 kmsctl agent run --socket s.sock --listen 0.0.0.0:8099 "${key[@]}"
expect 2 kmsctl agent run --socket s.sock --listen 8099 "${key[@]}"
expect 2 kmsctl agent run --socket s.sock --tls-cert x "${key[@]}"
[ ! -e s.sock ] || fail "an agent that refuses to listen leaves its socket"
grep -q unlocked err && fail "an agent that cannot listen as it is told unlocks first"

# Users of the system, where this test may become one.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
  chmod 711 "$work"
  KMSCTL_AGENT=$work/shared.sock kmsctl --vault "$work/other" agent run --keyfile other.key --socket "$work/shared.sock" \
    --socket-mode 0666 2>log &
  for _ in $(seq 50); do [ -S shared.sock ] && break; sleep 0.1; done
  as() { setpriv --reuid "$1" --regid "$1" --clear-groups env -u KMSCTL_VAULT HOME=/ KMSCTL_AGENT="$work/shared.sock" "${@:2}"; }
  export KMSCTL_AGENT=$work/shared.sock
  expect 0 kmsctl --vault "$work/other" principal create user/ci
  expect 0 kmsctl --vault "$work/other" principal map-uid 1001 user/ci
  expect 0 as 1001 kmsctl whoami --query Principal --output text
  grep -q ':user/ci$' out || fail "uid 1001 is $(cat out)"
  expect 4 as 1001 kmsctl list-keys
  expect 4 as 1001 kmsctl lock
  expect 4 as 1002 kmsctl list-keys
  expect 4 as 1002 kmsctl agent stop --socket "$work/shared.sock"
  # What nobody is told, it is told as such by every command.
  printf x >plain.1002 && chmod 666 plain.1002
  for command in whoami list-keys "encrypt-file --cache-max-age 1m -o never plain.1002" unlock lock; do
    expect 4 as 1002 kmsctl $command
    grep -q '^kmsctl: AccessDeniedException: .*1002' err || fail "$command of a stranger: $(cat err)"
  done
  # Whoever unlocks stays who they are; the root of the account takes the agent over.
  expect 0 kmsctl --vault "$work/other" slot add --principal user/ci --generate-keyfile ci.key
  install -o 1003 -m 600 ci.key ci.1003
  kmsctl init --vault spare --no-recovery-code --generate-keyfile spare.key >/dev/null
  install -o 1003 -m 600 spare.key wrong.1003
  install -o 1004 -m 600 other.key owner.1004
  expect 0 kmsctl --vault "$work/other" lock
  expect 8 as 1003 kmsctl unlock --keyfile "$work/wrong.1003"
  expect 0 as 1003 kmsctl unlock --keyfile "$work/ci.1003"
  expect 4 as 1003 kmsctl lock
  expect 4 as 1003 kmsctl agent stop
  expect 4 as 1003 kmsctl maintain --confirm-destroy --yes
  expect 4 as 1003 kmsctl vault check
  expect 4 as 1003 kmsctl metrics
  expect 4 as 1004 kmsctl list-keys
  expect 0 as 1004 kmsctl unlock --keyfile "$work/owner.1004"
  expect 0 as 1004 kmsctl list-keys
  expect 0 as 1004 kmsctl metrics
  expect 0 as 1004 kmsctl vault check
  expect 0 as 1003 kmsctl whoami --query Principal --output text
  grep -q ':user/ci$' out || fail "who unlocked first is $(cat out)"
  expect 0 as 1004 kmsctl audit list --event-name Unlock --query 'Events[].[errorCode, userIdentity.arn]' --output text
  grep -q '^WrongPassphraseException' out || fail "a failed attempt is not in the trail: $(cat out)"
  grep -q ':user/ci$' out || fail "nor who unlocked: $(cat out)"
  grep -q ':root$' out || fail "nor who took over: $(cat out)"
  expect 0 as 1004 kmsctl lock
  expect 0 kmsctl --vault "$work/other" agent stop
  unset KMSCTL_AGENT

  # Nothing is told to an agent of a user who was not named, whatever the command.
  mkdir -m 755 theirs && chown 2000:2000 theirs
  they() { setpriv --reuid 2000 --regid 2000 --clear-groups env HOME=/ KMSCTL_VAULT="$work/theirs/vault" "$@"; }
  stranger() {
    setpriv --reuid 1001 --regid 1001 --clear-groups env -u KMSCTL_VAULT HOME=/ \
      KMSCTL_AGENT="$work/theirs/agent.sock" "$@"
  }
  expect 0 they kmsctl init --generate-keyfile theirs/owner.key
  they kmsctl agent run --keyfile theirs/owner.key --socket theirs/agent.sock --socket-mode 0666 2>log &
  for _ in $(seq 50); do [ -S theirs/agent.sock ] && break; sleep 0.1; done
  # An agent that is unlocked from its start has an event of that, too.
  expect 0 they env KMSCTL_AGENT="$work/theirs/agent.sock" kmsctl audit list --event-name Unlock \
    --query 'Events[].[userIdentity.arn, requestParameters.uid]' --output text
  grep -q ':root[[:space:]]2000$' out || fail "no event of unlocking at the start: $(cat out)"
  expect 0 they env KMSCTL_AGENT="$work/theirs/agent.sock" kmsctl principal create user/ci
  expect 0 they env KMSCTL_AGENT="$work/theirs/agent.sock" kmsctl principal map-uid 1001 user/ci
  for command in whoami list-keys "encrypt -k alias/x" unlock lock metrics "agent status" "agent reload" "agent stop" \
    "role assume role/x" "principal create user/y"; do
    expect 4 stranger kmsctl $command </dev/null
    grep -q -- '--agent-uid 2000' err || fail "$command: no word of what to type: $(cat err)"
  done
  expect 4 stranger kmsctl --agent-uid 2001 whoami
  expect 2 stranger kmsctl --agent-uid no-such-user whoami
  expect 0 stranger kmsctl --agent-uid 2000 whoami --query Principal --output text
  grep -q ':user/ci$' out || fail "uid 1001 is $(cat out)"
  expect 0 stranger env KMSCTL_AGENT_UID=2000 kmsctl whoami
  expect 0 stranger env KMSCTL_VAULT="$work/theirs/vault" kmsctl whoami  # whose owner runs it
  expect 4 stranger kmsctl --agent-uid 2000 list-keys
  # The default socket in a directory that others share is the same trap.
  trap=shared/kmsctl/$(basename "$socket")
  mkdir -m 1777 shared && mkdir -m 755 shared/kmsctl && chown 2000:2000 shared/kmsctl
  they kmsctl agent run --keyfile theirs/owner.key --socket "$trap" --socket-mode 0666 2>log &
  for _ in $(seq 50); do [ -S "$trap" ] && break; sleep 0.1; done
  expect 4 env XDG_RUNTIME_DIR="$work/shared" kmsctl unlock "${key[@]}"
  expect 4 env XDG_RUNTIME_DIR="$work/shared" kmsctl list-keys
  expect 4 kmsctl unlock --socket "$work/$trap" "${key[@]}"
  expect 0 they kmsctl agent stop --socket "$trap"
  for _ in $(seq 50); do [ -S "$trap" ] || break; sleep 0.1; done
  expect 11 env XDG_RUNTIME_DIR="$work/shared" kmsctl unlock "${key[@]}"
  expect 0 they kmsctl agent stop --socket theirs/agent.sock
fi

# No socket is made where others can write.
mkdir -m 1777 open
for command in "agent run" "agent start" unlock; do
  expect 11 kmsctl $command --socket "$work/open/agent.sock" "${key[@]}"
  [ ! -e open/agent.sock ] || fail "$command makes a socket in a directory that others can write"
done

# Stop removes the socket; a crash leaves one that the next agent replaces.
expect 0 kmsctl agent stop
for _ in $(seq 50); do [ -S run/kmsctl/agent.sock ] || break; sleep 0.1; done
[ ! -e run/kmsctl/agent.sock ] || fail "the socket stays behind"
expect 0 kmsctl unlock "${key[@]}"
pid=$(kmsctl agent status --query Pid --output text)
kill -9 "$pid"
for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
expect 7 kmsctl list-keys
expect 0 kmsctl unlock "${key[@]}"
expect 0 kmsctl vault check "${key[@]}"

# Signals do what calls do, and are in the trail like those.
pid=$(kmsctl agent status --query Pid --output text)
kill -HUP "$pid" && kill -TERM "$pid"
for _ in $(seq 50); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
expect 0 kmsctl "${key[@]}" audit list --query "Events[?serviceEventDetails.reason=='signal'].eventName" --output text
grep -q Reload out && grep -q Stop out || fail "of signals there is $(cat out)"
echo "agent: unlock, lock, cache, quotas, uids and vaults are as documented"
