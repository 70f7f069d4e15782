# SPDX-License-Identifier: MIT
"""Malformed, nosy and idle clients get nothing and cost the others nothing."""
import contextlib
import socket
import statistics
import time

from lab.client import Connection, exchange_bytes

MALFORMED = {
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "bare line feeds": b"GET / HTTP/1.1\nHost: a\n\n",
    "a folded field": b"GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    "a space before the colon": b"GET / HTTP/1.1\r\nHost : a\r\n\r\n",
    "two lengths": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    "a length and chunks": b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                           b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a control byte": b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 \r\n\r\n",
}
TRAVERSALS = ["/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/notes/..%2f..%2f..%2fetc/passwd", "//etc/passwd"]


def test_a_malformed_request_is_400_and_the_end_of_the_connection(machine):
    for kind, request in MALFORMED.items():
        answer = exchange_bytes(machine.ip4, request)
        assert answer.startswith(b"HTTP/1.1 400 "), f"{kind}: {answer[:80]}"
        assert answer.count(b"HTTP/1.1 ") == 1, kind


def test_no_path_leads_out_of_the_site(machine):
    for path in TRAVERSALS:
        answer = exchange_bytes(machine.ip4, f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        assert answer[9:12] in (b"400", b"404"), path
        assert b"root:" not in answer, path


def test_dot_files_and_links_out_of_the_site_are_not_served(boot):
    machine = boot(files={"/srv/cloister/.git/config": "secret", "/srv/cloister/notes/.htpasswd": "secret"},
                   links={"/srv/cloister/leak": "/etc/passwd", "/srv/cloister/up": "..", "/srv/cloister/all": "/"})
    for path in "/.git/config", "/notes/.htpasswd", "/leak", "/up/", "/all/etc/passwd":
        assert machine.get(path).status == 404, path


def test_sixty_four_idle_connections_do_not_delay_the_next(machine):
    machine.get("/")
    with contextlib.ExitStack() as stack:
        for number in range(64):
            idle = stack.enter_context(socket.create_connection((machine.ip4, 80)))
            idle.sendall(b"GET / HTTP/1.1\r\nHost:" if number % 2 else b"")
        times = []
        for _ in range(20):
            begin = time.monotonic()
            connection = stack.enter_context(contextlib.closing(Connection(machine.ip4)))
            assert connection.ask("/page.txt").status == 200
            times.append(time.monotonic() - begin)
    assert statistics.median(times) < 0.05, f"seconds: {times}"
