# SPDX-License-Identifier: MIT
"""Load as a site has it: clients of every protocol, each of whom asks again when a connection fails it, as browsers do
(RFC 9110 9.2.2), and remembers how often it had to and how long it waited for its answer."""
import http.client
import select
import threading
import time

from h2.exceptions import ProtocolError

from lab.client import Connection
from lab.secure import Http2Connection, SecureConnection, settings

ATTEMPTS = 5
# Between two attempts and, so that a harness of one interpreter measures the server, between two requests.
PAUSE = 0.005


class PoliteHttp2(Http2Connection):
    """Looks for a GOAWAY before it asks, and asks on a new connection after one (RFC 9113 6.8)."""

    def ask(self, path, method="GET", headers=None, body=None):
        while self.socket and (self.socket.pending() or select.select([self.socket], [], [], 0)[0]):
            try:
                self.read()
            except OSError:
                self.goaway = 0
            if self.goaway is not None:
                self.close()
                self.socket = None
        return super().ask(path, method, headers, body)


class Client(threading.Thread):
    """Asks until stop(). `kept`: on one connection as long as that lasts. `path` is answered with 200 and `body`."""

    def __init__(self, make, kept, path, body):
        super().__init__()
        self.make, self.kept, self.path, self.body = make, kept, path, body
        self.connection, self.over = None, threading.Event()
        self.requests, self.answered, self.retried, self.refused = 0, 0, 0, 0
        self.lost, self.times = [], []

    def run(self):
        while not self.over.is_set():
            begin = time.monotonic()
            self.requests += 1
            self._ask_until_answered()
            self.times.append(time.monotonic() - begin)
            time.sleep(PAUSE)
        self._leave()

    def _ask_until_answered(self):
        for attempt in range(ATTEMPTS):
            try:
                answer = self._ask()
            except (OSError, http.client.HTTPException, ProtocolError) as error:
                self._leave()
                self.retried += 1
                self.refused += isinstance(error, ConnectionRefusedError)
                reason = repr(error)
                time.sleep(PAUSE * attempt)
                continue
            if (answer.status, answer.body) == (200, self.body):
                self.answered += 1
                return
            reason = f"status {answer.status}, {len(answer.body)} bytes"
            break
        self.lost.append(reason)

    def _ask(self):
        self.connection = self.connection or self.make()
        answer = self.connection.ask(self.path, headers={} if self.kept else {"Connection": "close"})
        if not self.kept or answer.headers.get("connection", "").lower() == "close":
            self._leave()
        return answer

    def _leave(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class MixedLoad:
    """Runs between `with` and its end."""

    def __init__(self, host, authority, path, body, clients=1):
        """`clients` of each kind."""
        def secure():
            return SecureConnection(host, settings(authority, "http/1.1"))

        def http2():
            return PoliteHttp2(host, settings(authority, "h2"))

        kinds = [(lambda: Connection(host), False), (lambda: Connection(host), True), (secure, False), (secure, True),
                 (http2, True)]
        self.clients = [Client(make, kept, path, body) for make, kept in kinds for _ in range(clients)]

    def __enter__(self):
        self.begin = time.monotonic()
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        for client in self.clients:
            client.over.set()
        for client in self.clients:
            client.join()
        self.seconds = time.monotonic() - self.begin

    def sum(self, name):
        return sum(getattr(client, name) for client in self.clients)

    @property
    def lost(self):
        return [reason for client in self.clients for reason in client.lost]

    def await_answers(self, more=20, seconds=60):
        """Waits until each client has had so many more answers."""
        wanted = {client: client.answered + more for client in self.clients}
        deadline = time.monotonic() + seconds
        while any(client.answered < least for client, least in wanted.items()):
            assert time.monotonic() < deadline, f"no answers within {seconds} s; lost: {self.lost[:5]}"
            time.sleep(0.01)

    def figures(self):
        """Of the whole run, after its end."""
        times = sorted(each for client in self.clients for each in client.times)
        return {"requests": self.sum("requests"), "answered": self.sum("answered"), "asked again": self.sum("retried"),
                "refused": self.sum("refused"), "lost": len(self.lost),
                "per second": round(self.sum("answered") / self.seconds),
                "p99 ms": round(1000 * times[len(times) * 99 // 100]), "longest ms": round(1000 * times[-1])}
