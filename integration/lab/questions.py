# SPDX-License-Identifier: MIT
"""One question in the form that each protocol gives it, however wrong it is, and what came of it in one form."""
import hashlib
import re
import socket
from dataclasses import dataclass, field, replace

import h2.errors
import h2.events

from lab.client import PATIENCE
from lab.secure import Http2Connection, connect, settings

NAME = "example.org"
IMF_FIXDATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d GMT")
# A field that is for TLS alone (RFC 6797 7.2).
TRANSPORT_SECURITY = "strict-transport-security"
# Bodies that no failure should print.
LONG = 2000


def filled(text, values):
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


@dataclass(frozen=True)
class Question:
    """Sent as it is: nothing is checked, completed or escaped but what is said here. A body brings its length, as
    Content-Length; or, if `measured` is false, comes in chunks over HTTP/1.1 and without a length over HTTP/2."""
    path: str = "/"
    method: str = "GET"
    fields: tuple = ()  # (name, value), in this order
    body: bytes | None = None
    host: str | None = NAME  # Host, or :authority
    measured: bool = True

    def filled(self, values):
        """The same question with "{etag}" and the like replaced in its fields."""
        return replace(self, fields=tuple((name, filled(value, values)) for name, value in self.fields))

    def all_fields(self):
        length = [("Content-Length", str(len(self.body)))] if self.body is not None and self.measured else []
        return [*self.fields, *length]


@dataclass
class Outcome:
    """What came of a question: an answer, or `ended`, how the stream or the connection did instead."""
    status: int = 0
    fields: list = field(default_factory=list)  # (name in lower case, value), in the order sent
    body: bytes = b""
    interim: list = field(default_factory=list)  # Statuses before the final one.
    ended: str = ""

    def values(self, name):
        return [value for each, value in self.fields if each == name]

    @property
    def verdict(self):
        return self.ended or self.status

    def comparable(self):
        """All of it but the date, of which only the form counts, for the protocols are asked one after the other, and
        but what is for TLS alone."""
        fields = [(name, "a date" if name == "date" and IMF_FIXDATE.fullmatch(value) else value)
                  for name, value in self.fields if name != TRANSPORT_SECURITY]
        long = len(self.body) > LONG
        return {"status": self.status, "interim": self.interim, "ended": self.ended, "fields": fields,
                "body": f"{len(self.body)} {hashlib.sha256(self.body).hexdigest()}" if long else self.body}


def http1_message(question):
    """Asks for the end of the connection, so that bytes behind the answer show."""
    head = [f"{question.method} {question.path} HTTP/1.1"]
    fields = [] if question.host is None else [("Host", question.host)]
    fields += question.all_fields()
    body = question.body or b""
    if question.body is not None and not question.measured:
        fields.append(("Transfer-Encoding", "chunked"))
        half = len(body) // 2
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:]) if part)
        body += b"0\r\n\r\n"
    fields.append(("Connection", "close"))
    head += [f"{name}: {value}" for name, value in fields]
    return "".join(line + "\r\n" for line in [*head, ""]).encode() + body


def http1_outcome(received):
    """Connection is left away: RFC 9113 8.2.2 forbids it over HTTP/2. Names lose their case: 8.2 has them in lower."""
    outcome = Outcome()
    while outcome.status < 200:
        head, end, received = received.partition(b"\r\n\r\n")
        assert end, f"the connection ended within a head: {head[-LONG:]!r}"
        line, *rows = head.decode().split("\r\n")
        assert re.match(r"HTTP/1\.1 [2-5]\d\d |HTTP/1\.1 100 ", line), line
        if outcome.status:
            outcome.interim.append(outcome.status)
        outcome.status = int(line.split(" ")[1])
        pairs = [row.partition(":")[::2] for row in rows]
        outcome.fields = [(name.lower(), value.strip(" \t")) for name, value in pairs if name.lower() != "connection"]
    outcome.body = received
    return outcome


def converse(connection, data, half_close=False):
    """All that comes back. A connection that is half closed need not linger, which saves a second at each refusal; TLS
    says its end by itself."""
    received = b""
    with connection:
        try:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # The answer did not wait for the body.
        while part := connection.recv(65536):
            received += part
    return received


def over_http1(place, question):
    connection = socket.create_connection((place.host, place.port), timeout=PATIENCE)
    return http1_outcome(converse(connection, http1_message(question), half_close=True))


def over_tls_http1(place, question):
    offered = settings(place.authority, "http/1.1")
    connection = connect(place.host, offered, NAME, place.secure_port)
    return http1_outcome(converse(connection, http1_message(question)))


class UncheckedHttp2Connection(Http2Connection):
    """Sends header lists as they are, and keeps those of answers whole."""

    def __init__(self, place):
        super().__init__(place.host, settings(place.authority, "h2"), NAME, place.secure_port)
        self.connect()
        self.state.config.validate_outbound_headers = False
        self.state.config.normalize_outbound_headers = False
        self.interim = {}

    def send(self, question):
        """Returns the number of the stream."""
        stream = self.state.get_next_available_stream_id()
        self.state.send_headers(stream, http2_fields(question), end_stream=not question.body)
        self.flush()
        body = question.body or b""
        while body and not self.is_over(stream):
            window = min(self.state.local_flow_control_window(stream), self.state.max_outbound_frame_size)
            if window == 0:
                self.read()
                continue
            part, body = body[:window], body[window:]
            self.state.send_data(stream, part, end_stream=not body)
            self.flush()
        return stream

    def is_over(self, stream):
        return stream in self.complete or stream in self.resets or self.goaway is not None

    def outcome(self, stream):
        while not self.is_over(stream):
            self.read()
        if stream in self.complete:
            answer = self.answers[stream]
            return Outcome(answer.status, answer.headers, answer.body, self.interim.get(stream, []))
        frame, code = ("RST_STREAM", self.resets[stream]) if stream in self.resets else ("GOAWAY", self.goaway)
        return Outcome(ended=f"{frame} {h2.errors.ErrorCodes(code).name}")

    def _note(self, event):
        if isinstance(event, h2.events.InformationalResponseReceived):
            self.interim.setdefault(event.stream_id, []).append(int(dict(event.headers)[":status"]))
            return
        super()._note(event)
        if isinstance(event, h2.events.ResponseReceived):
            fields = [(str(name), str(value)) for name, value in event.headers]
            self.answers[event.stream_id].headers = [pair for pair in fields if pair[0] != ":status"]


def http2_fields(question):
    """Cookies come in crumbs, as browsers send them (RFC 9113 8.2.3)."""
    fields = [(":method", question.method)]
    if question.method == "CONNECT":  # RFC 9113 8.5: what HTTP/1.1 has for a target is the authority.
        return fields + [(":authority", question.path)] + [(name.lower(), value) for name, value in question.fields]
    fields += [(":scheme", "https"), (":path", question.path)]
    if question.host is not None:
        fields.append((":authority", question.host))
    for name, value in question.all_fields():
        crumbs = value.split("; ") if name.lower() == "cookie" else [value]
        fields += [(name.lower(), crumb) for crumb in crumbs]
    return fields


def over_http2(place, question):
    with UncheckedHttp2Connection(place) as connection:
        return connection.outcome(connection.send(question))


@dataclass
class Place:
    """A server: its address, its two ports and the authority of its certificate."""
    host: str
    port: int
    secure_port: int
    authority: object


PROTOCOLS = {"http1": over_http1, "tls_http1": over_tls_http1, "http2": over_http2}
