#!/usr/bin/env bash
# The same commands by the aws command line, pointed at an agent, and by kmsctl beside it: see aws_differential.py.
# usage: aws_differential.sh KMSCTL VECTORS
here=$(cd "$(dirname "$0")" && pwd)
vectors=$2
. "$here/support.sh"
"${PYTHON:-/usr/bin/python3}" "$here/aws_differential.py" "$kmsctl" "$vectors/kms-api.json"
