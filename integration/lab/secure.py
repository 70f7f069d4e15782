# SPDX-License-Identifier: MIT
"""Clients that speak TLS: HTTP/1.1 by the standard library, HTTP/2 by python3-h2, and the same question over each."""
import http.client
import socket
import ssl
import warnings

import h2.config
import h2.connection
import h2.events
import h2.exceptions

from lab.client import PATIENCE, Answer, Connection


def settings(authority, *protocols, least=None, most=None, groups=None):
    """What a client offers: ALPN names, TLS versions, one group. It trusts `authority` alone."""
    offered = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    offered.load_verify_locations(authority.file)
    if protocols:
        offered.set_alpn_protocols(list(protocols))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Old versions are what some cases ask for.
        offered.minimum_version = least or offered.minimum_version
        offered.maximum_version = most or offered.maximum_version
    if least and least < ssl.TLSVersion.TLSv1_2:
        offered.set_ciphers("ALL:@SECLEVEL=0")
    if groups:
        offered.set_ecdh_curve(groups)
    return offered


def connect(host, offered, name="example.org", port=443, session=None):
    """A connection whose handshake is over."""
    plain = socket.create_connection((host, port), timeout=PATIENCE)
    try:
        return offered.wrap_socket(plain, server_hostname=name, session=session)
    except BaseException:
        plain.close()
        raise


class SecureConnection(Connection):
    """HTTP/1.1 over TLS, for the host `name`."""

    def __init__(self, host, offered, name="example.org", port=443):
        super().__init__(name, port)
        self.address, self.offered = host, offered

    def connect(self):
        self.sock = connect(self.address, self.offered, self.host, self.port)


class Http2Connection:
    """HTTP/2 over TLS, connected by the first request. Requests go out at once; await_answer() reads until one is complete."""

    def __init__(self, host, offered, name="example.org", port=443):
        self.host, self.offered, self.name, self.port = host, offered, name, port
        self.socket = None

    def connect(self):
        self.socket = connect(self.host, self.offered, self.name, self.port)
        assert self.socket.selected_alpn_protocol() == "h2"
        self.state = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.state.initiate_connection()
        self.answers, self.complete, self.resets, self.goaway = {}, set(), {}, None
        self.flush()

    def __enter__(self):
        if not self.socket:
            self.connect()
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.socket:
            self.socket.close()

    def flush(self):
        self.socket.sendall(self.state.data_to_send())

    def request(self, path, method="GET", headers=None, body=None, authority=None):
        if not self.socket:
            self.connect()
        stream = self.state.get_next_available_stream_id()
        fields = [(":method", method), (":scheme", "https"), (":authority", authority or self.name), (":path", path)]
        fields += [(name.lower(), value) for name, value in (headers or {}).items()]
        if body:
            fields.append(("content-length", str(len(body))))
        self.state.send_headers(stream, fields, end_stream=not body)
        self.flush()
        while body:
            window = min(self.state.local_flow_control_window(stream), self.state.max_outbound_frame_size)
            if stream in self.complete or stream in self.resets:
                break  # The answer did not wait for the body.
            if window == 0:
                self.read()
                continue
            part, body = body[:window], body[window:]
            self.state.send_data(stream, part, end_stream=not body)
            self.flush()
        return stream

    def read(self):
        """Takes what the server has sent; waits for something if need be."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError("the server closed the connection")
        for event in self.state.receive_data(data):
            self._note(event)
        self.flush()

    def _note(self, event):
        if isinstance(event, h2.events.ResponseReceived):
            fields = dict(event.headers)
            self.answers[event.stream_id] = Answer(int(fields.pop(":status")), fields, b"")
        elif isinstance(event, h2.events.DataReceived):
            self.answers[event.stream_id].body += event.data
            self.state.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
        elif isinstance(event, h2.events.StreamEnded):
            self.complete.add(event.stream_id)
        elif isinstance(event, h2.events.StreamReset):
            self.resets[event.stream_id] = event.error_code
        elif isinstance(event, h2.events.ConnectionTerminated):
            self.goaway = event.error_code

    def await_answer(self, stream):
        while stream not in self.complete:
            if stream in self.resets:
                raise ConnectionResetError(f"stream reset with {self.resets[stream]!r}")
            self.read()
        return self.answers[stream]

    def ask(self, path, method="GET", headers=None, body=None):
        return self.await_answer(self.request(path, method, headers, body))


def exchange_secure(host, path="/", authority=None, protocol="http/1.1", name="example.org", **question):
    """One request on a TLS connection of its own."""
    offered = settings(authority, protocol)
    kind = Http2Connection if protocol == "h2" else SecureConnection
    connection = kind(host, offered, name)
    try:
        return connection.ask(path, **question)
    finally:
        connection.close()
