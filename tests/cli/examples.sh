# Each example of each command, as help shows it, does what it says: every one in a copy of one vault, with the files,
# keys and principals that the examples speak of.
vectors=$(cd "$(dirname "$0")/../vectors" && pwd)
. "$(dirname "$0")/support.sh"
export EDITOR=false
mkdir base && cd base || exit 1
export KMSCTL_VAULT=$work/base/vault KMSCTL_KEYFILE=owner.key
value() { kmsctl "$@" --output text || fail "$*"; }
make() { expect 0 kmsctl "$@"; }

# Files.
echo secret >secret && echo notes >notes.txt && head -c 5000 /dev/urandom >report.pdf && cp report.pdf dist.tar.gz
echo minutes >minutes.txt && mkdir docs sealed && echo text >docs/one && echo message >message
printf 'correct horse\n' >pass.txt && printf 'battery staple\n' >new.txt
head -c 32 /dev/urandom >key.bin
chmod 600 pass.txt new.txt key.bin
owner='arn:aws:iam::111122223333:root'
statement() { printf '{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"%s"%s,"Action":"%s","Resource":"*"%s}]}\n' "$@"; }
statement Allow ",\"Principal\":{\"AWS\":\"$owner\"}" 'kms:*' '' >policy.json
statement Allow '' kms:Decrypt '' >decrypt.json
elsewhere=',"Condition":{"StringEquals":{"aws:PrincipalAccount":"444455556666"}}'
statement Deny '' 'kms:*' "$elsewhere" >scp.json
statement Deny ',"Principal":"*"' kms:Encrypt "$elsewhere" >rcp.json
statement Allow ',"Principal":"*"' '*' '' >endpoint.json
printf '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"sts:AssumeRole"}]}\n' \
  "arn:aws:iam::111122223333:user/ci" >trust.json
openssl req -x509 -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=anchor -out anchor.pem 2>/dev/null

# The vault, and another one whose replica it takes.
expect 0 env -u KMSCTL_KEYFILE kmsctl init --account 111122223333 --region us-east-1 --generate-keyfile owner.key \
  --no-recovery-code
make slot add --new-passphrase-file pass.txt
make region add eu-west-1
there() { KMSCTL_VAULT=$work/base/there KMSCTL_KEYFILE=there.key kmsctl "$@" || fail "there: $*"; }
env -u KMSCTL_KEYFILE KMSCTL_VAULT="$work/base/there" kmsctl init --account 111122223333 --region eu-north-1 \
  --generate-keyfile there.key --no-recovery-code >out 2>err || fail init
there vault transport-key >there.pub && kmsctl vault transport-key >here.pub || fail transport-key
far=$(there create-key --multi-region --query KeyMetadata.KeyId --output text)
there replica export -k "$far" --recipient here.pub --replica-region eu-west-1 -o replica >out 2>err || fail export

# Keys.
for alias in app old; do make create-key --alias $alias; done
make create-key --alias alias/release --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY
make create-key --alias alias/mac --key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC
make create-key --alias alias/agree --key-spec ECC_NIST_P256 --key-usage KEY_AGREEMENT
make create-key --alias alias/own --origin EXTERNAL
make create-key --alias alias/imported --origin EXTERNAL
make create-key --alias alias/external --origin EXTERNAL
make create-key --alias alias/both --multi-region
make create-key --alias alias/replicated --multi-region
make import-key -k alias/imported --in key.bin
key_id() { value describe-key -k "$1" --query KeyMetadata.KeyId; }
KEY=$(key_id alias/app) MRK=$(key_id alias/both) REPLICATED=$(key_id alias/replicated) IMPORTED=$(key_id alias/imported)
EXTERNAL=$(key_id alias/external)
make replicate-key --key-id "$REPLICATED" --replica-region eu-west-1
make replica export -k alias/both --recipient there.pub --replica-region eu-south-1 -o sent
make create-key --alias alias/pending && PENDING=$(key_id alias/pending)
make schedule-deletion -k alias/pending --yes
echo encapsulated >encapsulated
kmsctl create-key --alias alias/kem --key-spec ML_KEM_768 --key-usage ENCAPSULATE_DECAPSULATE >out 2>err || kem=$?
[ "${kem:-13}" -eq 13 ] || fail "create-key for ML-KEM"
make create-custom-key-store --custom-key-store-name store --cloud-hsm-cluster-id cluster-3a3b4c5defg \
  --trust-anchor-certificate file://anchor.pem --key-store-password kmsPswd
STORE=$(value describe-custom-key-stores --query 'CustomKeyStores[0].CustomKeyStoreId')
kmsctl encrypt -k alias/app -c app=web <secret >secret.kms || fail encrypt
make encrypt-file -k alias/app minutes.txt && rm minutes.txt
make sign -k alias/release dist.tar.gz
kmsctl get-public-key -k alias/release --output pem >pub.pem || fail pub.pem
openssl ecparam -name prime256v1 -genkey -noout 2>/dev/null | openssl pkey -pubout -outform DER >peer.der 2>/dev/null
value kms sign --key-id alias/release --message fileb://message --signing-algorithm ECDSA_SHA_256 --query Signature |
  base64 -d >message.sig
value generate-mac --key-id alias/mac --message fileb://message --mac-algorithm HMAC_SHA_256 --query Mac |
  base64 -d >message.mac
kmsctl get-parameters-for-import --key-id "$EXTERNAL" --wrapping-algorithm RSAES_OAEP_SHA_256 \
  --wrapping-key-spec RSA_2048 >parameters || fail parameters
sed -n 's/.*"PublicKey": "\(.*\)".*/\1/p' parameters | base64 -d >wrapping.der
sed -n 's/.*"ImportToken": "\([^"]*\)".*/\1/p' parameters | base64 -d >token
openssl pkeyutl -encrypt -pubin -keyform DER -inkey wrapping.der -in key.bin -out wrapped -pkeyopt rsa_padding_mode:oaep \
  -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 || fail wrap

# Principals.
make principal create user/ci --generate-keyfile ci.key --tag environment=prod
for name in user/bert user/alice group/dev group/old; do make principal create $name; done
make principal create role/deployer --trust-policy trust.json
make principal policy put user/ci base decrypt.json
make principal boundary put user/bert decrypt.json
make principal group add group/dev user/alice
make principal map-uid 1002 user/alice
make access-key create --user ci && ACCESS=$(value access-key list --query 'AccessKeys[0].AccessKeyId')
make quota set --principal user/ci --rate 5
make alert add widened --on access-widened --file widened.jsonl
make account add 777788889999
make org policy put root base scp.json
make endpoint policy put loopback endpoint.json
make policy allow -k alias/app --principal user/ci --decrypt-only
make tag add -k alias/app team=web stage=prod
make grant create -k alias/app --to user/ci --allow Decrypt --retiring root
GRANT=$(value grant list -k alias/app --query 'Grants[0].GrantId')
TOKEN=$(value grant create -k alias/app --to user/ci --allow Encrypt --retiring root --query GrantToken)
make slot add --generate-keyfile spare.key && SLOT=$(value slot list --query 'Slots[-1].SlotId')
make recovery split --shares 5 --threshold 3 --out-dir board
kmsctl recovery combine board/share-1 board/share-2 board/share-3 >code.txt && chmod 600 code.txt || fail combine
there slot recipient "$(there slot list --query 'Slots[0].SlotId' --output text)" >there.recipient
make vault backup -o old.kmsbackup
cp "$vectors/policy/directed.jsonl" cases.jsonl

# Evidence of a log that was kept elsewhere.
page() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$vectors/../../formats/audit_log.md" | sed '1d;$d'; }
page export >log.jsonl && page export-of-a-part >part.jsonl && page checkpoint >yesterday.note
page tlog-proof >e.tlog-proof && echo '{"eventID":"event-2"}' >e.json
export XDG_STATE_HOME=$work/base/state
kmsctl audit checkpoint >kept.note || fail "audit checkpoint"
page verifier-keys | sed -n 1p >log.vkey && page verifier-keys | sed -n 2p >witness.vkey
cd ..

with_ids() {
  sed "s|GRANT-TOKEN|$TOKEN|g; s|GRANT-ID|$GRANT|g; s|ACCESS-KEY-ID|$ACCESS|g; s|KEY-STORE-ID|$STORE|g; s|SLOT-ID|$SLOT|g
    s|PENDING-ID|$PENDING|g; s|IMPORTED-ID|$IMPORTED|g; s|EXTERNAL-ID|$EXTERNAL|g; s|REPLICATED-ID|$REPLICATED|g
    s|MRK-ID|$MRK|g; s|KEY-ID|$KEY|g"
}
examples_of() { kmsctl help $1 | sed -n '/^Examples:$/,/^$/s/^  //p'; }

# In a copy of its own, with an agent for commands about agents.
run() { # COMMAND EXAMPLE
  local command=$1 example code socket
  example=$(with_ids <<<"$2")
  rm -rf here && cp -a base here && cd here || exit 1
  export KMSCTL_VAULT=$work/here/vault XDG_RUNTIME_DIR=$work/here XDG_STATE_HOME=$work/here/state
  case $command in
    *capsulate) [ "${kem:-0}" -eq 0 ] || { cd ..; return; } ;; # OpenSSL before 3.5 has no ML-KEM
    *disconnect-custom*) kmsctl connect-custom-key-store --custom-key-store-id "$STORE" ;;
    init) rm -rf vault owner.key ;;
    'vault accept-rollback') cp -a vault older && kmsctl create-key >out 2>err && rm -r vault && mv older vault ;;
    lock | metrics | 'agent stop' | 'agent reload' | 'agent status') kmsctl unlock >out 2>err || fail "unlock" ;;
    'agent run')
      socket='kmsctl/agent-*.sock' # of this vault
      case $example in *./agent.sock*) socket=agent.sock ;; esac
      example="$example & for _ in \$(seq 300); do [ -S $socket ] && break; sleep 0.1; done
        kmsctl agent stop --socket $socket; wait \$!"
      ;;
    unlock | 'agent start') example="$example && kmsctl agent stop" ;;
  esac
  case $2 in *--passphrase-file*) unset KMSCTL_KEYFILE ;; *'init --account'*) example="$example --new-passphrase-file pass.txt" ;; esac
  bash -c "set -o pipefail; $example" >../out 2>../err </dev/null
  code=$?
  case $command in lock | metrics | 'agent reload' | 'agent status') kmsctl agent stop >/dev/null 2>&1 ;; esac
  export KMSCTL_KEYFILE=owner.key
  cd ..
  [ $code -eq 0 ] || { echo "FAILED: $command: $example: exit code $code"; cat err; failed=1; }
  case $2 in
    *'$('* | *'>'*) ;;
    *--query*) grep -qvx 'None\|\[\]' out || { echo "FAILED: $command: $example: selects nothing"; failed=1; } ;;
  esac
}
failed=0
count=0
check() { # SPELLING LEAST
  local lines number=0
  mapfile -t lines < <(examples_of "$1")
  [ ${#lines[@]} -ge "$2" ] || { echo "FAILED: $1 has ${#lines[@]} examples"; failed=1; }
  for line in "${lines[@]}"; do
    run "$1" "$line"
    count=$((count + 1))
  done
}
listed() { sed -n 's/^  \([a-z][a-z -]*[a-z]\)  .*/\1/p' | sed 's/ *$//'; }
while read -r path; do check "$path" 2; done < <(kmsctl help --all | sed '/^AWS KMS API:/,$d' | listed)
while read -r path; do check "kms $path" 1; done < <(kmsctl help kms | listed)
[ $count -gt 200 ] || { echo "FAILED: only $count examples were found"; failed=1; }
echo "$count examples"
exit $failed
