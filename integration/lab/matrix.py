# SPDX-License-Identifier: MIT
"""Writes the table of what was tried on what, from the reports and the facts of one run.

    python3 -m lab.matrix CTEST-REPORT FOLDER PYTEST-REPORT > FILE

What ctest has written, the folder of what its tests have written, and what the virtual machine's cases have.
"""
import sys

from lab import facts
from lab.legs import LEGS
from lab.report import cases, counts, outcomes

DEBIANS = {"bookworm": "Debian 12", "trixie": "Debian 13", "sid": "Debian sid"}
COLUMNS = {"systemd": "systemd", "kernel": "kernel", "landlock": "Landlock ABI", "glibc": "glibc", "openssl": "OpenSSL",
           "exposure": "exposure"}
HEAD = """# Where Cloister has been tried

Written from the results of a run, `./dev test --all` or a part of it; never edited. The counts are those of the cases that
this run had. "Oldest" is the program that was built on Debian 12, "native" one that was built on the suite. glibc and
OpenSSL are those in the program. The exposure is what `systemd-analyze security` says of the unit: 0 is best, 10 worst.
"""


def table_row(cells):
    return f"| {' | '.join(cells)} |"


def leg_row(title, build, leg, results):
    """A fact that the run did not find out stays a dash, and so do the counts of a leg that did not run."""
    found = facts.of(leg)
    numbers = [str(number) for number in counts(results)] if results else ["not run", "-"]
    return table_row([title, build, *(found.get(name, "-") for name in COLUMNS), *numbers])


def rows(tests, virtual):
    for leg in LEGS:
        own = [(name, good) for test, name, good in tests if test.startswith(f"{leg.prefix()}.")]
        yield leg_row(DEBIANS[leg.suite], leg.build, leg.name, own)
    yield leg_row(f"{DEBIANS[LEGS[0].suite]}, virtual machine", LEGS[0].build, facts.VIRTUAL, virtual)


def main(ctest_report, folder, pytest_report):
    print(HEAD)
    print(table_row(["suite", "build", *COLUMNS.values(), "passed", "failed"]))
    print(table_row(["---"] * (len(COLUMNS) + 4)))
    print(*rows(cases(ctest_report, folder), outcomes(pytest_report)), sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
