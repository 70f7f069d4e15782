# SPDX-License-Identifier: MIT
"""No request is lost to a restart, and none that comes after a crash."""
import pytest

from lab.client import Load

REQUESTS = 1000
RESTARTS = 5


@pytest.mark.parametrize("keep_alive", [False, True], ids=["new_connections", "kept_connections"])
def test_no_request_of_a_thousand_is_lost_to_restarts(machine, keep_alive):
    machine.get("/")
    with Load(machine.ip4, "/page.txt", keep_alive=keep_alive) as load:
        for restart in range(RESTARTS):
            load.await_answered((restart + 1) * REQUESTS // RESTARTS)
            machine.sh("systemctl restart cloister.service")
        load.await_answered(REQUESTS + 100)
    assert load.failures == {}
    assert machine.property("cloister.service", "NRestarts") == "0", "each process drained and left in peace"


def test_after_sigkill_the_next_request_is_answered_by_a_new_process(machine):
    machine.get("/")
    killed = machine.process()
    machine.sh("systemctl kill --signal=KILL cloister.service")
    assert machine.get("/").status == 200
    assert machine.process() != killed
    assert machine.property("cloister.service", "NRestarts") == "1"


def test_a_kill_under_load_refuses_no_connection(machine):
    with Load(machine.ip4, "/page.txt") as load:
        for kill in range(1, 4):
            load.await_answered(kill * 100)
            machine.sh("systemctl kill --signal=KILL cloister.service")
        load.await_answered(500)
    assert not [kind for kind in load.failures if kind.endswith("while connecting")]
    assert sum(load.failures.values()) <= 3 * 8, "only what was in flight: one request of each client for each kill"


def test_a_hung_process_is_replaced_and_the_waiting_client_is_answered(boot):
    machine = boot(service="[Service]\nWatchdogSec=1s\n")
    machine.get("/")
    hung = machine.process()
    machine.sh("systemctl kill --signal=STOP cloister.service")
    assert machine.get("/").status == 200
    assert machine.process() != hung
    assert "Watchdog timeout" in machine.journal("cloister.service")


def test_a_process_that_was_stopped_and_continued_serves_on(machine):
    machine.get("/")
    same = machine.process()
    machine.sh("systemctl kill --signal=STOP cloister.service; systemctl kill --signal=CONT cloister.service")
    assert machine.get("/").status == 200
    assert machine.process() == same
