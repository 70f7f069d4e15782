# SPDX-License-Identifier: MIT
"""The kinds of load. Each can `check` that a server answers it exactly, and `run` against a server for some seconds;
what the load generator itself counted must then agree with that, too.

All generators offer TLS_AES_128_GCM_SHA256, as browsers do first: left to themselves, some servers would follow a
client that prefers AES-256 and some would not, and 100 KB would be a comparison of ciphers."""
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from answers import check_handshake, check_http1, check_http2, insist

CIPHER = "TLS_AES_128_GCM_SHA256"
OPENSSL_SETTINGS = Path(__file__).with_name("generators.cnf")
LONGEST_HEAD = 1000


@dataclass(frozen=True)
class Page:
    path: str
    content: bytes


@dataclass(frozen=True)
class Count:
    requests: int
    seconds: float


def generate(command, seconds):
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30, env=environment()).stdout


def environment():
    """A generator's, not the servers': they have OpenSSL's own settings, as shipped."""
    return {**os.environ, "OPENSSL_CONF": str(OPENSSL_SETTINGS)}


def found(pattern, said, server):
    match = re.search(pattern, said)
    insist(match, server, f"the load generator said\n{said[-1000:]}")
    return match


@dataclass(frozen=True)
class Wrk:
    """HTTP/1.1 on connections that are kept."""
    secure: bool
    connections: int = 64

    def check(self, server, page):
        check_http1(server, page, self.secure)

    def run(self, server, page, seconds):
        origin = f"https://127.0.0.1:{server.https}" if self.secure else f"http://127.0.0.1:{server.http}"
        said = generate(["wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", origin + page.path], seconds)
        complaint = re.search(r"Socket errors:.*|Non-2xx.*", said)
        insist(not complaint, server, complaint and complaint[0])
        requests, number, unit = found(r"(\d+) requests in .*, ([\d.]+)([KMG]?)B read", said, server).groups()
        requests, size = int(requests), len(page.content)
        read = float(number) * {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}[unit]
        # 1 % for wrk's rounding; at the end an answer may be under way on each connection.
        insist(requests * size <= read * 1.01 and
               read <= 1.01 * (requests + self.connections) * (size + LONGEST_HEAD), server,
               f"{requests} answers of {size} bytes cannot be {read:.0f} bytes")
        rate = float(found(r"Requests/sec:\s*([\d.]+)", said, server)[1])
        insist(requests, server, "not one answer")
        return Count(requests, requests / rate)


@dataclass(frozen=True)
class H2load:
    """HTTP/2 over TLS, with as many requests under way on each connection as `streams`."""
    streams: int
    connections: int = 32

    def check(self, server, page):
        check_http2(server, page)

    def run(self, server, page, seconds):
        said = generate(["h2load", "-t1", f"-c{self.connections}", f"-m{self.streams}", f"-D{seconds}",
                         "--warm-up-time=0", f"https://127.0.0.1:{server.https}{page.path}"], seconds)
        for wanted in "TLS Protocol: TLSv1.3", f"Cipher: {CIPHER}", "Application protocol: h2":
            insist(wanted in said, server, f"h2load does not say '{wanted}'")
        done, failed, errored = map(int, found(
            r"(\d+) succeeded, (\d+) failed, (\d+) errored", said, server).groups())
        good, *other = map(int, found(r"(\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx", said, server).groups())
        data = int(found(r"\((\d+)\) data", said, server)[1])
        under_way, size = self.connections * self.streams, len(page.content)
        # Requests that the end cut off count as failed in some versions.
        insist(done and not any(other) and failed <= under_way and errored <= under_way, server,
               f"{done} right answers, {failed} failed, {errored} errors, {other} of status 3xx to 5xx")
        insist(done <= good <= done + under_way and done * size <= data <= (done + under_way) * size, server,
               f"{done} answers of {size} bytes cannot be {data} bytes")
        return Count(done, seconds)


@dataclass(frozen=True)
class Handshakes:
    """TLS 1.3 handshakes, each on a new connection with one small request.

    The clients are some `openssl s_time` side by side. It is OpenSSL and little else, so most of the machine is the
    server's; it does full and resumed handshakes in the same way, tells for each whether it was resumed, and counts the
    bytes of the answers. (h2load cannot resume, and opens all its connections at once; wrk resumes whether one wants it
    or not.) Still a client does about as much arithmetic as a server: requests per second say little about the server,
    its processor time per handshake says it all.
    """
    resumed: bool
    clients: int = 4

    def check(self, server, page):
        return check_handshake(server, page, self.resumed)

    def run(self, server, page, seconds):
        length = self.check(server, page)
        # It stops at the first full second after its time.
        command = ["openssl", "s_time", "-connect", f"127.0.0.1:{server.https}", "-www", page.path, "-tls1_3",
                   "-reuse" if self.resumed else "-new", "-time", str(max(1, seconds - 1))]
        begin = time.monotonic()
        clients = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                    env=environment())
                   for _ in range(self.clients)]
        try:
            outputs = [client.communicate(timeout=seconds + 30)[0] for client in clients]
        finally:
            for client in clients:
                if client.poll() is None:
                    client.kill()
        elapsed = time.monotonic() - begin
        return Count(sum(self._connections(said, length, server) for said in outputs), elapsed)

    def _connections(self, said, length, server):
        # One letter for each connection: r if it was resumed.
        letters = found(r"(?m)^[r*t3]+$", said, server)[0]
        insist(set(letters) == {"r" if self.resumed else "*"}, server,
               f"{letters.count('r')} of {len(letters)} handshakes were resumed")
        count, data = map(int, found(r"(\d+) connections in .*bytes read (\d+)", said, server).groups())
        insist(count == len(letters) and data == count * length, server,
               f"{count} answers of {length} bytes cannot be {data} bytes")
        return count
