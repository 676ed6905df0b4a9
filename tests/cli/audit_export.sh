# What an owner gives an auditor, and what the auditor sees of it, who has no vault.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app
for _ in 1 2 3 4 5; do expect 0 kmsctl describe-key -k alias/app; done
auditor() { # CODE COMMAND...: in an empty home
  local code=$1
  shift
  expect "$code" env -u KMSCTL_VAULT -u KMSCTL_KEYFILE HOME="$work/auditor" "$@"
}
mkdir auditor

kmsctl audit checkpoint >cp1.note && kmsctl audit public-key >vkey || fail "checkpoint and key"
kmsctl audit export --format jsonl >log.jsonl || fail export
auditor 0 kmsctl audit verify-export log.jsonl --public-key vkey --checkpoint cp1.note
grep -q '^verified: all [0-9]* entries of the log kmsctl.local/' out || fail "what was verified"
auditor 0 kmsctl audit verify-export - --public-key "$(cat vkey)" --since-checkpoint cp1.note <log.jsonl
cp log.jsonl whole.jsonl
sed -i 5d log.jsonl
auditor 6 kmsctl audit verify-export log.jsonl --public-key vkey
grep -q 'log.jsonl: entry 3 is missing before line 5' err || fail "the entry that is gone"
sed '0,/"eventName":"DescribeKey"/s//"eventName":"ListKeys"/' whole.jsonl >log.jsonl
auditor 6 kmsctl audit verify-export log.jsonl --public-key vkey --checkpoint cp1.note
grep -q 'log.jsonl: entry [0-9]* was edited: line [0-9]* (ListKeys, ' err || fail "the entry that was edited"
head -c 3000 whole.jsonl >log.jsonl
auditor 6 kmsctl audit verify-export log.jsonl --public-key vkey
expect 0 kmsctl audit export --since 1h -o hour.jsonl
auditor 0 kmsctl audit verify-export hour.jsonl --public-key vkey --partial

kmsctl audit prove 3 -o e.tlog-proof && kmsctl audit show 3 --output json >e.json || fail prove
auditor 0 kmsctl audit verify-proof e.tlog-proof --event e.json --public-key vkey
grep -q '^verified: entry 3 of ' out || fail "what was proven"
kmsctl audit show 4 --output json >other.json || fail show
auditor 6 kmsctl audit verify-proof e.tlog-proof --event other.json --public-key vkey
sed 's/readOnly": true/readOnly": false/; s/readOnly": false/readOnly": true/' e.json >other.json
auditor 6 kmsctl audit verify-proof e.tlog-proof --event other.json --public-key vkey
[ -z "$(ls -A auditor)" ] || fail "the auditor's home is not empty"

# What reads CloudTrail's files reads these: gzip, and a list of records.
expect 0 kmsctl audit export --format cloudtrail trail
events=$(sed -n 's/^\([0-9]*\) events in .*/\1/p' out)
find trail -name '*.json.gz' -exec zcat {} + >records || fail zcat
python3 - "$events" trail <<'END' || fail "the records"
import glob, gzip, json, re, sys
found = 0
for path in glob.glob(sys.argv[2] + "/AWSLogs/111122223333/CloudTrail/us-east-1/*/*/*/*"):
    assert re.search(r"/111122223333_CloudTrail_us-east-1_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$", path), path
    with gzip.open(path) as file:
        records = json.load(file)["Records"]
    assert all(record["eventVersion"] == "1.11" for record in records)
    found += len(records)
assert found == int(sys.argv[1]), found
END
python3 - <<'END' || fail csv
import csv, subprocess
rows = list(csv.DictReader(subprocess.run(["kmsctl", "audit", "export", "--format", "csv"], check=True,
                                          capture_output=True, text=True).stdout.splitlines()))
assert [int(row["number"]) for row in rows] == list(range(len(rows)))
assert rows[0]["event"] == "CreateVault" and rows[0]["result"] == "ok", rows[0]
END
exit 0
