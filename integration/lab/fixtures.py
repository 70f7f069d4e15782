# SPDX-License-Identifier: MIT
"""Loaded by integration/run. What all cases share, whatever they boot: its place, and the journal when a case fails."""
import pytest

from lab.lab import Lab


@pytest.fixture(scope="session")
def lab():
    lab = Lab()
    yield lab
    lab.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call" and report.failed:
        for machine in getattr(item, "machines", []):
            report.sections.append((f"the journal of {machine.name} since it booted", machine.journal_since_boot()))
    if report.skipped:
        # A case that cannot run here proves nothing, and a green line would hide that.
        report.outcome, report.longrepr = "failed", f"skipped, which counts as failed: {report.longrepr}"
