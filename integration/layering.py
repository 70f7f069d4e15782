#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Holds every #include of ours to the edges that the layer() lines of CMakeLists.txt draw.

    layering.py ROOT          exit 1 and "file:line: include: reason" for each include that no edge allows
    layering.py --self-test   shows, on made-up trees, that each rule can fail

A file may include its own layer's headers and those of the layers that its layer USES. Files directly in app/ belong to
the layer `story`. Programs (hello, mirror) may include the public header cloister.h and nothing else of ours. Foreign
libraries stay in the layer that owns them.
"""
import re
import sys
import tempfile
from pathlib import Path

PUBLIC_HEADER = "cloister.h"
PROGRAMS = {"app/hello": "hello", "integration/mirror": "mirror"}
# What takes the place of a part of a layer, or needs what no program is promised, may include what that layer may.
STAND_INS = {"integration/mutant": "story", "integration/escapee": "story",
             "integration/unconfined": "sandbox",
             "integration/differential": "http"}
# The folder that alone may include headers whose name begins so.
FOREIGN = {"httplib": "app/routes", "seccomp.h": "sandbox", "openssl/": "app/transport", "nghttp2/": "app/http",
           "brotli/": "app/press", "zlib.h": "app/press"}

LAYER = re.compile(r"^layer\(([^)]*)\)", re.MULTILINE)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def layers_of(text):
    """{name: (folder, used layers)} of the layer(NAME [AT folder] [USES ...] [LINKS ...] [HEAVY ...]) lines."""
    layers = {}
    for call in LAYER.findall(re.sub(r"#.*", "", text)):
        name, *words = call.split()
        arguments = {"AT": [], "USES": [], "LINKS": [], "HEAVY": []}
        for word in words:
            if word in arguments:
                chosen = arguments[word]
            else:
                chosen.append(word)
        layers[name] = ("".join(arguments["AT"]) or f"app/{name}", arguments["USES"])
    return layers


def cycles(layers):
    """Layers that use themselves by way of others, and used layers that do not exist."""
    for name in layers:
        seen, waiting = set(), list(layers[name][1])
        while waiting:
            used = waiting.pop()
            if used not in layers:
                yield f"CMakeLists.txt: layer {name} uses {used}, which is no layer"
            elif used not in seen:
                seen.add(used)
                waiting += layers[used][1]
        if name in seen:
            yield f"CMakeLists.txt: layer {name} uses itself by way of others"


class Rules:
    def __init__(self, root):
        self.root = root
        self.layers = layers_of((root / "CMakeLists.txt").read_text())
        self.owners = {folder: name for name, (folder, _) in self.layers.items()} | PROGRAMS | STAND_INS

    def owner(self, path):
        """The layer or program that a file belongs to."""
        folder = path.parent
        while str(folder) != ".":
            if str(folder) in self.owners:
                return self.owners[str(folder)]
            folder = folder.parent
        return None

    def included(self, name):
        """The file of ours that an include names, relative to the root, or nothing."""
        for base in "app", ".", *(["app/routes"] if name == PUBLIC_HEADER else []):
            if (self.root / base / name).is_file():
                return Path(base) / name
        return None

    def objection(self, file, quote, name):
        """What is wrong with the include, or nothing."""
        for prefix, folder in FOREIGN.items():
            if name.startswith(prefix) and not file.is_relative_to(folder):
                return f"this library is included in {folder} alone"
        header = self.included(name)
        if header is None:
            return "no such header of ours; foreign ones go into <>" if quote == '"' else None
        ours, theirs = self.owner(file), self.owner(header)
        if ours in PROGRAMS.values():
            return None if name == PUBLIC_HEADER else f"the program {ours} may include {PUBLIC_HEADER} alone"
        if ours is None or theirs is None:
            return "the file or its header lies in no layer"
        if ours != theirs and theirs not in self.layers[ours][1]:
            return f"CMakeLists.txt draws no edge from {ours} to {theirs}: layer({ours} ... USES {theirs})"
        return None

    def violations(self):
        yield from cycles(self.layers)
        for top in "app", "sandbox", "integration":
            for path in sorted((self.root / top).rglob("*")):
                if path.suffix in (".h", ".cpp"):
                    yield from self.violations_in(path.relative_to(self.root))

    def violations_in(self, file):
        for number, line in enumerate((self.root / file).read_text().splitlines(), 1):
            if found := INCLUDE.match(line):
                if objection := self.objection(file, *found.groups()):
                    yield f"{file}:{number}: #include {found[2]}: {objection}"


EDGES = """layer(base)
layer(http USES base)
layer(site   # the static site
      USES http base)
layer(routes USES http base LINKS PkgConfig::httplib)
layer(sandbox AT sandbox LINKS PkgConfig::seccomp)
layer(audit AT sandbox/audit USES sandbox)
layer(story AT app USES site routes http base audit sandbox)
"""
# (file, its include, whether that is allowed)
SAMPLES = [
    ("app/site/site.cpp", '"site/site.h"', True),
    ("app/site/site.cpp", '"http/http.h"', True),
    ("app/site/site_test.cpp", '"base/base.h"', True),
    ("app/http/http.cpp", '"site/site.h"', False),
    ("app/http/http_test.cpp", '"site/site.h"', False),
    ("app/http/deep/parser.cpp", '"site/site.h"', False),
    ("app/http/http.cpp", "<site/site.h>", False),
    ("app/base/base.cpp", '"http/http.h"', False),
    ("app/site/site.cpp", '"sandbox/sandbox.h"', False),
    ("sandbox/sandbox.cpp", '"base/base.h"', False),
    ("sandbox/sandbox.cpp", '"sandbox/sandbox.h"', True),
    ("app/main.cpp", '"sandbox/sandbox.h"', True),
    ("app/main.cpp", '"options.h"', True),
    ("app/site/site.cpp", '"options.h"', False),
    ("app/site/site.cpp", '"cloister.h"', False),
    ("app/hello/hello.cpp", '"cloister.h"', True),
    ("app/hello/hello.cpp", "<cloister.h>", True),
    ("app/hello/hello.cpp", '"base/base.h"', False),
    ("integration/mirror/mirror.cpp", '"http/http.h"', False),
    ("integration/unconfined/unconfined.cpp", '"sandbox/sandbox.h"', True),
    ("integration/unconfined/unconfined.cpp", '"http/http.h"', False),
    ("integration/escapee/escapee.cpp", '"sandbox/audit/attempt.h"', True),
    ("app/hello/hello.cpp", '"sandbox/audit/attempt.h"', False),
    ("sandbox/sandbox.cpp", '"sandbox/audit/attempt.h"', False),
    ("sandbox/audit/attempt.cpp", '"sandbox/sandbox.h"', True),
    ("sandbox/audit/attempt.cpp", '"base/base.h"', False),
    ("app/site/site.cpp", '"site/absent.h"', False),
    ("app/site/site.cpp", "<vector>", True),
    ("app/routes/app.cpp", "<httplib.h>", True),
    ("app/http/http.cpp", "<httplib.h>", False),
    ("sandbox/seccomp.cpp", "<seccomp.h>", True),
    ("sandbox/seccomp.cpp", "<linux/seccomp.h>", True),
    ("app/main.cpp", "<seccomp.h>", False),
    ("app/http/http2.cpp", "<nghttp2/nghttp2.h>", True),
    ("app/routes/app.cpp", "<openssl/ssl.h>", False),
]
HEADERS = ["app/base/base.h", "app/http/http.h", "app/site/site.h", "app/options.h", "app/cloister.h",
           "sandbox/sandbox.h", "sandbox/audit/attempt.h"]


def verdict(edges, file=None, include=None):
    """The violations of a tree that has only the sample headers and one file with one include."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "CMakeLists.txt").write_text(edges)
        for header in HEADERS:
            (root / header).parent.mkdir(parents=True, exist_ok=True)
            (root / header).write_text("")
        if file:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(f"// A comment.\n#include {include}\n")
        return list(Rules(root).violations())


def self_test():
    """The samples on which the rules are wrong."""
    for file, include, allowed in SAMPLES:
        found = verdict(EDGES, file, include)
        if allowed != (not found) or not all(line.startswith(f"{file}:2: ") for line in found):
            yield f"{file}: #include {include}: should be {'allowed' if allowed else 'refused'}; violations: {found}"
    if not verdict(EDGES.replace("layer(base)", "layer(base USES site)")):
        yield "a cycle of layers should be refused"
    if not verdict(EDGES.replace("USES http base)", "USES http bass)")):
        yield "an edge to no layer should be refused"


def main(argument):
    wrong = list(self_test() if argument == "--self-test" else Rules(Path(argument)).violations())
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
