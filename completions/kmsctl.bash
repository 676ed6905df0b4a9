# bash completion for kmsctl

_kmsctl_words() {
  case "$1" in
    '') echo 'access-key account agent alias api audit cancel-deletion cancel-key-deletion connect-custom-key-store create-alias create-custom-key-store create-grant create-key decapsulate decrypt decrypt-file delete-alias delete-custom-key-store delete-imported-key-material derive-shared-secret describe-custom-key-stores describe-key disable-key disable-key-rotation disconnect-custom-key-store enable-key enable-key-rotation encapsulate encrypt encrypt-file endpoint generate-data-key generate-data-key-pair generate-data-key-pair-without-plaintext generate-data-key-without-plaintext generate-mac generate-random get-key-last-usage get-key-policy get-key-rotation-status get-parameters-for-import get-public-key grant import-key import-key-material init key key-store keys kms list-aliases list-grants list-key-policies list-key-rotations list-keys list-resource-tags list-retirable-grants lock maintain metrics org passphrase policy principal put-key-policy quota re-encrypt region replica replicate-key retire-grant revoke-grant role rotate rotate-key-on-demand schedule-deletion schedule-key-deletion sign slot status sts tag tag-resource unlock untag-resource update-alias update-custom-key-store update-key-description update-primary-region vault verify verify-mac whoami' ;;
    'access-key') echo 'create delete list' ;;
    'account') echo 'add list move remove' ;;
    'agent') echo 'reload run start status stop' ;;
    'alias') echo 'create delete list update' ;;
    'api') echo 'coverage' ;;
    'audit') echo 'list' ;;
    'endpoint') echo 'policy' ;;
    'endpoint policy') echo 'delete get put' ;;
    'grant') echo 'create list retire revoke' ;;
    'key') echo 'list show' ;;
    'key-store') echo 'orphans' ;;
    'kms') echo 'cancel-key-deletion connect-custom-key-store create-alias create-custom-key-store create-grant create-key decapsulate decrypt delete-alias delete-custom-key-store delete-imported-key-material derive-shared-secret describe-custom-key-stores describe-key disable-key disable-key-rotation disconnect-custom-key-store enable-key enable-key-rotation encapsulate encrypt generate-data-key generate-data-key-pair generate-data-key-pair-without-plaintext generate-data-key-without-plaintext generate-mac generate-random get-key-last-usage get-key-policy get-key-rotation-status get-parameters-for-import get-public-key import-key-material list-aliases list-grants list-key-policies list-key-rotations list-keys list-resource-tags list-retirable-grants put-key-policy re-encrypt replicate-key retire-grant revoke-grant rotate-key-on-demand schedule-key-deletion sign tag-resource untag-resource update-alias update-custom-key-store update-key-description update-primary-region verify verify-mac' ;;
    'org') echo 'policy' ;;
    'org policy') echo 'delete get list put' ;;
    'passphrase') echo 'change' ;;
    'policy') echo 'allow explain get lint put revoke simulate who-can' ;;
    'principal') echo 'boundary create delete group list list-uids map-uid policy show tag trust unmap-uid' ;;
    'principal boundary') echo 'delete put' ;;
    'principal group') echo 'add remove' ;;
    'principal policy') echo 'delete get list put' ;;
    'principal tag') echo 'add remove' ;;
    'principal trust') echo 'put' ;;
    'quota') echo 'delete list set' ;;
    'region') echo 'add list' ;;
    'replica') echo 'export forget import' ;;
    'role') echo 'assume' ;;
    'slot') echo 'add list remove' ;;
    'sts') echo 'assume-role get-caller-identity' ;;
    'tag') echo 'add list remove' ;;
    'vault') echo 'check transport-key' ;;
  esac
}

_kmsctl_options() {
  case "$1" in
    'init') echo '--account --new-passphrase-fd --new-passphrase-file --generate-keyfile --no-recovery-code --recovery-code-file' ;;
    'status') echo '' ;;
    'vault check') echo '' ;;
    'agent run') echo '--socket --listen --idle-timeout --tls-cert --tls-key --host --socket-mode' ;;
    'agent start') echo '--socket --listen --idle-timeout --tls-cert --tls-key --host' ;;
    'agent stop') echo '--socket' ;;
    'agent reload') echo '--socket' ;;
    'agent status') echo '--socket' ;;
    'unlock') echo '--socket --listen --idle-timeout --tls-cert --tls-key --host' ;;
    'lock') echo '--socket' ;;
    'metrics') echo '--socket' ;;
    'slot list') echo '--wide' ;;
    'slot add') echo '--principal --new-passphrase-fd --new-passphrase-file --generate-keyfile --recovery-code' ;;
    'slot remove') echo '' ;;
    'passphrase change') echo '--slot --new-passphrase-fd --new-passphrase-file' ;;
    'create-key') echo '--policy --description --key-usage --customer-master-key-spec --key-spec --origin --custom-key-store-id --bypass-policy-lockout-safety-check --no-bypass-policy-lockout-safety-check --tags --multi-region --no-multi-region --xks-key-id --cli-input-json --generate-cli-skeleton --alias' ;;
    'get-public-key') echo '-k --key-id --grant-tokens --cli-input-json --generate-cli-skeleton --output' ;;
    'keys') echo '--pending --unused --all --wide' ;;
    'key list') echo '--pending --unused --all --wide' ;;
    'key show') echo '-k --key-id --wide' ;;
    'encrypt') echo '-k --key-id --plaintext --encryption-context --grant-tokens --encryption-algorithm --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton -c -o --force -a --armor' ;;
    'decrypt') echo '--ciphertext-blob --encryption-context --grant-tokens -k --key-id --encryption-algorithm --recipient --dry-run --no-dry-run --dry-run-modifiers --cli-input-json --generate-cli-skeleton -c -o --force' ;;
    'encrypt-file') echo '-c --encryption-context -o --force -k --key-id -a --armor --sign --cache-max-age --cache-max-messages --cache-max-bytes' ;;
    'decrypt-file') echo '-c --encryption-context -o --force -k --key-id --mode --commitment-policy' ;;
    'sign') echo '-k --key-id --message --message-type --grant-tokens --signing-algorithm --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton -o --force' ;;
    'verify') echo '-k --key-id --message --message-type --signature --signing-algorithm --grant-tokens --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton --public-key' ;;
    'audit list') echo '-k --key-id --event-name --principal --start-time --end-time --limit --marker --cli-input-json --generate-cli-skeleton --max-items --starting-token --page-size --no-paginate --wide' ;;
    'import-key') echo '-k --key-id --in --expires --description --in-passphrase-file --in-passphrase-fd --new-material' ;;
    'rotate') echo '-k --key-id --period --enable --disable --status --history --new-key' ;;
    'schedule-deletion') echo '-k --key-id --days --yes' ;;
    'cancel-deletion') echo '-k --key-id' ;;
    'maintain') echo '--confirm-destroy --accept-clock --yes' ;;
    'alias create') echo '-k --key-id' ;;
    'alias update') echo '-k --key-id' ;;
    'alias delete') echo '' ;;
    'alias list') echo '-k --key-id --wide' ;;
    'tag add') echo '-k --key-id' ;;
    'tag remove') echo '-k --key-id' ;;
    'tag list') echo '-k --key-id --wide' ;;
    'grant create') echo '-k --key-id --to --allow --retiring --name -c --encryption-context --context-equals' ;;
    'grant list') echo '-k --key-id --wide' ;;
    'grant revoke') echo '-k --key-id' ;;
    'grant retire') echo '-k --key-id --token' ;;
    'policy get') echo '-k --key-id' ;;
    'policy put') echo '-k --key-id --bypass-policy-lockout-safety-check' ;;
    'region list') echo '--wide' ;;
    'region add') echo '' ;;
    'api coverage') echo '' ;;
    'replica export') echo '-k --key-id --recipient --replica-region -o --force' ;;
    'replica import') echo '--sender' ;;
    'replica forget') echo '-k --key-id --replica-region' ;;
    'vault transport-key') echo '--fingerprint' ;;
    'principal create') echo '--trust-policy --permissions-boundary --max-session-duration --tag --new-passphrase-fd --new-passphrase-file --generate-keyfile' ;;
    'principal show') echo '' ;;
    'principal delete') echo '' ;;
    'principal list') echo '--account --wide' ;;
    'principal policy put') echo '' ;;
    'principal policy get') echo '' ;;
    'principal policy list') echo '--wide' ;;
    'principal policy delete') echo '' ;;
    'principal boundary put') echo '' ;;
    'principal boundary delete') echo '' ;;
    'principal trust put') echo '' ;;
    'principal tag add') echo '' ;;
    'principal tag remove') echo '' ;;
    'principal group add') echo '' ;;
    'principal group remove') echo '' ;;
    'policy explain') echo '--principal --action -k --key-id --resource -c --encryption-context --context --via-service --listener --grant-token --expect' ;;
    'policy who-can') echo '--action -k --key-id --resource -c --encryption-context --context --via-service --listener --wide' ;;
    'policy simulate') echo '--cases' ;;
    'policy lint') echo '--kind --strict' ;;
    'policy allow') echo '-k --key-id --principal --account --dry-run --use --encrypt-only --decrypt-only --administer --actions -c --encryption-context' ;;
    'policy revoke') echo '-k --key-id --principal --account --dry-run' ;;
    'role assume') echo '--session-name --policy --duration' ;;
    'whoami') echo '' ;;
    'account add') echo '--name --unit' ;;
    'account move') echo '--name --unit' ;;
    'account remove') echo '' ;;
    'account list') echo '--wide' ;;
    'org policy put') echo '--type' ;;
    'org policy get') echo '--type' ;;
    'org policy delete') echo '--type' ;;
    'org policy list') echo '--account --wide' ;;
    'endpoint policy put') echo '' ;;
    'endpoint policy get') echo '' ;;
    'endpoint policy delete') echo '' ;;
    'key-store orphans') echo '' ;;
    'access-key create') echo '--user' ;;
    'access-key list') echo '--wide' ;;
    'access-key delete') echo '' ;;
    'principal map-uid') echo '' ;;
    'principal unmap-uid') echo '' ;;
    'principal list-uids') echo '--wide' ;;
    'quota set') echo '--principal --class --rate --burst' ;;
    'quota delete') echo '--principal --class' ;;
    'quota list') echo '--wide' ;;
    'sts assume-role') echo '--role-arn --role-session-name --policy --duration-seconds --cli-input-json --generate-cli-skeleton' ;;
    'sts get-caller-identity') echo '--cli-input-json --generate-cli-skeleton' ;;
    'cancel-key-deletion'|'kms cancel-key-deletion') echo '-k --key-id --cli-input-json --generate-cli-skeleton' ;;
    'connect-custom-key-store'|'kms connect-custom-key-store') echo '--custom-key-store-id --cli-input-json --generate-cli-skeleton' ;;
    'create-alias'|'kms create-alias') echo '--alias-name --target-key-id --cli-input-json --generate-cli-skeleton' ;;
    'create-custom-key-store'|'kms create-custom-key-store') echo '--custom-key-store-name --cloud-hsm-cluster-id --trust-anchor-certificate --key-store-password --custom-key-store-type --xks-proxy-uri-endpoint --xks-proxy-uri-path --xks-proxy-vpc-endpoint-service-name --xks-proxy-vpc-endpoint-service-owner --xks-proxy-authentication-credential --xks-proxy-connectivity --cli-input-json --generate-cli-skeleton' ;;
    'create-grant'|'kms create-grant') echo '-k --key-id --grantee-principal --retiring-principal --operations --constraints --grant-tokens --name --dry-run --no-dry-run --grantee-service-principal --retiring-service-principal --cli-input-json --generate-cli-skeleton' ;;
    'kms create-key') echo '--policy --description --key-usage --customer-master-key-spec --key-spec --origin --custom-key-store-id --bypass-policy-lockout-safety-check --no-bypass-policy-lockout-safety-check --tags --multi-region --no-multi-region --xks-key-id --cli-input-json --generate-cli-skeleton' ;;
    'decapsulate'|'kms decapsulate') echo '-k --key-id --shared-secret-ciphertext-blob --encapsulation-algorithm --grant-tokens --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'kms decrypt') echo '--ciphertext-blob --encryption-context --grant-tokens -k --key-id --encryption-algorithm --recipient --dry-run --no-dry-run --dry-run-modifiers --cli-input-json --generate-cli-skeleton' ;;
    'delete-alias'|'kms delete-alias') echo '--alias-name --cli-input-json --generate-cli-skeleton' ;;
    'delete-custom-key-store'|'kms delete-custom-key-store') echo '--custom-key-store-id --cli-input-json --generate-cli-skeleton' ;;
    'delete-imported-key-material'|'kms delete-imported-key-material') echo '-k --key-id --key-material-id --cli-input-json --generate-cli-skeleton' ;;
    'derive-shared-secret'|'kms derive-shared-secret') echo '-k --key-id --key-agreement-algorithm --public-key --grant-tokens --dry-run --no-dry-run --recipient --cli-input-json --generate-cli-skeleton' ;;
    'describe-custom-key-stores'|'kms describe-custom-key-stores') echo '--custom-key-store-id --custom-key-store-name --limit --marker --cli-input-json --generate-cli-skeleton --max-items --starting-token --page-size --no-paginate' ;;
    'describe-key'|'kms describe-key') echo '-k --key-id --grant-tokens --cli-input-json --generate-cli-skeleton' ;;
    'disable-key'|'kms disable-key') echo '-k --key-id --cli-input-json --generate-cli-skeleton' ;;
    'disable-key-rotation'|'kms disable-key-rotation') echo '-k --key-id --cli-input-json --generate-cli-skeleton' ;;
    'disconnect-custom-key-store'|'kms disconnect-custom-key-store') echo '--custom-key-store-id --cli-input-json --generate-cli-skeleton' ;;
    'enable-key'|'kms enable-key') echo '-k --key-id --cli-input-json --generate-cli-skeleton' ;;
    'enable-key-rotation'|'kms enable-key-rotation') echo '-k --key-id --rotation-period-in-days --cli-input-json --generate-cli-skeleton' ;;
    'encapsulate'|'kms encapsulate') echo '-k --key-id --encapsulation-algorithm --grant-tokens --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'kms encrypt') echo '-k --key-id --plaintext --encryption-context --grant-tokens --encryption-algorithm --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'generate-data-key'|'kms generate-data-key') echo '-k --key-id --encryption-context --number-of-bytes --key-spec --grant-tokens --recipient --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'generate-data-key-pair'|'kms generate-data-key-pair') echo '--encryption-context -k --key-id --key-pair-spec --grant-tokens --recipient --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'generate-data-key-pair-without-plaintext'|'kms generate-data-key-pair-without-plaintext') echo '--encryption-context -k --key-id --key-pair-spec --grant-tokens --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'generate-data-key-without-plaintext'|'kms generate-data-key-without-plaintext') echo '-k --key-id --encryption-context --key-spec --number-of-bytes --grant-tokens --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'generate-mac'|'kms generate-mac') echo '--message -k --key-id --mac-algorithm --grant-tokens --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'generate-random'|'kms generate-random') echo '--number-of-bytes --custom-key-store-id --recipient --cli-input-json --generate-cli-skeleton' ;;
    'get-key-last-usage'|'kms get-key-last-usage') echo '-k --key-id --cli-input-json --generate-cli-skeleton' ;;
    'get-key-policy'|'kms get-key-policy') echo '-k --key-id --policy-name --cli-input-json --generate-cli-skeleton' ;;
    'get-key-rotation-status'|'kms get-key-rotation-status') echo '-k --key-id --cli-input-json --generate-cli-skeleton' ;;
    'get-parameters-for-import'|'kms get-parameters-for-import') echo '-k --key-id --wrapping-algorithm --wrapping-key-spec --cli-input-json --generate-cli-skeleton' ;;
    'kms get-public-key') echo '-k --key-id --grant-tokens --cli-input-json --generate-cli-skeleton' ;;
    'import-key-material'|'kms import-key-material') echo '-k --key-id --import-token --encrypted-key-material --valid-to --expiration-model --import-type --key-material-description --key-material-id --cli-input-json --generate-cli-skeleton' ;;
    'kms list-aliases'|'list-aliases') echo '-k --key-id --limit --marker --cli-input-json --generate-cli-skeleton --max-items --starting-token --page-size --no-paginate' ;;
    'kms list-grants'|'list-grants') echo '--limit --marker -k --key-id --grant-id --grantee-principal --grantee-service-principal --cli-input-json --generate-cli-skeleton --max-items --starting-token --page-size --no-paginate' ;;
    'kms list-key-policies'|'list-key-policies') echo '-k --key-id --limit --marker --cli-input-json --generate-cli-skeleton --max-items --starting-token --page-size --no-paginate' ;;
    'kms list-key-rotations'|'list-key-rotations') echo '-k --key-id --include-key-material --limit --marker --cli-input-json --generate-cli-skeleton --max-items --starting-token --page-size --no-paginate' ;;
    'kms list-keys'|'list-keys') echo '--limit --marker --cli-input-json --generate-cli-skeleton --max-items --starting-token --page-size --no-paginate' ;;
    'kms list-resource-tags'|'list-resource-tags') echo '-k --key-id --limit --marker --cli-input-json --generate-cli-skeleton --max-items --starting-token --page-size --no-paginate' ;;
    'kms list-retirable-grants'|'list-retirable-grants') echo '--limit --marker --retiring-principal --retiring-service-principal --cli-input-json --generate-cli-skeleton --max-items --starting-token --page-size --no-paginate' ;;
    'kms put-key-policy'|'put-key-policy') echo '-k --key-id --policy-name --policy --bypass-policy-lockout-safety-check --no-bypass-policy-lockout-safety-check --cli-input-json --generate-cli-skeleton' ;;
    'kms re-encrypt'|'re-encrypt') echo '--ciphertext-blob --source-encryption-context --source-key-id --destination-key-id --destination-encryption-context --source-encryption-algorithm --destination-encryption-algorithm --grant-tokens --dry-run --no-dry-run --dry-run-modifiers --cli-input-json --generate-cli-skeleton' ;;
    'kms replicate-key'|'replicate-key') echo '-k --key-id --replica-region --policy --bypass-policy-lockout-safety-check --no-bypass-policy-lockout-safety-check --description --tags --cli-input-json --generate-cli-skeleton' ;;
    'kms retire-grant'|'retire-grant') echo '--grant-token -k --key-id --grant-id --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'kms revoke-grant'|'revoke-grant') echo '-k --key-id --grant-id --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'kms rotate-key-on-demand'|'rotate-key-on-demand') echo '-k --key-id --cli-input-json --generate-cli-skeleton' ;;
    'kms schedule-key-deletion'|'schedule-key-deletion') echo '-k --key-id --pending-window-in-days --cli-input-json --generate-cli-skeleton' ;;
    'kms sign') echo '-k --key-id --message --message-type --grant-tokens --signing-algorithm --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'kms tag-resource'|'tag-resource') echo '-k --key-id --tags --cli-input-json --generate-cli-skeleton' ;;
    'kms untag-resource'|'untag-resource') echo '-k --key-id --tag-keys --cli-input-json --generate-cli-skeleton' ;;
    'kms update-alias'|'update-alias') echo '--alias-name --target-key-id --cli-input-json --generate-cli-skeleton' ;;
    'kms update-custom-key-store'|'update-custom-key-store') echo '--custom-key-store-id --new-custom-key-store-name --key-store-password --cloud-hsm-cluster-id --xks-proxy-uri-endpoint --xks-proxy-uri-path --xks-proxy-vpc-endpoint-service-name --xks-proxy-vpc-endpoint-service-owner --xks-proxy-authentication-credential --xks-proxy-connectivity --cli-input-json --generate-cli-skeleton' ;;
    'kms update-key-description'|'update-key-description') echo '-k --key-id --description --cli-input-json --generate-cli-skeleton' ;;
    'kms update-primary-region'|'update-primary-region') echo '-k --key-id --primary-region --cli-input-json --generate-cli-skeleton' ;;
    'kms verify') echo '-k --key-id --message --message-type --signature --signing-algorithm --grant-tokens --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
    'kms verify-mac'|'verify-mac') echo '--message -k --key-id --mac-algorithm --mac --grant-tokens --dry-run --no-dry-run --cli-input-json --generate-cli-skeleton' ;;
  esac
  echo '-h --help --vault --region --role --output --query --passphrase-fd --color --passphrase-file --keyfile --agent-uid --no-agent --no-cli-pager --cli-binary-format --version'
}

_kmsctl_is_path() {
  case "$1" in
    'access-key'|'access-key create'|'access-key delete'|'access-key list'|'account'|'account add'|'account list'|'account move'|'account remove'|'agent'|'agent reload'|'agent run'|'agent start'|'agent status'|'agent stop'|'alias'|'alias create'|'alias delete'|'alias list'|'alias update'|'api'|'api coverage'|'audit'|'audit list'|'cancel-deletion'|'cancel-key-deletion'|'connect-custom-key-store'|'create-alias'|'create-custom-key-store'|'create-grant'|'create-key'|'decapsulate'|'decrypt'|'decrypt-file'|'delete-alias'|'delete-custom-key-store'|'delete-imported-key-material'|'derive-shared-secret'|'describe-custom-key-stores'|'describe-key'|'disable-key'|'disable-key-rotation'|'disconnect-custom-key-store'|'enable-key'|'enable-key-rotation'|'encapsulate'|'encrypt'|'encrypt-file'|'endpoint'|'endpoint policy'|'endpoint policy delete'|'endpoint policy get'|'endpoint policy put'|'generate-data-key'|'generate-data-key-pair'|'generate-data-key-pair-without-plaintext'|'generate-data-key-without-plaintext'|'generate-mac'|'generate-random'|'get-key-last-usage'|'get-key-policy'|'get-key-rotation-status'|'get-parameters-for-import'|'get-public-key'|'grant'|'grant create'|'grant list'|'grant retire'|'grant revoke'|'import-key'|'import-key-material'|'init'|'key'|'key list'|'key show'|'key-store'|'key-store orphans'|'keys'|'kms'|'kms cancel-key-deletion'|'kms connect-custom-key-store'|'kms create-alias'|'kms create-custom-key-store'|'kms create-grant'|'kms create-key'|'kms decapsulate'|'kms decrypt'|'kms delete-alias'|'kms delete-custom-key-store'|'kms delete-imported-key-material'|'kms derive-shared-secret'|'kms describe-custom-key-stores'|'kms describe-key'|'kms disable-key'|'kms disable-key-rotation'|'kms disconnect-custom-key-store'|'kms enable-key'|'kms enable-key-rotation'|'kms encapsulate'|'kms encrypt'|'kms generate-data-key'|'kms generate-data-key-pair'|'kms generate-data-key-pair-without-plaintext'|'kms generate-data-key-without-plaintext'|'kms generate-mac'|'kms generate-random'|'kms get-key-last-usage'|'kms get-key-policy'|'kms get-key-rotation-status'|'kms get-parameters-for-import'|'kms get-public-key'|'kms import-key-material'|'kms list-aliases'|'kms list-grants'|'kms list-key-policies'|'kms list-key-rotations'|'kms list-keys'|'kms list-resource-tags'|'kms list-retirable-grants'|'kms put-key-policy'|'kms re-encrypt'|'kms replicate-key'|'kms retire-grant'|'kms revoke-grant'|'kms rotate-key-on-demand'|'kms schedule-key-deletion'|'kms sign'|'kms tag-resource'|'kms untag-resource'|'kms update-alias'|'kms update-custom-key-store'|'kms update-key-description'|'kms update-primary-region'|'kms verify'|'kms verify-mac'|'list-aliases'|'list-grants'|'list-key-policies'|'list-key-rotations'|'list-keys'|'list-resource-tags'|'list-retirable-grants'|'lock'|'maintain'|'metrics'|'org'|'org policy'|'org policy delete'|'org policy get'|'org policy list'|'org policy put'|'passphrase'|'passphrase change'|'policy'|'policy allow'|'policy explain'|'policy get'|'policy lint'|'policy put'|'policy revoke'|'policy simulate'|'policy who-can'|'principal'|'principal boundary'|'principal boundary delete'|'principal boundary put'|'principal create'|'principal delete'|'principal group'|'principal group add'|'principal group remove'|'principal list'|'principal list-uids'|'principal map-uid'|'principal policy'|'principal policy delete'|'principal policy get'|'principal policy list'|'principal policy put'|'principal show'|'principal tag'|'principal tag add'|'principal tag remove'|'principal trust'|'principal trust put'|'principal unmap-uid'|'put-key-policy'|'quota'|'quota delete'|'quota list'|'quota set'|'re-encrypt'|'region'|'region add'|'region list'|'replica'|'replica export'|'replica forget'|'replica import'|'replicate-key'|'retire-grant'|'revoke-grant'|'role'|'role assume'|'rotate'|'rotate-key-on-demand'|'schedule-deletion'|'schedule-key-deletion'|'sign'|'slot'|'slot add'|'slot list'|'slot remove'|'status'|'sts'|'sts assume-role'|'sts get-caller-identity'|'tag'|'tag add'|'tag list'|'tag remove'|'tag-resource'|'unlock'|'untag-resource'|'update-alias'|'update-custom-key-store'|'update-key-description'|'update-primary-region'|'vault'|'vault check'|'vault transport-key'|'verify'|'verify-mac'|'whoami') return 0 ;;
  esac
  return 1
}

_kmsctl() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" path='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="${COMP_WORDS[i]}"
    if _kmsctl_is_path "${path:+$path }$word"; then path="${path:+$path }$word"; fi
  done
  COMPREPLY=()
  case "$previous" in
    --output) mapfile -t COMPREPLY < <(compgen -W 'json text table' -- "$current"); return ;;
    --cli-binary-format) mapfile -t COMPREPLY < <(compgen -W 'base64 raw-in-base64-out' -- "$current"); return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_kmsctl_options "$path")" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$(_kmsctl_words "$path")" -- "$current")
  fi
}
complete -o default -F _kmsctl kmsctl
