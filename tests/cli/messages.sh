# What is said when something is wrong, as people read it: messages.txt has each command line, its exit code and what
# stands on standard error. usage: messages.sh KMSCTL [--write] makes it anew, for a review of what changed.
table=$(cd "$(dirname "$0")" && pwd)/messages.txt
write=${2:-}
. "$(dirname "$0")/support.sh"
new_vault
unset XDG_DATA_HOME
export TZ=UTC COLUMNS=80
expect 0 kmsctl create-key --alias alias/app
expect 0 kmsctl create-key --alias alias/off
off=$(kmsctl describe-key -k alias/off --query KeyMetadata.KeyId --output text)
expect 0 kmsctl disable-key --key-id "$off"
expect 0 kmsctl create-key --alias alias/going
expect 0 kmsctl schedule-deletion -k alias/going --yes
expect 0 kmsctl create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY --alias alias/release
expect 0 kmsctl create-key --key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC --alias alias/mac
expect 0 kmsctl principal create user/ci
expect 0 kmsctl slot add --principal user/ci --generate-keyfile ci.key
echo data >d && mkdir folder && printf '{"Version": "2012-10-17",\n "Statement": [}\n' >bad.json
echo '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}' >identity.json
expect 0 kmsctl encrypt-file -k alias/app d
head -c 100 d.kms >cut.kms
echo x | kmsctl encrypt -k alias/app -c job=1 >job1.bin || fail encrypt
expect 0 kmsctl sign -k alias/release d
echo other >e && cp d.sig e.sig
head -c 5000 /dev/zero >large
env KMSCTL_VAULT="$work/other" kmsctl init --generate-keyfile other.key --no-recovery-code >/dev/null 2>&1 || fail init
touch taken
# Two shares that give a code, one of another set, and shares that are none; and one of other software.
cat >share-1 <<'END'
academic aquatic academic acid again trend wireless theater window withdraw slap spew benefit paid bishop glasses machine hawk valuable plains formal exhaust tactics public plains hazard space guilt photo skunk mason duration nail
END
cat >share-2 <<'END'
academic aquatic academic agency airline laundry rainbow cultural unwrap mama vexed expect beaver grant spill squeeze scared total priest advance change guitar gravity element cylinder display boring marvel emperor depend timber salt verdict
END
sed 's/wireless theater/theater wireless/' share-1 >swapped && sed 's/wireless/sesame/' share-1 >unknown
kmsctl recovery split --shares 2 --threshold 2 --out-dir strays >/dev/null 2>&1 && cp strays/share-2 stray || fail "recovery split"
echo duckling enlarge academic academic agency result length solution fridge kidney coal piece deal husband erode duke ajar \
  critical decision keyboard >of-128-bits
expect 0 kmsctl vault backup -o v.kmsbackup
head -c 2000 v.kmsbackup >cut.kmsbackup
page() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$(dirname "$table")/../../formats/audit_log.md" | sed '1d;$d'; }
page export >log.jsonl && page export-of-a-part >part.jsonl && page tlog-proof >event.tlog-proof
sed 's/event-2/event-9/; s/event-3/event-8/' log.jsonl >edited.jsonl
sed 5d log.jsonl >dropped.jsonl && head -n 4 log.jsonl >cut.jsonl
echo '{"eventID":"event-2"}' >event.json && echo '{"eventID":"event-3"}' >edited.json
echo '{"Number":3,"Event":{"eventID":"event-3"}}' >numbered.json
page verifier-keys | sed -n 1p >log.vkey && page verifier-keys | sed -n 2p >witness.vkey
echo 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k' >other.vkey

# Ids and paths of this run are shown by what they stand for.
mask() {
  sed -E "s#$work#WORK#g; s/$off/OFF-ID/g; s/agent-[0-9]+-[0-9]+/agent-DEVICE-INODE/g; s/slots [0-9a-f]{8}/slots SLOT-ID/g; s/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/KEY-ID/g" |
    sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(\+00:00|Z)?/TIME/g'
}
lines() { sed -n 's/^\$ //p' "$table"; }
while IFS= read -r line; do
  setsid -w bash -c "${line//OFF-ID/$off}" </dev/null >out 2>err
  code=$?
  printf '$ %s\n' "$line"
  mask <err
  printf 'exit %s\n\n' $code
done < <(lines) >seen
[ -s seen ] || fail "no messages"
if [ "$write" = --write ]; then cp seen "$table"; fi
diff "$table" seen >difference || { cat difference; fail "messages differ; see them all with: messages.sh KMSCTL --write"; }
exit 0
