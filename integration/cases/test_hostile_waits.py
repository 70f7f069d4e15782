# SPDX-License-Identifier: MIT
"""What never ends is ended by the server, each at its time; all in one case, because the times are long."""
import contextlib
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from h2.errors import ErrorCodes as Code
from h2.settings import SettingCodes as Setting

from lab.frames import (DATA, END_STREAM, GET, HEADERS, LARGE, NO_WINDOW, POST, SETTINGS, WINDOW_UPDATE, Attacker,
                        block, client_hello, frame, number, request, setting)
from lab.secure import settings
from lab.watch import MIB

# app/base/limits.h, in seconds.
HANDSHAKE_TIME = HEAD_TIME = 10
BODY_TIME = WRITE_TIME = 30
IDLE_TIME = 60
# The loop looks at its streams once a second; and a host may be busy.
SLACK = 3
STREAMS = range(1, 201, 2)
DRIP_PAUSE = 0.25


class Plain:
    """A TCP connection that does not get as far as HTTP."""

    def __init__(self, host, first=b""):
        self.socket = socket.create_connection((host, 443))
        self.socket.sendall(first)
        self.socket.setblocking(False)
        self.over = False

    def send(self, data):
        with contextlib.suppress(OSError):
            self.socket.send(data)

    def take(self):
        with contextlib.suppress(BlockingIOError):
            try:
                self.over = self.over or not self.socket.recv(65536)
            except ConnectionError:
                self.over = True

    @property
    def outcome(self):
        return "the end" if self.over else None


@dataclass
class Wait:
    seconds: int
    outcome: object
    peer: object
    ask: Callable  # the outcome now, or None
    drip: bytes = b""  # sent again and again
    begun: float = field(default_factory=time.monotonic)  # seconds; a busy host takes a while to begin all of them
    ended: float = None


def http2(host, authority, sent, *chosen):
    attacker = Attacker(host, authority).greet(*chosen)
    attacker.send(sent)
    return attacker


def waits(host, authority):
    offered = settings(authority, "h2")
    hello, _ = client_hello(offered)
    rows = {}

    def plain(name, first, drip=b""):
        peer = Plain(host, first)
        rows[name] = Wait(HANDSHAKE_TIME, "the end", peer, lambda: peer.outcome, drip)

    def whole(name, seconds, outcome, sent, drip=b"", chosen=b""):
        peer = http2(host, authority, sent, chosen)
        rows[name] = Wait(seconds, outcome, peer, lambda: peer.ending, drip)

    def streams(name, seconds, outcome, numbers, sent, chosen=b""):
        """`outcome` is that of each of the streams."""
        peer = http2(host, authority, sent, chosen)

        def ask():
            found = {peer.streams[each].reset if outcome[0] == "RST" else peer.streams[each].status
                     for each in numbers if each in peer.streams}
            done = len(found) == 1 and None not in found and all(each in peer.streams for each in numbers)
            return (outcome[0], *found) if done else None

        rows[name] = Wait(seconds, outcome, peer, ask)

    plain("nothing", b"")
    plain("half a ClientHello", hello[:len(hello) // 2])
    plain("a ClientHello that drips", hello[:5], drip=b"\0")
    plain("a ClientHello and no more", hello)
    calm, no_error = f"GOAWAY {Code.ENHANCE_YOUR_CALM:d}", f"GOAWAY {Code.NO_ERROR:d}"
    head = frame(HEADERS, END_STREAM, 1, block(GET))
    whole("half a header block", HEAD_TIME, calm, head)
    whole("half a frame of a header block", HEAD_TIME, calm, head[:20])
    long = frame(HEADERS, END_STREAM, 1, block([("x", "y" * 990)]))
    whole("a header block that drips", HEAD_TIME, calm, long[:20], drip=b"y")
    whole("a wrong header block that drips", HEAD_TIME, calm, frame(HEADERS, END_STREAM, 1, length=1000), drip=b"\0")
    whole("half a header block behind an open answer", HEAD_TIME, calm,
          request(1, base=LARGE) + frame(HEADERS, 0, 3), chosen=NO_WINDOW)
    whole("half a frame of a connection", IDLE_TIME, no_error, request(1) + frame(SETTINGS)[:5])
    whole("half a frame before any request", IDLE_TIME, no_error, frame(WINDOW_UPDATE, payload=number(1))[:-1])
    streams("a hundred answers that nobody lets through", WRITE_TIME, ("RST", Code.CANCEL), STREAMS,
            b"".join(request(each, base=LARGE) for each in STREAMS), NO_WINDOW)
    streams("a body that does not come", BODY_TIME, ("status", 408), [1, 3],
            request(1, ends=False, base=POST) + request(3, ends=False, base=POST) + frame(DATA, 0, 3, b"x"))
    streams("half a frame of a body", BODY_TIME, ("status", 408), [1],
            request(1, ends=False, base=POST) + frame(DATA, 0, 1, b"x" * 9, length=100))
    return rows


def await_all(rows):
    begin = last = time.monotonic()
    while any(row.ended is None for row in rows.values()) and time.monotonic() < begin + IDLE_TIME + SLACK:
        time.sleep(0.05)
        dripping = time.monotonic() > last + DRIP_PAUSE
        last = time.monotonic() if dripping else last
        for row in rows.values():
            if row.ended is None:
                if dripping and row.drip:
                    row.peer.send(row.drip)
                row.peer.take()
                row.ended = time.monotonic() - row.begun if row.ask() is not None else None


def test_what_never_ends_is_ended_at_its_time(routed, authority, watch, note):
    with watch(routed, growth=4 * MIB):
        rows = waits(routed.ip4, authority)
        greedy = Attacker(routed.ip4, authority).greet(setting(Setting.INITIAL_WINDOW_SIZE, 2**31 - 1))
        wanted = b"".join(request(each, base=LARGE) for each in range(1, 101, 2))
        greedy.send_unheard(frame(WINDOW_UPDATE, payload=number(2**30)) + wanted)
        looked = time.monotonic()  # What ended before is seen only now.
        await_all(rows)
    for name, row in rows.items():
        note(name.replace(" ", "_"), f"{row.ask()} after {row.ended and round(row.ended, 1)} s")
    wrong = {name: (row.ask(), row.ended) for name, row in rows.items()
             if row.ended is None or row.ask() != row.outcome
             or not row.seconds - 1 < row.ended < max(row.seconds, looked - row.begun) + SLACK}
    assert not wrong
    assert greedy.await_end(10), "who takes nothing for so long is not waited for"
    taken = sum(len(seen.body) for seen in greedy.streams.values())
    note("taken_by_who_did_not_read_kib", taken // 1024)
    assert taken < 16 * MIB, "of 50 MiB only what the kernel's buffers held"
