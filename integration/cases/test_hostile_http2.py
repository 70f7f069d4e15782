# SPDX-License-Identifier: MIT
"""Floods over HTTP/2: each ends in GOAWAY after a bounded number of frames, fills no memory and delays nobody."""
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from h2.errors import ErrorCodes as Code
from h2.settings import SettingCodes as Setting

from lab.frames import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GET, GOAWAY, HEADERS, LARGE, MAX_FRAME,
                        NO_WINDOW, PING, POST, PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE, Attacker, block, frame,
                        number, request, setting, text)
from lab.watch import MIB

# What a peer has, and what it gains in the seconds that its attack may take on a busy host (app/base/limits.h).
ACCOUNT = 1000 + 10 * 20
LINGER_TIME = 1
SLACK = 2
CALM = f"GOAWAY {Code.ENHANCE_YOUR_CALM:d}"


def stream_of(index):
    return 2 * index + 1


@dataclass
class Flood:
    """One round of it, made for each index, and the rounds within which the server must have had enough."""
    make: Callable
    most: int
    before: bytes = b""
    chosen: bytes = b""  # the client's settings
    closed: int = None  # the stream that must be closed before it begins


def paid(cost, make, **others):
    return Flood(make, ACCOUNT // cost + 1, **others)


def reset(index):
    return request(stream_of(index)) + frame(RST_STREAM, 0, stream_of(index), number(Code.CANCEL))


def provoked_reset(index):
    """The client breaks the rules so that the server resets (CVE-2025-8671)."""
    stream = stream_of(index)
    return request(stream, base=LARGE) + frame(WINDOW_UPDATE, 0, stream, number(2**31 - 1)) * 2


def bomb(index):
    """A field of 4 KB that is indexed, and 12,000 times its index: 48 MB (RFC 7541 7.3)."""
    return frame(HEADERS, END_HEADERS | END_STREAM, stream_of(index),
                 block(GET) + b"\x40" + text("x") + text("y" * 4000) + b"\xbe" * 12000)


def continued(fields):
    return lambda index: frame(CONTINUATION, 0, 1, block(fields))


# Rounds of 16 KiB, for what has to be ignored (RFC 9113 5.1 and 5.5): not for ever.
IGNORED = 16 * MIB // MAX_FRAME
CLOSED_UPLOAD = {"before": request(1, ends=False, base=POST), "closed": 1}  # by 405 and RST_STREAM(NO_ERROR)
OPEN_DOWNLOAD = {"before": request(1, base=LARGE), "chosen": NO_WINDOW}
OPEN_HEAD = {"before": frame(HEADERS, END_STREAM, 1, block(GET))}
FLOODS = {
    "rapid_reset": paid(1 + 1 + 7, reset),
    "provoked_reset": paid(1 + 1 + 7, provoked_reset, chosen=NO_WINDOW),
    "malformed_requests": paid(1 + 7, lambda index: request(stream_of(index), [("Upper", "x")])),
    "hpack_bombs": paid(250, bomb),
    "refused_bombs": paid(1, lambda index: bomb(index + 100), chosen=NO_WINDOW,
                          before=b"".join(request(stream_of(index), base=LARGE) for index in range(100))),
    "late_bombs": paid(1, bomb, before=request(100_001)),
    "continuations": Flood(continued([("x", "y" * 16000)]), 5, **OPEN_HEAD),
    "empty_continuations": Flood(continued([]), 5, **OPEN_HEAD),
    "ping": paid(4, lambda index: frame(PING, payload=bytes(8))),
    "ping_answers": paid(4, lambda index: frame(PING, ACK, payload=bytes(8))),
    "settings": paid(10, lambda index: frame(SETTINGS, payload=setting(Setting.INITIAL_WINDOW_SIZE, index))),
    "settings_of_many_entries": Flood(lambda index: frame(SETTINGS, payload=NO_WINDOW * 17), 1),
    "empty_settings": paid(10, lambda index: frame(SETTINGS)),
    "refused_streams": paid(1, lambda index: request(stream_of(index + 100), base=LARGE), chosen=NO_WINDOW,
                            before=b"".join(request(stream_of(index), base=LARGE) for index in range(100))),
    "data_for_a_closed_stream": Flood(lambda index: frame(DATA, 0, 1, bytes(MAX_FRAME)), IGNORED, **CLOSED_UPLOAD),
    "empty_data_for_a_closed_stream": Flood(lambda index: frame(DATA, 0, 1) * 1820, IGNORED, **CLOSED_UPLOAD),
    "frames_of_an_unknown_kind": Flood(lambda index: frame(0x42, 0, 1, bytes(MAX_FRAME)), IGNORED),
    "priority": paid(1, lambda index: frame(PRIORITY, 0, stream_of(index), number(0) + b"\x10")),
    "window_of_the_connection": paid(1, lambda index: frame(WINDOW_UPDATE, payload=number(1))),
    "window_of_a_closed_stream": paid(1, lambda index: frame(WINDOW_UPDATE, 0, 1, number(1)), before=request(1)),
    "window_of_one_byte": paid(1, lambda index: frame(WINDOW_UPDATE, 0, 1, number(1)), **OPEN_DOWNLOAD),
    "goaway": paid(10, lambda index: frame(GOAWAY, payload=number(0) * 2), **OPEN_DOWNLOAD),
}

# The nghttp2 that follows Debian 13's does not even begin to count this one: the first overflow ends the connection.
NEWER = {"provoked_reset": f"GOAWAY {Code.FLOW_CONTROL_ERROR:d}"}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_ends_in_goaway_and_then_in_the_end_of_the_connection(attacked, authority, watch, note, kind):
    flood = FLOODS[kind]
    with watch(attacked), Attacker(attacked.ip4, authority) as attacker:
        attacker.greet(flood.chosen)
        attacker.send(flood.before)
        if flood.closed:
            assert attacker.await_(lambda: flood.closed in attacker.streams and
                                   attacker.streams[flood.closed].reset is not None)
        note("rounds", attacker.flood(flood.make, flood.most))
        assert attacker.await_goaway() in (CALM, NEWER.get(kind, CALM))
        note("last_stream", attacker.last_stream)
        seconds = attacker.send_in_vain(flood.make)
        assert seconds is not None and seconds < LINGER_TIME + SLACK, "what is still sent does not put the end off"
        note("end_after_ms", round(seconds * 1000))


def test_of_thousands_of_resets_at_once_a_hundred_are_served(attacked, authority, watch, note):
    with watch(attacked), Attacker(attacked.ip4, authority) as attacker:
        attacker.greet()
        attacker.send(b"".join(map(reset, range(5000))))
        assert attacker.await_goaway() == CALM
        note("last_stream", attacker.last_stream)
        assert attacker.last_stream <= stream_of(FLOODS["rapid_reset"].most), "the server says itself what it took"


def test_a_bomb_is_cut_off_alone_and_not_unfolded(attacked, authority, watch):
    with watch(attacked), Attacker(attacked.ip4, authority) as attacker:
        attacker.greet().send(bomb(0))
        assert attacker.await_outcome(1) == f"RST {Code.ENHANCE_YOUR_CALM:d}"
        attacker.send(request(3))
        assert attacker.await_outcome(3) == 200, "the tables of both sides still agree"


def test_a_flooder_who_reads_nothing_is_cut_off_too(attacked, authority, watch):
    with watch(attacked), Attacker(attacked.ip4, authority) as attacker:
        attacker.greet()
        ping = frame(PING, payload=bytes(8))
        for _ in range(100):
            attacker.socket.setblocking(True)
            attacker.socket.sendall(ping * 10)
        attacker.socket.setblocking(False)
        assert attacker.await_goaway() == CALM
        assert attacker.pongs <= 250
