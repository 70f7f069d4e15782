# SPDX-License-Identifier: MIT
"""Asks a server for a page and raises Wrong unless the answer, and the protocol it came over, are exactly right."""
import http.client
import re
import socket
import ssl
import subprocess

from wrong import Wrong


def insist(is_true, server, complaint):
    if not is_true:
        raise Wrong(f"{server.name}: {complaint}")


def client_context(*protocols):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if protocols:
        context.set_alpn_protocols(protocols)
    return context


def connect(server, context, session=None):
    return context.wrap_socket(socket.create_connection(("127.0.0.1", server.https), timeout=10), session=session)


def check_http1(server, page, secure):
    """Two requests on one connection."""
    if secure:
        connection = http.client.HTTPSConnection("127.0.0.1", server.https, timeout=10, context=client_context())
    else:
        connection = http.client.HTTPConnection("127.0.0.1", server.http, timeout=10)
    for _ in range(2):
        connection.request("GET", page.path)
        local = connection.sock.getsockname()
        answer = connection.getresponse()
        body = answer.read()
        insist(answer.status == 200, server, f"status {answer.status} to GET {page.path}")
        insist(body == page.content, server, f"{len(body)} bytes to GET {page.path}, not the file")
        insist(connection.sock and connection.sock.getsockname() == local, server, "the connection was not kept")
    connection.close()


def check_http2(server, page):
    with connect(server, client_context("h2", "http/1.1")) as agreed:
        insist(agreed.selected_alpn_protocol() == "h2", server, f"ALPN {agreed.selected_alpn_protocol()}, not h2")
    command = ["nghttp", "--no-verify-peer", f"https://127.0.0.1:{server.https}{page.path}"]
    body = subprocess.run(command, capture_output=True, timeout=20).stdout
    insist(body == page.content, server, f"{len(body)} bytes to GET {page.path} over HTTP/2, not the file")
    said = subprocess.run([*command, "-nv"], capture_output=True, text=True, timeout=20).stdout
    statuses = re.findall(r"recv \(stream_id=\d+\) :status: (\d+)", said)
    insist(statuses == ["200"], server, f"statuses {statuses} to GET {page.path} over HTTP/2")


def check_handshake(server, page, resumed):
    """A new connection for one request of HTTP/1.0, twice; the second brings the ticket of the first if `resumed`.
    Returns the length of the whole response."""
    context, session = client_context(), None
    for attempt in range(2):
        with connect(server, context, session) as stream:
            was_resumed = resumed and attempt == 1
            insist(stream.session_reused == was_resumed, server,
                   "did not resume a session" if was_resumed else "resumed a session that nobody brought")
            stream.sendall(f"GET {page.path} HTTP/1.0\r\n\r\n".encode())
            response = b"".join(iter(lambda: stream.recv(65536), b""))
            session = stream.session if resumed else None
        head, _, body = response.partition(b"\r\n\r\n")
        insist(re.match(rb"HTTP/1\.[01] 200 ", head), server, f"answered HTTP/1.0 with {head[:40]!r}")
        insist(body == page.content, server, f"{len(body)} bytes over HTTP/1.0, not the file")
    return len(response)
