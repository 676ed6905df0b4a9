#!/usr/bin/env python3
"""An agent whose every place and every byte strangers want: its owner is served all the same, and the answers over TCP
are those that a client of HTTP expects.

usage: hostile_clients.py KMSCTL
"""
import contextlib
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time

KMSCTL = os.path.abspath(sys.argv[1])
FILES = 360  # that the agent may have: some 200 connections
HALVES = 150


def kmsctl(*arguments, check=True, **options):
    return subprocess.run([KMSCTL, *arguments], check=check, capture_output=True, text=True, timeout=60, **options)


def few_files():
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))


def start_agent():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    agent = subprocess.Popen([KMSCTL, "agent", "run", "--keyfile", "owner.key", "--socket", os.environ["KMSCTL_AGENT"],
                              "--socket-mode", "0666", "--listen", f"127.0.0.1:{port}"],
                             stderr=open("agent.log", "a", encoding="utf-8"), preexec_fn=few_files)
    for _ in range(200):
        if kmsctl("agent", "status", check=False).returncode == 0:
            return agent, port
        time.sleep(0.05)
    sys.exit("the agent does not start:\n" + open("agent.log", encoding="utf-8").read())


def connect(port, source="127.0.0.1"):
    client = socket.socket()
    client.settimeout(20)
    client.bind((source, 0))
    client.connect(("127.0.0.1", port))
    return client


def exchange(port, request):
    """All that comes back until the agent closes the connection."""
    with connect(port) as client:
        client.sendall(request)
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    return answer


def check_answers(port):
    head = exchange(port, b"HEAD / HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ") and head.endswith(b"\r\n\r\n"), head
    refused = exchange(port, b"HEAD /nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert refused.startswith(b"HTTP/1.1 404 ") and refused.endswith(b"\r\n\r\n"), refused
    health = exchange(port, b"GET /health HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n")
    assert health.startswith(b"HTTP/1.1 200 ") and b"\r\nDate: " in health and health.endswith(b"\r\n\r\n"), health
    unsigned = (b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: TrentService.ListKeys\r\n"
                b"Content-Length: 100000\r\nExpect: 100-continue\r\n\r\n")
    answer = exchange(port, unsigned)  # without the body
    assert answer.startswith(b"HTTP/1.1 400 ") and b"MissingAuthenticationToken" in answer, answer


def check_places(port):
    """Idle connections from two addresses, each good for five minutes without a byte."""
    idle = []
    for source in ("127.0.0.1", "127.0.0.2"):
        for _ in range(FILES):
            idle.append(connect(port, source))
    assert kmsctl("list-keys").returncode == 0
    assert kmsctl("lock").returncode == 0
    assert kmsctl("unlock", "--keyfile", "owner.key").returncode == 0
    answer = exchange(port, b"GET /health HTTP/1.1\r\nHost: probe\r\nConnection: close\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 "), answer  # the oldest made room
    idle[0].settimeout(5)
    assert idle[0].recv(1) == b"", "the oldest idle connection is still open"
    for client in idle:
        client.close()


def resident(agent):
    with open(f"/proc/{agent.pid}/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / (1 << 20)


def check_memory(agent, port):
    """Bodies of 1 MB of which a byte is missing."""
    before = resident(agent)
    half = (b"POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: TrentService.ListKeys\r\nContent-Length: 1000000\r\n\r\n"
            + b" " * 999999)
    clients = []
    for _ in range(HALVES):
        clients.append(connect(port))
        clients[-1].settimeout(1)
        with contextlib.suppress(OSError):  # nobody takes it
            clients[-1].sendall(half)
    after = 0.0
    for _ in range(30):  # what the system has taken, the agent reads
        time.sleep(0.1)
        after = max(after, resident(agent))
    for client in clients:
        client.close()
    assert after < before + 40, f"{HALVES} half bodies: {before:.0f} MiB -> {after:.0f} MiB"
    return before, after


def check_stranger():
    """A user of the system whom nobody knows is told so by a command, not that the agent is broken."""
    if os.geteuid() != 0:
        return
    os.chmod(".", 0o711)
    command = ["setpriv", "--reuid", "1003", "--regid", "1003", "--clear-groups", KMSCTL, "agent", "status"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60,
                             env={**os.environ, "HOME": "/"})
    assert refused.returncode == 4 and "is nobody in the vault" in refused.stderr, refused


def main():
    kmsctl("--no-agent", "init", "--generate-keyfile", "owner.key")
    agent, port = start_agent()
    try:
        check_answers(port)
        check_places(port)
        before, after = check_memory(agent, port)
        check_stranger()
    finally:
        agent.terminate()
        agent.wait(timeout=60)
    print(f"{2 * FILES} idle connections lock nobody out; {HALVES} half bodies: {before:.0f} MiB -> {after:.0f} MiB")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["KMSCTL_VAULT"] = os.path.join(folder, "vault")
        os.environ["KMSCTL_AGENT"] = os.path.join(folder, "agent.sock")
        main()
