#!/usr/bin/env python3
"""The agent under a service manager, which this script plays: an inherited socket (sd_listen_fds), notification
(sd_notify), signals; and what a scraper of metrics and an idle machine see.

usage: service_manager.py KMSCTL
"""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

KMSCTL = os.path.abspath(sys.argv[1])
children = []


def start(listening, *options, user=None):
    """As systemd starts a service: the socket is fd 3, and LISTEN_PID names the very process."""
    child = os.fork()
    if child == 0:
        os.dup2(listening.fileno(), 3)
        os.dup2(os.open("/dev/null", os.O_RDWR), 1)
        log = os.open("agent.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(log, 2)
        environment = {**os.environ, "LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid()), "NOTIFY_SOCKET": "@" + NOTIFY}
        if user is not None:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        os.execve(KMSCTL, ["kmsctl", "agent", "run", "--keyfile", "owner.key", *options], environment)
    children.append(child)
    return child


def request(path="/status", method="GET", **headers):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(20)
    client.connect("agent.sock")
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: 0"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    client.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    answer = b""
    while piece := client.recv(65536):
        answer += piece
    head, body = answer.split(b"\r\n\r\n", 1)
    return int(head.split()[1]), body.decode()


def ended(child):
    _, status = os.waitpid(child, 0)
    children.remove(child)
    return os.waitstatus_to_exitcode(status)


def system_service():
    """As kmsctl.service: a user of its own holds the vault, and root the socket, so that root answers for it."""
    owner, caller = 2000, 1001
    os.chmod(".", 0o711)
    os.mkdir("state", 0o700)
    os.chown("state", owner, owner)
    os.chmod("agent.log", 0o666)
    os.environ["KMSCTL_VAULT"] = os.path.abspath("state/vault")
    del os.environ["KMSCTL_AGENT"]
    run_as = lambda user, *words: subprocess.run([KMSCTL, *words], user=user, group=user, extra_groups=[], check=False,
                                                 capture_output=True, text=True, env={**os.environ, "HOME": "/"})
    os.unlink("owner.key")
    assert run_as(owner, "init", "--generate-keyfile", "state/owner.key").returncode == 0
    os.symlink("state/owner.key", "owner.key")
    os.mkdir("run", 0o755)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("run/agent.sock")
    os.chmod("run/agent.sock", 0o666)
    listening.listen(16)
    os.environ["KMSCTL_AGENT"] = os.path.abspath("run/agent.sock")
    agent = start(listening, user=owner)
    status = run_as(caller, "agent", "status")  # it is asked, and knows no such user
    assert status.returncode == 4 and "is nobody in the vault" in status.stderr, status
    os.chmod("run", 0o777)  # others could put another socket there
    status = run_as(caller, "agent", "status")
    assert status.returncode == 4 and "chmod go-w" in status.stderr, status
    os.kill(agent, signal.SIGTERM)
    assert ended(agent) == 0


def main():
    subprocess.run([KMSCTL, "--no-agent", "init", "--generate-keyfile", "owner.key"], check=True, capture_output=True)
    notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notifications.bind("\0" + NOTIFY)
    notifications.settimeout(20)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("agent.sock")
    listening.listen(16)

    agent = start(listening)
    assert notifications.recv(100) == b"READY=1"
    assert json.loads(request()[1])["State"] == "UNLOCKED"
    os.environ["KMSCTL_AGENT"] = os.path.abspath("agent.sock")
    subprocess.run([KMSCTL, "create-key", "--alias", "alias/app"], check=True, capture_output=True)
    os.kill(agent, signal.SIGHUP)  # there are no TLS files to read; it goes on
    status, metrics = request("/metrics")
    deadline = time.monotonic() + 20  # the agent may not have seen yet that create-key hung up
    while "kmsctl_connections 1" not in metrics.splitlines() and time.monotonic() < deadline:
        time.sleep(0.02)
        status, metrics = request("/metrics")
    assert status == 200
    for line in ('kmsctl_unlocked 1', 'kmsctl_locked 0', 'kmsctl_keys 1', 'kmsctl_requests_total{operation="CreateKey"} 1',
                 'kmsctl_request_duration_seconds_count{operation="CreateKey"} 1', 'kmsctl_connections 1'):
        assert line in metrics.splitlines(), f"{line} is missing in\n{metrics}"
    assert request("/") == (200, ""), "the answer to a look at its health"
    assert request("/", "PUT")[0] == 405
    os.kill(agent, signal.SIGTERM)
    assert notifications.recv(100) == b"STOPPING=1"
    assert ended(agent) == 0
    assert os.path.exists("agent.sock"), "a socket of the service manager was removed"

    agent = start(listening, "--idle-timeout", "1s")
    assert notifications.recv(100) == b"READY=1"
    for _ in range(200):  # to look keeps nothing unlocked
        if json.loads(request()[1])["State"] == "LOCKED":
            break
        time.sleep(0.05)
    else:
        raise AssertionError("it was not locked after the idle timeout")
    status, body = request("/", "POST", X_Amz_Target="TrentService.ListKeys")
    assert status == 503 and json.loads(body)["__type"] == "VaultLockedException", body
    os.kill(agent, signal.SIGTERM)
    assert ended(agent) == 0
    with open("agent.log", encoding="utf-8") as log:
        assert "locked after the idle timeout" in log.read()
    if os.geteuid() == 0:
        system_service()
    print("socket activation, notification, signals, metrics and the idle timeout are as a service manager expects")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["KMSCTL_VAULT"] = os.path.join(folder, "vault")
        NOTIFY = f"kmsctl-test-{os.getpid()}"
        try:
            main()
        finally:
            for left in children:
                os.kill(left, signal.SIGKILL)
