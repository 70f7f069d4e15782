# SPDX-License-Identifier: MIT
"""The shipped service is nobody, and says how confined it is; test_outside.py looks whether that is true."""
import re

import pytest

from lab.kernel import landlock_abi

# The range that systemd takes for DynamicUser=.
DYNAMIC_USERS = range(61184, 65520)


@pytest.fixture
def process(machine):
    assert machine.get("/").status == 200
    return machine.process()


def test_the_process_runs_as_a_dynamic_user(process):
    assert len(set(process.uids())) == 1
    assert process.uids()[0] in DYNAMIC_USERS


def test_the_status_line_states_the_confinement(machine, process):
    status = machine.sh("systemctl status cloister.service").stdout
    (line,) = re.findall(r"Status: \"(.*)\"", status)
    assert "no capability" in line and "WITHOUT" not in line
    assert re.search(r"\b\d+ system calls\b", line)
    assert f"landlock abi {landlock_abi()}" in line.lower(), "the Landlock that the host's kernel has"


def test_landlock_in_the_machine_is_the_landlock_of_the_host(machine):
    create_ruleset, version = 444, 1
    inside = machine.run_as_service(f"perl -e 'print syscall({create_ruleset}, 0, 0, {version})'").stdout
    assert landlock_abi() > 0, "the kernel must have Landlock, or nothing here is proven"
    assert int(inside) == landlock_abi(), "systemd-nspawn must let the Landlock calls through"
