# SPDX-License-Identifier: MIT
"""Uploads over HTTP/2 to a program with routes, which keeps bodies until they are whole."""
import os

import pytest
from h2.errors import ErrorCodes as Code

from lab.frames import DATA, POST, RST_STREAM, Attacker, frame, number, request
from lab.watch import KIB, MIB

WINDOW = 64 * KIB - 1  # what a stream may send before it is granted more
PART = 16 * KIB
STREAMS = 100
LOOPS = max(2, os.cpu_count())


def parts(stream, length):
    """DATA frames of so many bytes, without an end."""
    sizes = [min(PART, length - at) for at in range(0, length, PART)]
    return b"".join(frame(DATA, 0, stream, bytes(size)) for size in sizes)


@pytest.mark.parametrize("times", [1, 6], ids=["once", "six_times"])
def test_a_hundred_uploads_that_never_end_cost_what_their_windows_grant(routed, authority, watch, note, times):
    """Memory that has been given back is kept by the C library, once for each loop."""
    with watch(routed, growth=min(times, LOOPS) * STREAMS * 64 * KIB + 2 * MIB):
        for _ in range(times):
            with Attacker(routed.ip4, authority) as attacker:
                attacker.greet()
                for stream in range(1, 2 * STREAMS, 2):
                    attacker.send(request(stream, ends=False, base=POST), parts(stream, WINDOW))
                attacker.await_all_read()
                assert attacker.ending is None and not any(seen.outcome for seen in attacker.streams.values())
                note("held_kib", routed.process().resident() // KIB)
                for stream in range(1, 2 * STREAMS, 2):
                    attacker.send(frame(RST_STREAM, 0, stream, number(Code.CANCEL)))
                attacker.send(request(999))
                assert attacker.await_outcome(999) == 200, "a hundred resets are not too many"


def test_a_byte_more_than_the_window_is_refused(routed, authority, watch):
    """On the second stream: the first is granted a large body."""
    with watch(routed), Attacker(routed.ip4, authority) as attacker:
        attacker.greet().send(request(1, ends=False, base=POST))
        attacker.send(request(3, ends=False, base=POST), parts(3, WINDOW + 1))
        assert attacker.await_outcome(3) in (f"RST {Code.FLOW_CONTROL_ERROR:d}", f"GOAWAY {Code.FLOW_CONTROL_ERROR:d}")


def test_a_body_above_the_limit_is_413_and_its_rest_is_not_wanted(routed, authority, watch):
    with watch(routed, growth=4 * MIB), Attacker(routed.ip4, authority) as attacker:
        attacker.greet().send(request(1, ends=False, base=POST), parts(1, MIB + 1))
        assert attacker.await_outcome(1) == 413
        assert attacker.await_(lambda: attacker.streams[1].reset is not None)
        assert attacker.streams[1].reset == Code.NO_ERROR


def test_a_flood_of_empty_data_ends_in_goaway(routed, authority, watch, note):
    with watch(routed), Attacker(routed.ip4, authority) as attacker:
        attacker.greet().send(request(1, ends=False, base=POST))
        note("rounds", attacker.flood(lambda index: frame(DATA, 0, 1), 240))
        assert attacker.await_goaway() == f"GOAWAY {Code.ENHANCE_YOUR_CALM:d}"


def test_resets_of_requests_that_workers_have_end_in_goaway_too(routed, authority, watch, note):
    """The answer of a route is made although nobody wants it any more: not for many (CVE-2023-44487)."""
    path = [*POST[:-1], (":path", "/absent")]
    with watch(routed), Attacker(routed.ip4, authority) as attacker:
        attacker.greet()
        attacker.send(b"".join(request(2 * index + 1, base=path) +
                               frame(RST_STREAM, 0, 2 * index + 1, number(Code.CANCEL)) for index in range(2000)))
        assert attacker.await_goaway() == f"GOAWAY {Code.ENHANCE_YOUR_CALM:d}"
        note("last_stream", attacker.last_stream)
        assert attacker.last_stream < 300
