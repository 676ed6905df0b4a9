#include "cli/examples.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/text.h"

namespace kms::cli {
namespace {

struct Examples {
  std::string_view spelling;
  std::string_view lines;
};

constexpr auto kCommands = std::to_array<Examples>({
    {"init",
     "kmsctl init --account 111122223333 --region us-east-1\n"
     "kmsctl init --generate-keyfile owner.key --no-recovery-code\n"
     "kmsctl init --generate-keyfile owner.key --recovery-shares 5/3 --recovery-shares-dir shares"},
    {"status",
     "kmsctl status\n"
     "kmsctl status --query State --output text"},
    {"vault check",
     "kmsctl vault check\n"
     "kmsctl vault check --output text\n"
     "kmsctl vault check --repair --yes"},
    {"vault accept-rollback",
     "kmsctl vault accept-rollback --yes\n"
     "kmsctl vault accept-rollback --yes --query ExpectedChange"},
    {"vault backup",
     "kmsctl vault backup -o v.kmsbackup\n"
     "kmsctl vault backup -o safe.kmsbackup --recovery-code-file backup-code.txt --recipient \"$(cat "
     "there.recipient)\"\n"
     "kmsctl vault backup -o - --new-passphrase-file new.txt > copy.kmsbackup"},
    {"vault restore",
     "kmsctl vault restore old.kmsbackup --to restored\n"
     "kmsctl vault restore old.kmsbackup --to restored --resurrect"},
    {"backup verify",
     "kmsctl backup verify old.kmsbackup\n"
     "kmsctl backup verify old.kmsbackup --query Sequence"},
    {"backup list",
     "kmsctl backup list old.kmsbackup --wide\n"
     "kmsctl backup list old.kmsbackup --query 'Keys[].AliasNames[]' --output text"},
    {"vault transport-key",
     "kmsctl vault transport-key > here.pub\n"
     "kmsctl vault transport-key --fingerprint"},
    {"slot list",
     "kmsctl slot list\n"
     "kmsctl slot list --query 'Slots[].SlotId' --output text"},
    {"slot recipient",
     "kmsctl slot recipient SLOT-ID\n"
     "kmsctl slot recipient SLOT-ID > here.recipient"},
    {"slot add",
     "kmsctl slot add --generate-keyfile backup.key\n"
     "kmsctl slot add --principal user/ci --new-passphrase-file pass.txt"},
    {"slot remove",
     "kmsctl slot remove SLOT-ID\n"
     "kmsctl slot remove $(kmsctl slot list --query 'Slots[-1].SlotId' --output text)"},
    {"recovery split",
     "kmsctl recovery split --shares 5 --threshold 3 --out-dir shares\n"
     "kmsctl recovery split --shares 3 --threshold 2 --code-file code.txt --out-dir shares"},
    {"recovery combine",
     "kmsctl recovery combine board/share-1 board/share-3 board/share-5 --check\n"
     "kmsctl recovery combine board/share-1 board/share-3 board/share-5 | kmsctl passphrase change --passphrase-fd 0 "
     "--new-passphrase-file new.txt"},
    {"passphrase change",
     "kmsctl passphrase change --passphrase-file pass.txt --new-passphrase-file new.txt\n"
     "kmsctl passphrase change --passphrase-file pass.txt --new-passphrase-fd 0 < new.txt"},
    {"api coverage",
     "kmsctl api coverage\n"
     "kmsctl api coverage --query 'length(Operations)'"},
    {"keys",
     "kmsctl keys --unused 90d\n"
     "kmsctl keys --pending --output text"},
    {"key list",
     "kmsctl key list --all --wide\n"
     "kmsctl key list --query 'Keys[].KeyId' --output text"},
    {"key show",
     "kmsctl key show -k alias/app\n"
     "kmsctl key show -k alias/app --query Grants"},
    {"create-key",
     "kmsctl create-key --alias alias/web --description 'Web application'\n"
     "kmsctl create-key --alias alias/tags --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY"},
    {"get-public-key",
     "kmsctl get-public-key -k alias/release --output pem > release.pem\n"
     "kmsctl get-public-key -k alias/release --query KeySpec --output text"},
    {"import-key",
     "kmsctl import-key -k alias/own --in key.bin\n"
     "kmsctl import-key -k alias/own --in - --expires 2027-06-30 < key.bin"},
    {"key-store orphans",
     "kmsctl key-store orphans\n"
     "kmsctl key-store orphans --output text"},
    {"encrypt",
     "kmsctl encrypt -k alias/app -c app=web < secret > new.kms\n"
     "kmsctl encrypt -k alias/app -a < secret"},
    {"decrypt",
     "kmsctl decrypt -c app=web < secret.kms\n"
     "kmsctl decrypt -c app=web -o plain.txt < secret.kms"},
    {"encrypt-file",
     "kmsctl encrypt-file -k alias/app report.pdf notes.txt\n"
     "kmsctl encrypt-file -k alias/app --skip-existing report.pdf notes.txt -o sealed/\n"
     "tar c docs | kmsctl encrypt-file -k alias/app -c kind=backup - -o docs.tar.kms"},
    {"decrypt-file",
     "kmsctl decrypt-file minutes.txt.kms\n"
     "kmsctl decrypt-file minutes.txt.kms -o - | head -1"},
    {"sign",
     "kmsctl sign -k alias/release report.pdf notes.txt\n"
     "kmsctl sign -k alias/release report.pdf -o report.sig"},
    {"verify",
     "kmsctl verify -k alias/release dist.tar.gz\n"
     "kmsctl verify --public-key pub.pem dist.tar.gz --signature dist.tar.gz.sig"},
    {"audit list",
     "kmsctl audit list --event Decrypt --output table\n"
     "kmsctl audit list --key alias/app --max-items 20\n"
     "kmsctl audit list --errors --since 7d\n"
     "kmsctl audit list --read-only false --output jsonl > changes.jsonl"},
    {"audit set",
     "kmsctl audit set --record-reads false\n"
     "kmsctl audit set --record-reads true --query RecordReads\n"
     "kmsctl audit set --keep 400d\n"
     "kmsctl audit set --keep forever"},
    {"audit settings",
     "kmsctl audit settings\n"
     "kmsctl audit settings --query RecordReads --output text"},
    {"audit show",
     "kmsctl audit show 0\n"
     "kmsctl audit show 0 --query Event.eventName --output text"},
    {"audit tail",
     "kmsctl audit tail\n"
     "kmsctl audit tail -n 3 --output jsonl"},
    {"audit checkpoint",
     "kmsctl audit checkpoint > today.note\n"
     "kmsctl audit checkpoint --since-checkpoint 3"},
    {"audit public-key",
     "kmsctl audit public-key > new.vkey\n"
     "kmsctl audit public-key --witness"},
    {"audit prove",
     "kmsctl audit prove 3 -o event.tlog-proof\n"
     "kmsctl audit prove 0"},
    {"audit verify",
     "kmsctl audit verify\n"
     "kmsctl audit verify --checkpoint kept.note"},
    {"audit prune",
     "kmsctl audit prune --before 2026-01-01 --yes\n"
     "kmsctl audit prune --before 2026-01-01 --yes --query Events"},
    {"audit cosign",
     "kmsctl audit cosign yesterday.note --key log.vkey -o cosigned.note\n"
     "kmsctl audit cosign yesterday.note --key log.vkey"},
    {"usage",
     "kmsctl usage --since 7d\n"
     "kmsctl usage -k alias/app --by principal --since 365d --output json"},
    {"audit export",
     "kmsctl audit export > log.jsonl\n"
     "kmsctl audit export --since 30d --format csv > events.csv\n"
     "kmsctl audit export --format cloudtrail trail"},
    {"audit verify-export",
     "kmsctl audit verify-export log.jsonl --public-key log.vkey --checkpoint yesterday.note\n"
     "kmsctl audit verify-export part.jsonl --public-key log.vkey --partial --witness witness.vkey"},
    {"audit verify-proof",
     "kmsctl audit verify-proof e.tlog-proof --event e.json --public-key log.vkey\n"
     "kmsctl audit verify-proof e.tlog-proof --event e.json --public-key log.vkey --output json"},
    {"report",
     "kmsctl report -o report.html\n"
     "kmsctl report --region eu-west-1 > report.html"},
    {"rotate",
     "kmsctl rotate -k alias/app\n"
     "kmsctl rotate -k alias/app --enable --period 180\n"
     "kmsctl rotate -k alias/release --new-key"},
    {"schedule-deletion",
     "kmsctl schedule-deletion -k alias/old --days 7 --yes\n"
     "kmsctl schedule-deletion -k KEY-ID --yes"},
    {"cancel-deletion",
     "kmsctl cancel-deletion -k PENDING-ID\n"
     "kmsctl cancel-deletion -k PENDING-ID && kmsctl enable-key --key-id PENDING-ID"},
    {"maintain",
     "kmsctl maintain\n"
     "kmsctl maintain --confirm-destroy --yes"},
    {"alias create",
     "kmsctl alias create web -k KEY-ID\n"
     "kmsctl alias create alias/prod/web -k alias/app"},
    {"alias update",
     "kmsctl alias update app -k KEY-ID\n"
     "kmsctl alias update old -k alias/app"},
    {"alias delete",
     "kmsctl alias delete old\n"
     "kmsctl alias delete alias/old"},
    {"alias list",
     "kmsctl alias list\n"
     "kmsctl alias list -k alias/app --query 'Aliases[].AliasName' --output text"},
    {"tag add",
     "kmsctl tag add -k alias/app team=web stage=prod\n"
     "kmsctl tag add -k KEY-ID 'owner=Web team'"},
    {"tag remove",
     "kmsctl tag remove -k alias/app team\n"
     "kmsctl tag remove -k alias/app team stage"},
    {"tag list",
     "kmsctl tag list -k alias/app\n"
     "kmsctl tag list -k alias/app --query 'Tags[].TagKey' --output text"},
    {"grant create",
     "kmsctl grant create -k alias/app --to user/ci --allow Decrypt --allow DescribeKey\n"
     "kmsctl grant create -k alias/app --to role/deployer --allow Encrypt -c app=web --name deploy"},
    {"grant list",
     "kmsctl grant list -k alias/app\n"
     "kmsctl grant list -k alias/app --query 'Grants[].GranteePrincipal'"},
    {"grant revoke",
     "kmsctl grant revoke -k alias/app GRANT-ID\n"
     "kmsctl grant revoke -k alias/app $(kmsctl grant list -k alias/app --query 'Grants[0].GrantId' --output text)"},
    {"grant retire",
     "kmsctl grant retire -k alias/app GRANT-ID\n"
     "kmsctl grant retire --token GRANT-TOKEN"},
    {"policy get",
     "kmsctl policy get -k alias/app\n"
     "kmsctl policy get -k alias/app > policy.json"},
    {"policy put",
     "kmsctl policy put -k alias/app policy.json\n"
     "kmsctl policy get -k alias/app | kmsctl policy put -k alias/old -"},
    {"policy explain",
     "kmsctl policy explain --action kms:Decrypt -k alias/app\n"
     "kmsctl policy explain --principal user/ci --action kms:Sign -k alias/release --expect deny"},
    {"policy who-can",
     "kmsctl policy who-can --action kms:Decrypt -k alias/app\n"
     "kmsctl policy who-can --action kms:Sign -k alias/release --query 'Principals[].Principal'"},
    {"policy simulate",
     "kmsctl policy simulate --cases cases.jsonl\n"
     "kmsctl policy simulate --cases - < cases.jsonl"},
    {"policy lint",
     "kmsctl policy lint policy.json\n"
     "kmsctl policy lint --kind identity --strict decrypt.json"},
    {"policy allow",
     "kmsctl policy allow -k alias/app --principal user/ci --use -c app=web\n"
     "kmsctl policy allow -k alias/app --principal role/deployer --actions kms:Decrypt kms:DescribeKey --dry-run"},
    {"policy revoke",
     "kmsctl policy revoke -k alias/app --principal user/ci\n"
     "kmsctl policy revoke -k alias/app --principal user/ci --dry-run"},
    {"region list",
     "kmsctl region list\n"
     "kmsctl region list --query 'Regions[].Region' --output text"},
    {"region add",
     "kmsctl region add eu-central-1\n"
     "kmsctl region add us-west-2 && kmsctl --region us-west-2 create-key --alias alias/west"},
    {"replica export",
     "kmsctl replica export -k alias/both --recipient there.pub --replica-region eu-north-1 -o replica-there\n"
     "kmsctl replica export -k alias/both --recipient there.pub --replica-region eu-north-1 -o - > replica-there"},
    {"replica import",
     "kmsctl replica import replica --sender there.pub\n"
     "kmsctl replica import - --sender there.pub < replica"},
    {"replica forget",
     "kmsctl replica forget -k alias/both --replica-region eu-south-1\n"
     "kmsctl replica forget -k MRK-ID --replica-region eu-south-1"},
    {"principal create",
     "kmsctl principal create user/bob --generate-keyfile bob.key --tag team=web\n"
     "kmsctl principal create role/reader --trust-policy trust.json"},
    {"principal show",
     "kmsctl principal show user/ci\n"
     "kmsctl principal show role/deployer"},
    {"principal delete",
     "kmsctl principal delete group/old\n"
     "kmsctl principal delete user/bert"},
    {"principal list",
     "kmsctl principal list\n"
     "kmsctl principal list --query 'Principals[].Arn' --output text"},
    {"principal policy put",
     "kmsctl principal policy put user/ci decrypt decrypt.json\n"
     "kmsctl principal policy put group/dev decrypt - < decrypt.json"},
    {"principal policy get",
     "kmsctl principal policy get user/ci base\n"
     "kmsctl principal policy get user/ci base > base.json"},
    {"principal policy list",
     "kmsctl principal policy list user/ci\n"
     "kmsctl principal policy list group/dev"},
    {"principal policy delete",
     "kmsctl principal policy delete user/ci base\n"
     "kmsctl principal policy delete user/ci base && kmsctl principal show user/ci"},
    {"principal boundary put",
     "kmsctl principal boundary put user/ci decrypt.json\n"
     "kmsctl principal boundary put role/deployer - < decrypt.json"},
    {"principal boundary delete",
     "kmsctl principal boundary delete user/bert\n"
     "kmsctl principal boundary delete user/bert && kmsctl principal show user/bert"},
    {"principal trust put",
     "kmsctl principal trust put role/deployer trust.json\n"
     "kmsctl principal trust put role/deployer - < trust.json"},
    {"principal tag add",
     "kmsctl principal tag add user/ci team=web\n"
     "kmsctl principal tag add role/deployer team=web stage=prod"},
    {"principal tag remove",
     "kmsctl principal tag remove user/ci environment\n"
     "kmsctl principal tag remove user/ci environment team"},
    {"principal group add",
     "kmsctl principal group add group/dev user/ci\n"
     "kmsctl principal group add group/dev user/bert"},
    {"principal group remove",
     "kmsctl principal group remove group/dev user/alice\n"
     "kmsctl principal group remove group/dev user/alice && kmsctl principal show user/alice"},
    {"principal map-uid",
     "kmsctl principal map-uid 1001 user/ci\n"
     "kmsctl principal map-uid $(id -u daemon) user/ci"},
    {"principal unmap-uid",
     "kmsctl principal unmap-uid 1002\n"
     "kmsctl principal unmap-uid 1002 && kmsctl principal list-uids"},
    {"principal list-uids",
     "kmsctl principal list-uids\n"
     "kmsctl principal list-uids --output text"},
    {"role assume",
     "KMSCTL_KEYFILE=ci.key kmsctl role assume role/deployer --duration 15m -- kmsctl whoami\n"
     "kmsctl --keyfile ci.key role assume role/deployer --session-name build"},
    {"whoami",
     "kmsctl whoami\n"
     "kmsctl whoami --query Principal --output text"},
    {"account add",
     "kmsctl account add 444455556666 --unit workloads/prod\n"
     "kmsctl account add 444455556666"},
    {"account move",
     "kmsctl account move 777788889999 --unit workloads/test\n"
     "kmsctl account move 777788889999 --unit root"},
    {"account remove",
     "kmsctl account remove 777788889999\n"
     "kmsctl account remove 777788889999 && kmsctl account list"},
    {"account list",
     "kmsctl account list\n"
     "kmsctl account list --output table"},
    {"org policy put",
     "kmsctl org policy put root/workloads keep-keys scp.json\n"
     "kmsctl org policy put root only-here rcp.json --type rcp"},
    {"org policy get",
     "kmsctl org policy get root base\n"
     "kmsctl org policy get root base > scp.json"},
    {"org policy delete",
     "kmsctl org policy delete root base\n"
     "kmsctl org policy delete root base && kmsctl org policy list"},
    {"org policy list",
     "kmsctl org policy list\n"
     "kmsctl org policy list --account 777788889999"},
    {"endpoint policy put",
     "kmsctl endpoint policy put loopback endpoint.json\n"
     "kmsctl endpoint policy put unix - < endpoint.json"},
    {"endpoint policy get",
     "kmsctl endpoint policy get loopback\n"
     "kmsctl endpoint policy get loopback > endpoint.json"},
    {"endpoint policy delete",
     "kmsctl endpoint policy delete loopback\n"
     "kmsctl endpoint policy delete loopback && kmsctl endpoint policy put unix endpoint.json"},
    {"agent run",
     "kmsctl agent run --idle-timeout 8h\n"
     "kmsctl agent run --listen 127.0.0.1:8080 --socket ./agent.sock"},
    {"agent start",
     "kmsctl agent start\n"
     "kmsctl agent start --idle-timeout 8h"},
    {"agent stop",
     "kmsctl agent stop\n"
     "kmsctl agent stop && kmsctl whoami"},
    {"agent reload",
     "kmsctl agent reload\n"
     "kmsctl agent reload && kmsctl agent status"},
    {"agent status",
     "kmsctl agent status\n"
     "kmsctl agent status --query State --output text"},
    {"unlock",
     "kmsctl unlock --idle-timeout 8h\n"
     "kmsctl unlock --keyfile owner.key --listen 127.0.0.1:8080"},
    {"lock",
     "kmsctl lock\n"
     "kmsctl lock && kmsctl unlock"},
    {"metrics",
     "kmsctl metrics\n"
     "kmsctl metrics | grep -v '^#'"},
    {"access-key create",
     "kmsctl access-key create --user ci\n"
     "kmsctl access-key create --user ci --query AccessKey.AccessKeyId --output text"},
    {"access-key list",
     "kmsctl access-key list\n"
     "kmsctl access-key list --output table"},
    {"access-key delete",
     "kmsctl access-key delete ACCESS-KEY-ID\n"
     "kmsctl access-key delete ACCESS-KEY-ID && kmsctl access-key list"},
    {"alert add",
     "kmsctl alert add deleted-key-used --on use-of-key-pending-deletion --file alerts.jsonl\n"
     "kmsctl alert add intruder --on access-denied --count 20 --within 5m --syslog"},
    {"alert list",
     "kmsctl alert list\n"
     "kmsctl alert list --query 'Alerts[].Name' --output text"},
    {"alert show",
     "kmsctl alert show widened\n"
     "kmsctl alert show widened --query Alert.Target --output text"},
    {"alert remove",
     "kmsctl alert remove widened\n"
     "kmsctl alert remove widened && kmsctl alert list"},
    {"alert test",
     "kmsctl alert test widened\n"
     "kmsctl alert test widened && tail -n 1 widened.jsonl"},
    {"alert retry",
     "kmsctl alert retry widened\n"
     "kmsctl alert retry widened && kmsctl alert show widened"},
    {"quota set",
     "kmsctl quota set --principal user/ci --class cryptographic-symmetric --rate 100\n"
     "kmsctl quota set --rate 1000 --burst 2000"},
    {"quota delete",
     "kmsctl quota delete --principal user/ci\n"
     "kmsctl quota delete --principal user/ci && kmsctl quota list"},
    {"quota list",
     "kmsctl quota list\n"
     "kmsctl quota list --output table"},
    {"completion",
     "kmsctl completion bash > kmsctl.bash\n"
     "kmsctl completion fish | head -3"},
    {"cloudtrail lookup-events",
     "kmsctl cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=Decrypt\n"
     "kmsctl cloudtrail lookup-events --max-results 5 --query 'Events[].EventName' --output text"},
    {"sts get-caller-identity",
     "kmsctl sts get-caller-identity\n"
     "kmsctl sts get-caller-identity --query Arn --output text"},
    {"sts assume-role",
     "kmsctl --keyfile ci.key sts assume-role --role-arn arn:aws:iam::111122223333:role/deployer --role-session-name "
     "build\n"
     "kmsctl --keyfile ci.key sts assume-role --role-arn arn:aws:iam::111122223333:role/deployer --role-session-name "
     "build "
     "--query Credentials.SessionToken --output text"},
});

// Of the operations of AWS KMS: by the name of the operation, what stands behind it.
constexpr auto kOperations = std::to_array<Examples>({
    {"cancel-key-deletion", "--key-id PENDING-ID"},
    {"connect-custom-key-store", "--custom-key-store-id KEY-STORE-ID"},
    {"create-alias", "--alias-name alias/web --target-key-id KEY-ID"},
    {"create-custom-key-store",
     "--custom-key-store-name hsm --cloud-hsm-cluster-id cluster-2a3b4c5defg --trust-anchor-certificate "
     "file://anchor.pem --key-store-password file://pass.txt"},
    {"create-grant",
     "--key-id KEY-ID --grantee-principal arn:aws:iam::111122223333:user/ci --operations Decrypt DescribeKey"},
    {"create-key", "--description web --tags TagKey=team,TagValue=web"},
    {"decapsulate",
     "--key-id alias/kem --shared-secret-ciphertext-blob fileb://encapsulated --encapsulation-algorithm ML_KEM"},
    {"decrypt", "--ciphertext-blob fileb://secret.kms --encryption-context app=web --query Plaintext --output text"},
    {"delete-alias", "--alias-name alias/old"},
    {"delete-custom-key-store", "--custom-key-store-id KEY-STORE-ID"},
    {"delete-imported-key-material", "--key-id IMPORTED-ID"},
    {"derive-shared-secret", "--key-id alias/agree --key-agreement-algorithm ECDH --public-key fileb://peer.der"},
    {"describe-custom-key-stores", "--custom-key-store-name store"},
    {"describe-key", "--key-id alias/app --query KeyMetadata.KeyState --output text"},
    {"disable-key", "--key-id KEY-ID"},
    {"disable-key-rotation", "--key-id KEY-ID"},
    {"disconnect-custom-key-store", "--custom-key-store-id KEY-STORE-ID"},
    {"enable-key", "--key-id KEY-ID"},
    {"enable-key-rotation", "--key-id KEY-ID --rotation-period-in-days 180"},
    {"encapsulate", "--key-id alias/kem --encapsulation-algorithm ML_KEM"},
    {"encrypt",
     "--key-id alias/app --plaintext fileb://secret --encryption-context app=web --query CiphertextBlob --output text"},
    {"generate-data-key", "--key-id alias/app --key-spec AES_256"},
    {"generate-data-key-pair", "--key-id alias/app --key-pair-spec ECC_NIST_P256"},
    {"generate-data-key-pair-without-plaintext", "--key-id alias/app --key-pair-spec ECC_NIST_P256"},
    {"generate-data-key-without-plaintext", "--key-id alias/app --key-spec AES_256"},
    {"generate-mac", "--key-id alias/mac --message fileb://message --mac-algorithm HMAC_SHA_256"},
    {"generate-random", "--number-of-bytes 32 --query Plaintext --output text"},
    {"get-key-last-usage", "--key-id KEY-ID"},
    {"get-key-policy", "--key-id KEY-ID --policy-name default --query Policy --output text"},
    {"get-key-rotation-status", "--key-id KEY-ID"},
    {"get-parameters-for-import",
     "--key-id EXTERNAL-ID --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_2048"},
    {"get-public-key", "--key-id alias/release --query PublicKey --output text"},
    {"import-key-material",
     "--key-id EXTERNAL-ID --import-token fileb://token --encrypted-key-material fileb://wrapped --expiration-model "
     "KEY_MATERIAL_DOES_NOT_EXPIRE"},
    {"list-aliases", "--query 'Aliases[].AliasName' --output text"},
    {"list-grants", "--key-id KEY-ID"},
    {"list-key-policies", "--key-id KEY-ID"},
    {"list-key-rotations", "--key-id KEY-ID"},
    {"list-keys", "--max-items 100"},
    {"list-resource-tags", "--key-id KEY-ID"},
    {"list-retirable-grants", "--retiring-principal arn:aws:iam::111122223333:root"},
    {"put-key-policy", "--key-id KEY-ID --policy file://policy.json"},
    {"re-encrypt",
     "--ciphertext-blob fileb://secret.kms --source-encryption-context app=web --destination-key-id alias/old"},
    {"replicate-key", "--key-id MRK-ID --replica-region eu-west-1"},
    {"retire-grant", "--grant-token GRANT-TOKEN"},
    {"revoke-grant", "--key-id KEY-ID --grant-id GRANT-ID"},
    {"rotate-key-on-demand", "--key-id KEY-ID"},
    {"schedule-key-deletion", "--key-id KEY-ID --pending-window-in-days 7"},
    {"sign", "--key-id alias/release --message fileb://message --signing-algorithm ECDSA_SHA_256"},
    {"tag-resource", "--key-id KEY-ID --tags TagKey=team,TagValue=web"},
    {"untag-resource", "--key-id KEY-ID --tag-keys team"},
    {"update-alias", "--alias-name alias/old --target-key-id KEY-ID"},
    {"update-custom-key-store", "--custom-key-store-id KEY-STORE-ID --new-custom-key-store-name other"},
    {"update-key-description", "--key-id KEY-ID --description 'Web application'"},
    {"update-primary-region", "--key-id REPLICATED-ID --primary-region eu-west-1"},
    {"verify",
     "--key-id alias/release --message fileb://message --signature fileb://message.sig --signing-algorithm "
     "ECDSA_SHA_256"},
    {"verify-mac",
     "--key-id alias/mac --message fileb://message --mac-algorithm HMAC_SHA_256 --mac fileb://message.mac"},
});

constexpr std::string_view kOfKms = "kms ";

}  // namespace

std::vector<std::string> examples_of(std::string_view spelling) {
  const auto is_meant = [&](const Examples& examples) { return examples.spelling == spelling; };
  std::vector<std::string> lines;
  if (spelling.starts_with(kOfKms)) {
    spelling.remove_prefix(kOfKms.size());
    const auto found = std::find_if(kOperations.begin(), kOperations.end(), is_meant);
    if (found != kOperations.end()) lines.push_back(cat("kmsctl kms ", spelling, " ", found->lines));
    return lines;
  }
  const auto found = std::find_if(kCommands.begin(), kCommands.end(), is_meant);
  if (found == kCommands.end()) return lines;
  for (const std::string_view line : split(found->lines, '\n')) lines.emplace_back(line);
  return lines;
}

std::vector<std::string> exemplified() {
  std::vector<std::string> spellings;
  spellings.reserve(kCommands.size() + kOperations.size());
  for (const Examples& examples : kCommands) spellings.emplace_back(examples.spelling);
  for (const Examples& examples : kOperations) spellings.push_back(cat(kOfKms, examples.spelling));
  return spellings;
}

}  // namespace kms::cli
