# SPDX-License-Identifier: MIT
"""Where a defence is missing or a privilege is left, nothing is served: the journal names the thing and the remedy,
the socket survives, clients wait, and are answered as soon as it is put right. What is waived by name is served
without, and says so."""
import contextlib
import re
import socket

import pytest

from lab.client import PATIENCE
from lab.descriptors import Explainer
from lab.filters import Reach, filters_of
from lab.processes import CAPABILITY_SETS
from lab.secure import exchange_secure

DROP_IN = "/etc/systemd/system/cloister.service.d/case.conf"
SERVE = "/usr/sbin/cloister serve --site /srv/cloister"
NO_LANDLOCK, NO_SECCOMP = "SystemCallFilter=~landlock_create_ruleset\n", "SystemCallFilter=~seccomp\n"
DENIED = "SystemCallErrorNumber=EPERM\n"
HELD = "AmbientCapabilities=CAP_NET_BIND_SERVICE\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\n"
ROOT = "DynamicUser=no\nUser=root\n"
# {what is wrong: (lines of a drop-in, what the journal must say)}
REFUSED = {
    "landlock_unknown": (NO_LANDLOCK, r"landlock is not available \(Function not.*--allow-missing=landlock"),
    "landlock_denied": (NO_LANDLOCK + DENIED, r"landlock is not available \(Operation not.*--allow-missing=landlock"),
    "seccomp_unknown": (NO_SECCOMP, r"seccomp is not available \(Function not.*--allow-missing=seccomp"),
    "seccomp_denied": (NO_SECCOMP + DENIED, r"seccomp is not available \(Operation not.*--allow-missing=seccomp"),
    "capability": (HELD + "PrivateUsers=no\n", r"CAP_NET_BIND_SERVICE.*(AmbientCapabilities|capabilit)"),
    "capability_in_its_namespace": (HELD, r"CAP_NET_BIND_SERVICE.*(AmbientCapabilities|capabilit)"),
    "root": (ROOT + "PrivateUsers=no\n", r"root.*(User=|DynamicUser=)"),
    "root_in_its_namespace": (ROOT, r"root.*(User=|DynamicUser=)"),
    "close_range": ("SystemCallFilter=~close_range\n", r"close_range.*Linux 5\.9"),
}
# Calls that serving needs, forbidden by systemd's filter, which outlives start-up.
FORBIDDEN = "SystemCallFilter=~recvfrom getrandom\n"
# {what is missing: (lines of a drop-in, flags, what the status must say)}
WAIVED = {
    "landlock": (NO_LANDLOCK, "--allow-missing=landlock", "WITHOUT landlock, "),
    "seccomp": (NO_SECCOMP + DENIED, "--allow-missing=seccomp", ", WITHOUT seccomp on"),
    "both": (NO_LANDLOCK + NO_SECCOMP, "--allow-missing=landlock --allow-missing=seccomp",
             "WITHOUT landlock, WITHOUT seccomp on"),
}


def service(lines, command=None):
    return f"[Service]\n{lines}" + (f"ExecStart=\nExecStart={command}\n" if command else "")


@contextlib.contextmanager
def waiting_client(machine):
    """A client that has asked, and nobody answers it yet."""
    with socket.create_connection((machine.ip4, 80), timeout=PATIENCE) as client:
        client.sendall(b"GET /page.txt HTTP/1.1\r\nHost: m\r\nConnection: close\r\n\r\n")
        yield client


def await_refusal(machine, message):
    machine.wait_for(lambda: re.search(message, machine.journal("cloister.service")), message)
    machine.wait_for(lambda: int(machine.property("cloister.service", "NRestarts")) >= 3, "it is tried again")
    assert machine.property("cloister.service", "StatusText") == "", "it never came to say that it serves"
    assert machine.state("cloister-http.socket") == "active"


def put_right(machine, drop_in="[Service]\n"):
    """As an administrator would, while the service is tried again and again."""
    folder = DROP_IN.rpartition("/")[0]
    machine.sh(f"mkdir -p {folder} && printf '%s' '{drop_in}' >{DROP_IN} && systemctl daemon-reload")


@pytest.mark.parametrize("wrong", REFUSED)
def test_it_refuses_by_name_and_the_client_that_waits_is_served_once_it_is_put_right(boot, wrong):
    lines, message = REFUSED[wrong]
    machine = boot(service=service(lines))
    with waiting_client(machine) as client:
        await_refusal(machine, message)
        put_right(machine)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_container_that_hides_landlock_is_refused_and_a_waiver_serves(boot):
    machine = boot(opened_calls="bpf")
    with waiting_client(machine) as client:
        await_refusal(machine, REFUSED["landlock_denied"][1])
        put_right(machine, service("", f"{SERVE} --allow-missing=landlock"))
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")
    assert "WITHOUT landlock, " in machine.property("cloister.service", "StatusText")


@pytest.mark.parametrize("missing", WAIVED)
def test_what_is_waived_is_served_without_and_the_status_says_so(boot, missing):
    lines, flags, said = WAIVED[missing]
    machine = boot(service=service(lines, f"{SERVE} {flags}"))
    assert machine.get("/page.txt").status == 200
    assert said in machine.property("cloister.service", "StatusText")
    assert said in machine.journal("cloister.service")
    for status in machine.process().statuses():
        assert (status["NoNewPrivs"], {status[name] for name in CAPABILITY_SETS}) == ("1", {"0" * 16})


def test_without_one_defence_the_other_is_as_strict_as_ever(boot):
    without_landlock = boot(service=service(NO_LANDLOCK, f"{SERVE} --allow-missing=landlock"))
    as_shipped = boot()
    newest = []
    for machine in without_landlock, as_shipped:
        assert machine.get("/").status == 200
        newest.append([filters_of(thread)[-1] for thread in machine.process().threads()])
    assert newest[0] == newest[1]


def test_a_waiver_of_what_cannot_be_waived_is_refused(boot):
    machine = boot(service=service("", f"{SERVE} --allow-missing=no-new-privileges"))
    with waiting_client(machine):
        await_refusal(machine, r"no-new-privileges.*landlock.*seccomp")


def test_a_call_that_serving_needs_and_systemd_forbids_is_noticed_before_it_is_ready(boot):
    machine = boot(service=service(FORBIDDEN))
    with waiting_client(machine) as client:
        await_refusal(machine, r"permit (recvfrom getrandom|getrandom recvfrom) in SystemCallFilter=")
        put_right(machine)
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_a_call_that_serving_needs_and_systemd_kills_for_kills_it_before_it_is_ready(boot):
    killing = "SystemCallErrorNumber=kill\n"
    machine = boot(service=service(killing + "SystemCallFilter=~recvfrom\n"))
    with waiting_client(machine) as client:
        await_refusal(machine, "status=31/SYS")
        put_right(machine, service(killing))
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_on_a_kernel_without_memfd_only_the_tickets_are_lost(boot_secure, authority):
    machine = boot_secure(service=service("SystemCallFilter=~memfd_create\n"))
    assert exchange_secure(machine.ip4, "/page.txt", authority=authority).status == 200
    assert "WITHOUT" not in machine.property("cloister.service", "StatusText")
    assert "will not outlive a restart" in machine.journal("cloister.service")


# A parent that leaves open what it should not: a file, a folder, a pipe and a pair of sockets.
CARELESS = """#!/usr/bin/perl
use Socket;
$^F = 1000;
open(F, "<", "/etc/hostname") && open(D, "<", "/") && pipe(R, W) && socketpair(A, B, AF_UNIX, SOCK_STREAM, 0) or die;
exec "/usr/sbin/cloister", "serve", "--site", "/srv/cloister";
"""


def test_what_a_careless_parent_leaves_open_is_closed(boot):
    machine = boot(service=service("RootDirectory=\nSystemCallFilter=@system-service\n", "/usr/bin/perl /opt/careless"),
                   files={"/opt/careless": CARELESS})
    assert machine.get("/").status == 200
    kinds = Explainer(machine, machine.process()).kinds()
    assert None not in kinds.values(), machine.process().descriptors()
    assert max(kinds) < 20
