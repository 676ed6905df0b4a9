#!/usr/bin/env bash
# The SDKs for JavaScript against the loopback endpoint. They come from npm: where that cannot be reached, the test is
# reported as skipped. usage: sdk_node.sh KMSCTL [CACHE], a folder that keeps the modules
here=$(cd "$(dirname "$0")" && pwd)
. "$here/support.sh"
modules=${2:-$work/modules}
mkdir -p "$modules"
cp "$here"/sdk_node/* "$modules"
if [ ! -d "$modules/node_modules/@aws-crypto/client-node" ]; then
  (cd "$modules" && npm install --no-audit --no-fund --no-package-lock >"$work/npm.log" 2>&1) || { cat "$work/npm.log"; exit 77; }
fi
node "$modules/clients.mjs" "$kmsctl" || fail "node"
