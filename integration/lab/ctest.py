# SPDX-License-Identifier: MIT
"""Prints one add_test() for each case on each leg of the matrix, so that ctest runs, lists and selects cases by name.

    python3 -m lab.ctest RUN BUILD    RUN is the path of integration/run, BUILD the build under test
"""
import re
import subprocess
import sys

from lab.legs import LEGS
from lab.native import build_folder

TIMEOUT = 120
# A mirror may be slow, an image or a build is compiled; all are kept for the next time.
LONG_TIMEOUT = 1800
# Their rows share one machine, so the rows of a claim are one test: a machine for each row would take many minutes.
SHARING = ("cases/test_protocols.py",)


def cases():
    """The node ids that pytest collects: "cases/test_x.py::test_claim[row]"."""
    command = [sys.executable, "-P", "-m", "pytest", "-p", "no:cacheprovider", "--collect-only", "-q", "cases"]
    collected = subprocess.run(command, capture_output=True, text=True)
    if collected.returncode:
        sys.exit(collected.stdout + collected.stderr)
    lines = [line for line in collected.stdout.splitlines() if "::" in line]
    return list(dict.fromkeys(line.partition("[")[0] if line.startswith(SHARING) else line for line in lines))


def words_of(case):
    """cases/test_escape.py::test_it_dies[open] becomes ["escape", "it_dies", "open"]"""
    file, function, row = re.fullmatch(r"cases/test_(\w+)\.py::test_(\w+)(?:\[(.*)\])?", case).groups()
    return [word for word in (file, function, row) if word]


def add_test(name, command, **properties):
    print(f"add_test([==[{name}]==] {' '.join(f'[==[{word}]==]' for word in command)})")
    print(f"set_tests_properties([==[{name}]==] PROPERTIES "
          + " ".join(f"{key} [==[{value}]==]" for key, value in properties.items()) + ")")


def add_leg(leg, runner, build, found):
    """Its trees and its build are made by a test of their own, whose failure is then the one that counts."""
    is_native = leg.build == "native"
    environment = f"CLOISTER_SUITE={leg.suite};CLOISTER_KIND={leg.build};CLOISTER_BUILD="
    first, then = ("native", build_folder(leg.suite)) if is_native else (build, build)
    groups = [words_of(case)[0] for case in found]
    labels = "integration" if any(map(leg.is_always_run, groups)) else "integration;matrix"
    add_test(f"{leg.prefix()}.tree", [runner, "--collect-only", "cases"], LABELS=labels,
             ENVIRONMENT=f"{environment}{first}", FIXTURES_SETUP=leg.name, TIMEOUT=LONG_TIMEOUT)
    for case in found:
        words = words_of(case)
        if not leg.has(*words[:2]):
            continue
        long = words[0] == "container"
        add_test(".".join([leg.prefix(), *words]), [runner, case], ENVIRONMENT=f"{environment}{then}",
                 FIXTURES_REQUIRED=leg.name,
                 LABELS="integration" if leg.is_always_run(words[0]) else "integration;matrix",
                 TIMEOUT=LONG_TIMEOUT if long else TIMEOUT, **({"RESOURCE_LOCK": "podman"} if long else {}))


def main(runner, build):
    found = cases()
    for leg in LEGS:
        add_leg(leg, runner, build, found)


if __name__ == "__main__":
    main(*sys.argv[1:])
