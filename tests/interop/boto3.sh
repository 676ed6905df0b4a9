#!/usr/bin/env bash
# boto3 against the loopback endpoint. usage: boto3.sh KMSCTL
here=$(cd "$(dirname "$0")" && pwd)
. "$here/support.sh"
/usr/bin/python3 "$here/boto3_client.py" "$kmsctl" || fail "boto3"
