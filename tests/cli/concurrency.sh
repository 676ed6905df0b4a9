# Fifty processes that write at once all succeed.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl list-keys
pids=()
for i in $(seq 1 50); do
  kmsctl create-key --description "key $i" >/dev/null 2>"err.$i" &
  pids+=($!)
done
for pid in "${pids[@]}"; do
  wait "$pid" || { cat err.*; fail "a writer failed"; }
done
expect 0 kmsctl list-keys --query 'length(Keys)' --output text
[ "$(cat out)" = 50 ] || fail "keys are missing"
expect 0 kmsctl vault check
exit 0
