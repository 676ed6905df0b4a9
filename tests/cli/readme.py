#!/usr/bin/env python3
"""Types what README shows to each person into a terminal of 80 columns and 24 lines, in a vault of its own, and compares
what stands on the screen with screens/PERSON.txt. A command ends with 0, or as its comment says ("exit code 6").
usage: readme.py KMSCTL README SCREENS [--write], which makes the screens anew, for a review of what changed"""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time

COLUMNS, ROWS = 80, 24
PATIENCE = 120
PASSPHRASE = "correct horse battery staple"
PERSONS = {"Sixty seconds": "start", "The operator": "operator", "At a workstation": "workstation",
           "Releases": "release", "CI": "ci",
           "Evidence": "evidence", "Alerts": "alerts"}
END = re.compile("\x1e([0-9]+)\x1e")


class Screen:
    """What a terminal shows of what is written to it, with the lines that went out at the top."""

    def __init__(self):
        self.lines, self.column, self.pending = [""], 0, ""

    def put(self, character):
        if self.column == COLUMNS:
            self.newline()
        line = self.lines[-1].ljust(self.column)
        self.lines[-1] = line[:self.column] + character + line[self.column + 1:]
        self.column += 1

    def newline(self):
        self.lines.append("")
        self.column = 0

    def write(self, text):
        text, self.pending = self.pending + text, ""
        at = 0
        while at < len(text):
            character = text[at]
            if character == "\x1b":
                sequence = re.match(r"\x1b\[([?0-9;]*)([A-Za-z])", text[at:])
                if sequence is None:
                    self.pending = text[at:]
                    return
                if sequence[2] == "K":
                    self.lines[-1] = self.lines[-1][:self.column]
                at += len(sequence[0])
                continue
            if character == "\n":
                self.newline()
            elif character == "\r":
                self.column = 0
            elif character == "\b":
                self.column = max(0, self.column - 1)
            elif character >= " ":
                self.put(character)
            at += 1

    def text(self):
        return "\n".join(line.rstrip() for line in self.lines).rstrip() + "\n"


class Shell:
    """bash at a terminal. Commands come by a pipe, so that nothing but what they say is on the screen."""

    def __init__(self, folder, environment):
        reading, self.commands = os.pipe()
        child, self.terminal = pty.fork()
        if child == 0:
            os.chdir(folder)
            os.dup2(reading, 9)
            os.execvpe("bash", ["bash", "--norc", "/dev/fd/9"], environment)
        os.close(reading)
        self.child = child
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.screen, self.mask = Screen(), str

    def run(self, line, shown):
        self.screen.write(f"$ {shown}\r\n")
        os.write(self.commands, (line + "\nprintf '\\036%s\\036' $?\n").encode())
        said, answered, deadline = "", 0, time.monotonic() + PATIENCE
        while True:
            found = END.search(said)
            if found:
                self.screen.write(self.mask(said[:found.start()]))
                if self.screen.column:
                    self.screen.newline()
                return int(found[1])
            if not select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))[0]:
                sys.exit(f"{line}: no end of it; it said {said!r}")
            said += os.read(self.terminal, 65536).decode(errors="replace")
            prompt = re.search(r"(assphrase[^\n]*: ?|again: ?|\[y/N\] ?)$", said[answered:])
            if prompt:
                answered = len(said)
                time.sleep(0.05)  # until echo is off
                os.write(self.terminal, b"y\n" if "y/N" in prompt[0] else (PASSPHRASE + "\n").encode())

    def end(self):
        os.close(self.commands)
        os.kill(self.child, signal.SIGHUP)
        os.waitpid(self.child, 0)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def masked(text, folder, port):
    """Without what differs from run to run; as long as it was, so that columns stay."""
    text = text.replace(folder, "~").replace(port, "8080")
    text = re.sub(r"\b([0-9A-Z]{4}-){8,}[0-9A-Z]{1,4}\b", lambda m: re.sub("[0-9A-Z]", "X", m[0]), text)
    text = re.sub(r"\b20[0-9]{2}-[0-9]{2}-[0-9]{2}", "2026-11-27", text)
    text = re.sub(r"T[0-9:]{8}(\.[0-9]+)?\+00:00", "T00:00:00.000000+00:00", text)  # no fraction when it is zero
    text = re.sub(r"(?<![0-9])[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?", lambda m: re.sub("[0-9]", "0", m[0]), text)
    text = re.sub(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
                  "12345678-1234-1234-1234-123456789012", text)
    text = re.sub(r"\b[0-9a-f]{8}-([0-9a-f]{4}-){1,3}[0-9a-f]{0,11}…", lambda m: re.sub("[0-9a-f]", "0", m[0]), text)
    text = re.sub(r'("Records": )[0-9]+', r"\g<1>50", text)
    text = re.sub(r"\b[0-9a-f]{32,64}\b", lambda m: "0" * len(m[0]), text)
    text = re.sub(r"\bAKID?[A-Z0-9]{16,}|\bAID[A-Z0-9]{16,}|\bA[A-Z]{3}[A-Z0-9]{16}\b", lambda m: "A" * len(m[0]), text)
    text = re.sub(r'("SecretAccessKey": )"[^"]*"', r'\1"..."', text)
    text = re.sub(r"agent-[0-9]+-[0-9]+\.sock", "agent-DEVICE-INODE.sock", text)
    return re.sub(r"\b[0-9a-f]{8}\b", "01234567", text)


def blocks(readme):
    """PERSON -> the lines that are commands."""
    found, person = {}, None
    for line in open(readme):
        if line.startswith("## "):
            person = PERSONS.get(line[3:].strip())
        elif person and line.startswith("    "):
            found.setdefault(person, []).append(line.strip())
    return found


def prepare(folder, environment, kmsctl):
    for name in ("report.pdf", "photo.jpg", "dist.tar.gz", "notes.txt"):
        with open(os.path.join(folder, name), "wb") as file:
            file.write(name.encode() * 1000)
    os.mkdir(os.path.join(folder, "docs"))
    with open(os.path.join(folder, "docs", "one.txt"), "w") as file:
        file.write("one\n")
    there = {**environment, "KMSCTL_VAULT": os.path.join(folder, "there"), "KMSCTL_KEYFILE": "there.key"}
    for words in (["init", "--account", "000000000000", "--region", "eu-west-1", "--generate-keyfile", "there.key",
                   "--no-recovery-code"], ["vault", "transport-key"]):
        done = subprocess.run([kmsctl, *words], cwd=folder, env=there, capture_output=True, check=True)
    with open(os.path.join(folder, "there.pub"), "wb") as file:
        file.write(done.stdout)


def remove(folder):
    # An agent that was told to stop writes down last what it has seen of the vault.
    for _ in range(50):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            return
        time.sleep(0.1)
    sys.exit(f"{folder}: somebody writes there still")


def replay(person, lines, kmsctl):
    folder = os.path.realpath(tempfile.mkdtemp())
    runtime = os.path.join(folder, "run")
    os.mkdir(runtime, 0o700)
    environment = {"PATH": os.path.dirname(os.path.realpath(kmsctl)) + ":" + os.environ["PATH"], "HOME": folder,
                   "XDG_RUNTIME_DIR": runtime, "TERM": "dumb", "TZ": "UTC", "LANG": "C.UTF-8",
                   "ASAN_OPTIONS": "detect_leaks=0"}
    prepare(folder, environment, kmsctl)
    port = free_port()
    shell = Shell(folder, environment)
    shell.mask = lambda text: masked(text, folder, port)
    try:
        if not any(line.startswith("kmsctl init") for line in lines):  # it begins with the vault that there is
            shell.run("kmsctl init --account 111122223333 && kmsctl unlock", "")
            shell.screen = Screen()
        for line in lines:
            if line.startswith(("scripts/", "export PATH")):
                continue
            shown = re.sub(r"\s+#.*", "", line)
            wanted = re.search(r"# exit code ([0-9]+)", line)
            # The replica of the other machine is opened by that machine's keyfile.
            typed = shown.replace("8080", port).replace("--vault there", "--vault there --keyfile there.key")
            code = shell.run(typed, shown)
            if code != (int(wanted[1]) if wanted else 0):
                sys.exit(f"{person}: {line}: exit code {code}\n{shell.screen.text()[-2000:]}")
    finally:
        subprocess.run([kmsctl, "agent", "stop"], env=environment, capture_output=True)
        shell.end()
        remove(folder)
    return shell.screen.text()


def main():
    kmsctl, readme, screens = sys.argv[1:4]
    write = sys.argv[4:] == ["--write"]
    found = blocks(readme)
    if set(found) != set(PERSONS.values()):
        sys.exit(f"README has no commands for {set(PERSONS.values()) - set(found)}")
    different = 0
    for person, lines in found.items():
        seen = replay(person, lines, kmsctl)
        path = os.path.join(screens, person + ".txt")
        if write:
            open(path, "w").write(seen)
        elif seen != open(path).read():
            different += 1
            subprocess.run(["diff", path, "-"], input=seen.encode())
    if different:
        sys.exit(f"{different} screens differ; see them all with: readme.py KMSCTL README SCREENS --write")


main()
