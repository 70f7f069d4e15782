# SPDX-License-Identifier: MIT
"""Clients that speak TLS slowly, by halves or not at all, and those that speak it where it is not spoken."""
import contextlib
import socket
import ssl
import statistics
import subprocess
import time

import pytest

from lab.client import PATIENCE, Load, exchange, exchange_bytes
from lab.frames import PREFACE, SETTINGS, client_hello, frame
from lab.secure import Http2Connection, SecureConnection, settings
from lab.watch import KIB

HALF_HANDSHAKES = 500
# What OpenSSL holds for a handshake that waits for the client.
HANDSHAKE_BYTES = 64 * KIB
# The server takes 32 messages of a handshake (app/base/limits.h); the client hears of its end a little later.
MOST_KEYS = 200


def received_for(machine, data, port=443):
    """What the server sends for it up to the end of the connection, and the seconds until then."""
    begin = time.monotonic()
    try:
        received = exchange_bytes(machine.ip4, data, port)
    except ConnectionResetError:
        received = b""
    return received, time.monotonic() - begin


def test_a_handshake_that_comes_byte_by_byte_is_completed(attacked, authority, watch):
    hello, (client, incoming, outgoing) = client_hello(settings(authority, "http/1.1"))
    with watch(attacked), socket.create_connection((attacked.ip4, 443), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def drip(data):
            for byte in data:
                connection.sendall(bytes([byte]))
                time.sleep(0.0005)

        drip(hello)
        done = False
        while not done:
            incoming.write(connection.recv(65536))
            with contextlib.suppress(ssl.SSLWantReadError):
                client.do_handshake()
                done = True
            drip(outgoing.read())
        client.write(b"GET /page.txt HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n")
        drip(outgoing.read())
        answer = b""
        with contextlib.suppress(ssl.SSLZeroReturnError):
            while b"quick" not in answer:
                incoming.write(connection.recv(65536))
                with contextlib.suppress(ssl.SSLWantReadError):
                    answer += client.read(65536)
        assert answer.startswith(b"HTTP/1.1 200 ") and b"The quick brown fox" in answer


def test_a_client_that_changes_its_keys_again_and_again_is_left(attacked, authority, watch, note):
    """KeyUpdate (RFC 8446 4.6.3), each with the wish for one in return. openssl takes one command from each read."""
    command = ["openssl", "s_client", "-connect", f"{attacked.ip4}:443", "-servername", "example.org", "-tls1_3",
               "-brief", "-CAfile", authority.file]
    with watch(attacked), subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                           stderr=subprocess.PIPE) as client:
        until(client.stderr, b"CONNECTION ESTABLISHED")
        time.sleep(1)  # Until both tickets have come: openssl ends if it is told to change its keys between them.
        sent = 0
        with contextlib.suppress(BrokenPipeError):
            for sent in range(1, MOST_KEYS + 1):
                client.stdin.write(b"K\n")
                client.stdin.flush()
                time.sleep(0.02)
        note("key_updates", sent)
        client.kill()
        with contextlib.suppress(BrokenPipeError):
            client.stdin.close()
    assert 10 < sent < MOST_KEYS


def until(stream, text):
    """What comes up to `text`, or to the end."""
    said = b""
    while text not in said and (part := stream.read1(65536)):
        said += part
    return said


@pytest.mark.parametrize("data", [
    b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
    PREFACE + frame(SETTINGS),
    bytes(1024),
    bytes(range(256)) * 256,
    b"\x16\x03\x01\xff\xff" + bytes(65535),
    b"\x15\x03\x03\x00\x02\x01\x00" * 1000,
], ids=["http1", "http2", "zeros", "noise", "a_record_too_long", "alerts"])
def test_what_is_not_tls_gets_no_answer_on_443(attacked, watch, data):
    with watch(attacked):
        received, seconds = received_for(attacked, data)
    assert not received or received[0] == 0x15, "an alert is all that it may get (RFC 8446 6)"
    assert len(received) < 100 and seconds < 3


def test_tls_on_port_80_is_400(attacked, authority, watch):
    hello, _ = client_hello(settings(authority, "h2"))
    with watch(attacked):
        received, seconds = received_for(attacked, hello + b"\r\n\r\n", port=80)
    assert received.startswith(b"HTTP/1.1 400 ") and received.count(b"HTTP/1.1 ") == 1
    assert seconds < 3


def test_h2c_by_prior_knowledge_is_400_and_the_end(attacked, watch):
    with watch(attacked):
        received, seconds = received_for(attacked, PREFACE + frame(SETTINGS), port=80)
    assert received.startswith(b"HTTP/1.1 400 ") and received.count(b"HTTP/1.1 ") == 1
    assert seconds < 3


def test_h2c_by_upgrade_is_answered_as_if_it_had_not_been_asked_for(attacked):
    fields = {"Connection": "Upgrade, HTTP2-Settings, close", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__"}
    answer = exchange(attacked.ip4, "/page.txt", headers=fields)
    assert answer.status == 200 and "upgrade" not in answer.headers


@pytest.mark.parametrize("protocol", ["http/1.1", "h2"])
@pytest.mark.parametrize("keep_alive", [False, True], ids=["new_connections", "kept_connections"])
def test_a_process_that_is_stopped_and_continued_loses_no_request(attacked, authority, protocol, keep_alive):
    kind = Http2Connection if protocol == "h2" else SecureConnection
    process = attacked.process() if attacked.processes() else None
    with Load(attacked.ip4, "/page.txt", clients=4, keep_alive=keep_alive,
              make=lambda: kind(attacked.ip4, settings(authority, protocol))) as load:
        for stop in range(1, 4):
            load.await_answered(stop * 50)
            process = process or attacked.process()
            attacked.sh("systemctl kill --signal=STOP cloister.service")
            time.sleep(0.3)
            attacked.sh("systemctl kill --signal=CONT cloister.service")
        load.await_answered(load.outcomes["answered"] + 50)
    assert load.failures == {}
    assert attacked.process() == process


def test_five_hundred_half_handshakes_delay_nobody(attacked, authority, watch, note):
    offered = settings(authority, "http/1.1")
    hellos = [client_hello(offered)[0] for _ in range(HALF_HANDSHAKES)]
    with watch(attacked, growth=HALF_HANDSHAKES * HANDSHAKE_BYTES):
        with Load(attacked.ip4, "/page.txt", 1, make=lambda: SecureConnection(attacked.ip4, offered)) as shaking:
            for again in range(3):
                with contextlib.ExitStack() as stack:
                    for index, hello in enumerate(hellos):
                        half = stack.enter_context(socket.create_connection((attacked.ip4, 443), timeout=PATIENCE))
                        half.sendall(hello if index % 2 else hello[:len(hello) // 2])
                    shaking.await_answered(shaking.outcomes["answered"] + 100)
                    note(f"resident_kib_{again}", attacked.process().resident() // KIB)
    assert shaking.failures == {}
    hundredths = statistics.quantiles(shaking.times, n=100)
    note("p50_ms", round(hundredths[49] * 1000, 1))
    note("p99_ms", round(hundredths[98] * 1000, 1))
    assert hundredths[49] < 0.1 and hundredths[98] < 1
