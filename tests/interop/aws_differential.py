#!/usr/bin/env python3
"""The same commands by the aws command line, pointed at an agent, and by `kmsctl kms` beside it: they print the same.

usage: aws_differential.py KMSCTL API     API is tests/vectors/kms-api.json; started by aws_differential.sh.
SEED and CASES (of the generated ones, 280) are read from the environment.

Written against aws-cli 2.9.19, which is that of Debian 12; works with a first version (1.45.11), too. What is printed is
compared byte for byte; where both make something, with ids, times and what is random taken out. A failure has the same
name and message, and an exit code of kmsctl's that belongs to the one of aws. What differs on purpose stands in
DIFFERS with the reason, and must differ.
"""
import base64
import difflib
import importlib.util
import json
import os
import pathlib
import random
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
if importlib.util.find_spec("awscli") is None:
    print("there is no awscli for this python3")
    sys.exit(77)
from aws_driver import Aws, write_models

KMSCTL, API = sys.argv[1:]
ENDPOINT = os.environ["KMSCTL_ENDPOINT"]
SEED = int(os.environ.get("SEED", "1"))
CASES = int(os.environ.get("CASES", "280"))
ACCOUNT = "111122223333"
WORK = pathlib.Path.cwd()

pathlib.Path("aws.config").write_text("[default]\ncli_timestamp_format = iso8601\n")
os.environ["AWS_CONFIG_FILE"] = str(WORK / "aws.config")
os.environ.update(AWS_MAX_ATTEMPTS="1", TZ="UTC", LC_ALL="C.UTF-8")
AWS = Aws(ENDPOINT, write_models(API, WORK / "models"))
OWN = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
OWN["AWS_DEFAULT_REGION"] = os.environ["AWS_DEFAULT_REGION"]

# The exit codes of kmsctl for a failure that aws finds before it sends anything.
BEFORE = {2, 11}
# Where aws breaks down, kmsctl prints: of rows that have other lengths, and of a list that begins with an object.
BREAKDOWN = re.compile(r"object has no attribute|Row should have|is not iterable|indices must be")


def own(*words, prefix=("kms",)):
    OWN["TZ"] = os.environ["TZ"]
    done = subprocess.run([KMSCTL, *prefix, *words], env=OWN, stdin=subprocess.DEVNULL, capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def must(*words, prefix=("kms",)):
    code, out, err = own(*words, prefix=prefix)
    if code != 0:
        sys.exit(f"kmsctl {' '.join(words)}: {err}")
    return json.loads(out) if out.startswith("{") else out


class World:
    """Keys of every kind, and what hangs on them."""

    def __init__(self):
        self.key = {}
        self.make("plain", "--description", "größe, 日本 \"quoted\"", "--tags", "TagKey=a,TagValue=b", "TagKey=ü,TagValue=")
        self.make("other")
        self.make("rsa", "--key-spec", "RSA_2048", "--key-usage", "SIGN_VERIFY")
        self.make("oaep", "--key-spec", "RSA_2048", "--key-usage", "ENCRYPT_DECRYPT")
        self.make("ecc", "--key-spec", "ECC_NIST_P256", "--key-usage", "SIGN_VERIFY")
        self.make("agree", "--key-spec", "ECC_NIST_P256", "--key-usage", "KEY_AGREEMENT")
        self.make("mac", "--key-spec", "HMAC_256", "--key-usage", "GENERATE_VERIFY_MAC")
        self.make("many", "--multi-region")
        self.make("external", "--origin", "EXTERNAL")
        self.make("disabled", "--description", "")
        self.make("going")
        self.make("odd", "--description", "tab\there\nnewline \u009b \u202e \x7f")
        policy = json.loads(must("get-key-policy", "--key-id", self.key["odd"])["Policy"])
        must("put-key-policy", "--key-id", self.key["odd"], "--policy", json.dumps(policy, indent=2))
        must("replicate-key", "--key-id", self.key["many"], "--replica-region", "eu-west-1")
        must("disable-key", "--key-id", self.key["disabled"])
        must("schedule-key-deletion", "--key-id", self.key["going"], "--pending-window-in-days", "7")
        must("enable-key-rotation", "--key-id", self.key["plain"], "--rotation-period-in-days", "100")
        must("rotate-key-on-demand", "--key-id", self.key["plain"])
        must("create-alias", "--alias-name", "alias/app", "--target-key-id", self.key["plain"])
        for i in range(52):  # more than a page
            must("create-alias", "--alias-name", f"alias/many/{i:02}", "--target-key-id", self.key[("other", "mac")[i % 2]])
        must("principal", "create", "user/ci", prefix=())
        self.user = f"arn:aws:iam::{ACCOUNT}:user/ci"
        root = f"arn:aws:iam::{ACCOUNT}:root"
        for options in (["--operations", "Encrypt", "Decrypt", "--name", "first"],
                        ["--operations", "Decrypt", "--retiring-principal", root, "--constraints",
                         "EncryptionContextSubset={b=2,a=1}"],
                        ["--operations", "GenerateDataKey", "CreateGrant", "--retiring-principal", root,
                         "--constraints", '{"EncryptionContextEquals":{"x":"y z"}}']):
            must("create-grant", "--key-id", self.key["plain"], "--grantee-principal", self.user, *options)
        self.store = must("create-custom-key-store", "--custom-key-store-name", "store", "--cloud-hsm-cluster-id",
                          "cluster-2a3b4c5defg", "--key-store-password", "kmsPswd", "--trust-anchor-certificate",
                          "x")["CustomKeyStoreId"]
        self.files()

    def make(self, name, *options):
        self.key[name] = must("create-key", *options)["KeyMetadata"]["KeyId"]

    def blob(self, name, member, *words):
        pathlib.Path(name).write_bytes(base64.b64decode(must(*words)[member]))

    def files(self):
        pathlib.Path("plain").write_bytes(b"attack at dawn\n\x00\xff")
        pathlib.Path("policy.json").write_text(must("get-key-policy", "--key-id", self.key["plain"])["Policy"])
        pathlib.Path("request.json").write_text(json.dumps({"KeyId": "alias/app"}))
        pathlib.Path("tags.json").write_text('[{"TagKey": "f", "TagValue": "from a file"}]')
        self.blob("sealed", "CiphertextBlob", "encrypt", "--key-id", "alias/app", "--plaintext", "fileb://plain",
                  "--encryption-context", "a=b,c=d e")
        self.blob("signature", "Signature", "sign", "--key-id", self.key["rsa"], "--message", "fileb://plain",
                  "--signing-algorithm", "RSASSA_PKCS1_V1_5_SHA_256")
        self.blob("mac", "Mac", "generate-mac", "--key-id", self.key["mac"], "--message", "fileb://plain",
                  "--mac-algorithm", "HMAC_SHA_256")
        self.blob("public", "PublicKey", "get-public-key", "--key-id", self.key["agree"])


WORLD = World()
FORMS = ["json", "text", "table"] + ([] if AWS.is_first else ["yaml", "yaml-stream"])

# Commands that change nothing, each with questions about its answer.
ANY_QUERY = ["", "", "@", "keys(@)", "*", "length(@)", "type(@)", "to_string(@)", "values(@)", "Nothing", "[@]", "{}",
             "{z: @, a: `1`}", "to_array(@)", "sort(keys(@))", "[`1`, `true`, `null`, `2.5`, 'x']", "`\"\"`", "`[]`",
             "`0`", "`false`", "not_null(Nothing, 'none')", "merge(@, {Added: 'x'})"]


def queries_of_list(name, ident):
    return [name, f"{name}[]", f"{name}[0]", f"{name}[].{ident}", f"{name}[*].[{ident}]", f"{name}[].{{b: {ident}, a: {ident}}}",
            f"length({name})", f"sort_by({name}, &{ident})[-1].{ident}", f"{name}[?contains({ident}, 'a')].{ident} | [0]",
            f"{name}[0].*", f"{name}[:2]", f"{name}[-1:].{ident}", f"reverse({name})[0].{ident}", f"{name}[99]",
            f"[{name}[0].{ident}, length({name})]", f"max_by({name}, &{ident})", f"{name}[].keys(@)", f"map(&{ident}, {name})",
            f"join(',', {name}[].{ident})"]


KEY_QUERIES = ["KeyMetadata", "KeyMetadata.KeyId", "KeyMetadata.[KeyId, Enabled]", "KeyMetadata.{s: KeyState, d: Description}",
               "keys(KeyMetadata)", "KeyMetadata.*", "KeyMetadata.CreationDate", "KeyMetadata.EncryptionAlgorithms",
               "KeyMetadata.MultiRegionConfiguration", "KeyMetadata.MultiRegionConfiguration.ReplicaKeys", "KeyMetadata.Enabled",
               "KeyMetadata.DeletionDate", "KeyMetadata.Description", "KeyMetadata.[*]", "KeyMetadata.SigningAlgorithms[0:2]",
               "to_string(KeyMetadata.SigningAlgorithms)", "KeyMetadata.Arn | split", "contains(KeyMetadata.Arn, 'kms')"]
KEY_QUERIES.remove("KeyMetadata.Arn | split")

READ = [(["describe-key", "--key-id", key], KEY_QUERIES) for name, key in WORLD.key.items() if name != "odd"]
READ += [(["describe-key", "--cli-input-json", "file://request.json"], KEY_QUERIES),
         (["describe-key", "--key-id", WORLD.key["many"], "--region", "eu-west-1"], KEY_QUERIES),
         (["list-keys"], queries_of_list("Keys", "KeyId")),
         (["list-keys", "--region", "eu-west-1"], queries_of_list("Keys", "KeyArn")),
         (["list-aliases"], queries_of_list("Aliases", "AliasName")),
         (["list-aliases", "--key-id", "alias/app"], queries_of_list("Aliases", "AliasArn")),
         (["list-grants", "--key-id", WORLD.key["plain"]],
          queries_of_list("Grants", "GrantId") + ["Grants[].Operations", "Grants[].Operations[]", "Grants[].Constraints",
                                                  "Grants[?Constraints].[GrantId, Operations]", "Grants[].[Name, CreationDate]",
                                                  "Grants[?Operations[?@=='Encrypt']].Name", "Grants[*].Operations[0]"]),
         (["list-grants", "--key-id", WORLD.key["other"]], queries_of_list("Grants", "GrantId")),
         (["list-retirable-grants", "--retiring-principal", f"arn:aws:iam::{ACCOUNT}:root"],
          queries_of_list("Grants", "GrantId")),
         (["list-resource-tags", "--key-id", WORLD.key["plain"]], queries_of_list("Tags", "TagKey")),
         (["list-key-policies", "--key-id", WORLD.key["plain"]], ["PolicyNames", "PolicyNames[0]"]),
         (["get-key-policy", "--key-id", WORLD.key["plain"]], ["PolicyName", "Policy"]),
         (["get-key-rotation-status", "--key-id", WORLD.key["plain"]], ["KeyRotationEnabled", "NextRotationDate"]),
         (["get-key-rotation-status", "--key-id", WORLD.key["other"]], ["KeyRotationEnabled", "[KeyId, RotationPeriodInDays]"]),
         (["list-key-rotations", "--key-id", WORLD.key["plain"]], queries_of_list("Rotations", "RotationType")),
         (["get-public-key", "--key-id", WORLD.key["rsa"]], ["SigningAlgorithms", "KeySpec", "length(PublicKey)", "PublicKey"]),
         (["get-public-key", "--key-id", WORLD.key["agree"]], ["KeyAgreementAlgorithms", "KeyUsage"]),
         (["describe-custom-key-stores"], queries_of_list("CustomKeyStores", "CustomKeyStoreName")),
         (["decrypt", "--ciphertext-blob", "fileb://sealed", "--encryption-context", "a=b,c=d e"],
          ["Plaintext", "[KeyId, Plaintext]"]),
         (["decrypt", "--ciphertext-blob", "fileb://sealed", "--encryption-context", '{"a":"b","c":"d e"}'],
          ["EncryptionAlgorithm"]),
         (["sign", "--key-id", WORLD.key["rsa"], "--message", "fileb://plain", "--signing-algorithm",
           "RSASSA_PKCS1_V1_5_SHA_256"], ["Signature", "SigningAlgorithm"]),
         (["verify", "--key-id", WORLD.key["rsa"], "--message", "fileb://plain", "--signature", "fileb://signature",
           "--signing-algorithm", "RSASSA_PKCS1_V1_5_SHA_256"], ["SignatureValid"]),
         (["generate-mac", "--key-id", WORLD.key["mac"], "--message", "fileb://plain", "--mac-algorithm",
           "HMAC_SHA_256"], ["Mac"]),
         (["verify-mac", "--key-id", WORLD.key["mac"], "--message", "fileb://plain", "--mac-algorithm", "HMAC_SHA_256",
           "--mac", "fileb://mac"], ["MacValid"]),
         (["derive-shared-secret", "--key-id", WORLD.key["agree"], "--key-agreement-algorithm", "ECDH", "--public-key",
           "fileb://public"], ["SharedSecret", "KeyOrigin"])]

# Texts that a form may have to quote, fold or widen.
TEXTS = ["", " ", "a", "yes", "No", "true", "NULL", "~", "12", "-0", "+1", "007", "0o17", "0x1F", "0x", "1_0",
         "-_", "1.", ".5", ".5e3", "+.5E-3", "1e3", "1e", "1.5e+3", ".inf", "-.INF", ".nan", "1:30", "2026-11-27",
         "2026-1-2", "2026-11-27T10:00:00.5Z", "2026-1-2 1:00:00 +1", "2026-11-27x", "<<", "=", "-", "?", "- a",
         ": a", "a: b", "a:", "a #b", "#a", "&a", "*a", "!a", "|", ">", "%a", "@a", "'a'", '"a"', "a'b", "[a",
         "a]", "{}", ",", "...", "---", "--- a", " a", "a ", "a  b", "x\ny", "\n", "x\n\n y\n", "größe", "日本", "½",
         "\U0001f511", "a\u00a0b", "\u3000", "word " * 30, "x" * 100 + " " + "y" * 90, "a\\b", "\ufeff"]


def literals(chance):
    """Questions whose answer is a choice of texts, whatever they are asked of."""
    alphabet = "ab01.-+:eE _'\"\n#,[]{}&*!|>%@~ü日"
    for _ in range(24):
        texts = chance.sample(TEXTS, 12) + ["".join(chance.choices(alphabet, k=chance.randrange(1, 9))) for _ in range(6)]
        named = {text.strip() or str(i): i for i, text in enumerate(chance.sample(TEXTS, 6))}
        shape = chance.choice([texts, {"A": texts}, [{"T": text} for text in texts], named, [named, {"T": texts}]])
        yield "`" + json.dumps(shape).replace("`", "") + "`"


PAGED = [
    ["--max-items", "3"], ["--page-size", "2"], ["--max-items", "2", "--page-size", "1"], ["--no-paginate"], ["--limit", "2"],
    ["--page-size", "1", "--max-items", "1"], ["--no-paginate", "--limit", "1"], ["--max-items", "1000"]]
LISTS = [(["list-keys"], ["", "Keys[].KeyId", "length(Keys)", "NextToken", "Truncated"]),
         (["list-aliases"], ["", "Aliases[].AliasName", "length(Aliases)"]),
         (["list-grants", "--key-id", WORLD.key["plain"]], ["", "Grants[].Name", "Grants[0]"]),
         (["list-resource-tags", "--key-id", WORLD.key["plain"]], ["", "Tags[].TagValue"])]


def with_options(words, query, form):
    return [*words, *(["--query", query] if query else []), *(["--output", form] if form else [])]


def generated():
    """Every command once as it is in each form, and a choice of the others."""
    chosen = [with_options(words, "", form) for i, (words, _) in enumerate(READ) for form in FORMS[:4] if i > 8 or i % 3 == 0]
    rest = [with_options(words, query, form) for words, queries in READ for query in queries + ANY_QUERY for form in FORMS]
    rest += [with_options([*words, *page], query, form) for words, queries in LISTS for page in PAGED for query in queries
             for form in FORMS]
    chance = random.Random(SEED)
    chance.shuffle(rest)
    # A line break in a text or a table is an escape of kmsctl's.
    lined = [form for form in FORMS if form not in ("text", "table")]
    texts = [with_options(["get-key-rotation-status", "--key-id", "alias/app"], query,
                          chance.choice(lined if "\\n" in query else FORMS)) for query in literals(chance)]
    return (chosen + texts + rest)[:CASES]


# What makes something: each side does it once, and {NAME} is a thing of its own.
CHANGES = [
    ["create-key", "--description", "made"],
    ["create-key", "--key-spec", "ECC_NIST_P384", "--key-usage", "SIGN_VERIFY", "--output", "text"],
    ["create-key", "--multi-region", "--output", "table"],
    ["create-key", "--tags", "TagKey=x,TagValue=1", "--query", "KeyMetadata.[Description, MultiRegion, KeyState]"],
    ["create-key", "--tags", '[{"TagKey": "x", "TagValue": "1"}]', "--query", "keys(KeyMetadata)"],
    ["create-key", "--tags", "file://tags.json", "--query", "KeyMetadata.KeySpec", "--output", "text"],
    ["create-alias", "--alias-name", "alias/{side}", "--target-key-id", "{mine}"],
    ["list-aliases", "--key-id", "{mine}", "--query", "length(Aliases)"],
    ["update-alias", "--alias-name", "alias/{side}", "--target-key-id", "{second}", "--output", "text"],
    ["delete-alias", "--alias-name", "alias/{side}", "--output", "table"],
    ["tag-resource", "--key-id", "{mine}", "--tags", "TagKey=b,TagValue=2", "TagKey=a,TagValue=1"],
    ["list-resource-tags", "--key-id", "{mine}"],
    ["untag-resource", "--key-id", "{mine}", "--tag-keys", "a", "b", "--query", "@"],
    ["list-resource-tags", "--key-id", "{mine}", "--output", "table"],
    ["update-key-description", "--key-id", "{mine}", "--description", "other"],
    ["disable-key", "--key-id", "{mine}", "--query", "Nothing", "--output", "text"],
    ["describe-key", "--key-id", "{mine}", "--query", "KeyMetadata.[Enabled, KeyState]", "--output", "text"],
    ["enable-key", "--key-id", "{mine}"],
    ["enable-key-rotation", "--key-id", "{mine}", "--rotation-period-in-days", "90"],
    ["get-key-rotation-status", "--key-id", "{mine}"],
    ["rotate-key-on-demand", "--key-id", "{mine}"],
    ["list-key-rotations", "--key-id", "{mine}", "--output", "table"],
    ["disable-key-rotation", "--key-id", "{mine}"],
    ["put-key-policy", "--key-id", "{mine}", "--policy-name", "default", "--policy", "file://policy.json"],
    ["create-grant", "--key-id", "{mine}", "--grantee-principal", "{user}", "--operations", "Encrypt"],
    ["create-grant", "--key-id", "{mine}", "--grantee-principal", "{user}", "--operations", "Encrypt", "--output", "text"],
    ["list-grants", "--key-id", "{mine}"],
    ["encrypt", "--key-id", "{mine}", "--plaintext", "fileb://plain"],
    ["encrypt", "--key-id", "{mine}", "--plaintext", "fileb://plain", "--encryption-context", "a=b,c=d", "--output", "text"],
    ["encrypt", "--key-id", "alias/app", "--plaintext", "fileb://plain", "--output", "table"],
    ["re-encrypt", "--ciphertext-blob", "fileb://sealed", "--source-encryption-context", "a=b,c=d e", "--destination-key-id",
     "{mine}"],
    ["generate-data-key", "--key-id", "{mine}", "--key-spec", "AES_256"],
    ["generate-data-key", "--key-id", "{mine}", "--number-of-bytes", "16", "--output", "text"],
    ["generate-data-key-without-plaintext", "--key-id", "{mine}", "--key-spec", "AES_128"],
    ["generate-data-key-pair", "--key-id", "{mine}", "--key-pair-spec", "ECC_NIST_P256", "--query", "keys(@)"],
    ["generate-random", "--number-of-bytes", "33"],
    ["sign", "--key-id", "alias/ecc", "--message", "fileb://plain", "--signing-algorithm", "ECDSA_SHA_256"],
    ["get-parameters-for-import", "--key-id", "{external}", "--wrapping-algorithm", "RSAES_OAEP_SHA_256",
     "--wrapping-key-spec", "RSA_2048", "--query", "keys(@)"],
    ["schedule-key-deletion", "--key-id", "{mine}", "--pending-window-in-days", "7"],
    ["cancel-key-deletion", "--key-id", "{mine}", "--output", "text"],
]

FAILURES = [
    ["describe-key", "--key-id", "alias/none"],
    ["describe-key", "--key-id", "1234abcd-12ab-34cd-56ef-1234567890ab", "--output", "text"],
    ["describe-key", "--key-id", "arn:aws:kms:us-east-1:111122223333:alias/none"],
    ["describe-key", "--key-id", ""],
    ["list-keys", "--limit", "0"],
    ["list-keys", "--marker", "x"],
    ["encrypt", "--key-id", WORLD.key["disabled"], "--plaintext", "fileb://plain"],
    ["encrypt", "--key-id", WORLD.key["going"], "--plaintext", "fileb://plain"],
    ["encrypt", "--key-id", WORLD.key["external"], "--plaintext", "fileb://plain"],
    ["encrypt", "--key-id", WORLD.key["rsa"], "--plaintext", "fileb://plain"],
    ["encrypt", "--key-id", "alias/app", "--plaintext", "fileb://none"],
    ["decrypt", "--ciphertext-blob", "fileb://sealed"],
    ["decrypt", "--ciphertext-blob", "fileb://plain"],
    ["decrypt", "--ciphertext-blob", "fileb://sealed", "--key-id", WORLD.key["other"], "--encryption-context", "a=b,c=d e"],
    ["verify", "--key-id", WORLD.key["rsa"], "--message", "fileb://sealed", "--signature", "fileb://signature",
     "--signing-algorithm", "RSASSA_PKCS1_V1_5_SHA_256"],
    ["verify-mac", "--key-id", WORLD.key["mac"], "--message", "fileb://sealed", "--mac", "fileb://mac", "--mac-algorithm",
     "HMAC_SHA_256"],
    ["sign", "--key-id", WORLD.key["mac"], "--message", "fileb://plain", "--signing-algorithm", "ECDSA_SHA_256"],
    ["create-alias", "--alias-name", "alias/app", "--target-key-id", WORLD.key["plain"]],
    ["create-alias", "--alias-name", "app", "--target-key-id", WORLD.key["plain"]],
    ["create-alias", "--alias-name", "alias/aws/x", "--target-key-id", WORLD.key["plain"]],
    ["create-key", "--key-spec", "RSA_2048"],
    ["create-key", "--key-usage", "SIGN_VERIFY"],
    ["enable-key-rotation", "--key-id", WORLD.key["rsa"]],
    ["schedule-key-deletion", "--key-id", WORLD.key["going"], "--pending-window-in-days", "7"],
    ["schedule-key-deletion", "--key-id", WORLD.key["other"], "--pending-window-in-days", "1"],
    ["cancel-key-deletion", "--key-id", WORLD.key["plain"]],
    ["list-keys", "--region", "ap-south-1"],
    ["revoke-grant", "--key-id", WORLD.key["plain"], "--grant-id", "0" * 64],
    ["encrypt", "--key-id", "alias/app"],
    ["encrypt", "--plaintext", "fileb://plain"],
    ["list-keys", "--nope"],
    ["list-keys", "--query", "Keys["],
    ["list-keys", "--query", "length(Nothing)"],
    ["list-keys", "--output", "xml"],
    ["list-keys", "--max-items", "x"],
    ["no-such-operation"],
    ["create-key", "--tags", "TagKey=a,Wrong=b"],
    ["create-key", "--tags", "TagKey"],
    ["describe-key", "--cli-input-json", "{"],
    ["describe-key", "--cli-input-json", "file://none"],
    ["tag-resource", "--key-id", WORLD.key["plain"], "--tags", '[{"TagKey": 1, "TagValue": "b"}]'],
]

# What differs on purpose, and does: a pattern of the command, and why.
DIFFERS = {
    r"list-keys .*--max-items \d.* --query NextToken":
        "a token is the marker of the vault, which aws takes as well, and not a document of aws' own",
    r"list-(keys|aliases|grants|resource-tags) .*--max-items \d.* --output table": "the token has another width",
    r"describe-key --key-id {odd} --output (json|yaml|yaml-stream)$":
        "control characters and marks of direction are escapes wherever they go",
    r"describe-key --key-id {odd} --output (text|table)$": "a line break or a tab inside a field is an escape, as in any list",
    r"get-key-policy --key-id {odd} --output (text|table)$": "a line break or a tab inside a field is an escape, as in any list",
}
DIFFERS = {pattern.replace("{odd}", WORLD.key["odd"]): reason for pattern, reason in DIFFERS.items()}
ODD = [["describe-key", "--key-id", WORLD.key["odd"], "--output", form] for form in FORMS]
ODD += [["get-key-policy", "--key-id", WORLD.key["odd"], "--output", form] for form in FORMS]
ODD += [["get-key-policy", "--key-id", WORLD.key["odd"], "--query", "Policy", "--output", form] for form in FORMS]
ODD += [["list-keys", "--max-items", "1", "--query", "NextToken"],
        ["list-keys", "--page-size", "1", "--max-items", "1", "--output", "table"]]

SKELETONS = [["create-key", "--generate-cli-skeleton"], ["encrypt", "--generate-cli-skeleton", "input"],
             ["create-grant", "--generate-cli-skeleton"], ["list-keys", "--generate-cli-skeleton"]]

if AWS.is_first:
    SKELETONS = SKELETONS[-1:]  # the values of enumerations are chosen at random
else:
    YAML = "KeyId: alias/app\nEncryptionContext: {a: b, c: 'd e'}\nCiphertextBlob: !!binary " + base64.b64encode(
        pathlib.Path("sealed").read_bytes()).decode() + "\n"
    pathlib.Path("request.yaml").write_text(YAML)
    READ += [(["decrypt", "--cli-input-yaml", "file://request.yaml"], ["Plaintext"]),
             (["describe-key", "--cli-input-yaml", "KeyId: alias/app"], KEY_QUERIES),
             (["list-aliases", "--cli-input-yaml", "# all of one\nKeyId: \"alias/app\"\n"], ["Aliases"])]
    SKELETONS += [["describe-key", "--generate-cli-skeleton", "yaml-input"],
                  ["list-keys", "--generate-cli-skeleton", "yaml-input"]]
    FAILURES += [["describe-key", "--cli-input-yaml", "KeyId: ["], ["describe-key", "--cli-input-yaml", "- a"],
                 ["describe-key", "--cli-input-yaml", "{}"]]

# Elsewhere, in summer and in winter.
PLACES = ["Europe/Berlin", "America/St_Johns", "Asia/Kolkata"]


def blank(match):
    return "*" * len(match.group())


def masked(text):
    text = re.sub(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\bmrk-[0-9a-f]{32}\b|\b[0-9a-f]{64}\b", blank, text)
    text = re.sub(r"[A-Za-z0-9+/_=-]{22,}", blank, text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d", "TIME", text)
    return re.sub(r" {2,}", "  ", re.sub(r"-{2,}", "--", text))


def without_token(text):
    return re.sub(r'("NextToken": "|NextToken: |NEXTTOKEN\t|NextToken *\| *)[A-Za-z0-9+/=]+"?', r"\1TOKEN", text)


def failure_of_aws(err):
    found = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: ?(.*)", err,
                      re.DOTALL)
    return (found.group(1), found.group(2).strip()) if found else None


def failure_of_own(err):
    found = re.match(r"kmsctl: (\w+)(?:: (.*))?", err)
    return (found.group(1), (found.group(2) or "").strip()) if found else None


def compare(words, theirs, ours, mask):
    """Nothing, or what differs."""
    their_code, their_out, their_err = theirs
    our_code, our_out, our_err = ours
    if their_code == 255 and our_code == 0 and BREAKDOWN.search(their_err):
        return None
    if (their_code == 0) != (our_code == 0):
        return f"aws ends with {their_code}, kmsctl with {our_code}\n{their_err}\n{our_out[:500]}{our_err}"
    if their_code != 0:
        told = failure_of_aws(their_err)
        if told is None:
            return None if our_code in BEFORE else f"kmsctl ends with {our_code}: {our_err}\naws: {their_code} {their_err}"
        return None if told == failure_of_own(our_err) else f"aws: {told}\nkmsctl: {failure_of_own(our_err)}"
    if mask:
        their_out, our_out = masked(their_out), masked(our_out)
    if "yaml-input" in words:  # the comments are each one's own
        their_out, our_out = re.sub(r" +#.*", "", their_out), re.sub(r" +#.*", "", our_out)
    their_out, our_out = without_token(their_out), without_token(our_out)
    lines = difflib.unified_diff(their_out.split("\n"), our_out.split("\n"), "aws", "kmsctl", n=1, lineterm="")
    return None if their_out == our_out else "\n".join(line[:200] for line in list(lines)[:30])


class Report:
    def __init__(self):
        self.count, self.failures, self.differing = 0, [], set()

    def look_at(self, words, theirs, ours, mask=False):
        self.count += 1
        line = " ".join(words)
        found = compare(words, theirs, ours, mask)
        for pattern in DIFFERS:
            if found is not None and re.search(pattern, line):
                self.differing.add(pattern)
                return
        if found is not None:
            self.failures.append(f"kms {line}\n{found}")


def main():
    report = Report()
    for words in generated() + FAILURES + SKELETONS + ODD:
        report.look_at(words, AWS.run(["kms", *words]), own(*words))
    must("create-alias", "--alias-name", "alias/ecc", "--target-key-id", WORLD.key["ecc"])
    names = {side: {"side": side, "user": WORLD.user, "external": WORLD.key["external"],
                    "mine": must("create-key")["KeyMetadata"]["KeyId"],
                    "second": must("create-key")["KeyMetadata"]["KeyId"]} for side in ("aws", "own")}
    for words in CHANGES:
        sides = {}
        for side in names:
            filled = [re.sub(r"\{(\w+)\}", lambda m, s=side: names[s].get(m.group(1), m.group()), word) for word in words]
            sides[side] = AWS.run(["kms", *filled]) if side == "aws" else own(*filled)
        report.look_at(words, sides["aws"], sides["own"], mask=True)
    for place in PLACES:
        os.environ["TZ"] = place
        for words in (["describe-key", "--key-id", WORLD.key["going"], "--query", "KeyMetadata.[CreationDate, DeletionDate]"],
                      ["get-key-rotation-status", "--key-id", WORLD.key["plain"]],
                      ["list-grants", "--key-id", WORLD.key["plain"], "--query", "Grants[].CreationDate", "--output", "text"]):
            report.look_at(words, AWS.run(["kms", *words]), own(*words))
    for failure in report.failures:
        print(failure, end="\n\n")
    for pattern in sorted(set(DIFFERS) - report.differing):
        print(f"no longer differs, though it is listed: {pattern} ({DIFFERS[pattern]})")
    print(f"aws-cli {AWS.version}: {report.count} commands, {len(report.failures)} differ, {len(report.differing)} of "
          f"{len(DIFFERS)} listed differences seen")
    return 1 if report.failures or set(DIFFERS) - report.differing else 0


sys.exit(main())
