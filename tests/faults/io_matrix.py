#!/usr/bin/env python3
"""Every call that changes a file of the vault fails once, for each command and for an agent, in several ways.

Afterwards the vault is sound, opens with the credentials that it should, and holds what was acknowledged. An agent goes
on by itself.

usage: io_matrix.py KMSCTL FAULT-LIBRARY [--full] [COMMAND...]

The short tier tries each call of each command, and of a working agent one in a few, so that it takes a minute; --full
tries each call in each way. COMMAND is a name of the list below, or "agent".
"""
import concurrent.futures
import json
import mmap
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

KINDS = {"e": "EIO once", "l": "EIO from there on", "f": "ENOSPC once", "s": "half a write", "x": "exit before",
         "t": "half a write, then exit"}
LIMIT = 60
ENDED = 77
PLAIN = "aGVsbG8="
# What a failure of the disk may be told as: never as damage, and never as success.
TOLD = {9: "LimitExceededException", 11: "FileException"}
UNCERTAIN = "not known"  # what became of the change; each run meets it, or is none

full = "--full" in sys.argv
words = [word for word in sys.argv[1:] if not word.startswith("--")]
KMSCTL, LIBRARY = (os.path.abspath(word) for word in words[:2])
chosen = words[2:]
base = tempfile.mkdtemp()


class Place:
    """A copy of the vault, and what runs on it."""

    def __init__(self, number):
        self.root = os.path.join(base, f"place{number}")
        os.makedirs(self.root, exist_ok=True)
        self.vault = os.path.join(self.root, "vault")
        self.state = os.path.join(self.root, "state")
        with open(self.state, "wb") as file:
            file.write(bytes(16))
        self.environment = {"PATH": os.environ["PATH"], "HOME": self.root, "KMSCTL_VAULT": self.vault,
                            "KMSCTL_KEYFILE": os.path.join(base, "owner.key"), "XDG_RUNTIME_DIR": self.root}
        self.shown = 0

    def reset(self):
        shutil.rmtree(self.vault, ignore_errors=True)
        shutil.copytree(os.path.join(base, "vault"), self.vault)
        for name in ("made.key", "second", "shares", ".local"):  # the last: what the machine remembers of the vault
            path = os.path.join(self.root, name)
            if os.path.isdir(path):
                shutil.rmtree(path)
            elif os.path.exists(path):
                os.unlink(path)
        os.mkdir(os.path.join(self.root, "second"), 0o700)

    def run(self, *arguments, keyfile="owner.key", faults=None, wait=LIMIT):
        environment = {**self.environment, "KMSCTL_KEYFILE": os.path.join(base, keyfile)}
        if faults is not None:
            environment.update(faults)
        arguments = [argument.format(root=self.root, base=base) for argument in arguments]
        return subprocess.run([KMSCTL, *arguments], env=environment, capture_output=True, text=True, timeout=wait,
                              cwd=self.root, check=False)

    def answer(self, *arguments, **options):
        return json.loads(self.run(*arguments, **options).stdout or "null")

    def count(self, counting):
        """Starts or ends the counting of calls; returns how many there were."""
        with open(self.state, "r+b") as file, mmap.mmap(file.fileno(), 16) as state:
            calls = struct.unpack("Q", state[:8])[0]
            state[8:] = struct.pack("Q", 1 if counting else 0)
            if counting:
                state[:8] = bytes(8)
            return calls

    def faults(self, number, kind, folder):
        return {"LD_PRELOAD": LIBRARY, "KMSCTL_FAULT_FOLDER": os.path.realpath(folder),
                "KMSCTL_FAULT_STATE": self.state, "KMSCTL_FAULT_AT": str(number), "KMSCTL_FAULT_KIND": kind}


def opens(place, keyfile):
    return place.run("list-keys", keyfile=keyfile).returncode == 0


def key_state(place, key):
    return place.answer("describe-key", "--key-id", key)["KeyMetadata"]["KeyState"]


def one_passphrase(place, acknowledged):
    """The old passphrase opens, or the new one, and not both."""
    old, new = (place.run("list-keys", "--passphrase-file", f"{{base}}/{name}").returncode == 0
                for name in ("old", "new"))
    if old == new:
        return "both passphrases open, or none"
    return "lost" if acknowledged and old else ""


def whole_or_nothing(place, acknowledged, keyfile="{root}/made.key"):
    made = os.path.exists(os.path.join(place.root, "second", "vault"))
    if made and place.run("--vault", "{root}/second/vault", "vault", "check",
                          keyfile=keyfile.format(root=place.root, base=base)).returncode != 0:
        return "half a vault"
    return "lost" if acknowledged and not made else ""


def all_shares_or_none(place, acknowledged, folder="shares"):
    """Shares are on the disk before there is a slot of them; a slot that was made has all of its shares."""
    folder = os.path.join(place.root, folder)
    files = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    slots = len(place.answer("slot", "list", "--output", "json")["Slots"]) - KEYS["slots"]
    opened = len(files) == 3 and place.run("recovery", "combine", f"{folder}/share-1", f"{folder}/share-3",
                                           "--check").returncode == 0
    if slots and not opened:
        return f"a slot of shares that nobody has: {files}"
    return "lost" if acknowledged and not slots else ""
def whole_backup_or_none(place, acknowledged):
    made = os.path.exists(os.path.join(place.root, "second", "v.kmsbackup"))
    if made and place.run("backup", "verify", "{root}/second/v.kmsbackup").returncode != 0:
        return "half a backup"
    return "lost" if acknowledged and not made else ""


# A command, and what is wrong if it was acknowledged (True) or failed (False): nothing for an empty text.
COMMANDS = {
    "create": (["create-key", "--alias", "alias/new"],
               lambda place, done: "lost" if done and place.run("describe-key", "-k", "alias/new").returncode else ""),
    "encrypt": (["encrypt", "--key-id", "alias/app", "--plaintext", PLAIN], lambda place, done: ""),
    "deletion": (["schedule-key-deletion", "--key-id", "{delete}", "--pending-window-in-days", "7"],
                 lambda place, done: "lost" if done and key_state(place, KEYS["delete"]) != "PendingDeletion" else ""),
    "rotate": (["rotate-key-on-demand", "--key-id", "{app}"],
               lambda place, done: "lost" if done and len(place.answer("list-key-rotations", "--key-id", KEYS["app"])[
                   "Rotations"]) != 1 else ""),
    "policy": (["policy", "allow", "-k", "alias/app", "--principal", "user/ci", "--use"], lambda place, done: ""),
    "slot-add": (["slot", "add", "--generate-keyfile", "{root}/made.key"],
                 lambda place, done: "lost" if done and not opens(place, os.path.join(place.root, "made.key")) else ""),
    "recovery-split": (["recovery", "split", "--shares", "3", "--threshold", "2", "--out-dir", "{root}/shares"],
                       all_shares_or_none),
    "share-files": (["recovery", "split", "--shares", "3", "--threshold", "2", "--out-dir", "{root}/second/shares"],
                    lambda place, done: all_shares_or_none(place, done, "second/shares")),
    "slot-remove": (["slot", "remove", "{slot}"],
                    lambda place, done: "the removed slot opens" if done and opens(place, "other.key") else ""),
    "passphrase": (["passphrase", "change", "--passphrase-file", "{base}/old", "--new-passphrase-file", "{base}/new"],
                   one_passphrase),
    "material": (["delete-imported-key-material", "--key-id", "{external}"],
                 lambda place, done: "lost" if done and key_state(place, KEYS["external"]) != "PendingImport" else ""),
    "import": (["import-key", "-k", "{external}", "--in", "{base}/material"], lambda place, done: ""),
    "init": (["--vault", "{root}/second/vault", "init", "--generate-keyfile", "{root}/made.key", "--no-recovery-code"],
             whole_or_nothing),
    "backup": (["vault", "backup", "-o", "{root}/second/v.kmsbackup"], whole_backup_or_none),
    "restore": (["vault", "restore", "{base}/v.kmsbackup", "--to", "{root}/second/vault"],
                lambda place, done: whole_or_nothing(place, done, "{base}/owner.key")),
}
IN_SECOND = {"init", "restore", "share-files"}  # these write there, and to the vault nothing that counts
SLOW = {"passphrase"}  # seconds a run, as guessing should be
KEYS = {}
seen = set()


def wrong_after(place, done, check):
    """What is wrong with the vault, as its owner finds it."""
    checked = place.run("vault", "check")
    if checked.returncode != 0:
        return f"vault check: {checked.returncode} {checked.stdout[-200:]} {checked.stderr.strip()}"
    with open(os.path.join(base, "ciphertext"), encoding="utf-8") as file:
        opened = place.answer("decrypt", "--ciphertext-blob", file.read().strip())
    if (opened or {}).get("Plaintext") != PLAIN:
        return "an old ciphertext does not decrypt"
    return check(place, done)


def ill_told(result, kind):
    if result.returncode == 0 or (result.returncode == ENDED and kind in "xt"):
        return ""
    told = TOLD.get(result.returncode)
    return "" if told and told in result.stderr else f"exit {result.returncode}: {result.stderr.strip()[-200:]}"


def untraceable(place, result):
    """A failed call is in the trail, under the request id that its caller was told."""
    told = re.search(r"\(request ([0-9a-f-]{36})\)", result.stderr)
    if not told:
        return "an uncertain end without a request id" if UNCERTAIN in result.stderr else ""
    seen.update(text for text in [UNCERTAIN] if text in result.stderr)
    return "" if told[1] in place.run("audit", "list").stdout else f"no event of request {told[1]}"


def run_with_faults(place, name, number, kind):
    place.reset()
    place.count(True)
    folder = os.path.join(place.root, "second") if name in IN_SECOND else place.vault
    result = place.run(*(KEYS["arguments"][name]), faults=place.faults(number, kind, folder))
    return result, place.count(False)


def try_command(place, name, number, kind):
    result, _ = run_with_faults(place, name, number, kind)
    return (ill_told(result, kind) or wrong_after(place, result.returncode == 0, COMMANDS[name][1]) or
            (untraceable(place, result) if kind in "efs" else ""))


def calls_of(place, name):
    result, calls = run_with_faults(place, name, 0, "n")
    if result.returncode != 0:
        sys.exit(f"{name}: {result.stderr}")
    return calls


class Agent:
    """An agent with faults; its calls are counted from when it is open."""

    def __init__(self, place, number, kind):
        self.place = place
        place.environment["KMSCTL_AGENT"] = os.path.join(place.root, "agent.sock")
        environment = {**place.environment, **place.faults(number, kind, place.vault)}
        self.log = open(os.path.join(place.root, "agent.log"), "w", encoding="utf-8")
        self.process = subprocess.Popen([KMSCTL, "agent", "run", "--keyfile", os.path.join(base, "owner.key"), "--socket",
                                         place.environment["KMSCTL_AGENT"]], env=environment, stderr=self.log)
        for _ in range(500):
            if place.run("agent", "status").returncode == 0:
                return
            time.sleep(0.01)
        sys.exit("the agent does not start")

    def run(self, *arguments):
        environment = dict(self.place.environment)
        del environment["KMSCTL_KEYFILE"]  # else a command would open the vault itself
        return subprocess.run([KMSCTL, *arguments], env=environment, capture_output=True, text=True, timeout=LIMIT,
                              cwd=self.place.root, check=False)

    def end(self):
        self.process.terminate()
        code = self.process.wait(LIMIT)
        self.log.close()
        del self.place.environment["KMSCTL_AGENT"]
        return code


def work(agent):
    """Calls of each kind that reaches the disk in a way of its own; what was acknowledged, and what went wrong."""
    results = {}
    for round_ in range(3):
        for name, arguments in {
                "made": ("create-key", "--alias", f"alias/made{round_}"),
                "read": ("encrypt", "--key-id", "alias/app", "--plaintext", PLAIN),
                "note": ("tag-resource", "--key-id", KEYS["app"], "--tags", f"TagKey=t{round_},TagValue=v")}.items():
            results[f"{name}{round_}"] = agent.run(*arguments)
    results["material"] = agent.run("delete-imported-key-material", "--key-id", KEYS["external"])
    for round_ in range(3, 5):
        results[f"made{round_}"] = agent.run("create-key", "--alias", f"alias/made{round_}")
        results[f"read{round_}"] = agent.run("encrypt", "--key-id", "alias/app", "--plaintext", PLAIN)
    for number in range(2):  # which of them all the failure meets depends on the time, too
        results[f"on{number}"] = agent.run("encrypt", "--key-id", "alias/app", "--plaintext", PLAIN)
    return results


def wrong_with_agent(place, results, kind):
    for name, result in results.items():
        told = ill_told(result, kind) or (untraceable(place, result) if kind in "efs" else "")
        if told and kind not in "xt":
            return f"{name}: {told}"
        acknowledged = result.returncode == 0
        if name.startswith("made") and acknowledged:
            if place.run("describe-key", "-k", f"alias/{name}").returncode != 0:
                return f"{name}: acknowledged and lost"
    failed = [name for name, result in results.items() if result.returncode != 0]
    if kind in "efs" and len(failed) > 2:
        return f"one failure of the disk made {len(failed)} calls fail: {failed}"
    if kind in "efs" and "on1" in failed and failed[0] not in ("on0", "on1"):
        return "the agent does not go on"
    if results["material"].returncode == 0 and key_state(place, KEYS["external"]) != "PendingImport":
        return "the destroyed material is back"
    return ""


def try_agent(place, number, kind):
    place.reset()
    agent = Agent(place, number, kind)
    try:
        place.count(True)
        results = work(agent)
    finally:
        place.count(False)
        code = agent.end()
    if code not in (0, ENDED) or (code == ENDED and kind not in "xt"):
        return f"the agent ended with {code}"
    return wrong_after(place, True, lambda place, done: wrong_with_agent(place, results, kind))


def calls_of_agent(place):
    place.reset()
    agent = Agent(place, 0, "n")
    place.count(True)
    results = work(agent)
    calls = place.count(False)
    agent.end()
    for name, result in results.items():
        if result.returncode != 0:
            sys.exit(f"{name}: {result.stderr}")
    return calls


def private(path, flags):
    return os.open(path, flags, 0o600)


def make_base(place):
    def kmsctl(*arguments):
        result = place.run(*arguments)
        if result.returncode != 0:
            sys.exit(f"{arguments}: {result.stderr}")
        return json.loads(result.stdout) if result.stdout.startswith("{") else result.stdout

    os.environ.pop("KMSCTL_AGENT", None)
    kmsctl("init", "--generate-keyfile", "{base}/owner.key", "--no-recovery-code")
    for alias, more in {"app": [], "delete": [], "external": ["--origin", "EXTERNAL"]}.items():
        made = kmsctl("create-key", "--alias", f"alias/{alias}", *more, "--output", "json")
        KEYS[alias] = made["KeyMetadata"]["KeyId"]
    with open(os.path.join(base, "material"), "wb") as file:
        file.write(os.urandom(32))
    kmsctl("import-key", "-k", "alias/external", "--in", "{base}/material")
    kmsctl("principal", "create", "user/ci")
    kmsctl("slot", "add", "--generate-keyfile", "{base}/other.key")
    KEYS["slot"] = kmsctl("slot", "list", "--output", "json")["Slots"][-1]["SlotId"]
    if full or SLOW & set(chosen):
        for name in ("old", "new"):
            with open(os.path.join(base, name), "w", encoding="utf-8", opener=private) as file:
                file.write(f"the {name} passphrase")
        kmsctl("slot", "add", "--new-passphrase-file", "{base}/old")
    KEYS["slots"] = len(kmsctl("slot", "list", "--output", "json")["Slots"])
    with open(os.path.join(base, "ciphertext"), "w", encoding="utf-8") as file:
        file.write(kmsctl("encrypt", "--key-id", "alias/app", "--plaintext", PLAIN)["CiphertextBlob"])
    kmsctl("vault", "backup", "-o", "{base}/v.kmsbackup")
    shutil.move(place.vault, os.path.join(base, "vault"))
    KEYS["arguments"] = {
        name: [word.replace("{app}", KEYS["app"]).replace("{delete}", KEYS["delete"])
               .replace("{external}", KEYS["external"]).replace("{slot}", KEYS["slot"])
               for word in command] for name, (command, _) in COMMANDS.items()}


def runs_of(place):
    """(name, function, number of the call, kind) for all that is tried."""
    for name in COMMANDS:
        if name not in chosen if chosen else name in SLOW and not full:
            continue
        for number in range(1, calls_of(place, name) + 1):
            for kind in KINDS if full else "elst":
                yield name, try_command, number, kind
    if not chosen or "agent" in chosen:
        calls = calls_of_agent(place)
        for number in range(1, calls + 1):
            for position, kind in enumerate(KINDS):
                if full or (number + position) % (6 * len(KINDS)) == 0:
                    yield "agent", None, number, kind


def main():
    workers = os.cpu_count() or 1
    places = [Place(number) for number in range(workers)]
    make_base(places[0])
    runs = list(runs_of(places[0]))
    totals, breaches = {}, {}

    def do(worker):
        for name, function, number, kind in runs[worker::workers]:
            place = places[worker]
            wrong = function(place, name, number, kind) if function else try_agent(place, number, kind)
            totals[name] = totals.get(name, 0) + 1
            if wrong:
                breaches.setdefault(name, []).append(f"call {number}, {KINDS[kind]}: {wrong}")

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(do, worker) for worker in range(workers)]:
            done.result()
    if "create" in totals and UNCERTAIN not in seen:
        breaches["create"] = breaches.get("create", []) + ["no change of uncertain end"]
    for name, total in totals.items():
        found = breaches.get(name, [])
        print(f"{name}: {total} runs, {len(found)} breaches")
        for text in found[:5]:
            print(f"  {text}")
    return 1 if breaches else 0


try:
    code = main()
finally:
    shutil.rmtree(base, ignore_errors=True)
sys.exit(code)
