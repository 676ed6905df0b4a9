# An older copy of the vault that was put back: refused, explained, and gone on with only when somebody says so.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app
expect 0 kmsctl principal create user/ci
export KMSCTL_VAULT=vault XDG_RUNTIME_DIR=$work
cp -a vault old; kmsctl policy allow -k alias/app --principal user/ci --use >out 2>err || fail "policy allow"; rm -r vault; mv old vault; kmsctl describe-key -k alias/app >out 2>err
code=$?
[ $code -eq 12 ] || fail "an older copy ends with $code"
grep -q 'older copy' err && grep -q 'changes* .*missing' err && grep -q 'kmsctl vault accept-rollback' err || fail "what is to be done is not said"
for command in 'encrypt --key-id alias/app --plaintext aGk=' 'vault check' 'slot list' unlock maintain; do expect 12 kmsctl $command; done
expect 2 kmsctl vault accept-rollback </dev/null
grep -q -- '--yes' err || fail "how to say yes is not said"
expect 12 kmsctl describe-key -k alias/app
expect 0 kmsctl vault accept-rollback --yes
expect 0 kmsctl describe-key -k alias/app
expect 10 kmsctl vault accept-rollback --yes
expect 0 kmsctl audit list --event AcceptRollback --query 'length(Events[?errorCode==null])'
grep -qx 1 out || fail "the event of it is missing"

# An agent refuses it too, and what it has seen counts.
expect 0 kmsctl unlock
cp -a vault old
for i in 1 2 3; do expect 0 kmsctl create-key; done
expect 0 kmsctl agent stop
rm -r vault && mv old vault
expect 12 kmsctl unlock
expect 12 kmsctl list-keys

# Another machine has nothing to compare with.
expect 0 env XDG_STATE_HOME="$work/elsewhere" kmsctl list-keys

# A restored copy goes its own way beside the vault.
expect 0 kmsctl vault accept-rollback --yes
expect 0 kmsctl vault backup -o v.kmsbackup
expect 0 kmsctl vault restore v.kmsbackup --to restored
for i in 1 2; do
  expect 0 kmsctl create-key
  expect 0 kmsctl --vault restored list-keys
  expect 0 kmsctl list-keys
done
exit 0
