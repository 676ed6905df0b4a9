# Sourced by the tests with clients of AWS: an agent with a loopback endpoint, and the credentials of its owner.
. "$(dirname "${BASH_SOURCE[0]}")/../cli/support.sh"
trap 'kmsctl agent stop >/dev/null 2>&1; rm -rf "$work"' EXIT
export KMSCTL_AGENT=$work/agent.sock
expect 0 kmsctl --no-agent init --account 111122223333 --region us-east-1 --generate-keyfile owner.key
for _ in 1 2 3 4 5; do  # until a port is free
  port=$((20000 + RANDOM % 30000))
  kmsctl unlock --keyfile "$work/owner.key" --listen 127.0.0.1:$port >out 2>err && break
done
expect 0 kmsctl agent status
expect 0 kmsctl region add eu-west-1
kmsctl access-key create --user root --output json >root.json || fail "no access key"
member() { kmsctl_member=$1 python3 -c 'import json, os, sys; print(json.load(sys.stdin)["AccessKey"][os.environ["kmsctl_member"]])'; }
export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_DEFAULT_REGION=us-east-1 AWS_REGION=us-east-1
AWS_ACCESS_KEY_ID=$(member AccessKeyId <root.json)
AWS_SECRET_ACCESS_KEY=$(member SecretAccessKey <root.json)
export AWS_CONFIG_FILE=$work/none AWS_SHARED_CREDENTIALS_FILE=$work/none AWS_EC2_METADATA_DISABLED=true AWS_PAGER=
unset AWS_SESSION_TOKEN AWS_PROFILE
export KMSCTL_ENDPOINT=http://127.0.0.1:$port
