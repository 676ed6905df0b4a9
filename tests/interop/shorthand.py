#!/usr/bin/env python3
"""The shorthand of kmsctl against that of the aws command line: the same meaning, or refused by both.

usage: shorthand.py READER     CASES (3000) and SEED are read from the environment
READER prints what kmsctl makes of each text. Without awscli the test is reported as skipped.
"""
import json
import os
import random
import re
import subprocess
import sys

try:
    import awscli
    from awscli import shorthand
except ImportError:
    print("there is no awscli for this python3")
    sys.exit(77)


class Refused(Exception):
    pass


class Careful(shorthand.ShorthandParser):
    """As aws reads it, but refuses what aws drops without a word, as kmsctl does."""

    def __init__(self):
        super().__init__()
        self.item, self.names = 0, []

    def _second_value(self):
        self.item = self._index
        return super()._second_value()

    def _backtrack_to(self, char):
        super()._backtrack_to(char)
        if self._index > self.item:
            raise Refused("what stands between two commas is lost")

    def _key(self):
        key = super()._key()
        if self.names:
            self.names[-1].append(key)
        return key

    def _hash_literal(self):
        self.names.append([])
        literal = super()._hash_literal()
        names = self.names.pop()
        if len(set(names)) != len(names):
            raise Refused("all but the last member of a name are lost")
        return literal

    def _resolve_paramfiles(self, val):
        return f"content of {val}" if val.startswith("file://") else val


def meaning(text):
    try:
        return Careful().parse(text)
    except (shorthand.ShorthandParseError, Refused):
        return None


# The first version cannot read an escaped backslash in front of a closing quote; the second one has no files.
FILES = int(awscli.__version__.split(".")[0]) == 1
DIFFERS = re.compile(r"""\\\\+['"]""")

DIRECTED = [
    "", " ", "a", "a=", "=", "=b", "a=b", "a=b,", "a=b,,", ",", "a=b,c", "a=b,c=d", "a=b,c,d=e", "a=b,,c=d", "a=b,=c",
    "a=b=c", "a=b,c=d=e,f", "a = b , c = d", "a=\tb\n", " a=b", "a b=c", "a=b c", "a=[b] ", "a=[b],c=d", "a=[b]c",
    "app=\"web\"", "app='web'", "app='we\"b'", "a='b", "a=\"b", "a='b'c", "a=b'c", "a='b','c'", "a='b',c='d'",
    r"a='b\'c'", r"a='b\'", r"a='\\'", r"a='\\\''", r'a="b\"c"', r"a=b\,c", r"a=b\\,c", r"a=\,", r"a=b\,", r"a=b\ ",
    r"a=b,c\,d", r"a=b,c\,d=e", "a=b,'c,d='=e", "a=[]", "a={}", "a=[b,c]", "a=[b,]", "a=[b,,c]", "a=[,]", "a=[b c]",
    "a=[[b],[c]]", "a=[", "a=[b", "a=]", "a=[]]", "a={b=c}", "a={b=c,}", "a={b=c,d=e}", "a={b={c=d}}", "a={b=[c,{d=e}]}",
    "a={b", "a={b=", "a={b=c", "a={,}", "a={b=c,b=d}", "a={=}", "a=b,a=c", "a=b]", "a=b}", "a=b[c", "a={b=c}}", "a=b,[c]",
    "a=b,{c=d}", "a=\u00fc", "a=\u00a0b\u00a0", "a=b\u2028", "a=b\u3000,c=d", "\u00fc=a", "a=\U0001f511", "a='\U0001f511'",
    "a=\x01", "a=b\x01", "a=b\x1c", "a=b\x1cc", "a=\x7f", "a==", "a=!#&()*+-./:;<>?@^_`|~%$", "a.b/c:d#e-f_g=h",
    "{\"a\":\"b\"}", "[\"a\"]",
]
DIRECTED_FILES = ["a@=b", "a@=file://x", "a=file://x", "a @ = file://x,b=file://y", "a@=[file://x,b]", "a@={b=file://x}",
                  "a={b@='file://x'}", "a@=[{b=c},file://x]", "a@", "a@b=c", "@=b", "a@=x,file://y", "a@@=b"]
PIECES = ["a", "b", "c", "d", "web", "app", "=", "=", "=", "=", ",", ",", ",", ",", "'", "'", '"', '"', "[", "]", "{",
          "}", "\\", "\\,", " ", "\t", "\n", ":", "/", "@", "#", "\u00fc", "\u00a0", "\U0001f511", "\x02", "|", "~"]
VALUES = ["b", "web", "b c", "'b,c'", '"x=y"', r"b\,c", "", "'it\\'s'", "[b,c]", "[b,[c]]", "{d=e}", "{d=e,f=[g]}", "b,c",
          "'b',c", " b ", "x=y", "\u00fc", "file://x", "'a\"b'", "[ 'b' , c ]"]


def generated(rng):
    kind = rng.randrange(3)
    if kind == 0:  # anything
        return "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 12)))
    signs = ["=", "=", " = ", "@="] if FILES else ["=", "=", " = "]
    text = ",".join(rng.choice("abcdefgh") + rng.choice(signs) + rng.choice(VALUES) for _ in range(rng.randint(1, 4)))
    if kind == 1:  # with one mistake, perhaps
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(PIECES + [""]) + text[at + rng.randint(0, 1):]
    return text


def main(reader):
    seed, count = int(os.environ.get("SEED", "2026")), int(os.environ.get("CASES", "3000"))
    rng = random.Random(seed)
    texts = DIRECTED + (DIRECTED_FILES if FILES else []) + [generated(rng) for _ in range(count)]
    texts = [text for text in texts if not (DIFFERS.search(text) if FILES else "@" in text)]
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    out = subprocess.run([reader], input=lines.encode(), stdout=subprocess.PIPE, check=True).stdout
    answers = [json.loads(line) for line in out.splitlines()]
    assert len(answers) == len(texts)
    refused = disagreements = 0
    for text, answer in zip(texts, answers):
        wanted = meaning(text)
        refused += wanted is None
        if answer != wanted:
            disagreements += 1
            if disagreements <= 10:
                print(f"{text!r}: kmsctl says {answer}, aws {wanted}")
    print(f"awscli {awscli.__version__}, seed {seed}: {len(texts)} texts, {refused} refused, {disagreements} disagreements")
    if disagreements or not len(texts) // 5 < refused < len(texts) * 4 // 5:
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
