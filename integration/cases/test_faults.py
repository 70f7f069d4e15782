# SPDX-License-Identifier: MIT
"""Whatever befalls the service, no request is lost: clients of every protocol ask on meanwhile, and each gets its answer.
`./dev faults` prints the table."""
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from socket import create_connection

import pytest

from conftest import PAGE
from lab.faults import (SERVICE, break_and_mend, flood_with_restarts, hand_over, hold_a_loop, kill, restart,
                        stop_and_continue)
from lab.mixed import MixedLoad

WATCHED = "[Service]\nWatchdogSec=1s\n"
UNUSED = "[Service]\nExecStart=\nExecStart=/usr/sbin/cloister serve --site /srv/cloister --idle-exit 1\n"


@dataclass
class Fault:
    name: str
    act: Callable
    planned: bool = False  # nobody even has to ask again on a connection that is new
    service: str = None


FAULTS = [
    Fault("five restarts", restart, planned=True),
    Fault("nine restarts, three in a row", flood_with_restarts, planned=True),
    Fault("three handovers and back", hand_over, planned=True),
    Fault("five SIGKILLs", kill),
    Fault("five SIGSTOPs of 0.2 s", stop_and_continue, planned=True),
    Fault("a broken site for 2 s", break_and_mend),
    Fault("a loop that hangs, WatchdogSec=1s", hold_a_loop, service=WATCHED),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "_").replace(",", ""))
def test_no_request_is_lost_to(fault, boot_secure, authority, figures):
    machine = boot_secure(service=fault.service)
    machine.get("/")
    with MixedLoad(machine.ip4, authority, "/page.txt", PAGE.encode()) as load:
        load.await_answers()
        fault.act(machine, load)
        load.await_answers()
    figures("Faults under load", fault.name, load.figures())
    assert load.lost == []
    assert load.sum("refused") == 0, "the port stays open whatever becomes of the service"
    if fault.planned:
        assert [client.retried for client in load.clients if not client.kept] == [0, 0]


def test_nothing_is_lost_around_the_end_of_an_unused_process(boot, figures):
    """Connections come at every moment from before the process finds itself unused to after its end."""
    machine = boot(service=UNUSED)
    machine.get("/")
    processes, times, moments = set(), [], [step / 20 for step in range(10, 32)]
    for moment in moments:
        process = machine.process() if machine.processes() else None
        processes.add(process and process.pid)
        time.sleep(moment)
        begin = time.monotonic()
        assert machine.get("/page.txt").text == PAGE
        times.append(time.monotonic() - begin)
    machine.await_state(SERVICE, "inactive")
    assert machine.property(SERVICE, "Result") == "success"
    assert machine.state("cloister-http.socket") == "active"
    cold = []
    for _ in range(5):
        machine.await_state(SERVICE, "inactive")
        begin = time.monotonic()
        assert machine.get("/page.txt").text == PAGE
        cold.append(time.monotonic() - begin)
    figures("An unused service ends and is started again", "--idle-exit 1",
            {"requests": len(times) + len(cold), "lost": 0, "processes": len(processes),
             "longest ms": round(1000 * max(times)), "cold start ms": round(1000 * sorted(cold)[2])})
    assert len(processes) > 3, "several processes have ended meanwhile"


def test_a_hundred_connections_a_second_do_not_close_the_port_of_a_broken_service(machine, figures):
    """Nobody waits for an answer here; all of them trigger starts that fail."""
    machine.sh("chmod 0600 /srv/cloister/page.txt")
    opened = 0
    with contextlib.ExitStack() as stack:
        end = time.monotonic() + 4
        while time.monotonic() < end:
            connection = stack.enter_context(create_connection((machine.ip4, 80)))
            opened += 1
            if opened % 2:
                connection.close()
            time.sleep(0.01)
        failed = int(machine.property(SERVICE, "NRestarts"))
        assert machine.state("cloister-http.socket") == "active"
        machine.sh("chmod 0644 /srv/cloister/page.txt")
        begin = time.monotonic()
        assert machine.get("/page.txt").text == PAGE
    figures("A service that cannot start", "100 connections a second for 4 s",
            {"connections": opened, "failed starts": failed, "served after ms": round(1000 * (time.monotonic() - begin))})
    assert failed >= 5, "as many as close a service by the default of StartLimitBurst="
