#!/usr/bin/env bash
# The aws command line over TLS, and a certificate that is replaced while the agent runs. usage: tls.sh KMSCTL
. "$(dirname "$0")/support.sh"
certificate() { # NAME
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=$1" \
    -addext "subjectAltName=IP:127.0.0.1" -keyout tls.key -out tls.pem 2>/dev/null || fail "openssl req"
}
certificate first
for _ in 1 2 3 4 5; do
  port=$((20000 + RANDOM % 30000))
  kmsctl agent run --keyfile owner.key --socket "$work/tls.sock" --listen 127.0.0.1:$port --tls-cert tls.pem \
    --tls-key tls.key 2>log &
  for _ in $(seq 100); do grep -q https log && break 2; sleep 0.05; done
done
list() { aws --endpoint-url "https://127.0.0.1:$port" --ca-bundle tls.pem kms list-keys; }
expect 0 list
grep -q '"Keys"' out || fail "no answer over TLS"
(printf 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'; sleep 1) | timeout 5 openssl s_client -quiet -connect "127.0.0.1:$port" \
  -CAfile tls.pem -verify_return_error >out 2>err
grep -q 'HTTP/1.1 4' out || fail "an unsigned request over TLS"
aws --endpoint-url "http://127.0.0.1:$port" --cli-read-timeout 3 kms list-keys >out 2>err && fail "no TLS was needed"
certificate second
expect 0 kmsctl agent reload --socket "$work/tls.sock"
expect 0 list
cp tls.key kept.key
echo broken >tls.key
expect 11 kmsctl agent reload --socket "$work/tls.sock"
kill -HUP $!
for _ in $(seq 100); do grep -q "used as they were" log && break; sleep 0.05; done
grep -q "used as they were: tls.key" log || fail "nothing is said of files that cannot be used"
expect 0 list
expect 0 kmsctl agent stop --socket "$work/tls.sock"
echo "tls: served, and the certificate replaced"
