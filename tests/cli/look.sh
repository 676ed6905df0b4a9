# What people see at a terminal: tables and sheets that fit, colours, and JSON where nobody looks.
. "$(dirname "$0")/support.sh"
command -v script >/dev/null || exit 0
new_vault
export TERM=xterm
unset NO_COLOR COLUMNS AWS_DEFAULT_OUTPUT
esc=$'\e'

# COLUMNS COMMAND: `seen` is what a terminal of that width shows, without carriage returns.
at() {
  printf -v line '%q ' "${@:2}"
  SHELL=$BASH script -qec "stty cols $1; $line" /dev/null </dev/null >raw 2>/dev/null
  status=$?
  sed 's/\r$//' raw >seen
}
plain() { sed "s/$esc\[[0-9;]*m//g" seen; }
fits() { # COLUMNS: every line
  plain | sed 's/…/./g' | awk -v most="$1" 'length($0) > most { print; bad = 1 } END { exit bad }' || fail "wider than $1"
}
shows() { # REGEX
  plain | grep -qE "$1" || { plain; fail "no line with $1"; }
}
lacks() { plain | grep -qE "$1" && { plain; fail "a line with $1"; } || return 0; }

expect 0 kmsctl create-key --alias app --description 'Secrets of the app'
key=$(kmsctl describe-key -k alias/app --query KeyMetadata.KeyId --output text)
expect 0 kmsctl create-key --alias release --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY
expect 0 kmsctl create-key --alias old
expect 0 kmsctl schedule-deletion -k alias/old --days 7 --yes
expect 0 kmsctl principal create user/ci --generate-keyfile ci.key
expect 0 kmsctl policy allow -k alias/app --principal user/ci --decrypt-only -c job=job1
expect 0 kmsctl grant create -k alias/app --to user/ci --allow Decrypt DescribeKey -c job=job1 --name nightly
expect 0 kmsctl tag add -k alias/app team=payments
expect 0 kmsctl access-key create --user ci
expect 0 kmsctl quota set --principal user/ci --rate 5
printf secret | kmsctl encrypt -k alias/app -c job=job1 >blob || fail encrypt
KMSCTL_KEYFILE=ci.key kmsctl list-keys >out 2>err && fail "ci lists keys"

# Tables fit, and have their columns by importance.
at 80 kmsctl keys
fits 80
shows '^ALIAS +KEY +SPEC +'
shows "^alias/app +${key:0:8}… +SYMMETRIC_DEFAULT .* Enabled +20[0-9-]+ [0-9:]{5}"
shows '^alias/release .* never'
lacks alias/old
at 40 kmsctl keys
fits 40
shows '^ALIAS +KEY +STATE'
at 140 kmsctl keys
shows "^alias/app +$key .* Secrets of the app$"
at 80 kmsctl keys --pending
shows '^alias/old +.*PendingDeletion +20[0-9-]+ [0-9:]{5}'
lacks alias/app
at 40 kmsctl keys --wide
shows "^alias/app +$key .* Secrets of the app$"
for list in 'alias list' 'grant list -k alias/app' 'slot list' 'principal list' 'access-key list' 'quota list' \
  'region list' 'account list' 'org policy list' 'tag list -k alias/app' 'audit list' \
  'policy who-can --action kms:Decrypt -k alias/app' 'principal policy list user/ci' 'principal list-uids'; do
  # shellcheck disable=SC2086
  at 80 kmsctl $list
  [ "$status" = 0 ] || fail "$list: $status"
  fits 80
  plain | sed -n 2p | grep -qE '^-+( +-+)*$' || fail "$list: no rule under the header"
  expect 0 kmsctl $list
  python3 -m json.tool out >/dev/null || fail "$list: no JSON in a pipe"
  expect 0 kmsctl $list --wide
  [ "$(sed -n 2p out | tr -d ' -')" = "" ] || fail "$list: --wide in a pipe"
done
at 80 kmsctl alias list --output json
plain | python3 -m json.tool >/dev/null || fail "--output json at a terminal"
at 80 kmsctl grant list -k alias/app
shows '^[0-9a-f]{8}… +user/ci +Decrypt, DescribeKey +job=job1 +nightly'
at 80 kmsctl audit list --event-name ListKeys
shows '^20[0-9-]+ [0-9:]{8} +user/ci +ListKeys +AccessDenied$'
at 10 kmsctl alias list
shows '^ALIAS +alias/app$'
COLUMNS=200 at 40 kmsctl keys
shows "^alias/app +$key .* Secrets of the app$"
expect 2 kmsctl keys --wide --output json
expect 2 kmsctl keys --unused soon

# One key on one screen.
at 80 kmsctl key show -k alias/app
shows '^Names +alias/app$'
shows "^ARN +arn:aws:kms:us-east-1:111122223333:key/$key$"
shows '^State +Enabled$'
shows '^Last used +20.*, Encrypt by root$'
shows '^Policy +root may do everything'
shows '^ +user/ci may Decrypt, when job=job1$'
shows '^Grants +user/ci may Decrypt, DescribeKey, when job=job1 +\[nightly [0-9a-f]{8}\]$'
shows '^Tags +team=payments$'
[ "$(plain | wc -l)" -le 24 ] || fail "more than a screen"
expect 0 kmsctl key show -k alias/app
python3 -m json.tool out >/dev/null && grep -q '"LastUsedBy": "arn:aws:iam::111122223333:root"' out || fail "no document"

# One principal on one screen, and credentials that say what they are for.
expect 0 kmsctl slot add --principal user/ci --generate-keyfile cron.key --label cron
at 80 kmsctl slot list
shows '^[0-9a-f]{8} +KEYFILE +user/ci +cron +never '
shows '^[0-9a-f]{8} +KEYFILE +root +.* 20[0-9-]+ [0-9:]{5} +'
at 80 kmsctl principal show user/ci
fits 80
shows '^Slots +[0-9a-f]{8} +KEYFILE since '
shows '^ +[0-9a-f]{8} +KEYFILE cron, since '
shows '^Access keys +AKIA[A-Z2-7]+ since '
shows '^Last call +20[0-9-]+ [0-9:]{8} +ListKeys, AccessDeniedException$'
expect 0 kmsctl principal create user/dave --generate-keyfile dave.key --label laptop
expect 0 kmsctl slot list --query "Slots[?Label=='laptop'].Principal" --output text
[ "$(cat out)" = arn:aws:iam::111122223333:user/dave ] || fail "the label of a new user"
expect 2 kmsctl principal create user/erin --label laptop
expect 0 env -u KMSCTL_KEYFILE kmsctl --vault "$work/second" init --generate-keyfile second.key --label owner --no-recovery-code
expect 0 kmsctl --vault "$work/second" --keyfile second.key slot list
grep -q '"Label": "owner"' out || fail "the label of the first slot"

# Why somebody may not, and what would change it.
at 80 kmsctl policy explain --principal user/ci --action kms:Decrypt -k alias/app -c job=job2
[ "$status" = 4 ] || fail "explain: $status"
plain | sed -n 1p | grep -qE '^DENY \(implicit\) +user/ci -> kms:Decrypt on ' || fail "the verdict comes first"
shows 'kms:EncryptionContext:job: wants "job1", request has "job2"$'
shows '^    kmsctl policy allow -k alias/app --principal user/ci --actions kms:Decrypt -c job=job2$'
lacks 'organization|not set|each of these'
$(plain | sed -n 's/^    kmsctl policy allow/kmsctl policy allow/p') >out 2>err || fail "the command that would allow it"
expect 0 kmsctl policy explain --principal user/ci --action kms:Decrypt -k alias/app -c job=job2
expect 4 kmsctl policy explain --principal user/ci --action kms:ListKeys
sed -n 's/^    echo/echo/p' out | sed 's/ NAME / list /' >line
sh ./line >out 2>err || fail "the policy that would allow it"
expect 0 kmsctl policy explain --principal user/ci --action kms:ListKeys
expect 4 kmsctl policy explain --principal user/ci --action kms:Decrypt -k alias/release -v
grep -q 'each of these alone' out && grep -q 'permissions boundary: not set' out || fail "-v is not all"
# A refusal names the question; who acts as aws does, is told as aws tells.
export KMSCTL_KEYFILE=$work/ci.key
expect 4 kmsctl policy explain --action kms:Encrypt -k alias/release -v
grep -A1 'not set' out | grep -q 'may not see' && fail "nothing is there to be seen"
expect 4 kmsctl get-key-policy -k "$key"
hint=$(sed -n 's/^kmsctl: hint: //p' err)
[ "$hint" = "kmsctl policy explain --principal user/ci --action kms:GetKeyPolicy -k arn:aws:kms:us-east-1:111122223333:key/$key" ] ||
  fail "the hint"
expect 4 $hint
expect 4 kmsctl kms get-key-policy --key-id "$key"
[ "$(wc -l <err)" = 1 ] || fail "more than aws says"
export KMSCTL_KEYFILE=$work/owner.key

# Colours: of states and errors, at a terminal that has them and whose user wants them.
coloured() { grep -q "$esc\[" seen; }
at 80 kmsctl keys
grep -qF "${esc}[32mEnabled${esc}[0m" seen || fail "the state has no colour"
at 80 kmsctl describe-key -k alias/none
grep -qF "${esc}[1;31mkmsctl: NotFoundException${esc}[0m: " seen || fail "the error does not stand out"
at 80 kmsctl --color off keys
coloured && fail "--color off"
NO_COLOR=1 at 80 kmsctl keys
coloured && fail NO_COLOR
TERM=dumb at 80 kmsctl keys
coloured && fail TERM
kmsctl keys --wide >seen 2>&1
coloured && fail "a pipe"
kmsctl --color on keys --wide >seen 2>&1
coloured || fail "--color on"
# What others wrote brings none.
expect 0 kmsctl create-key --alias hostile --description "x${esc}[31my"
at 140 kmsctl keys
grep -qF 'x\u001b[31my' seen || fail "the text of others"
exit 0
