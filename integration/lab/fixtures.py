# SPDX-License-Identifier: MIT
"""Loaded by integration/run. What all cases share, whatever they boot: its place, their time, and the journal when a case
fails."""
import os
import re
import signal

import pytest

from lab.lab import Lab

# Seconds, for a case that compiles an image and for machines that are shared; most need two. A soak takes what it takes.
CASE_TIME = 900 + 2 * int(os.environ.get("CLOISTER_SOAK", 0))


@pytest.fixture(scope="session")
def lab():
    lab = Lab()
    yield lab
    lab.close()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """-k finds the test_claim of cases/test_group.py by "integration.group.claim" too."""
    for item in items:
        file, _, claim = item.nodeid.partition("::")
        group = re.sub(r".*/test_|\.py$", "", file)
        item.extra_keyword_matches.add(f"integration.{group}.{claim.removeprefix('test_')}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    """A case that waits for ever fails, and those behind it have their turn."""
    def give_up(*_):
        raise TimeoutError(f"the case did not end in {CASE_TIME} s")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(CASE_TIME)
    yield
    signal.alarm(0)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call" and report.failed:
        for machine in getattr(item, "machines", []):
            report.sections.append((f"the journal of {machine.name} since it booted", machine.journal_since_boot()))
    if report.skipped:
        # A case that cannot run here proves nothing, and a green line would hide that.
        report.outcome, report.longrepr = "failed", f"skipped, which counts as failed: {report.longrepr}"
