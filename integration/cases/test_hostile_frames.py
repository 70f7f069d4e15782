# SPDX-License-Identifier: MIT
"""Frames that RFC 9113 forbids: each ends in the error that it names, and nobody else notices."""
from h2.errors import ErrorCodes as Code
from h2.settings import SettingCodes as Setting

from lab.frames import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GET, GOAWAY, HEADERS, LARGE, NO_WINDOW, PING,
                        PREFACE, PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, Attacker, block, frame,
                        number, request, setting, text)

OPEN = request(1, base=LARGE)  # stays half-closed (RFC 9113 5.1), because the client opens no window
PADDED = 0x8
WITH_PRIORITY = 0x20


def goaway(code):
    return f"GOAWAY {code:d}"


def rst(code):
    return f"RST {code:d}"


# {what: (frames behind SETTINGS, outcome of stream 1 or of the connection)}
FORBIDDEN_FRAMES = {
    "DATA on the connection": (frame(DATA, payload=b"x"), goaway(Code.PROTOCOL_ERROR)),
    "HEADERS on the connection": (request(0), goaway(Code.PROTOCOL_ERROR)),
    "PRIORITY on the connection": (frame(PRIORITY, payload=bytes(5)), goaway(Code.PROTOCOL_ERROR)),
    "RST_STREAM on the connection": (frame(RST_STREAM, payload=number(8)), goaway(Code.PROTOCOL_ERROR)),
    "SETTINGS on a stream": (frame(SETTINGS, 0, 1), goaway(Code.PROTOCOL_ERROR)),
    "PING on a stream": (frame(PING, 0, 1, bytes(8)), goaway(Code.PROTOCOL_ERROR)),
    "GOAWAY on a stream": (frame(GOAWAY, 0, 1, bytes(8)), goaway(Code.PROTOCOL_ERROR)),
    "a stream of the server": (request(2), goaway(Code.PROTOCOL_ERROR)),
    "PUSH_PROMISE of a client": (OPEN + frame(PUSH_PROMISE, END_HEADERS, 1, number(2) + block(GET)),
                                 goaway(Code.PROTOCOL_ERROR)),
    "CONTINUATION of nothing": (frame(CONTINUATION, END_HEADERS, 1, block(GET)), goaway(Code.PROTOCOL_ERROR)),
    "PING within a header block": (frame(HEADERS, END_STREAM, 1, block(GET)) + frame(PING, payload=bytes(8)),
                                   goaway(Code.PROTOCOL_ERROR)),
    "CONTINUATION of another stream": (frame(HEADERS, END_STREAM, 1, block(GET)) + frame(CONTINUATION, END_HEADERS, 3),
                                       goaway(Code.PROTOCOL_ERROR)),
    "DATA on an idle stream": (frame(DATA, 0, 1, b"x"), goaway(Code.PROTOCOL_ERROR)),
    "RST_STREAM on an idle stream": (frame(RST_STREAM, 0, 1, number(8)), goaway(Code.PROTOCOL_ERROR)),
    "WINDOW_UPDATE on an idle stream": (frame(WINDOW_UPDATE, 0, 1, number(1)), goaway(Code.PROTOCOL_ERROR)),
    "DATA behind the end of a stream": (OPEN + frame(DATA, 0, 1, b"x"), goaway(Code.STREAM_CLOSED)),
    "HEADERS behind the end of a stream": (OPEN + request(1), goaway(Code.STREAM_CLOSED)),
    "HEADERS on a stream that was reset": (OPEN + frame(RST_STREAM, 0, 1, number(8)) + request(1),
                                           goaway(Code.STREAM_CLOSED)),
    "a frame of 16385 bytes": (frame(DATA, 0, 1, bytes(16385)), goaway(Code.FRAME_SIZE_ERROR)),
    "a frame that says it has 16 MB": (frame(HEADERS, 0, 1, length=2**24 - 1), goaway(Code.FRAME_SIZE_ERROR)),
    "PING of 7 bytes": (frame(PING, payload=bytes(7)), goaway(Code.FRAME_SIZE_ERROR)),
    "SETTINGS of 5 bytes": (frame(SETTINGS, payload=bytes(5)), goaway(Code.FRAME_SIZE_ERROR)),
    "an answer to SETTINGS with content": (frame(SETTINGS, ACK, payload=bytes(6)), goaway(Code.FRAME_SIZE_ERROR)),
    "two answers to SETTINGS": (frame(SETTINGS, ACK) * 2, goaway(Code.PROTOCOL_ERROR)),
    "WINDOW_UPDATE of 3 bytes": (frame(WINDOW_UPDATE, payload=bytes(3)), goaway(Code.FRAME_SIZE_ERROR)),
    "RST_STREAM of 3 bytes": (OPEN + frame(RST_STREAM, 0, 1, bytes(3)), goaway(Code.FRAME_SIZE_ERROR)),
    "PRIORITY of 4 bytes": (OPEN + frame(PRIORITY, 0, 1, bytes(4)), goaway(Code.FRAME_SIZE_ERROR)),
    "GOAWAY of 7 bytes": (frame(GOAWAY, payload=bytes(7)), goaway(Code.FRAME_SIZE_ERROR)),
    "ENABLE_PUSH of 2": (frame(SETTINGS, payload=setting(Setting.ENABLE_PUSH, 2)), goaway(Code.PROTOCOL_ERROR)),
    "a window of 2 GiB": (frame(SETTINGS, payload=setting(Setting.INITIAL_WINDOW_SIZE, 2**31)),
                          goaway(Code.FLOW_CONTROL_ERROR)),
    "a frame size of 100": (frame(SETTINGS, payload=setting(Setting.MAX_FRAME_SIZE, 100)), goaway(Code.PROTOCOL_ERROR)),
    "a padding longer than its frame": (frame(HEADERS, END_HEADERS | PADDED, 1, b"\xff" + block(GET)),
                                        goaway(Code.PROTOCOL_ERROR)),
    "no bytes more for the connection": (frame(WINDOW_UPDATE, payload=number(0)), goaway(Code.PROTOCOL_ERROR)),
    "no bytes more for a stream": (OPEN + frame(WINDOW_UPDATE, 0, 1, number(0)), goaway(Code.PROTOCOL_ERROR)),
    "too many bytes more for the connection": (frame(WINDOW_UPDATE, payload=number(2**31 - 1)),
                                               goaway(Code.FLOW_CONTROL_ERROR)),
    "too many bytes more for a stream": (OPEN + frame(WINDOW_UPDATE, 0, 1, number(2**31 - 1)) * 2,
                                         rst(Code.FLOW_CONTROL_ERROR)),
    "a stream that depends on itself": (frame(HEADERS, END_HEADERS | END_STREAM | WITH_PRIORITY, 1,
                                              number(1) + b"\0" + block(GET)), goaway(Code.PROTOCOL_ERROR)),
    "an index that no table has": (frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\xfe"),
                                   goaway(Code.COMPRESSION_ERROR)),
    "a table that outgrows its limit": (frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\x3f\xe2\x1f" + block(GET)),
                                        goaway(Code.COMPRESSION_ERROR)),
    "a string that ends behind its block": (frame(HEADERS, END_HEADERS | END_STREAM, 1, b"\0" + text("x" * 9)[:-2]),
                                            goaway(Code.COMPRESSION_ERROR)),
    "seventeen settings at once": (frame(SETTINGS, payload=NO_WINDOW * 17), goaway(Code.ENHANCE_YOUR_CALM)),
}

# What else the nghttp2 that follows Debian 13's does: it ignores priorities and what comes late for a stream that it has
# forgotten, and ends the connection over a window. The second is as good as the first for whoever is attacked.
NEWER = {
    "PRIORITY on the connection": None,
    "HEADERS on a stream that was reset": None,
    "too many bytes more for a stream": goaway(Code.FLOW_CONTROL_ERROR),
}

# No word is owed to who does not speak HTTP/2.
NOT_HTTP2 = {
    "HTTP/1.1": b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n",
    "a preface that ends otherwise": PREFACE[:-4] + b"XX\r\n" + frame(SETTINGS),
    "no SETTINGS first": PREFACE + request(1),
    "noise": bytes(range(256)) * 16,
}


def test_a_frame_that_is_not_allowed_ends_in_the_error_that_the_rfc_names(attacked, authority, watch):
    outcomes = {}
    with watch(attacked):
        for kind, (frames, _) in FORBIDDEN_FRAMES.items():
            with Attacker(attacked.ip4, authority) as attacker:
                attacker.greet(NO_WINDOW).send(frames)
                attacker.await_(lambda: attacker.goaway is not None or
                                (1 in attacker.streams and attacker.streams[1].reset is not None))
                outcomes[kind] = attacker.ending or attacker.await_outcome(1)
    expected = {kind: outcome for kind, (_, outcome) in FORBIDDEN_FRAMES.items()}
    wrong = {kind: (outcomes[kind], expected[kind]) for kind in expected
             if outcomes[kind] not in (expected[kind], NEWER.get(kind, expected[kind]))}
    assert not wrong


def test_a_connection_that_does_not_begin_as_http2_ends_at_once(attacked, authority, watch):
    with watch(attacked):
        for kind, data in NOT_HTTP2.items():
            with Attacker(attacked.ip4, authority) as attacker:
                attacker.send(data)
                assert attacker.await_end(), kind
                assert attacker.ending == goaway(Code.PROTOCOL_ERROR), kind
                assert not attacker.streams, kind


def test_a_stream_with_a_number_below_the_newest_gets_no_answer(attacked, authority, watch):
    """RFC 9113 5.1.1 wants an error; nghttp2 takes the stream for one that is closed, and its frames for late ones."""
    with watch(attacked), Attacker(attacked.ip4, authority) as attacker:
        attacker.greet().send(request(5), request(3), request(7))
        assert [attacker.await_outcome(stream) for stream in (5, 7)] == [200, 200]
        assert 3 not in attacker.streams


def test_a_goaway_from_the_client_still_gets_its_answers_and_then_the_end(attacked, authority, watch):
    with watch(attacked), Attacker(attacked.ip4, authority) as attacker:
        attacker.greet(NO_WINDOW).send(OPEN, frame(GOAWAY, payload=number(0) * 2))
        assert attacker.await_outcome(1) == 200
        assert not attacker.await_end(0.5), "the answer is on its way"
        attacker.send(frame(WINDOW_UPDATE, 0, 1, number(2**21)), frame(WINDOW_UPDATE, payload=number(2**21)))
        assert attacker.await_end()
        assert len(attacker.streams[1].body) == 2**20 and attacker.streams[1].complete
