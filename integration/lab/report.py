# SPDX-License-Identifier: MIT
"""Counts what a run of tests has written down as JUnit XML.

    python3 -m lab.report FILE [FOLDER]    prints how many cases passed and how many did not

FILE is what pytest or ctest has written. A test of ctest may be many cases: then FOLDER/TEST.xml is what it has written of
them, and they count in its stead. A test that ctest calls failed and whose own report says nothing of it has died in the
middle: that is one failure more.
"""
import sys
import xml.etree.ElementTree as tree
from pathlib import Path


def passed(case):
    """A case that did not run has not passed. ctest and GoogleTest say so in an attribute, pytest by an element."""
    return case.get("status", "run") == "run" and not {each.tag for each in case} & {"failure", "error", "skipped"}


def outcomes(file):
    """[(name, passed), ...]"""
    return [(case.get("name"), passed(case)) for case in tree.parse(file).getroot().iter("testcase")]


def cases(file, folder):
    """[(test, name, passed), ...]: the cases of each test of ctest."""
    found = []
    for test, is_good in outcomes(file):
        own = Path(folder) / f"{test}.xml"
        several = outcomes(own) if own.exists() else []
        found += [(test, *each) for each in several]
        if not own.exists() or not is_good and all(good for _, good in several):
            found.append((test, test, is_good))
    return found


def counts(found):
    """How many of [(..., passed), ...] passed, how many did not."""
    good = sum(each[-1] for each in found)
    return good, len(found) - good


if __name__ == "__main__":
    print(*counts(cases(*sys.argv[1:]) if len(sys.argv) > 2 else outcomes(sys.argv[1])))
