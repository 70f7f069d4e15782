# SPDX-License-Identifier: MIT
"""The serving process, looked at from outside of it: every filter, thread, namespace, mount and descriptor, each of
them explained. A thing that nobody can explain fails the case by its name."""
import contextlib
import json
import os
import re

import pytest

from lab.client import Connection
from lab.descriptors import Explainer
from lab.filters import ABIS, Reach, filters_of
from lab.processes import CAPABILITY_SETS
from lab.secure import Http2Connection, SecureConnection, exchange_secure, settings

NAMESPACES = "net", "mnt", "ipc", "user", "uts"
# (mount point, whether it is read-only, whether it is noexec or None for either, why it is there)
MOUNTS = [
    (r"/", True, False, "the folder with the program: RootDirectory= and ProtectSystem=strict"),
    (r"/srv/cloister", True, False, "the site: BindReadOnlyPaths="),
    (r"/(dev|sys|tmp|var)", True, True, "closed: InaccessiblePaths="),
    (r"/(home|root|run/user)", True, True, "closed: ProtectHome="),
    (r"/proc", False, True, "its own process alone: ProcSubset="),
    (r"/run", True, True, "what systemd puts there for it: MountAPIVFS=, ReadOnlyPaths= and NoExecPaths="),
    (r"/run/systemd/incoming", True, None, "by which systemd could hand it a mount later"),
    (r"/run/host/(notify|\.os-release-stage)", True, None, "newer systemd: that socket, and the name of the system"),
    (r"/run/systemd/notify", True, None, "systemd's socket, of which it hears and to which it speaks"),
    (r"/run/systemd/(journal/(dev-log|socket|stdout)|journal)", True, None, "newer systemd: the log"),
    (r"/run/credentials(/cloister\.service)?", True, True, "its keys: LoadCredential="),
    (r"/sys/fs/cgroup/.*/memory\.pressure", False, True, "the one file by which newer systemd lets it ask for news"),
]


@pytest.fixture
def serving(secure, authority):
    """A machine that has answered over each protocol."""
    assert secure.get("/large.bin").status == 200
    for protocol in "http/1.1", "h2":
        assert exchange_secure(secure.ip4, "/large.bin", authority=authority, protocol=protocol).status == 200
    return secure


@pytest.fixture
def process(serving):
    return serving.process()


class Policy:
    """What the installed program says of itself."""

    def __init__(self, machine):
        said = json.loads(machine.sh("/usr/sbin/cloister policy --json").stdout)
        self.always = {row["number"] for row in said["system_calls"] if row["rule"] == "always"}
        self.sometimes = {row["number"] for row in said["system_calls"]} - self.always
        self.answered = {row["number"] for row in said["answered"]}
        assert self.always and said["sanitizer_build"] is False

    @property
    def runs(self):
        return self.always | self.sometimes


def test_every_thread_has_our_filter_above_all_others_and_it_permits_the_table_alone(serving, process, note):
    policy = Policy(serving)
    for thread in process.threads():
        newest = filters_of(thread)[-1]
        ours = Reach([newest], "x86-64")
        assert (ours.always, ours.sometimes, ours.answered) == (policy.always, policy.sometimes, policy.answered)
        for abi in "x32", "i386":
            other = Reach([newest], abi)
            assert (other.runs, other.answered) == (set(), set()), abi
    note("calls", len(policy.runs))
    assert process == serving.process(), "whoever looks leaves no trace"
    assert serving.get("/").status == 200


def test_all_filters_together_permit_what_ours_permits_and_no_more(serving, process, note):
    policy = Policy(serving)
    main, *others = process.threads()
    stack = filters_of(main)
    assert len(stack) == int(process.statuses()[0]["Seccomp_filters"]) > 1, "systemd has its own"
    for thread in others:
        assert filters_of(thread) == stack, "the threads differ"
    together = {abi: Reach(stack, abi) for abi in ABIS}
    assert together["x86-64"].runs <= policy.runs
    assert policy.runs <= together["x86-64"].runs, "the unit forbids what serving needs"
    assert together["x86-64"].answered == policy.answered, "any other call kills, whatever systemd's filters say"
    for abi in "x32", "i386":
        assert (together[abi].runs, together[abi].answered) == (set(), set()), abi
    note("filters", len(stack))
    note("calls_without_ours", len(Reach(stack[:-1], "x86-64").runs))


def test_no_thread_has_a_capability_in_any_set(process):
    for status in process.statuses():
        assert {status[name] for name in CAPABILITY_SETS} == {"0" * 16}, status["Name"]


def test_every_thread_is_under_seccomp_and_gains_no_privilege(process):
    statuses = process.statuses()
    assert len(statuses) >= 2, "the threads exist before the lock"
    for status in statuses:
        assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1"), status["Name"]


def test_the_process_has_namespaces_of_its_own(serving, process):
    for kind in NAMESPACES:
        assert process.namespace(kind) != serving.leader.namespace(kind), kind


def explanations(place):
    return [(read_only, no_exec) for name, read_only, no_exec, _ in MOUNTS if re.fullmatch(name, place)]


def test_every_mount_is_read_only_or_noexec_and_explained(process):
    for place, flags in process.mounts().items():
        read_only, no_exec = bool(flags & os.ST_RDONLY), bool(flags & os.ST_NOEXEC)
        assert read_only or no_exec, f"{place} is writable and executable"
        assert any(read_only == wanted and exact in (None, no_exec) for wanted, exact in explanations(place)), \
            f"{place}: nobody expects it, or not with read-only {read_only} and noexec {no_exec}"


def await_descriptors(machine, process, expected):
    """A connection that is just ending is still a descriptor, and no longer a known socket: so it may take a moment."""
    def counted():
        return Explainer(machine, process).counted()

    with contextlib.suppress(AssertionError):
        machine.wait_for(lambda: counted() == expected, "the descriptors are those that are expected")
    assert counted() == expected


def at_rest(process):
    loops = len(process.threads())
    return {"standard input": 1, "log": 2, "listener on port 80": 1, "listener on port 443": 1, "notify": 1,
            "room to notify": 1, "signalfd": 2, "loop": loops, "eventfd": loops, "file large.bin": 1}


def test_every_descriptor_is_explained_and_counted(serving, process):
    await_descriptors(serving, process, at_rest(process))
    for each in Explainer(serving, process).descriptors:
        assert each.number < 3 or each.is_closed_on_exec(), each


def test_a_client_is_one_descriptor_more_for_as_long_as_it_stays(serving, process, authority):
    with contextlib.ExitStack() as stack:
        clients = [Connection(serving.ip4), Connection(serving.ip6),
                   SecureConnection(serving.ip4, settings(authority, "http/1.1"))]
        for client in clients:
            stack.callback(client.close)
            assert client.ask("/page.txt").status == 200
        h2 = stack.enter_context(Http2Connection(serving.ip4, settings(authority, "h2")))
        assert [h2.ask("/large.bin").status for _ in range(3)] == [200] * 3
        expected = at_rest(process) | {"client of port 80": 2, "client of port 443": 2}
        await_descriptors(serving, process, expected)
    await_descriptors(serving, process, at_rest(process))


def test_the_machines_first_process_is_seen_to_be_less_confined(serving):
    # Or else the cases above could be blind.
    first = serving.leader
    assert Reach(filters_of(first.pid), "x86-64").runs > Policy(serving).runs
    assert None in Explainer(serving, first).kinds().values()
    assert first.statuses()[0]["CapEff"] != "0" * 16
    assert any(not flags & (os.ST_RDONLY | os.ST_NOEXEC) for flags in first.mounts().values())
