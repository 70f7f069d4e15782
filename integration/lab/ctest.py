# SPDX-License-Identifier: MIT
"""Prints one add_test() for each case, so that ctest runs, lists and selects cases by name.

    python3 -m lab.ctest RUN BUILD    RUN is the path of integration/run, BUILD the build under test
"""
import re
import subprocess
import sys

TIMEOUT = 120
# A mirror may be slow, an image is compiled; both are kept for the next time.
LONG_TIMEOUT = 1200
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


def name_of(case):
    """cases/test_escape.py::test_it_dies[open] becomes integration.escape.it_dies.open"""
    file, function, row = re.fullmatch(r"cases/test_(\w+)\.py::test_(\w+)(?:\[(.*)\])?", case).groups()
    return ".".join(word for word in ("integration", file, function, row) if word)


def add_test(name, runner, arguments, build, **properties):
    settings = {"LABELS": "integration", "ENVIRONMENT": f"CLOISTER_BUILD={build}", **properties}
    print(f"add_test([==[{name}]==] [==[{runner}]==] {' '.join(f'[==[{word}]==]' for word in arguments)})")
    print(f"set_tests_properties([==[{name}]==] PROPERTIES "
          + " ".join(f"{key} [==[{value}]==]" for key, value in settings.items()) + ")")


def main(runner, build):
    add_test("integration.tree", runner, ["--collect-only", "cases"], build, FIXTURES_SETUP="integration_tree",
             TIMEOUT=LONG_TIMEOUT)
    for case in cases():
        long = case.startswith("cases/test_container.py")
        add_test(name_of(case), runner, [case], build, FIXTURES_REQUIRED="integration_tree",
                 TIMEOUT=LONG_TIMEOUT if long else TIMEOUT, **({"RESOURCE_LOCK": "podman"} if long else {}))


if __name__ == "__main__":
    main(*sys.argv[1:])
