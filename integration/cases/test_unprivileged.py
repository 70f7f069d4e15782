# SPDX-License-Identifier: MIT
"""The shipped service holds no privilege: seen from outside the process, in the kernel's own words."""
import os
import re

import pytest

from lab.kernel import landlock_abi
from lab.processes import CAPABILITY_SETS

# The range that systemd takes for DynamicUser=.
DYNAMIC_USERS = range(61184, 65520)


@pytest.fixture
def process(machine):
    assert machine.get("/").status == 200
    return machine.process()


def test_the_process_runs_as_a_dynamic_user(process):
    assert len(set(process.uids())) == 1
    assert process.uids()[0] in DYNAMIC_USERS


def test_no_thread_has_a_capability_in_any_set(process):
    for status in process.statuses():
        assert {status[name] for name in CAPABILITY_SETS} == {"0" * 16}, status["Name"]


def test_every_thread_is_under_seccomp_and_gains_no_privilege(process):
    statuses = process.statuses()
    assert len(statuses) >= 2, "the threads exist before the lock"
    for status in statuses:
        assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1"), status["Name"]


def test_the_process_has_namespaces_of_its_own(machine, process):
    for kind in "net", "mnt", "ipc", "user", "uts":
        assert process.namespace(kind) != machine.leader.namespace(kind), kind


def test_the_process_holds_only_streams_sockets_events_and_its_site(process):
    expected = r"/dev/null|socket:\[\d+\]|anon_inode:\[(eventpoll|eventfd|signalfd|timerfd)\]|/srv/cloister/large\.bin"
    foreign = {number: target for number, target in process.descriptors().items() if not re.fullmatch(expected, target)}
    assert foreign == {}


def test_nothing_in_its_sight_is_writable_but_kernel_interfaces_and_nothing_writable_is_executable(process):
    # Newer versions of systemd let a service write down in one file how it wants to learn of memory pressure.
    kernel_interface = r"/(dev|proc)(/.*)?|/sys/fs/cgroup/.*/memory\.pressure"
    for place, flags in process.mounts().items():
        assert flags & os.ST_RDONLY or re.fullmatch(kernel_interface, place), f"{place} is writable"
        assert flags & os.ST_RDONLY or flags & os.ST_NOEXEC, f"{place} is writable and executable"


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
