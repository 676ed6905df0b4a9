# Figures over HTTP as Prometheus reads them: the output, alert rules and configuration by promtool (Debian's prometheus),
# the dashboard against the metrics that there are.
# KMSCTL SOURCE_FOLDER
set -eu
kmsctl=$(realpath "$1")
source=$(realpath "$2")
work=$(mktemp -d)
agent=
trap '[ -z "$agent" ] || kill "$agent"; rm -rf "$work"' EXIT
fail() { echo "FAILED: $*"; exit 1; }
export KMSCTL_VAULT=$work/vault KMSCTL_AGENT=$work/run/agent.sock HOME=$work
mkdir -m 700 "$work/run"
cd "$work"
"$kmsctl" --no-agent init --generate-keyfile owner.key --no-recovery-code >/dev/null 2>&1

# Starts an agent that answers at $at; words as its further options.
start() {
  : >log
  "$kmsctl" agent run --metrics-listen 127.0.0.1:0 "$@" 2>log &
  agent=$!
  for _ in $(seq 200); do
    at=$(sed -n 's/.*listening at \(http:[^ ]*\) for metrics/\1/p' log)
    [ -z "$at" ] || [ ! -S "$KMSCTL_AGENT" ] || return 0
    sleep 0.05
  done
  fail "$(cat log)"
}
end() {
  kill "$agent"
  wait "$agent" || fail "the agent ended with $?"
  agent=
}
scrape() { curl -sS -f "$at/metrics"; }
has() { scrape | grep -x "$1" >/dev/null || fail "'$1' is not in: $(scrape | grep -v '^#' | head -40)"; }

start
has 'kmsctl_up 1'
has 'kmsctl_locked 1'
! scrape | grep >/dev/null '^kmsctl_keys ' || fail "a locked vault tells its keys"
end

start --keyfile owner.key
has 'kmsctl_locked 0'
key=$("$kmsctl" kms create-key --query KeyMetadata.KeyId --output text)
"$kmsctl" schedule-deletion -k "$key" --yes >/dev/null 2>&1
"$kmsctl" audit checkpoint >/dev/null
"$kmsctl" encrypt -k alias/none </dev/null >/dev/null 2>&1 && fail "there is no alias/none"
has 'kmsctl_keys 1'
has 'kmsctl_keys_pending_deletion 1'
has 'kmsctl_rotations_overdue 0'
scrape | grep >/dev/null '^kmsctl_last_checkpoint_timestamp_seconds [1-9]' || fail "the checkpoint"
scrape >before
scrape >after
[ "$(grep ^kmsctl_trail_events before)" = "$(grep ^kmsctl_trail_events after)" ] || fail "a look leaves an event"
! grep -q arn: after || fail "names without --metrics-principals"
for path in /status /metrics/x '/metrics?x=1'; do
  [ "$(curl -sS -o answer -w '%{http_code}' "$at$path")" = 404 ] || fail "$path: $(cat answer)"
done
for method in POST PUT DELETE; do
  curl -sS -o answer -w '%{http_code}' -X $method "$at/metrics" | grep -qx '40[45]' || fail "$method: $(cat answer)"
done
curl -sS -o answer -w '%{http_code}' -H 'Host: evil.example' "$at/metrics" | grep -qx '4..' || fail "another host"
curl -sS -o answer -H 'X-Amz-Target: TrentService.ListKeys' -d '{}' "$at/" && ! grep -q '"Keys"' answer || fail "a call"

if command -v promtool >/dev/null; then
  promtool check metrics <after || fail "promtool check metrics"
  promtool check rules "$source/cli/agent/prometheus/kmsctl.rules.yml" || fail "promtool check rules"
  promtool check config "$source/cli/agent/prometheus/prometheus.yml" || fail "promtool check config"
elif [ -n "${CI:-}" ]; then
  fail "promtool is not installed"
else
  echo "promtool is not installed"
fi
end

start --keyfile owner.key --metrics-principals
curl -sS -f --unix-socket "$KMSCTL_AGENT" http://localhost/metrics >whole
python3 "$source/tests/interop/dashboard.py" "$source/cli/agent/prometheus/kmsctl-dashboard.json" \
  "$source/cli/agent/prometheus/kmsctl.rules.yml" whole
end
echo "metrics are as Prometheus reads them"
