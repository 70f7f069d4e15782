# SPDX-License-Identifier: MIT
"""Prints one add_test() for each file of cases on each leg of the matrix. A file's cases are one run of pytest, whose start
they share; what became of each is in the report that it writes.

    python3 -m lab.ctest RUN BUILD    RUN is the path of integration/run, BUILD the build under test

pytest reads $PYTEST_ADDOPTS, here and when a test runs: with "-k NAME" there, only files with such a case are tests.
"""
import os
import re
import subprocess
import sys

from lab.legs import LEGS
from lab.native import build_folder

NOTHING_COLLECTED = 5
# Seconds for all cases of a file; each case has a limit of its own (fixtures.py). A mirror may be slow, and a build or an
# image is compiled; all are kept for the next time.
TIMEOUT = 1800
# They share its storage.
PODMAN = {"container", "compiled_image"}


def collected():
    """{group: [claim, ...]} of the cases cases/test_GROUP.py::test_CLAIM[row] that pytest finds."""
    command = [sys.executable, "-P", "-m", "pytest", "-p", "no:cacheprovider", "-p", "lab.fixtures",
               "--collect-only", "-q", "cases"]
    listing = subprocess.run(command, capture_output=True, text=True)
    if listing.returncode not in (0, NOTHING_COLLECTED):
        sys.exit(listing.stdout + listing.stderr)
    groups = {}
    for group, claim in re.findall(r"^cases/test_(\w+)\.py::test_(\w+)", listing.stdout, re.MULTILINE):
        groups.setdefault(group, {})[claim] = None
    return {group: list(claims) for group, claims in groups.items()}


def add_test(name, command, **properties):
    print(f"add_test([==[{name}]==] {' '.join(f'[==[{word}]==]' for word in command)})")
    print(f"set_tests_properties([==[{name}]==] PROPERTIES "
          + " ".join(f"{key} [==[{value}]==]" for key, value in properties.items()) + ")")


def add_leg(leg, runner, build, groups):
    """Its trees and its build are made by a test of their own, whose failure is then the one that counts."""
    is_native = leg.build == "native"
    environment = f"CLOISTER_SUITE={leg.suite};CLOISTER_KIND={leg.build};CLOISTER_BUILD="
    first, then = ("native", build_folder(leg.suite)) if is_native else (build, build)
    labels = "integration" if any(map(leg.is_always_run, groups)) else "integration;matrix"
    add_test(f"{leg.prefix()}.tree", [runner, "--collect-only", "cases"], LABELS=labels,
             ENVIRONMENT=f"{environment}{first}", FIXTURES_SETUP=leg.name, TIMEOUT=TIMEOUT)
    for group, claims in groups.items():
        left_out = [claim for claim in claims if not leg.has(group, claim)]
        if len(left_out) == len(claims):
            continue
        name = f"{leg.prefix()}.{group}"
        file = f"cases/test_{group}.py"
        deselected = [f"--deselect={file}::test_{claim}" for claim in left_out]
        add_test(name, [runner, f"--junitxml={os.path.abspath(build)}/reports/{name}.xml", *deselected, file],
                 ENVIRONMENT=f"{environment}{then}", FIXTURES_REQUIRED=leg.name, TIMEOUT=TIMEOUT,
                 LABELS="integration" if leg.is_always_run(group) else "integration;matrix",
                 COST=leg.cost(group), **({"RESOURCE_LOCK": "podman"} if group in PODMAN else {}))


def main(runner, build):
    groups = collected()
    for leg in LEGS if groups else ():
        add_leg(leg, runner, build, groups)


if __name__ == "__main__":
    main(*sys.argv[1:])
