# SPDX-License-Identifier: MIT
"""HTTP clients that tell refused, reset and cut-off answers apart."""
import collections
import http.client
import socket
import threading
import time
from dataclasses import dataclass

PATIENCE = 20


@dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes

    @property
    def text(self):
        return self.body.decode()


class Connection(http.client.HTTPConnection):
    """Over TCP, or over the unix socket at `unix`."""

    def __init__(self, host, port=80, unix=None):
        super().__init__(host, port, timeout=PATIENCE)
        self.unix = unix

    def connect(self):
        if not self.unix:
            return super().connect()
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.unix))

    def ask(self, path, method="GET", headers=None, body=None):
        self.request(method, path, body, headers or {})
        response = self.getresponse()
        fields = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, fields, response.read())


def exchange(host, path="/", method="GET", headers=None, body=None, port=80, unix=None):
    """One request on a connection of its own."""
    connection = Connection(host, port, unix)
    try:
        return connection.ask(path, method, {"Connection": "close", **(headers or {})}, body)
    finally:
        connection.close()


def exchange_bytes(host, data, port=80):
    """What the server sends back for `data`, up to its end of the connection."""
    with socket.create_connection((host, port), timeout=PATIENCE) as connection:
        connection.sendall(data)
        received = b""
        while part := connection.recv(65536):
            received += part
    return received


class Load:
    """Clients that ask again and again between `with` and its end, and count how each request ended."""

    def __init__(self, host, path="/", clients=8, keep_alive=False, port=80, make=None, pause=0):
        """`make()` returns a connection to ask on; without it, a plain one to `host` and `port`. `pause` are the
        seconds between two requests of a client, `times` those that each of all of them took."""
        self.path, self.keep_alive, self.pause, self.times = path, keep_alive, pause, []
        self._make = make or (lambda: Connection(host, port))
        self.outcomes, self._lock, self._over = collections.Counter(), threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._ask_until_over) for _ in range(clients)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def await_answered(self, count, seconds=30):
        """Waits until `count` requests have been answered since the beginning."""
        deadline = time.monotonic() + seconds
        while self.outcomes["answered"] < count:
            assert time.monotonic() < deadline, f"not {count} answers within {seconds} s: {dict(self.outcomes)}"
            time.sleep(0.01)

    @property
    def failures(self):
        """{"ConnectionResetError while asking": 2, ...}"""
        return {kind: count for kind, count in self.outcomes.items() if kind != "answered"}

    def _ask_until_over(self):
        connection = None
        while not self._over.is_set():
            begin = time.monotonic()
            connection, outcome = self._ask(connection)
            with self._lock:
                self.outcomes[outcome] += 1
                self.times.append(time.monotonic() - begin)
            time.sleep(self.pause if outcome == "answered" else 0.005)
        if connection:
            connection.close()

    def _ask(self, connection):
        """Asks once; returns the connection if it may be used again, and how it ended."""
        stage = "asking on a used connection" if connection else "connecting"
        try:
            if connection is None:
                connection = self._make()
                connection.connect()
                stage = "asking"
            answer = connection.ask(self.path, headers={} if self.keep_alive else {"Connection": "close"})
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return None, f"{type(error).__name__} while {stage}"
        if not self.keep_alive or answer.headers.get("connection", "").lower() == "close":
            connection.close()
            connection = None
        return connection, "answered" if answer.status == 200 else f"status {answer.status}"
