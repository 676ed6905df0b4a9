#!/usr/bin/env python3
"""--query against the library of the aws command line (python3-jmespath): generated expressions over recorded answers.

usage: jmespath_oracle.py KMSCTL     CASES (300) and SEED are read from the environment
Both get the same answer of the same command, and have to select the same. What the library refuses, kmsctl refuses as
wrong usage; expressions at which the library breaks down (an order of texts and numbers) are left out.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

import jmespath
import jmespath.functions

WORDS = ["alias/aws/", "alias/", "app", "2020-01-01", "Encrypt", "a", "", "x y"]
NUMBERS = ["0", "1", "-1", "2", "2.5", "1e3", "100"]


class Vault:
    def __init__(self, kmsctl, folder):
        self.kmsctl, self.folder = kmsctl, folder
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("KMSCTL_")}
        self.environment.update(KMSCTL_VAULT=os.path.join(folder, "vault"))
        self.run("init", "--account", "111122223333", "--region", "us-east-1", "--generate-keyfile",
                 os.path.join(folder, "owner.key"))
        self.environment.update(KMSCTL_KEYFILE=os.path.join(folder, "owner.key"), ASAN_OPTIONS="detect_leaks=0")

    def run(self, *command, may_fail=False):
        done = subprocess.run([self.kmsctl, "--no-agent", *command], stdin=subprocess.DEVNULL, capture_output=True,
                              env=self.environment, cwd=self.folder, check=False)
        if done.returncode and not may_fail:
            sys.exit(f"{command}: exit code {done.returncode}: {done.stderr.decode()}")
        return done


def record(vault):
    """Commands and what they answer."""
    for i, name in enumerate(["app", "web", "db"]):
        vault.run("create-key", "--description", f"the key of {name}", "--alias", f"alias/{name}", "--tags",
                  f"TagKey=team,TagValue={name}", f"TagKey=n{i},TagValue={i}")
    described = json.loads(vault.run("describe-key", "--key-id", "alias/app").stdout)
    key = ["--key-id", described["KeyMetadata"]["KeyId"]]
    principal = "arn:aws:iam::111122223333:root"
    for i, operations in enumerate([["Encrypt"], ["Encrypt", "Decrypt"], ["DescribeKey"]]):
        vault.run("create-grant", *key, "--grantee-principal", principal, "--name", f"grant-{i}", "--operations", *operations)
    commands = [["list-keys"], ["list-aliases"], ["describe-key", *key], ["list-grants", *key], ["list-resource-tags", *key]]
    return [(command, json.loads(vault.run(*command).stdout)) for command in commands]


class Generator:
    """Expressions that look for what is there: names, texts and types are those of the answer, mostly."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def chance(self, share):
        return self.random.random() < share

    def pick(self, options):
        return self.random.choice(options)

    def literal(self, value=None):
        if isinstance(value, str) and self.chance(0.6) and not set("'`\\") & set(value):
            return self.pick([f"'{value}'", f"`\"{value}\"`"] + ([f"`{value}`"] if value.isalpha() else []))
        return self.pick([f"'{self.pick(WORDS)}'", f"`{self.pick(NUMBERS)}`", f"`\"{self.pick(WORDS)}\"`", "`alias/app`",
                          "`true`", "`false`", "`null`", "`[]`", "`[1, \"a\"]`", "`{\"a\": 1}`"])

    def name(self, value):
        name = self.pick(list(value)) if isinstance(value, dict) and value and self.chance(0.9) else "Missing"
        return f'"{name}"' if self.chance(0.1) else name

    def step(self, text, value):
        """A longer expression; what it gives is found out by the library."""
        if isinstance(value, dict):
            return self.pick([f"{text}.{self.name(value)}"] * 6 + [f"{text}.*", f"{text}.[{self.name(value)}, {self.name(value)}]",
                             f"{text}.{{a: {self.name(value)}, b: @}}", f"{text} | keys(@)", f"values({text})", f"length({text})",
                             f"merge({text}, `{{\"a\": 1}}`)", f"to_string({text}) | length(@)", f"type({text})"])
        if isinstance(value, list):
            item = value[0] if value else None
            number = [str(self.random.randint(-3, 3)) if self.chance(0.7) else "" for _ in range(2)]
            step = self.pick(["", ":", ":1", ":-1", ":2", ":-2"])
            inner = self.name(item)
            return self.pick([
                f"{text}[*].{inner}", f"{text}[].{inner}", f"{text}[{self.random.randint(-3, 3)}]", f"{text}[*]", f"{text}[]",
                f"{text}[{number[0]}:{number[1]}{step}]", f"{text}[{number[0]}:{number[1]}{step}].{inner}",
                f"{text}[?{self.condition(item)}]", f"{text}[?{self.condition(item)}].{inner}", f"{text} | [0]",
                f"{text}[*].[{inner}, {self.name(item)}]", f"{text}[*].{{a: {inner}, \"b c\": {self.name(item)}}}",
                f"sort_by({text}, &{inner})", f"max_by({text}, &{inner})", f"min_by({text}, &{inner})", f"map(&{inner}, {text})",
                f"sort({text})", f"reverse({text})", f"length({text})", f"join(`, `, {text})", f"contains({text}, {self.literal(item)})",
                f"max({text})", f"min({text})", f"sum({text})", f"avg({text})", f"to_array({text})", f"not_null({text}, @)"])
        if isinstance(value, str):
            return self.pick([f"starts_with({text}, {self.literal(value[:6])})", f"ends_with({text}, {self.literal(value[-3:])})",
                              f"length({text})", f"reverse({text})", f"contains({text}, {self.literal(value[2:5])})",
                              f"to_number({text})", f"{text} == {self.literal(value)}", f"{text} >= {self.literal(value)}",
                              f"[{text}, {text}]", f"to_array({text})", f"type({text})", f"{text} || `1`", f"!{text}"])
        return self.pick([f"{text} || {self.literal()}", f"{text} && {self.literal()}", f"!{text}", f"type({text})", f"abs({text})",
                          f"to_string({text})", f"{text} == {self.literal()}", f"{text} < {self.literal()}", f"[{text}] | [0]",
                          f"{{a: {text}}}", f"ceil({text})", f"not_null({text}, @)", f"to_number({text})"])

    def condition(self, item):
        name = self.name(item)
        value = item.get(name) if isinstance(item, dict) else item
        simple = [f"{name} {self.pick(['==', '!=', '<', '<=', '>', '>='])} {self.literal(value)}"] * 4 + [
            name, f"!{name}", f"starts_with({name}, {self.literal(value)})", f"contains(to_string({name}), {self.literal(value)})",
            f"length({name}) > `{self.pick(NUMBERS)}`", f"@ == {self.literal(item)}"]
        both = f"{self.pick(simple)} {self.pick(['&&', '||'])} {self.pick(simple)}"
        return self.pick(simple + [both, f"({both})", f"!({both})", f"type({name}) == `string`"])

    def damaged(self, text):
        """Without a character, with another one, or cut off. No commas, in which the library is lax, and no &."""
        at = self.random.randrange(1, len(text))
        if text[at] in ",&":
            return text[:at]
        return self.pick([text[:at], text[:at] + text[at + 1:], text[:at] + self.pick(list("[](){}.:*|!@'`=?#")) + text[at:]])

    def expression(self, answer):
        text = "@" if self.chance(0.05) else self.pick(list(answer))
        for _ in range(self.random.randint(0, 4)):
            try:
                value = jmespath.search(text, answer)
            except Exception:  # whatever it says: the comparison asks again
                break
            text = self.step(text, value)
        return self.damaged(text) if len(text) > 1 and self.chance(0.15) else text


REFUSED = object()


def functions_in(tree):
    if tree["type"] == "function_expression":
        yield tree["value"]
    for child in tree["children"]:
        if isinstance(child, dict):
            yield from functions_in(child)


def expected(expression, answer):
    """What the library selects, or REFUSED. None of it when the library breaks down."""
    try:
        names = set(functions_in(jmespath.compile(expression).parsed))
        if names - set(jmespath.functions.Functions.FUNCTION_TABLE):
            return [REFUSED]  # the library says so once it calls one, which it may never do
        value = jmespath.search(expression, answer)
        json.dumps(value)
        return [value]
    except jmespath.exceptions.JMESPathError:
        return [REFUSED]
    except Exception:
        return []


def main(kmsctl):
    count, seed = int(os.environ.get("CASES", "300")), int(os.environ.get("SEED", "2026"))
    generator, seen, disagreements = Generator(seed), set(), 0
    refused = nothing = 0
    with tempfile.TemporaryDirectory() as folder:
        vault = Vault(kmsctl, folder)
        answers = record(vault)
        while len(seen) < count:
            command, answer = generator.pick(answers)
            expression = generator.expression(answer)
            found = expected(expression, answer)
            if expression in seen or not found:
                continue
            seen.add(expression)
            [wanted] = found
            done = vault.run(*command, "--query", expression, may_fail=True)
            got = REFUSED if done.returncode == 2 else json.loads(done.stdout) if done.returncode == 0 else done.stderr.decode()
            refused, nothing = refused + (wanted is REFUSED), nothing + (wanted in (None, [], {}))
            if got is REFUSED and wanted is REFUSED:
                continue
            if got is REFUSED or wanted is REFUSED or json.dumps(got, sort_keys=True) != json.dumps(wanted, sort_keys=True):
                disagreements += 1
                print(f"{' '.join(command)} --query {expression!r}\n  kmsctl: {done.stdout or done.stderr}\n  library: {wanted}")
    print(f"seed {seed}: {count} expressions, {refused} refused, {nothing} select nothing, {disagreements} disagreements")
    if disagreements or refused * 2 > count or nothing * 2 > count:
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
