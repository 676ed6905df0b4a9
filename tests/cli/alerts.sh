# Alerts as people set them up: a file, a program, a webhook on this machine; without an agent, with one, and over a
# crash. What every destination does when it does not do what it should is tried by the unit tests.
. "$(dirname "$0")/support.sh"
new_vault
expect 0 kmsctl create-key --alias alias/app

# A file of the folder, as a line of JSON each.
kmsctl alert add deleted-key-used --on use-of-key-pending-deletion --file alerts.jsonl &&
  kmsctl alert test deleted-key-used 2>err || fail "alert add, alert test"
[ "$(wc -l <alerts.jsonl)" -eq 1 ] || fail "a test is one line"
[ "$(stat -c %a alerts.jsonl)" = 600 ] || fail "others may read the file"
grep -q '"test":true' alerts.jsonl || fail "a test that does not say so"
expect 0 kmsctl schedule-deletion -k alias/app --yes
KEY=$(sed -n 's/.*"KeyId": "\(.*\)".*/\1/p' out)
expect 5 kmsctl encrypt -k "$KEY" --plaintext aGk=
[ "$(wc -l <alerts.jsonl)" -eq 2 ] || fail "the command that fails tells of it"
tail -n 1 alerts.jsonl | python3 -c '
import json, sys
notice = json.load(sys.stdin)
assert notice["event"]["errorCode"] == "KMSInvalidStateException", notice
assert notice["text"].endswith("which is pending deletion"), notice' || fail "the notice"

# A program: its input, its environment, and no shell.
cat >told.sh <<'X'
#!/bin/sh
{ cat; env | sort; } >"$1"
echo "told $KMSCTL_ALERT"
X
chmod 755 told.sh
expect 0 env SECRET=marker kmsctl alert add root --on root-use --exec "./told.sh '$work/told by root'"
expect 0 env SECRET=marker kmsctl list-keys
grep -q '"alert":"root"' 'told by root' || fail "the program got no notice"
grep -q '^KMSCTL_ALERT=root$' 'told by root' || fail "the program does not know the alert"
grep -q 'marker\|KEYFILE' 'told by root' && fail "the environment went along"
expect 2 kmsctl alert add shell --on root-use --exec 'cat | tee x'
grep -q 'no shell' err || fail "a pipe is no argument"
expect 2 kmsctl alert add absent --on root-use --exec ./absent.sh
chmod 777 told.sh
expect 2 kmsctl alert add open --on root-use --exec ./told.sh
chmod 755 told.sh
expect 0 kmsctl alert remove root

# What fails keeps nobody from anything, waits, and is shown with its reason.
echo 'exit 3' >>told.sh
expect 0 kmsctl alert add root --on root-use --exec "./told.sh x"
expect 0 kmsctl list-keys
expect 0 kmsctl alert show root
grep -q '"Failure": "exit code 3' out || fail "the reason is not shown"
expect 11 kmsctl alert test root
sed -i '$d' told.sh
expect 0 kmsctl alert retry root
expect 0 kmsctl maintain
expect 0 kmsctl alert show root --query 'Waiting[?Failure!=`null`]'
[ "$(tr -d '[:space:]' <out)" = '[]' ] || fail "it was not tried again"
expect 0 kmsctl alert remove root

# A command that is killed before it delivers leaves the notice to the next.
rm -f alerts.jsonl && mkfifo alerts.jsonl
expect 5 kmsctl encrypt -k "$KEY" --plaintext aGk=
rm alerts.jsonl
expect 0 kmsctl alert retry deleted-key-used
expect 0 kmsctl list-keys
[ "$(grep -c pending alerts.jsonl)" -ge 1 ] || fail "what could not be told was forgotten"

# With an agent: it delivers by itself, also to a web service of this machine.
cat >server.py <<'X'
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        open("posted", "ab").write(body + b"\n")
        self.send_response(204)
        self.end_headers()
    def log_message(self, *arguments):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
open("port", "w").write(str(server.server_port) + "\n")
server.serve_forever()
X
python3 server.py &
server=$!
trap 'kill $server 2>/dev/null; kmsctl agent stop >/dev/null 2>&1; rm -rf "$work"' EXIT
for _ in $(seq 100); do [ -s port ] && break; sleep 0.1; done
export XDG_RUNTIME_DIR=$work/run && mkdir -m 700 run
expect 0 kmsctl unlock
unset KMSCTL_KEYFILE
expect 2 kmsctl alert add plain --on root-use --webhook http://198.51.100.7/
expect 0 kmsctl alert add hook --on use-of-key-pending-deletion --webhook "http://127.0.0.1:$(cat port)/hook/T0KEN"
expect 0 kmsctl alert test hook
expect 5 kmsctl encrypt -k "$KEY" --plaintext aGk=
for _ in $(seq 100); do grep -q pending posted && break; sleep 0.1; done
grep -q pending posted || fail "the agent told nothing"
expect 0 kmsctl audit list --output jsonl
grep -q T0KEN out && fail "the URL is in the trail"
kill $server
expect 11 kmsctl alert test hook
expect 0 kmsctl alert remove hook

# What an answered call was to tell is told, though the agent is killed at once.
export KMSCTL_KEYFILE=$work/owner.key
for call in 'generate-data-key --key-spec AES_256' 'generate-data-key-without-plaintext --key-spec AES_256' \
  enable-key-rotation 'tag-resource --tags TagKey=a,TagValue=b' disable-key; do
  agent=$(env -u KMSCTL_KEYFILE kmsctl agent status --query Pid --output text)
  expect 5 env -u KMSCTL_KEYFILE kmsctl kms $call --key-id "$KEY"
  kill -9 "$agent"
  while kill -0 "$agent" 2>/dev/null; do sleep 0.05; done
  expect 0 kmsctl unlock
  name=$(env -u KMSCTL_KEYFILE kmsctl audit list --errors --limit 1 --query 'Events[0].eventName' --output text)
  for _ in $(seq 100); do grep -q "refused $name of" alerts.jsonl && break; sleep 0.1; done
  grep -q "refused $name of" alerts.jsonl || fail "$name: what was to be told of it died with the agent"
done
echo "alerts: files, programs and webhooks are told, without an agent and by one, and a failure is kept"
