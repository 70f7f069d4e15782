# SPDX-License-Identifier: MIT
"""Requests over HTTP/2 that RFC 9113 8 calls malformed: each is refused alone, and its connection serves on."""
from h2.errors import ErrorCodes as Code

from lab.frames import ACK, DATA, END_STREAM, GET, LARGE, NO_WINDOW, POST, SETTINGS, Attacker, frame, request

METHOD, SCHEME, AUTHORITY, PATH = GET
RESET = f"RST {Code.PROTOCOL_ERROR:d}"
REFUSED = f"RST {Code.REFUSED_STREAM:d}"


def path(value):
    return [METHOD, SCHEME, AUTHORITY, (":path", value)]


# {what: (fields, outcome)}. What our gate finds is answered, what nghttp2 finds is reset; RFC 9113 8.1.1 allows both.
MALFORMED = {
    "an uppercase name": ([*GET, ("Upper", "x")], RESET),
    "an empty name": ([*GET, ("", "x")], 400),
    "a space in a name": ([*GET, ("a b", "x")], 400),
    "a colon in a name": ([*GET, ("a:b", "x")], 400),
    "a line end in a value": ([*GET, ("x", "a\r\nb: c")], 400),
    "NUL in a value": ([*GET, ("x", "a\0b")], 400),
    "a space before a value": ([*GET, ("x", " a")], 400),
    "connection": ([*GET, ("connection", "close")], RESET),
    "keep-alive": ([*GET, ("keep-alive", "timeout=5")], RESET),
    "proxy-connection": ([*GET, ("proxy-connection", "close")], RESET),
    "transfer-encoding": ([*GET, ("transfer-encoding", "chunked")], RESET),
    "upgrade": ([*GET, ("upgrade", "h2c")], RESET),
    "te of gzip": ([*GET, ("te", "gzip")], RESET),
    "no method": ([SCHEME, AUTHORITY, PATH], RESET),
    "no scheme": ([METHOD, AUTHORITY, PATH], RESET),
    "no path": ([METHOD, SCHEME, AUTHORITY], RESET),
    "no authority and no host": ([METHOD, SCHEME, PATH], RESET),
    "nothing at all": ([], RESET),
    "two methods": ([METHOD, *GET], RESET),
    "two schemes": ([*GET, SCHEME], RESET),
    "two paths": ([*GET, PATH], RESET),
    "two authorities": ([*GET, AUTHORITY], RESET),
    "two hosts": ([*GET, ("host", "example.org"), ("host", "example.org")], RESET),
    "a pseudo field behind a field": ([METHOD, SCHEME, AUTHORITY, ("x", "y"), PATH], RESET),
    "a pseudo field of answers": ([*GET, (":status", "200")], RESET),
    "a pseudo field that nobody knows": ([*GET, (":who", "me")], RESET),
    "a protocol without CONNECT": ([*GET, (":protocol", "websocket")], RESET),
    "a method with a space": ([(":method", "GE T"), SCHEME, AUTHORITY, PATH], RESET),
    "an empty method": ([(":method", ""), SCHEME, AUTHORITY, PATH], RESET),
    "the scheme of a port without TLS": ([METHOD, (":scheme", "http"), AUTHORITY, PATH], 400),
    "another scheme": ([METHOD, (":scheme", "ftp"), AUTHORITY, PATH], 400),
    "an authority that differs from host": ([*GET, ("host", "example.net")], 400),
    "an authority with user information": ([METHOD, SCHEME, (":authority", "me@example.org"), PATH], 400),
    "an authority with a path": ([METHOD, SCHEME, (":authority", "example.org/a"), PATH], RESET),
    "an empty path": (path(""), RESET),
    "a path without a slash": (path("page.txt"), RESET),
    "an address as the path": (path("https://example.org/page.txt"), RESET),
    "NUL in the path": (path("/page.txt\0"), RESET),
    "a space in the path": (path("/page .txt"), RESET),
    "a fragment in the path": (path("/page.txt#a"), 400),
    "a line end in the path": (path("/page.txt\r\nx: y"), RESET),
    "a percent sign alone": (path("/%zz"), 400),
    "an encoded NUL": (path("/page.txt%00"), 400),
    "a way out of the site": (path("/../../etc/passwd"), 400),
    "an encoded way out of the site": (path("/%2e%2e/%2e%2e/etc/passwd"), 400),
    "a way out behind a folder": (path("/notes/..%2f..%2f..%2fetc/passwd"), 400),
    "CONNECT with a path": ([(":method", "CONNECT"), SCHEME, AUTHORITY, PATH], RESET),
    "a length without a body": ([*POST, ("content-length", "5")], RESET),
    "two lengths": ([*POST, ("content-length", "0"), ("content-length", "0")], RESET),
    "a length that is no number": ([*POST, ("content-length", "+0")], RESET),
    "fields of 17 KB": ([*GET, *[(f"x{index}", "y" * 1000) for index in range(17)]], 431),
    "a field too many": ([*GET, *[("x", "y")] * 101], 431),
    "a path of 8 KiB and more": (path("/" + "x" * 8192), 414),
}

# What nghttp2 finds itself, from the version on that follows Debian 13's.
NEWER = {"an authority with user information": RESET}


def test_a_malformed_request_is_refused_alone(attacked, authority, watch):
    outcomes = {}
    with watch(attacked), Attacker(attacked.ip4, authority) as attacker:
        attacker.greet()
        for index, (kind, (fields, _)) in enumerate(MALFORMED.items()):
            attacker.send(request(2 * index + 1, fields, base=[]))
            outcomes[kind] = attacker.await_outcome(2 * index + 1)
            seen = attacker.streams.get(2 * index + 1)
            assert not seen or b"root:" not in seen.body and b"quick brown" not in seen.body, kind
        attacker.send(request(9999))
        assert attacker.await_outcome(9999) == 200
    expected = {kind: outcome for kind, (_, outcome) in MALFORMED.items()}
    wrong = {kind: (outcomes[kind], expected[kind]) for kind in expected
             if outcomes[kind] not in (expected[kind], NEWER.get(kind, expected[kind]))}
    assert not wrong


def test_a_body_that_does_not_match_its_length_is_refused(attacked, authority, watch):
    rows = [("5", [b"123456"]), ("5", [b"1234"]), ("0", [b"1"]), ("5", [b"123", b"456"])]
    with watch(attacked), Attacker(attacked.ip4, authority) as attacker:
        attacker.greet()
        for index, (length, parts) in enumerate(rows):
            stream = 2 * index + 1
            data = [frame(DATA, END_STREAM if part is parts[-1] else 0, stream, part) for part in parts]
            attacker.send(request(stream, [("content-length", length)], ends=False, base=POST), *data)
            attacker.await_(lambda: stream in attacker.streams and attacker.streams[stream].reset is not None)
            assert f"RST {attacker.streams[stream].reset}" == RESET, (length, parts)


def test_of_three_hundred_requests_at_once_two_hundred_may_come_again(attacked, authority, watch):
    with watch(attacked), Attacker(attacked.ip4, authority) as attacker:
        attacker.greet(NO_WINDOW)
        streams = [2 * index + 1 for index in range(300)]
        attacker.send(b"".join(request(stream, base=LARGE) for stream in streams))
        outcomes = [attacker.await_outcome(stream) for stream in streams]
        assert outcomes == [200] * 100 + [REFUSED] * 200


def test_who_knows_the_limit_and_exceeds_it_breaks_the_protocol(attacked, authority, watch):
    with watch(attacked), Attacker(attacked.ip4, authority) as attacker:
        attacker.greet(NO_WINDOW).send(frame(SETTINGS, ACK))
        attacker.send(b"".join(request(2 * index + 1, base=LARGE) for index in range(101)))
        assert attacker.await_goaway() == f"GOAWAY {Code.PROTOCOL_ERROR:d}"
