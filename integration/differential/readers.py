# SPDX-License-Identifier: MIT
"""Those who frame: ourselves, Node's llhttp, h11. Each makes a Framing of an input."""
import json
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import h11


@dataclass(frozen=True)
class Message:
    """A request. `end`: how many bytes of the input came before what follows it."""
    method: str
    target: bytes
    body: bytes
    end: int


@dataclass
class Framing:
    messages: list = field(default_factory=list)
    end: str = "open"  # or "incomplete", "closed" (more would not be heard), "refused ..."

    @property
    def refused(self):
        return self.end.startswith("refused")


def from_json(line):
    read = json.loads(line)
    return Framing([Message(each["method"], bytes.fromhex(each["target"]), bytes.fromhex(each["body"]), each["end"])
                    for each in read["messages"]], read["end"])


def program(*command):
    """A reader that is another program: framing.cpp describes the protocol."""
    def read(inputs):
        joined = b"".join(struct.pack("<L", len(each)) + each for each in inputs)
        lines = subprocess.run(command, input=joined, capture_output=True, check=True, timeout=300).stdout.splitlines()
        if len(lines) != len(inputs):
            raise RuntimeError(f"{command[0]} was given {len(inputs)} inputs and answered {len(lines)}")
        return [from_json(line) for line in lines]
    return read


def node():
    return program("node", "--no-deprecation", Path(__file__).with_name("llhttp.js"))


def frame_by_h11(data):
    """h11 as a server that answers each request with 405: neither an upgrade nor a tunnel comes of it."""
    connection, framing = h11.Connection(h11.SERVER), Framing()
    connection.receive_data(data)
    request, body = None, b""
    try:
        while framing.end == "open":
            event = connection.next_event()
            if isinstance(event, h11.Request):
                request, body = event, b""
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                end = len(data) - len(connection.trailing_data[0])
                framing.messages.append(Message(request.method.decode("latin-1"), request.target, body, end))
                answer(connection, framing)
            else:  # It wants more.
                is_between = connection.their_state is h11.IDLE and not connection.trailing_data[0]
                framing.end = "open" if is_between else "incomplete"
                break
    except h11.RemoteProtocolError as refusal:
        framing.end = f"refused {refusal}"
    return framing


def answer(connection, framing):
    connection.send(h11.Response(status_code=405, headers=[("Content-Length", "0")]))
    connection.send(h11.EndOfMessage())
    if h11.MUST_CLOSE in (connection.our_state, connection.their_state):
        framing.end = "closed"
    else:
        connection.start_next_cycle()


def h11_reader():
    return lambda inputs: [frame_by_h11(data) for data in inputs]
