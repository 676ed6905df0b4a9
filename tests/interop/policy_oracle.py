#!/usr/bin/env python3
"""A second evaluator of policies, slow and literal, against the engine: 50,000 generated cases a run.

usage: policy_oracle.py KMSCTL VECTORS     CASES (50000) and SEED are read from the environment
It follows the published evaluation logic of IAM and KMS step by step, on the JSON of the cases, and shares no code with
the engine. It has to give the expected verdict of every published case as well, and the generated ones have to be
allowed and denied often enough to mean something.
"""
import base64
import datetime
import ipaddress
import json
import os
import random
import re
import subprocess
import sys

MISSING = object()


# --- text ------------------------------------------------------------------------------------------------------------
def wildcard(parts, text, ignore_case=False):
    """parts: characters, or None for * and Ellipsis for ?."""
    pattern = "".join(".*" if p is None else "." if p is ... else re.escape(p) for p in parts)
    return re.fullmatch(pattern, text, re.S | (re.I if ignore_case else 0)) is not None


def tokens(text, wild):
    return [None if wild and c == "*" else ... if wild and c == "?" else c for c in text]


def lookup(context, key):
    """Every value whose name differs in case alone."""
    return [value for name, value in context.items() if name.lower() == key.lower()]


class Unresolved(Exception):
    pass


def substitute(text, wild, context, versioned):
    """The characters of a policy value, variables replaced by literal text."""
    if not versioned:
        return tokens(text, wild)
    out = []
    while text:
        end = text.find("}")
        if not text.startswith("${") or end < 0:
            out += tokens(text[0], wild)
            text = text[1:]
            continue
        inside, text = text[2:end], text[end + 1:]
        if inside in ("*", "?", "$"):
            out.append(inside)
            continue
        name, comma, default = inside.partition(",")
        found = lookup(context, name.strip(" "))
        if found:
            if len(found) != 1 or isinstance(found[0], list):
                raise Unresolved
            out += list(found[0])
            continue
        default = default.strip(" ")
        if not comma or len(default) < 2 or default[0] != "'" or default[-1] != "'":
            raise Unresolved
        out += list(default[1:-1])
    return out


def split_arn(parts):
    """Six lists at the first five literal colons, or None."""
    out = [[]]
    for p in parts:
        if p == ":" and len(out) < 6:
            out.append([])
        else:
            out[-1].append(p)
    return out if len(out) == 6 else None


def arn_like(parts, arn):
    pattern, given = split_arn(parts), split_arn(list(arn))
    if pattern is None or given is None:
        return False
    return all(wildcard(p, "".join(g)) for p, g in zip(pattern, given))


# --- conditions ------------------------------------------------------------------------------------------------------
def number(text):
    if not re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)", text):
        return None
    return float(text)


def instant(text):
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)(T(\d\d:\d\d)(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?", text)
    if not match:
        return None
    day, clock, minutes, seconds, fraction, zone = match.groups()
    if clock is None:
        minutes, seconds, fraction, zone = "00:00", None, None, "Z"
    whole = (seconds or ":00")[:3]
    try:
        moment = datetime.datetime.fromisoformat(f"{day}T{minutes}{whole}{'+00:00' if zone == 'Z' else zone}")
    except ValueError:
        return None
    return moment.timestamp() + (float("0" + fraction) if fraction else 0)


def ordered(name, wanted, given, read):
    left, right = read(given), read(wanted)
    if left is None or right is None:
        return False
    kind = re.sub("^(Numeric|Date)(Not)?", "", name)
    return {"Equals": left == right, "LessThan": left < right, "LessThanEquals": left <= right,
            "GreaterThan": left > right, "GreaterThanEquals": left >= right}[kind]


def in_network(wanted, given):
    try:
        network, address = ipaddress.ip_network(wanted, strict=False), ipaddress.ip_address(given)
    except ValueError:
        return False
    return network.version == address.version and address in network


def same_bytes(wanted, given):
    try:
        return base64.b64decode(wanted, validate=True) == base64.b64decode(given, validate=True)
    except ValueError:
        return False


def equal(name, wanted, given, context, versioned):
    """One value of the policy against one of the request, negation aside."""
    name = name.replace("Not", "")
    if name.startswith(("String", "Arn")):
        wild = name in ("StringLike", "ArnLike", "ArnEquals")
        try:
            parts = substitute(wanted, wild, context, versioned)
        except Unresolved:
            return False
        if name.startswith("Arn"):
            return arn_like(parts, given)
        return wildcard(parts, given, name == "StringEqualsIgnoreCase")
    if name.startswith("Numeric"):
        return ordered(name, wanted, given, number)
    if name.startswith("Date"):
        return ordered(name, wanted, given, instant)
    if name == "Bool":
        return wanted.lower() in ("true", "false") and wanted.lower() == given.lower()
    if name == "BinaryEquals":
        return same_bytes(wanted, given)
    return in_network(wanted, given)


def as_list(value):
    values = value if isinstance(value, list) else [value]
    return [v if isinstance(v, str) else json.dumps(v) for v in values]


def condition_holds(operator, key, wanted, effect, context, versioned):
    quantifier, _, name = operator.rpartition(":")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    found = lookup(context, key)
    if name == "Null":
        return any(w.lower() == ("false" if found else "true") for w in wanted)
    negated = "Not" in name

    def passes(given):
        return any(equal(name, w, given, context, versioned) for w in wanted) != negated

    def absent():
        return if_exists or quantifier == "ForAllValues" or (quantifier == "" and negated)

    def one(value):
        if quantifier == "":
            return not isinstance(value, list) and passes(value)
        values = value if isinstance(value, list) else [value]
        if not values:
            return absent()
        return all(map(passes, values)) if quantifier == "ForAllValues" else any(map(passes, values))

    if not found:
        return absent()
    return (any if effect == "Deny" else all)(one(value) for value in found)


# --- statements ------------------------------------------------------------------------------------------------------
def account_root(text):
    return f"arn:aws:iam::{text}:root" if re.fullmatch(r"\d{12}", text) else text


def principal_kind(principal, who):
    """How a Principal element names the caller: any, exact, role, account or nothing."""
    if principal == "*":
        return "any"
    names = [account_root(n) for n in as_list(principal.get("AWS", []))]
    if "*" in names:
        return "any"
    if who["type"] == "service":
        return "exact" if who["service"] in as_list(principal.get("Service", [])) else None
    if who["arn"] in names:
        return "exact"
    if who.get("roleArn") in names or who.get("userArn") in names:
        return "role"
    return "account" if account_root(who["account"]) in names else None


def resource_holds(statement, request, versioned):
    negated = "NotResource" in statement
    entries = statement.get("NotResource" if negated else "Resource")
    if entries is None:
        return False
    listed = unresolved = False
    for entry in as_list(entries):
        if entry == "*":
            listed = True
            continue
        if versioned and "${" in entry and len(split_arn(list(entry[:entry.find("${")])) or []) != 6:
            unresolved = True
            continue
        try:
            listed |= arn_like(substitute(entry, True, request["context"], versioned), request["resource"]["arn"])
        except Unresolved:
            unresolved = True
    if not negated:
        return listed
    return not listed and not (unresolved and statement["Effect"] == "Allow")


def applies(statement, request, versioned, bounded):
    """None, or how the caller is named ("any" where the policy has no principals)."""
    kind = "any"
    if "Principal" in statement:
        kind = principal_kind(statement["Principal"], request["principal"])
    if "NotPrincipal" in statement:
        named = principal_kind(statement["NotPrincipal"], request["principal"])
        spared = named is not None and (named != "account" or request["principal"]["type"] == "root")
        kind = "any" if bounded or not spared else None
    negated = "NotAction" in statement
    actions = statement.get("NotAction" if negated else "Action")
    if kind is None or actions is None:
        return None
    if any(wildcard(tokens(a, True), request["action"], True) for a in as_list(actions)) == negated:
        return None
    if not resource_holds(statement, request, versioned):
        return None
    for operator, keys in statement.get("Condition", {}).items():
        for key, wanted in keys.items():
            if not condition_holds(operator, key, as_list(wanted), statement["Effect"], request["context"], versioned):
                return None
    return kind


class Outcome:
    """What the statements of some policies say together."""

    def __init__(self, policies, request, bounded):
        self.denies, self.kinds = False, set()
        for policy in policies:
            versioned = policy.get("Version") == "2012-10-17"
            statements = policy["Statement"]
            for statement in statements if isinstance(statements, list) else [statements]:
                kind = applies(statement, request, versioned, bounded)
                if kind and statement["Effect"] == "Deny":
                    self.denies = True
                elif kind:
                    self.kinds.add(kind)

    @property
    def allows(self):
        return bool(self.kinds)


def grant_allows(grant, request):
    who, operation = request["principal"], request["action"].partition(":")[2]
    names = {who["arn"], who.get("roleArn"), who.get("userArn")} - {None, ""}
    if grant["GranteePrincipal"] not in names or operation not in grant["Operations"]:
        return False
    if not request["action"].startswith("kms:") or grant["KeyId"] != request["resource"]["arn"]:
        return False
    if operation in ("DescribeKey", "RetireGrant"):
        return True
    context, constraints = request.get("encryptionContext") or {}, grant.get("Constraints") or {}
    if "EncryptionContextEquals" in constraints and context != constraints["EncryptionContextEquals"]:
        return False
    return constraints.get("EncryptionContextSubset", {}).items() <= context.items()


def verdict(case):
    """(allowed, explicitly denied)"""
    request, policies = case["request"], case["policies"]
    who, kind = request["principal"], request["principal"]["type"]
    boundary, session = policies.get("permissionsBoundary"), policies.get("sessionPolicy")
    key, endpoint = policies.get("keyPolicy"), policies.get("vpcEndpoint")

    def outcome(documents):
        return Outcome(documents, request, bool(boundary) and kind != "service")

    none = outcome([])
    own = [p["policy"] for p in policies.get("identity", [])] if kind != "service" else []
    identity = outcome(own)
    within = outcome([boundary]) if boundary and kind != "service" else none
    narrowed = outcome([session]) if session and kind != "service" else none
    linked = ":role/aws-service-role/" in (who.get("roleArn") or "")
    levels = [] if kind == "service" or linked else policies.get("scps", [])
    scps = [outcome([p["policy"] for p in level["policies"]]) for level in levels]
    rcps = [] if request["action"] == "kms:RetireGrant" else [
        outcome([p["policy"] for p in level["policies"]]) for level in policies.get("rcps", [])]
    door = outcome([endpoint]) if endpoint else none
    resource = outcome([key]) if key else none
    if any(o.denies for o in [identity, within, narrowed, door, resource] + scps + rcps):
        return False, True
    if any(not level.allows for level in scps) or (endpoint and not door.allows):
        return False, False
    if kind == "service":
        return resource.allows, False
    limits = (not boundary or within.allows) and (narrowed.allows if session else kind != "federated-user")
    granted = any(grant_allows(g, request) for g in policies.get("grants", [])) and limits
    mine = (identity.allows or kind == "root") and limits
    local = who["account"] == request["resource"]["account"]
    if not key:
        return local and mine, False
    if not local:
        return granted or (resource.allows and mine), False
    if kind == "root" and resource.allows:
        return True, False
    if resource.kinds & {"exact", "any"} or ("role" in resource.kinds and limits):
        return True, False
    return granted or ("account" in resource.kinds and mine), False


# --- generated cases -------------------------------------------------------------------------------------------------
ACCOUNTS = ["111122223333", "444455556666"]
ACTIONS = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:Sign", "kms:CreateGrant"]
PATTERNS = ACTIONS + ["kms:*", "kms:*", "kms:*", "*", "kms:En*", "kms:?ecrypt", "KMS:decrypt", "kms:Generate*", "s3:*"]
VALUES = ["prod", "dev", "web", "Prod", "a*", "*", ""]
TEXTS = VALUES + ["p*", "?rod", "${aws:PrincipalTag/env}", "${aws:PrincipalTag/none, 'prod'}", "${none}", "${*}", "${aws:PrincipalTag/env"]
KEYS = ["kms:EncryptionContext:app", "aws:ResourceTag/env", "aws:PrincipalTag/env", "aws:principaltag/ENV", "kms:none"]
STRINGS = ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
           "StringNotLike"]
NUMBERS = ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
           "NumericGreaterThanEquals"]
DATES = [n.replace("Numeric", "Date") for n in NUMBERS]
MOMENTS = ["2026-03-01T09:30:00Z", "2026-03-01T10:30:00+01:00", "2026-03-01", "1772357400", "2025-01-01T00:00Z", "soon"]
NETWORKS = ["10.0.0.0/8", "10.1.2.3", "0.0.0.0/0", "::/0", "2001:db8::/32", "10.1.2.3/33", "nowhere"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, part):
        return self.random.random() < part

    def pick(self, values):
        return self.random.choice(values)

    def some(self, values, most=2):
        chosen = [self.pick(values) for _ in range(self.random.randint(1, most))]
        return chosen if len(chosen) > 1 or self.chance(0.3) else chosen[0]

    def condition(self):
        suffix = "IfExists" if self.chance(0.2) else ""
        kind = self.random.randrange(10)
        if kind < 4:
            return {self.pick(STRINGS) + suffix: {self.pick(KEYS): self.some(TEXTS, 3)}}
        if kind == 4:
            return {self.pick(NUMBERS) + suffix: {"kms:RotationPeriodInDays": self.some(["90", "100.5", "-1", "x", 90])}}
        if kind == 5:
            return {self.pick(DATES) + suffix: {"aws:CurrentTime": self.some(MOMENTS)}}
        if kind == 6:
            return {self.pick(["Bool", "Null"]): {self.pick(["aws:SecureTransport", "kms:none"]): self.pick(
                ["true", "false", True, "TRUE"])}}
        if kind == 7:
            return {self.pick(["IpAddress", "NotIpAddress"]) + suffix: {"aws:SourceIp": self.some(NETWORKS)}}
        if kind == 8:
            operator = self.pick(["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"]) + suffix
            return {operator: {"aws:PrincipalArn": self.some(
                ["arn:aws:iam::*:user/*", "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/?pp"])}}
        operator = self.pick(["ForAllValues:", "ForAnyValue:"]) + self.pick(STRINGS)
        return {operator: {"kms:EncryptionContextKeys": self.some(["app", "team", "x*", "APP"], 3)}}

    def conditions(self):
        out = {}
        for _ in range(self.pick([0, 0, 0, 0, 0, 1, 1, 2])):
            for operator, keys in self.condition().items():
                out.setdefault(operator, {}).update(keys)
        return out

    def resources(self):
        key = "arn:aws:kms:us-east-1:111122223333:key/"
        return self.some(["*", "*", "*", "*", key + "1", key + "1", key + "*", "arn:aws:kms:*:*:key/?", "arn:aws:kms:us-east-1:*:alias/*",
                          key + "${aws:PrincipalTag/env}", "arn:aws:kms:*:key/1"])

    def principal(self):
        names = ["*", ACCOUNTS[0], "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:root",
                 "arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/app",
                 "arn:aws:sts::111122223333:assumed-role/app/s", "arn:aws:iam::444455556666:root",
                 "arn:aws:iam::444455556666:user/alice", "arn:aws:sts::111122223333:federated-user/bob"]
        if self.chance(0.1):
            return {"Service": self.some(["logs.amazonaws.com", "s3.amazonaws.com"])}
        return "*" if self.chance(0.05) else {"AWS": self.some(names, 3)}

    def statement(self, principals, deny):
        effect = "Deny" if self.chance(deny) else "Allow"
        out = {"Effect": effect}
        if principals:
            # Without its account, NotPrincipal is not defined: the account is always among those it names.
            plain = effect == "Allow" or self.chance(0.8)
            names = ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root",
                     self.pick(["arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/app"])]
            out.update({"Principal": self.principal()} if plain else {"NotPrincipal": {"AWS": names}})
        out["NotAction" if self.chance(0.1) else "Action"] = self.some(PATTERNS, 3)
        negated = self.chance(0.1)
        out["NotResource" if negated else "Resource"] = (
            self.some(["arn:aws:kms:*:*:alias/*", "arn:aws:kms:us-east-1:111122223333:key/1"]) if negated
            else self.resources())
        conditions = self.conditions()
        if conditions:
            out["Condition"] = conditions
        return out

    def policy(self, principals=False, deny=0.09, most=4):
        out = {"Statement": [self.statement(principals, deny) for _ in range(self.random.randint(1, most))]}
        if self.chance(0.85):
            out["Version"] = self.pick(["2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"])
        return out

    def caller(self):
        account = self.pick([ACCOUNTS[0]] * 4 + [ACCOUNTS[1]])
        kind = self.pick(["user", "user", "user", "role-session", "role-session", "federated-user", "service", "root"])
        tags = {"env": self.pick(VALUES)} if self.chance(0.7) else {}
        if kind == "service":
            name = self.pick(["logs.amazonaws.com", "s3.amazonaws.com"])
            return {"type": kind, "arn": name, "service": name, "account": "", "tags": {}}
        out = {"type": kind, "account": account, "tags": tags}
        if kind == "user":
            out["arn"] = f"arn:aws:iam::{account}:user/{self.pick(['alice', 'carol'])}"
        elif kind == "root":
            out["arn"] = f"arn:aws:iam::{account}:root"
        elif kind == "role-session":
            out.update(arn=f"arn:aws:sts::{account}:assumed-role/app/s", roleArn=f"arn:aws:iam::{account}:role/app")
        else:
            out.update(arn=f"arn:aws:sts::{account}:federated-user/bob", userArn=f"arn:aws:iam::{account}:user/alice")
        return out

    def context(self, who, pairs):
        out = {f"aws:PrincipalTag/{k}": v for k, v in who["tags"].items()}
        out.update({f"kms:EncryptionContext:{k}": v for k, v in pairs.items()})
        if pairs:
            out["kms:EncryptionContextKeys"] = sorted(pairs)
        for key, values in (("aws:ResourceTag/env", VALUES), ("aws:CurrentTime", MOMENTS[:1]),
                            ("aws:SourceIp", ["10.1.2.3", "2001:db8::1", "192.0.2.1"]),
                            ("aws:SecureTransport", ["true", "false"]), ("kms:RotationPeriodInDays", ["90", "100.50", "7"]),
                            ("aws:PrincipalArn", [who.get("roleArn", who["arn"])])):
            if self.chance(0.7):
                out[key] = self.pick(values)
        return out

    def levels(self, make, names):
        return [{"level": name, "policies": [{"name": f"{name}-{i}", "policy": make()} for i in range(self.pick([1, 1, 2]))]}
                for name in names[:self.random.randint(1, len(names))]]

    def service_control(self):
        full = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
        return full if self.chance(0.8) else self.policy(deny=0.3)

    def resource_control(self):
        out = self.policy(principals=True, deny=1, most=1)
        for statement in out["Statement"]:
            statement.pop("NotPrincipal", None)
            statement["Principal"] = "*"
        return out

    def grant(self, number):
        out = {"GrantId": f"g{number}", "KeyId": "arn:aws:kms:us-east-1:111122223333:key/1",
               "GranteePrincipal": self.pick(["arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:role/app",
                                              "arn:aws:sts::111122223333:assumed-role/app/s"]),
               "Operations": [a[4:] for a in self.random.sample(ACTIONS, 3)]}
        if self.chance(0.5):
            kind = self.pick(["EncryptionContextEquals", "EncryptionContextSubset"])
            out["Constraints"] = {kind: {"app": self.pick(["web", "prod"])}}
        return out

    def case(self, number):
        who = self.caller()
        pairs = {k: self.pick(["web", "prod", "dev"]) for k in ("app", "team") if self.chance(0.5)}
        on_key = self.chance(0.9)
        arn = "arn:aws:kms:us-east-1:111122223333:key/1" if on_key else "*"
        request = {"principal": who, "action": self.pick(ACTIONS if on_key else ["kms:CreateKey", "kms:ListKeys"]),
                   "resource": {"arn": arn, "account": ACCOUNTS[0], "tags": {}},
                   "context": self.context(who, pairs), "encryptionContext": pairs}
        policies = {"keyPolicy": self.policy(principals=True) if on_key else None,
                    "identity": [{"name": f"p{i}", "attachedTo": "x", "policy": self.policy()}
                                 for i in range(self.pick([0, 1, 2, 2]))]}
        if who["type"] in ("user", "role-session") and self.chance(0.15):
            policies["permissionsBoundary"] = self.policy(deny=0.1)
        if who["type"] in ("role-session", "federated-user") and self.chance(0.25):
            policies["sessionPolicy"] = self.policy(deny=0.1)
        if self.chance(0.25):
            policies["scps"] = self.levels(self.service_control, ["root", "unit", "account"])
        if self.chance(0.15):
            policies["rcps"] = self.levels(self.resource_control, ["root", "account"])
        if self.chance(0.1):
            policies["vpcEndpoint"] = self.policy(principals=True, deny=0.1)
        if on_key and who["account"] == ACCOUNTS[0] and self.chance(0.4):
            policies["grants"] = [self.grant(i) for i in range(self.random.randint(1, 2))]
        return {"id": f"generated-{number}", "request": request, "policies": policies}


# --- the comparison --------------------------------------------------------------------------------------------------
def answers(kmsctl, cases):
    text = "".join(json.dumps(case) + "\n" for case in cases)
    out = subprocess.run([kmsctl, "policy", "simulate", "--cases", "-"], input=text.encode(), stdout=subprocess.PIPE,
                         check=True).stdout
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["id"] for line in lines] == [case["id"] for case in cases]
    return [(line["decision"] == "allow", line["explicitDeny"]) for line in lines]


def published(folder, kmsctl):
    for name in ("open", "directed"):
        with open(os.path.join(folder, "policy", name + ".jsonl"), encoding="utf-8") as file:
            cases = [json.loads(line) for line in file if line.strip()]
        wrong = 0
        for case, answer in zip(cases, answers(kmsctl, cases)):
            allowed = case["expected"]["decision"] == "allow"
            for who, got in (("kmsctl", answer), ("the second evaluator", verdict(case))):
                denied = case["expected"].get("explicitDeny", got[1])  # not every case says
                if got != (allowed, denied):
                    wrong += 1
                    print(f"{case['id']}: {who} says {got}: {case['expected']}")
        print(f"{name}.jsonl: {len(cases)} cases, {wrong} wrong verdicts")
        if wrong:
            sys.exit(1)


def generated(kmsctl):
    count, seed = int(os.environ.get("CASES", "50000")), int(os.environ.get("SEED", "2026"))
    generator, batch, disagreements = Generator(seed), 5000, 0
    allowed = denied = done = 0
    while done < count:
        cases = [generator.case(done + i) for i in range(min(batch, count - done))]
        for case, answer in zip(cases, answers(kmsctl, cases)):
            expected = verdict(case)
            allowed, denied = allowed + expected[0], denied + expected[1]
            if answer != expected:
                disagreements += 1
                if disagreements <= 5:
                    print(f"seed {seed}: kmsctl says {answer}, the second evaluator {expected}: {json.dumps(case)}")
        done += len(cases)
    print(f"seed {seed}: {done} cases, {allowed} allowed, {denied} explicitly denied, {disagreements} disagreements")
    if disagreements or allowed * 5 < done or denied * 10 < done:
        sys.exit(1)


if __name__ == "__main__":
    published(sys.argv[2], sys.argv[1])
    generated(sys.argv[1])
