#!/usr/bin/env python3
"""Names of anonymous namespaces are unique in a folder.

Builds with KMSCTL_UNITY compile the files of a folder as one. Two functions of a name would be two overloads there, and
which of them a call means could depend on how it was built.
"""
import collections
import pathlib
import re
import sys

ANONYMOUS = re.compile(r"^namespace \{\n(.*?)^\}  // namespace\n", re.S | re.M)
NAMED = (
    re.compile(r"^(?:\[\[\w+\]\] )?(?:constexpr |inline )?[A-Za-z_][\w:<>,&* ]*?[ &*]([a-z_]\w*)\(", re.M),  # functions
    re.compile(r"^(?:struct|class|enum class|using) (\w+)(?= final| :| \{| =|;)", re.M),
    re.compile(r"^(?:constexpr|const|using) [^={;(]*?\b(k\w+)", re.M),
)
# The same declaration twice is no other thing.
SAME = re.compile(r"^using (\w+) = [^;]*;", re.M)


def names_of(path):
    found = set()
    for region in ANONYMOUS.findall(path.read_text()):
        for pattern in NAMED:
            found.update(pattern.findall(region))
        found.difference_update(SAME.findall(region))
    return found


def main(root):
    doubles = 0
    for top in ("core", "formats", "vault", "cli"):
        for folder in [root / top, *(p for p in (root / top).rglob("*") if p.is_dir())]:
            files = collections.defaultdict(list)
            for path in sorted(folder.glob("*.cc")):
                if path.name.endswith("main.cc"):
                    continue
                for name in names_of(path):
                    files[name].append(path.name)
            for name, where in sorted(files.items()):
                if len(where) > 1:
                    print(f"{folder.relative_to(root)}: {name} in {', '.join(where)}")
                    doubles += 1
    return doubles


if __name__ == "__main__":
    sys.exit(1 if main(pathlib.Path(sys.argv[1])) else 0)
