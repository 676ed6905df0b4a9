#!/usr/bin/env python3
"""boto3 against the loopback endpoint. The credentials and the endpoint are in the environment; see boto3.sh."""
import concurrent.futures
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

import boto3
from botocore.config import Config

KMSCTL = sys.argv[1]
ENDPOINT = os.environ["KMSCTL_ENDPOINT"]


def client(service="kms", **config):
    return boto3.client(service, endpoint_url=ENDPOINT, region_name="us-east-1", config=Config(**config))


def expect(exception, call, **arguments):
    try:
        call(**arguments)
    except exception as error:
        return error
    raise AssertionError(f"{exception} was not raised")


def main():
    kms = client()
    key = kms.create_key(Description="boto3")["KeyMetadata"]
    assert key["CreationDate"].year > 2000 and key["KeyState"] == "Enabled"
    context = {"stage": "prod", "ünï": "köde"}
    blob = kms.encrypt(KeyId=key["Arn"], Plaintext=b"\x00secret\xff", EncryptionContext=context)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == b"\x00secret\xff"
    expect(kms.exceptions.InvalidCiphertextException, kms.decrypt, CiphertextBlob=blob)
    expect(kms.exceptions.NotFoundException, kms.describe_key, KeyId="alias/none")
    error = expect(kms.exceptions.ClientError, kms.encrypt, KeyId=key["Arn"], Plaintext=b"x" * 4097)
    assert error.response["Error"]["Code"] == "ValidationException", error
    assert error.response["ResponseMetadata"]["RequestId"]
    assert kms.create_alias(AliasName="alias/boto", TargetKeyId=key["KeyId"])["ResponseMetadata"]["HTTPStatusCode"] == 200
    expect(kms.exceptions.AlreadyExistsException, kms.create_alias, AliasName="alias/boto", TargetKeyId=key["KeyId"])
    kms.disable_key(KeyId=key["KeyId"])
    expect(kms.exceptions.DisabledException, kms.encrypt, KeyId="alias/boto", Plaintext=b"x")
    kms.enable_key(KeyId=key["KeyId"])

    signer = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    signature = kms.sign(KeyId=signer, Message=b"message", SigningAlgorithm="ECDSA_SHA_256")["Signature"]
    for name, content in (("pub", kms.get_public_key(KeyId=signer)["PublicKey"]), ("sig", signature), ("msg", b"message")):
        with open(name, "wb") as file:
            file.write(content)
    subprocess.run("openssl dgst -sha256 -verify pub -keyform DER -signature sig msg", shell=True, check=True,
                   stdout=subprocess.DEVNULL)
    expect(kms.exceptions.KMSInvalidSignatureException, kms.verify, KeyId=signer, Message=b"other", Signature=signature,
           SigningAlgorithm="ECDSA_SHA_256")

    for number in range(5):
        kms.create_grant(KeyId=key["KeyId"], GranteePrincipal="arn:aws:iam::111122223333:root", Operations=["Encrypt"],
                         Name=f"grant-{number}")
    pages = list(kms.get_paginator("list_grants").paginate(KeyId=key["KeyId"], PaginationConfig={"PageSize": 2}))
    assert [len(page["Grants"]) for page in pages] == [2, 2, 1], pages

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        blobs = list(pool.map(lambda i: kms.encrypt(KeyId="alias/boto", Plaintext=str(i).encode())["CiphertextBlob"], range(400)))
        plain = list(pool.map(lambda b: kms.decrypt(CiphertextBlob=b)["Plaintext"], blobs))
    assert plain == [str(i).encode() for i in range(400)]

    subprocess.run([KMSCTL, "quota", "set", "--class", "GenerateRandom", "--rate", "10", "--burst", "3"], check=True)
    impatient = client(retries={"total_max_attempts": 1, "mode": "standard"})
    error = expect(impatient.exceptions.ClientError, lambda: [impatient.generate_random(NumberOfBytes=8) for _ in range(10)])
    assert error.response["Error"]["Code"] == "ThrottlingException", error
    patient = client(retries={"max_attempts": 10, "mode": "standard"})
    retried = sum(patient.generate_random(NumberOfBytes=8)["ResponseMetadata"]["RetryAttempts"] for _ in range(15))
    assert retried > 0
    subprocess.run([KMSCTL, "quota", "delete", "--class", "GenerateRandom"], check=True)

    sts = client("sts")
    assert sts.get_caller_identity()["Arn"].endswith(":root")
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    with urllib.request.urlopen(url) as answer:
        assert b"arn:aws:iam::111122223333:root" in answer.read()
    refused = expect(urllib.error.HTTPError, lambda: urllib.request.urlopen(url + "0"))
    assert refused.code == 403, refused
    trail = client("cloudtrail")
    named = [{"AttributeKey": "EventName", "AttributeValue": "CreateAlias"}]
    found = [e for page in trail.get_paginator("lookup_events").paginate(LookupAttributes=named, PaginationConfig={"PageSize": 1})
             for e in page["Events"]]
    assert [e["EventName"] for e in found] == ["CreateAlias"] * 2 and found[0]["EventTime"].year > 2000, found
    assert json.loads(found[1]["CloudTrailEvent"])["eventID"] == found[1]["EventId"]
    assert "errorCode" in found[0]["CloudTrailEvent"] and "errorCode" not in found[1]["CloudTrailEvent"]
    expect(trail.exceptions.InvalidNextTokenException, trail.lookup_events, NextToken="bm9uZQ==")
    other = boto3.client("kms", endpoint_url=ENDPOINT, region_name="eu-west-1")
    assert other.list_keys()["Keys"] == []
    print(f"boto3 {boto3.__version__}: exceptions, pages, {retried} retries on throttling, 800 concurrent calls, presigned STS")


if __name__ == "__main__":
    main()
