"""Types lines with a TAB into an interactive bash, zsh and fish, and compares what becomes of them.

press_tab.py KMSCTL COMPLETIONS: in a directory of its own, with an agent that has a vault open. Shells that are not
installed are left out, unless $CI is set."""
import os
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

KMSCTL, STUBS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
TAB, TO_START, PATIENCE = b"\t", b"\x01", 20

# What is typed, and what the line is after TAB.
LINES = [
    ("kmsctl whoa", "kmsctl whoami"),
    ("kmsctl slot li", "kmsctl slot list"),
    ("kmsctl create-key --key-spec RSA_20", "kmsctl create-key --key-spec RSA_2048"),
    ("kmsctl create-key --descr", "kmsctl create-key --description"),
    ("kmsctl get-public-key --output=pe", "kmsctl get-public-key --output=pem"),
    ("kmsctl encrypt-file -k alias/ap", "kmsctl encrypt-file -k alias/app"),
    ("kmsctl kms describe-key --key-id=alias/ap", "kmsctl kms describe-key --key-id=alias/app"),
    ("kmsctl principal show user/c", "kmsctl principal show user/ci"),
    ("kmsctl policy explain --action kms:Decr", "kmsctl policy explain --action kms:Decrypt"),
    ("kmsctl region list --region eu-", "kmsctl region list --region eu-west-1"),
    ("kmsctl --passphrase-file pass", "kmsctl --passphrase-file pass.txt"),
    ("kmsctl --keyfile=pass", "kmsctl --keyfile=pass.txt"),
    ("kmsctl decrypt-file minu", "kmsctl decrypt-file minutes.kms"),
    ("kmsctl --vault vau", "kmsctl --vault vault"),
]

SHELLS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
STARTS = {
    "bash": f"source {STUBS}/kmsctl.bash; bind 'set bell-style none'; PS1='> '",
    "zsh": f"fpath=({STUBS} $fpath); autoload -U compinit; compinit -u -d dump; bindkey -e; PS1='> '",
    "fish": f"source {STUBS}/kmsctl.fish; function fish_prompt; echo '> '; end",
}


class Shell:
    """An interactive shell in a pseudo-terminal."""

    def __init__(self, name):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvp(SHELLS[name][0], SHELLS[name])
        self.seen = b""
        self.line(STARTS[name])

    def type(self, keys):
        os.write(self.fd, keys)

    def read_until(self, pattern):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = re.search(pattern, self.seen)
            if found:
                self.seen = self.seen[found.end():]
                return found
            if select.select([self.fd], [], [], 0.1)[0]:
                self.seen += os.read(self.fd, 65536)
        raise AssertionError(f"not seen: {pattern!r} in {self.seen[-2000:]!r}")

    def settle(self):
        """Reads until nothing more comes."""
        while select.select([self.fd], [], [], 0.15)[0]:
            self.seen += os.read(self.fd, 65536)

    def line(self, text):
        self.type(text.encode() + b"; printf 'done-%s\\n' 42\n")
        self.read_until(rb"done-42")
        self.settle()

    def completed(self, text):
        """The line that TAB makes of the text: it is printed instead of run."""
        self.settle()
        self.seen = b""
        self.type(text.encode() + TAB)
        self.settle()
        self.type(TO_START + b"echo 'became:'\\|")
        self.type(b"\x05" + b"\\|\n")
        found = self.read_until(rb"became:\|([^\r\n]*?) ?\|[\r\n]")
        self.settle()
        return found.group(1).decode().rstrip("/")  # zsh takes it back when a blank follows

    def close(self):
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def prepare(directory):
    os.chdir(directory)
    os.environ.update(KMSCTL_VAULT=f"{directory}/vault", XDG_RUNTIME_DIR=directory, TERM="xterm", HOME=directory,
                      PATH=f"{os.path.dirname(KMSCTL)}:{os.environ['PATH']}", ASAN_OPTIONS="detect_leaks=0")
    for name in ("KMSCTL_KEYFILE", "KMSCTL_PASSPHRASE_FILE", "CREDENTIALS_DIRECTORY", "KMSCTL_AGENT"):
        os.environ.pop(name, None)
    for name in ("pass.txt", "minutes.kms"):
        open(name, "w").close()
    for words in ("init --generate-keyfile owner.key --no-recovery-code", "unlock --keyfile owner.key",
                  "create-key --alias alias/app", "principal create user/ci", "region add eu-west-1"):
        subprocess.run([KMSCTL, *words.split()], check=True, stdout=subprocess.DEVNULL)


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        prepare(directory)
        try:
            for name in SHELLS:
                if shutil.which(name) is None and "CI" not in os.environ:
                    print(f"{name} is not installed")
                    continue
                shell = Shell(name)
                for typed, wanted in LINES:
                    for _ in range(5):  # kmsctl gives an agent that is slow up, on a machine that does much else
                        became = shell.completed(typed)
                        if became == wanted:
                            break
                    else:
                        print(f"{name}: '{typed}' became '{became}', not '{wanted}'")
                        failed += 1
                shell.close()
                print(f"{name}: {len(LINES)} lines")
        finally:
            subprocess.run([KMSCTL, "agent", "stop"], check=False, stdout=subprocess.DEVNULL)
    return 1 if failed else 0


sys.exit(main())
