# SPDX-License-Identifier: MIT
"""Watches a machine during an attack: others are served, its process is the same, and its memory stays flat."""
import contextlib

from lab.client import Load
from lab.secure import Http2Connection, settings

KIB = 1024
MIB = 1024 * KIB
# Two processors may be shared with anything: what is asserted is that nobody waits for the attacker.
PATIENCE = 1.0
ANSWERS = 20
PAUSE = 0.01


class Watch:
    """`note(name, value)` gets the figures."""

    def __init__(self, machine, authority, note):
        self.machine, self.authority, self.note = machine, authority, note

    def _others(self):
        """{name: Load}"""
        def http2():
            return Http2Connection(self.machine.ip4, settings(self.authority, "h2"))

        how = {"host": self.machine.ip4, "path": "/page.txt", "clients": 1, "pause": PAUSE}
        return {"http1": Load(**how), "h2": Load(**how, keep_alive=True, make=http2)}

    @contextlib.contextmanager
    def during(self, growth=2 * MIB, seconds=PATIENCE):
        """An attack; what is asserted of it: the process grows by less than `growth` bytes at any time, and no client
        waits for longer than `seconds`."""
        with self._serving():
            pass  # What is needed once is there before the process is measured.
        process = self.machine.process()
        before = process.resident()
        process.forget_peak()
        with self._serving() as others:
            yield others
        self._judge(process, before, growth, seconds, others)

    @contextlib.contextmanager
    def _serving(self):
        others = self._others()
        with contextlib.ExitStack() as stack:
            for load in others.values():
                stack.enter_context(load)
            yield others
            for load in others.values():
                load.await_answered(load.outcomes["answered"] + ANSWERS)

    def _judge(self, process, before, growth, seconds, others):
        assert self.machine.process() == process, "the process that was attacked serves on"
        assert self.machine.property("cloister.service", "NRestarts") == "0"
        grown = process.peak() - before
        figures = {"grown_kib": grown // KIB, "resident_kib": before // KIB,
                   **{f"slowest_{name}_ms": round(max(load.times) * 1000) for name, load in others.items()}}
        for name, value in figures.items():
            self.note(name, value)
        assert grown < growth, figures
        for load in others.values():
            assert load.failures == {}
            assert max(load.times) < seconds, figures
