# SPDX-License-Identifier: MIT
"""Runs commands in a virtual machine by way of the QEMU guest agent, over a virtual serial port."""
import base64
import json
import random
import socket
import time
from subprocess import CompletedProcess

POLL_MAX = 0.25


class Agent:
    """`path` is the unix socket that QEMU has made of the port; qemu-ga(8)."""

    def __init__(self, path):
        self.path = path
        self.stream = None

    def close(self):
        if self.stream:
            self.stream.close()
        self.stream = None

    def _open(self):
        self.close()
        self.stream = socket.socket(socket.AF_UNIX)
        self.stream.settimeout(2)
        self.stream.connect(str(self.path))
        self.lines = self.stream.makefile("rb")

    def await_start(self, is_alive, seconds):
        """Waits until the agent answers; raises TimeoutError when it does not, or is_alive() no longer holds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and is_alive():
            try:
                self._open()
                # An answer to a question of somebody before us does not count.
                number = random.randrange(1 << 30)
                self._say("guest-sync", id=number)
                while self._hear() != number:
                    pass
                self.stream.settimeout(30)
                return
            except OSError:
                time.sleep(0.2)
        raise TimeoutError(f"the agent of the machine has not answered within {seconds} s")

    def _say(self, command, **arguments):
        self.stream.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")

    def _hear(self):
        line = self.lines.readline()
        if not line:
            raise ConnectionResetError("the machine closed the port of its agent")
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(f"the agent of the machine: {answer['error']}")
        return answer["return"]

    def ask(self, command, **arguments):
        self._say(command, **arguments)
        return self._hear()

    def sh(self, script, seconds):
        """Runs a shell script as the administrator; returns its CompletedProcess with text output."""
        pid = self.ask("guest-exec", path="/bin/sh", arg=["-c", script], **{"capture-output": True})["pid"]
        deadline, pause = time.monotonic() + seconds, 0.02
        while not (state := self.ask("guest-exec-status", pid=pid))["exited"]:
            assert time.monotonic() < deadline, f"not over within {seconds} s: {script}"
            time.sleep(pause)  # Each question costs the emulated processor time.
            pause = min(pause * 2, POLL_MAX)
        out, err = (base64.b64decode(state.get(name, "")).decode(errors="replace") for name in ("out-data", "err-data"))
        return CompletedProcess(script, state.get("exitcode", 128 + state.get("signal", 0)), out, err)
