# SPDX-License-Identifier: MIT
"""The port outlives a service that cannot start, and the service heals when its reason to fail is gone."""
from concurrent.futures import ThreadPoolExecutor

CLIENTS = 40
# More failed starts than systemd's default limits (5 starts in 10 s, 20 triggers in 2 s) would let the port survive.
FAILURES = 25


def restarts(machine):
    return int(machine.property("cloister.service", "NRestarts"))


def test_clients_wait_through_a_broken_site_and_are_answered_when_it_is_mended(machine):
    machine.sh("chmod 0600 /srv/cloister/page.txt")
    with ThreadPoolExecutor(CLIENTS) as clients:
        waiting = [clients.submit(machine.get, "/") for _ in range(CLIENTS)]
        said = machine.await_journal("cloister.service", "/srv/cloister/page.txt")
        machine.wait_for(lambda: restarts(machine) >= FAILURES, f"{FAILURES} failed starts", 15)
        assert machine.state("cloister-http.socket") == "active", said
        machine.sh("chmod 0644 /srv/cloister/page.txt")
        assert {each.result().status for each in waiting} == {200}


def test_a_missing_site_is_named_and_does_not_close_the_port(machine):
    machine.sh("mv /srv/cloister /srv/elsewhere")
    with ThreadPoolExecutor(1) as client:
        waiting = client.submit(machine.get, "/")
        machine.await_journal("cloister.service", "/srv/cloister")
        machine.sh("mv /srv/elsewhere /srv/cloister")
        assert waiting.result().status == 200


def test_a_read_only_site_of_another_owner_is_served(machine):
    machine.sh("chmod -R a-w /srv/cloister && chown -R backup:backup /srv/cloister")
    assert machine.get("/page.txt").status == 200
    assert machine.sh("id --user backup").stdout.strip() not in map(str, machine.process().uids())
