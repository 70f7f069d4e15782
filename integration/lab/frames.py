# SPDX-License-Identifier: MIT
"""An HTTP/2 client without manners: it sends any bytes, and notes what the server makes of them (RFC 9113)."""
import contextlib
import select
import ssl
import struct
import time
from dataclasses import dataclass, field

import hpack
from h2.settings import SettingCodes
from hpack.hpack import encode_integer

from lab.secure import connect, settings

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
# Flags. One number means two things.
END_STREAM = ACK = 0x1
END_HEADERS = 0x4

MAX_FRAME = 16384
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
GET = [(":method", "GET"), (":scheme", "https"), (":authority", "example.org"), (":path", "/page.txt")]
LARGE = [*GET[:-1], (":path", "/large.bin")]
POST = [(":method", "POST"), (":scheme", "https"), (":authority", "example.org"), (":path", "/upload")]


def frame(kind, flags=0, stream=0, payload=b"", length=None):
    """A frame; `length` is what it says of itself, if that is not so."""
    length = len(payload) if length is None else length
    return length.to_bytes(3, "big") + struct.pack(">BBL", kind, flags, stream) + payload


def number(value):
    return struct.pack(">L", value)


def setting(identifier, value):
    return struct.pack(">HL", identifier, value)


# With it the answers of LARGE stay open: their heads are sent, and nothing else.
NO_WINDOW = setting(SettingCodes.INITIAL_WINDOW_SIZE, 0)


def text(value):
    """A string literal of HPACK (RFC 7541 5.2), whatever its characters."""
    value = value if isinstance(value, bytes) else value.encode()
    return bytes(encode_integer(len(value), 7)) + value


def block(fields):
    """A header block that changes no table: literals that are not indexed (RFC 7541 6.2.2)."""
    return b"".join(b"\0" + text(name) + text(value) for name, value in fields)


def request(stream, fields=(), ends=True, base=GET):
    """HEADERS, and CONTINUATION if they need it."""
    whole = block([*base, *fields])
    first, *others = [whole[at:at + MAX_FRAME] for at in range(0, len(whole), MAX_FRAME)] or [b""]
    kinds = [(HEADERS, END_STREAM if ends else 0, first), *((CONTINUATION, 0, other) for other in others)]
    last = len(kinds) - 1
    return b"".join(frame(kind, flags | (END_HEADERS if index == last else 0), stream, part)
                    for index, (kind, flags, part) in enumerate(kinds))


def client_hello(offered, name="example.org"):
    """(The first bytes of a TLS client, the rest of it): what it makes without a connection."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = offered.wrap_bio(incoming, outgoing, server_hostname=name)
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read(), (client, incoming, outgoing)


@dataclass
class Seen:
    """What the server has sent on one stream."""
    status: int = None
    body: bytes = b""
    complete: bool = False
    reset: int = None  # the error code of RST_STREAM

    @property
    def outcome(self):
        return self.status or (None if self.reset is None else f"RST {self.reset}")


@dataclass
class Attacker:
    """A connection of which the handshake is over and nothing else; greet() sends what a client begins with. Only what
    the cases want is answered: it acknowledges nothing and opens no window."""
    host: str
    authority: object
    streams: dict = field(default_factory=dict)  # {number: Seen}
    last_stream: int = None  # of the newest GOAWAY
    goaway: int = None  # its error code
    pongs: int = 0
    frames_sent: int = 0
    over: bool = False

    def __post_init__(self):
        self.socket = connect(self.host, settings(self.authority, "h2"))
        self.socket.setblocking(False)
        self._unread, self._tables = b"", hpack.Decoder()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def greet(self, *chosen):
        """`chosen`: setting() each."""
        self.send(PREFACE + frame(SETTINGS, payload=b"".join(chosen)))
        return self

    def send(self, *parts):
        """Sends all of it, and takes what comes meanwhile; ends early with the connection."""
        rest = memoryview(b"".join(parts))
        self.frames_sent += len(parts)
        while rest and not self.over:
            try:
                rest = rest[self.socket.send(rest[:16384]):]
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                select.select([self.socket], [self.socket], [], 1)
            except OSError:
                self._drain_to_the_end()
            self.take()

    def send_unheard(self, data):
        """Sends all of it and takes nothing, which send() may do for as long as the server has something to say."""
        self.socket.setblocking(True)
        self.socket.sendall(data)
        self.socket.setblocking(False)

    def take(self, seconds=0):
        """Takes what has come, or comes first within that time."""
        if not self.over and seconds and not self.socket.pending():
            select.select([self.socket], [], [], seconds)
        while not self.over and self._read():
            pass

    def _read(self):
        try:
            data = self.socket.recv(65536)
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return False
        except OSError:
            data = b""
        self.over = not data
        self._unread += data
        self._note_frames()
        return True

    def _drain_to_the_end(self):
        while self._read() and not self.over:
            pass
        self.over = True

    def _note_frames(self):
        while len(self._unread) >= 9:
            end = 9 + int.from_bytes(self._unread[:3], "big")
            if len(self._unread) < end:
                return
            kind, flags, stream = struct.unpack(">BBL", self._unread[3:9])
            payload, self._unread = self._unread[9:end], self._unread[end:]
            self._note(kind, flags, stream, payload)

    def _note(self, kind, flags, stream, payload):
        if kind == GOAWAY:
            self.last_stream, self.goaway = struct.unpack(">LL", payload[:8])
        elif kind == PING:
            self.pongs += 1
        elif stream:
            seen = self.streams.setdefault(stream, Seen())
            if kind == HEADERS:
                assert flags & END_HEADERS, "the answers of the cases are short"
                seen.status = int(dict(self._tables.decode(payload)).get(":status", 0)) or seen.status
            elif kind == DATA:
                seen.body += payload
            elif kind == RST_STREAM:
                (seen.reset,) = struct.unpack(">L", payload)
            seen.complete = seen.complete or kind in (HEADERS, DATA) and bool(flags & END_STREAM)

    def await_(self, is_true, seconds=5):
        """Takes what comes until `is_true()`, or the connection or the time is over; returns what it is then."""
        deadline = time.monotonic() + seconds
        while not is_true() and not self.over and time.monotonic() < deadline:
            self.take(0.05)
        return is_true()

    def await_all_read(self, seconds=5):
        """Waits until the server has taken everything that was sent."""
        answered = self.pongs + 1
        self.send(frame(PING, payload=bytes(8)))
        assert self.await_(lambda: self.pongs >= answered, seconds)

    def await_outcome(self, stream, seconds=5):
        """A status, "RST 1", or "GOAWAY 1" if the connection went with it."""
        def outcome():
            return self.streams[stream].outcome if stream in self.streams else None

        self.await_(lambda: outcome() is not None or self.goaway is not None, seconds)
        return outcome() if outcome() is not None else self.ending

    def await_goaway(self, seconds=5):
        self.await_(lambda: self.goaway is not None, seconds)
        return self.ending

    @property
    def ending(self):
        if self.goaway is not None:
            return f"GOAWAY {self.goaway}"
        return "an end without a word" if self.over else None

    def await_end(self, seconds=5):
        """True if the server ended the connection within that time."""
        return self.await_(lambda: self.over, seconds) or self.over

    def flood(self, make, most):
        """Sends make(0), make(1), ... until the server ends the connection, `most` at most or a few more; returns how
        many it took."""
        sent, batch = 0, 10 if most > 50 else 1
        while sent < most and self.goaway is None and not self.over:
            self.send(*(make(sent + each) for each in range(batch)))
            sent += batch
            self.take(0.002)
        return sent

    def send_in_vain(self, make, seconds=5):
        """Sends on after the last word; the seconds until nobody takes it any more, or None if it goes on."""
        begin = time.monotonic()
        rest = b""
        while time.monotonic() < begin + seconds:
            rest = rest or b"".join(make(1_000_000 + each) for each in range(50))
            try:
                rest = rest[self.socket.send(rest[:16384]):]
            except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
                select.select([], [self.socket], [], 0.1)
            except OSError:
                return time.monotonic() - begin
        return None
