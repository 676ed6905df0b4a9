# kill -9 at random moments: what was acknowledged stays, and no part of an output is left.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app
head -c 3000000 /dev/urandom >plain
made=0
for i in $(seq 1 300); do
  rm -f plain.kms
  case $((i % 3)) in
    0) kmsctl encrypt-file -k alias/app plain >/dev/null 2>&1 & ;;
    1) (kmsctl create-key --description "key $i" --query KeyMetadata.KeyId --output text 2>/dev/null >made.$i && echo ok >>made.$i) & ;;
    2) kmsctl tag-resource --key-id "$(kmsctl describe-key -k alias/app --query KeyMetadata.KeyId --output text)" --tags TagKey=t,TagValue=$i 2>/dev/null & ;;
  esac
  pid=$!
  sleep 0.00$((RANDOM % 10))
  pkill -9 -P $pid 2>/dev/null
  kill -9 $pid 2>/dev/null
  wait $pid 2>/dev/null
  [ -e plain.kms ] && { kmsctl decrypt-file -o - plain.kms | cmp -s - plain || fail "a partial output"; }
done
ls -A | grep -q '^\.kmsctl-' && fail "a temporary file was left"
expect 0 kmsctl list-keys
cp out keys
for file in made.*; do
  grep -q ok "$file" 2>/dev/null || continue
  made=$((made + 1))
  grep -qF "$(head -1 "$file")" keys || fail "an acknowledged key is lost"
done
expect 0 kmsctl vault check
exit 0
