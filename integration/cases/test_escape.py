# SPDX-License-Identifier: MIT
"""Whoever takes over the process cannot leave it: the attempt kills it, and a clean one takes the port."""
import http.client

import pytest

from conftest import WITH_ROUTES

ESCAPES = ["open", "list", "execute", "fork", "connect", "trace", "inject", "signal", "ring"]


@pytest.mark.parametrize("escape", ESCAPES)
def test_an_escape_ends_in_sigsys_and_the_service_comes_back(boot, escape):
    machine = boot(service=WITH_ROUTES, programs=["escapee"])
    assert machine.get("/").status == 200
    taken_over = machine.process()
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        machine.get(f"/escape/{escape}")
    machine.await_journal("cloister.service", "status=31/SYS")
    assert machine.state("cloister-http.socket") == "active"
    assert machine.get("/").status == 200
    assert machine.process() != taken_over


def test_a_route_that_needs_nothing_forbidden_is_answered(boot):
    machine = boot(service=WITH_ROUTES, programs=["escapee"])
    assert machine.get("/escape/nothing").text == "escaped"
    assert "SYS" not in machine.journal("cloister.service")


def test_a_route_that_starts_a_thread_is_told_no(boot):
    machine = boot(service=WITH_ROUTES, programs=["escapee"])
    assert machine.get("/escape/thread").status == 500
    assert "Resource temporarily unavailable" in machine.await_journal("cloister.service", "a route failed")
