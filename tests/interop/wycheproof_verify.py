#!/usr/bin/env python3
"""Runs the signatures of project Wycheproof through `kmsctl verify --public-key`, which needs no vault.

usage: wycheproof_verify.py KMSCTL VECTORS

Prints the counts of each file. What is valid upstream must verify, what is invalid must not; PSS signatures with other
parameters than KMS has (salt as long as the hash, MGF1 with the same hash) must not verify although they are valid.
"""
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

KMSCTL, VECTORS = sys.argv[1:3]
HASH_BYTES = {"SHA-256": 32, "SHA-384": 48, "SHA-512": 64}
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("KMSCTL_")}


def files():
    for curve, sha in (("secp256r1", 256), ("secp384r1", 384), ("secp521r1", 512), ("secp256k1", 256)):
        yield f"ecdsa_{curve}_sha{sha}", f"ECDSA_SHA_{sha}"
    yield "ed25519", "ED25519_SHA_512"
    for bits in (2048, 3072, 4096):
        for sha in (256, 384, 512):
            yield f"rsa_signature_{bits}_sha{sha}", f"RSASSA_PKCS1_V1_5_SHA_{sha}"
    for name in sorted(os.listdir(VECTORS)):
        if name.startswith("rsa_pss_"):
            yield name[: -len("_test.json")], None


def algorithm_of(group, fixed):
    """None when the algorithm is none of KMS."""
    if fixed:
        return fixed
    return f"RSASSA_PSS_{group['sha'].replace('-', '_')}" if group["sha"] in HASH_BYTES else None


def has_parameters_of_kms(group):
    if "sLen" not in group:
        return True
    return group["sLen"] == HASH_BYTES[group["sha"]] and group["mgfSha"] == group["sha"]


def verifies(folder, number, group, test, algorithm):
    base = os.path.join(folder, str(number))
    for suffix, content in (("key", group["publicKeyDer"]), ("msg", test["msg"]), ("sig", test["sig"])):
        with open(f"{base}.{suffix}", "wb") as file:
            file.write(bytes.fromhex(content))
    done = subprocess.run(
        [KMSCTL, "verify", "--public-key", base + ".key", "--signing-algorithm", algorithm, base + ".msg",
         "--signature", base + ".sig"],
        stdin=subprocess.DEVNULL, capture_output=True, env=ENVIRONMENT, check=False)
    for suffix in ("key", "msg", "sig"):
        os.unlink(f"{base}.{suffix}")
    if done.returncode not in (0, 2, 5, 6):
        sys.exit(f"exit code {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.returncode == 0


def cases(name, fixed):
    with open(os.path.join(VECTORS, name + "_test.json"), encoding="utf-8") as file:
        groups = json.load(file)["testGroups"]
    for group in groups:
        algorithm = algorithm_of(group, fixed)
        if algorithm is None or "publicKeyDer" not in group:
            continue
        for test in group["tests"]:
            # An empty message is none of the API for Ed25519, which signs the message itself.
            if algorithm == "ED25519_SHA_512" and test["msg"] == "":
                continue
            yield group, test, algorithm


def run(folder, name, fixed):
    everything = list(cases(name, fixed))
    with ThreadPoolExecutor(max_workers=4) as pool:
        results = list(pool.map(lambda item: verifies(folder, item[0], *item[1]), enumerate(everything)))
    counts = {"valid": 0, "invalid": 0, "acceptable": 0, "other parameters": 0}
    wrong = []
    for (group, test, _), passed in zip(everything, results):
        if not has_parameters_of_kms(group):
            counts["other parameters"] += 1
            expected = False
        else:
            counts[test["result"]] += 1
            expected = None if test["result"] == "acceptable" else test["result"] == "valid"
        if expected is not None and passed != expected:
            wrong.append(f"{name} {test['tcId']} ({test['result']}: {test['comment']}) {'passed' if passed else 'failed'}")
    print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts.items() if count))
    return wrong


def main():
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for name, fixed in files():
            wrong += run(folder, name, fixed)
    for line in wrong:
        print("WRONG:", line)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
