# SPDX-License-Identifier: MIT
"""Counts what a run of ctest or pytest has written down as JUnit XML.

    python3 -m lab.report FILE    prints how many cases passed and how many did not
"""
import sys
import xml.etree.ElementTree as tree


def passed(case):
    """A case that did not run has not passed. ctest says so in an attribute, pytest by what the element contains."""
    return case.get("status", "run") == "run" and not {each.tag for each in case} & {"failure", "error", "skipped"}


def outcomes(file):
    """[(name, passed), ...]"""
    return [(case.get("name"), passed(case)) for case in tree.parse(file).getroot().iter("testcase")]


def counts(found):
    """How many passed, how many did not."""
    good = sum(is_good for _, is_good in found)
    return good, len(found) - good


if __name__ == "__main__":
    print(*counts(outcomes(sys.argv[1])))
