# SPDX-License-Identifier: MIT
"""What only shows after hours or under pressure, brought about at once: nothing that OpenSSL, nghttp2 or the C library does
late may need a call that the lock does not have."""
import contextlib
import time

import pytest

from conftest import WITH_ROUTES
from lab.client import Load
from lab.secure import Http2Connection, SecureConnection, settings

# Only a program that is linked dynamically can be told another time from outside.
SHIFTED = WITH_ROUTES + "Environment=LD_PRELOAD=/opt/shifted.so\n"
# Seconds until shifted.so lets the clock jump.
DELAY = 2
ROUNDS = 4
CONNECTIONS = 60


@pytest.fixture
def both(authority):
    """Asks one question over TLS with each protocol, on connections of their own."""
    def both(machine, path="/page.txt"):
        for kind, protocol in (SecureConnection, "http/1.1"), (Http2Connection, "h2"):
            with contextlib.closing(kind(machine.ip4, settings(authority, protocol))) as connection:
                assert connection.ask(path).status == 200

    return both


def test_two_hours_pass_and_nothing_is_killed(boot_secure, both):
    machine = boot_secure(service=SHIFTED, programs=["mirror", "shifted.so"])
    both(machine)
    process = machine.process()
    before = time.time()
    time.sleep(DELAY + 1)
    for _ in range(8):
        both(machine)  # Handshakes on every loop: the generators of random bytes are an hour too old.
    assert machine.process() == process
    date = machine.get("/").headers["date"]
    assert time.mktime(time.strptime(date, "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone > before + 7000, "it jumped"


def test_memory_that_grows_and_shrinks_kills_nothing(boot_secure, both, authority):
    machine = boot_secure()
    both(machine)
    process = machine.process()
    for _ in range(ROUNDS):
        with contextlib.ExitStack() as stack:
            for _ in range(CONNECTIONS):
                connection = stack.enter_context(Http2Connection(machine.ip4, settings(authority, "h2")))
                for _ in range(4):
                    connection.request("/large.bin")  # Nobody reads the answers.
        both(machine, "/large.bin")
    assert machine.process() == process
    assert machine.property("cloister.service", "NRestarts") == "0"


def test_without_memory_a_clean_process_takes_over(boot_secure, both, authority):
    machine = boot_secure(service="[Service]\nLimitAS=96M\n")
    both(machine)
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            for _ in range(2000):
                offered = settings(authority, "http/1.1")
                stack.enter_context(contextlib.closing(SecureConnection(machine.ip4, offered))).connect()
    both(machine)
    assert machine.state("cloister-https.socket") == "active"


def test_a_stopped_and_continued_process_answers_all_that_waited(boot_secure, both, authority):
    machine = boot_secure()
    both(machine)
    process = machine.process()

    def secure():
        return SecureConnection(machine.ip4, settings(authority, "http/1.1"))

    with Load(machine.ip4, "/page.txt", make=secure, keep_alive=True) as load:
        for stop in range(1, 6):
            load.await_answered(stop * 50)
            machine.sh("systemctl kill --signal=STOP cloister.service")
            time.sleep(0.2)
            machine.sh("systemctl kill --signal=CONT cloister.service")
        load.await_answered(400)
    assert load.failures == {}
    assert machine.process() == process
