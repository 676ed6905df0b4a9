#!/usr/bin/env python3
"""The agent under load: idle, slow and malformed clients harm nobody, and a killed agent loses nothing that it answered.

usage: agent_load.py KMSCTL LOAD-GENERATOR [SECONDS]
"""
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time

KMSCTL, LOAD = map(os.path.abspath, sys.argv[1:3])
SECONDS = sys.argv[3] if len(sys.argv) > 3 else "2"
IDLE = 1000


def kmsctl(*arguments, check=True):
    return subprocess.run([KMSCTL, *arguments], check=check, capture_output=True, text=True)


def connect():
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(20)
    client.connect(os.environ["KMSCTL_AGENT"])
    return client


def start_agent():
    agent = subprocess.Popen([KMSCTL, "agent", "run", "--keyfile", "owner.key", "--socket", os.environ["KMSCTL_AGENT"]],
                             stderr=open("agent.log", "a", encoding="utf-8"))
    for _ in range(200):
        if kmsctl("agent", "status", check=False).returncode == 0:
            return agent
        time.sleep(0.05)
    sys.exit("the agent does not start:\n" + open("agent.log", encoding="utf-8").read())


def describe():
    kmsctl("describe-key", "-k", "alias/app")


def write_requests():
    digest = "LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564="
    sign = {"KeyId": "alias/sign", "Message": digest, "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}
    blob = kmsctl("encrypt", "-k", "alias/app", "--plaintext", "aGVsbG8=", "--query", "CiphertextBlob", "--output",
                  "text").stdout.strip()
    signature = kmsctl("kms", "sign", "--key-id", "alias/sign", "--message", digest, "--message-type", "DIGEST",
                       "--signing-algorithm", "ECDSA_SHA_256", "--query", "Signature", "--output", "text").stdout.strip()
    requests = {
        "DescribeKey": {"KeyId": "alias/app"},
        "Encrypt": {"KeyId": "alias/app", "Plaintext": "aGVsbG8="},
        "Decrypt": {"CiphertextBlob": blob},
        "GenerateDataKey": {"KeyId": "alias/app", "KeySpec": "AES_256"},
        "Sign": sign,
        "Verify": {**sign, "Signature": signature},
    }
    for name, body in requests.items():
        with open(name, "w", encoding="utf-8") as file:
            json.dump(body, file)
    return list(requests)


def load(operation, *more):
    return subprocess.run([LOAD, os.environ["KMSCTL_AGENT"], "8", SECONDS, operation, operation, *more],
                          capture_output=True, text=True, check=not more)


def harmless_clients():
    idle = [connect() for _ in range(IDLE)]
    describe()
    slow = []
    for text in (b"POST / HTTP/1.1\r\nX-Amz-", b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\n{", b"G"):
        slow.append(connect())
        slow[-1].sendall(text)
    malformed = [b"\0" * 4000, b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"A" * 100000,
                 b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                 b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                 b"POST / HTTP/1.1\r\nX-Amz-Target: TrentService.Encrypt\r\nContent-Length: 3\r\n\r\n\xff\xfe{"]
    for text in malformed:
        client = connect()
        try:
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            answer = client.recv(4096)
            assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 505")), answer
        except (BrokenPipeError, ConnectionResetError):
            pass  # it hung up before all of it was sent
        client.close()
        describe()
    print(f"{IDLE} idle connections, {len(slow)} slow and {len(malformed)} malformed requests: served beside them")
    print(load("Encrypt").stdout, end="")
    for client in idle + slow:
        client.close()


def audited_ids(since):
    output = kmsctl("audit", "list", "--start-time", since, "--query", "Events[].requestID",
                    "--output", "json", "--no-agent", "--keyfile", "owner.key").stdout
    return set(json.loads(output))


def killed_under_load(agent):
    answered = set()
    states = []
    since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for operation in ("Encrypt", "Sign"):
        with open("ids", "w", encoding="utf-8") as ids_file:  # a pipe that nobody reads would stop the load
            generator = subprocess.Popen([LOAD, os.environ["KMSCTL_AGENT"], "8", "30", operation, operation, "--ids"],
                                         stdout=ids_file)
        for number in range(5):  # changes of state, beside the load
            kmsctl("update-key-description", "-k", key_id, "--description", f"{operation} {number}")
            states.append(f"{operation} {number}")
        time.sleep(0.5)
        agent.kill()
        agent.wait()
        assert generator.wait(20) == 0, "the load generator does not end"
        with open("ids", encoding="utf-8") as ids_file:
            ids = ids_file.read().split()
        assert len(ids) > 100, f"only {len(ids)} answers"
        answered.update(ids)
        agent = start_agent()
        found = kmsctl("describe-key", "-k", "alias/app", "--query", "KeyMetadata.Description", "--output", "text").stdout
        assert found.strip() == states[-1], (found, states[-1])
    missing = answered - audited_ids(since)
    assert not missing, f"{len(missing)} of {len(answered)} answers are not in the trail"
    print(f"killed twice under load: all {len(answered)} answers are in the trail, and every change is there")
    return agent


if __name__ == "__main__":
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 65536, hard))
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        os.environ["KMSCTL_VAULT"] = os.path.join(folder, "vault")
        kmsctl("--no-agent", "init", "--generate-keyfile", "owner.key")
        os.environ["KMSCTL_AGENT"] = os.path.join(folder, "agent.sock")
        process = start_agent()
        try:
            key_id = kmsctl("create-key", "--alias", "alias/app", "--query", "KeyMetadata.KeyId", "--output",
                            "text").stdout.strip()
            kmsctl("create-key", "--alias", "alias/sign", "--key-spec", "ECC_NIST_P256", "--key-usage", "SIGN_VERIFY")
            for name in write_requests():
                print(load(name).stdout, end="")
            harmless_clients()
            process = killed_under_load(process)
            kmsctl("agent", "stop")
            assert process.wait(20) == 0, "the agent did not end well"
            kmsctl("vault", "check", "--keyfile", "owner.key", "--no-agent")
            with open("agent.log", encoding="utf-8") as log:
                text = log.read()
            assert "ThreadSanitizer" not in text and "Sanitizer" not in text, text
        finally:
            process.kill()
