# SPDX-License-Identifier: MIT
"""Seeds that are no text: connections over HTTP/2, frame by frame.

    python3 -m fuzz.seeds FOLDER    writes FOLDER/TARGET/NAME

Those of http2_fuzz begin with 8 bytes that cut the rest into parts and say what happens between them; those of
connection_fuzz with a line of events (app/server/connection_fuzz.cpp). And the rules of an image for redirects_fuzz.
"""
import struct
import sys
from pathlib import Path

from lab.frames import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, NO_WINDOW, PING, PREFACE,
                        PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS, WINDOW_UPDATE, block, frame, number, request,
                        setting)

SECURE = [(":scheme", "https"), (":authority", "h")]
PLAIN = [(":scheme", "http"), (":authority", "h")]


def begin(*settings):
    """What a client sends behind the preface."""
    return frame(SETTINGS, payload=b"".join(settings)) + frame(SETTINGS, ACK)


def conversations(scheme):
    """{name: frames}"""
    def get(stream, path, fields=()):
        return request(stream, fields, base=[(":method", "GET"), *scheme, (":path", path)])

    def post(stream, path, fields=()):
        return request(stream, fields, ends=False, base=[(":method", "POST"), *scheme, (":path", path)])

    half = block([(":method", "GET"), *scheme, (":path", "/now")])
    return {
        "one_request": begin() + get(1, "/now"),
        "many_requests": begin() + b"".join(get(stream, "/nowo") + get(stream + 2, "/a") for stream in range(1, 60, 4)),
        "upload": begin() + post(1, "/echo", [("content-length", "5")]) + frame(DATA, END_STREAM, 1, b"hello"),
        "upload_in_parts": begin() + post(1, "/a") + frame(DATA, 0, 1, b"a" * 300) * 9 + frame(DATA, END_STREAM, 1),
        "padded": begin() + post(1, "/a") + frame(DATA, 0x8 | END_STREAM, 1, b"\x03abc\0\0\0"),
        "wrong_length": begin() + post(1, "/a", [("content-length", "5")]) + frame(DATA, END_STREAM, 1, b"hell"),
        "trailers": begin() + post(1, "/a") + frame(DATA, 0, 1, b"a") +
                    frame(HEADERS, END_STREAM | END_HEADERS, 1, block([("a", "b")])),
        "waits_for_window": begin(NO_WINDOW) + get(1, "/nowo") + frame(WINDOW_UPDATE, 0, 1, number(1000)) +
                            frame(WINDOW_UPDATE, 0, 1, number(70000)) + frame(WINDOW_UPDATE, 0, 0, number(70000)),
        "window_overflows": begin() + get(1, "/nowo") + frame(WINDOW_UPDATE, 0, 1, number(2**31 - 1)),
        "no_increment": begin() + get(1, "/a") + frame(WINDOW_UPDATE, 0, 1, number(0)),
        "resets": begin() + b"".join(get(stream, "/a") + frame(RST_STREAM, 0, stream, number(8))
                                     for stream in range(1, 40, 2)),
        "continuation": begin() + frame(HEADERS, END_STREAM, 1, half[:9]) +
                        frame(CONTINUATION, END_HEADERS, 1, half[9:]),
        "interrupted_head": begin() + frame(HEADERS, END_STREAM, 1, half[:9]) + frame(PING, payload=b"pingpong"),
        "pings": begin() + frame(PING, payload=b"pingpong") * 20,
        "priorities": begin() + frame(PRIORITY, 0, 3, number(1) + b"\x0f") + get(3, "/now") +
                      frame(HEADERS, END_STREAM | END_HEADERS | 0x20, 5, number(3) + b"\x0f" + half),
        "expects_continue": begin() + post(1, "/a", [("expect", "100-continue")]) + frame(DATA, END_STREAM, 1, b"a"),
        "connection_field": begin() + get(1, "/now", [("connection", "close")]),
        "large_field": begin() + get(1, "/now", [("cookie", "c" * 17000)]),
        "goes_away": begin() + get(1, "/a") + frame(GOAWAY, payload=number(0) + number(0)) + get(3, "/a"),
        "pushes": begin() + frame(PUSH_PROMISE, END_HEADERS, 1, number(2) + half),
        "closes": begin() + get(1, "/close") + get(3, "/now"),
        "settings": begin(setting(1, 0), setting(3, 0), setting(5, 2**24 - 1), setting(6, 1)) +
                    begin(setting(4, 2**31 - 1)),
        "even_stream": begin() + get(2, "/now"),
        "unknown_frame": begin() + frame(0x42, 0xff, 1, b"unknown") + get(1, "/now"),
        "too_long": frame(SETTINGS) + frame(DATA, 0, 1, b"", length=2**24 - 1),
    }


# How the parts of http2_fuzz follow each other.
SPLITS = {
    "whole": bytes(8),  # a part of 0 bytes is all the rest
    "frames": bytes([9, 17, 5, 30, 2, 77, 250, 6]),
    "drain": bytes([30, 251, 30, 251, 30, 253, 30, 251]),
}
# What happens to connection_fuzz.
EVENTS = {
    "gentle": b"2aw",
    "crowded": b"2fccgcpwgwxicw",
    "tls": b"6fchcsccggwwi",
    "drained": b">hccwdcwddd",
    "late": b"2ccttuu",
    "reset": b"2cccwck",
}


def rules(exact, patterns):
    """The bytes that site::Redirects reads (app/site/redirects.cpp); each rule is (pattern, parameters, target, status)."""
    rows, texts = b"", b""
    begin = 16 + 44 * (len(exact) + len(patterns))
    for line, (*parts, status) in enumerate(exact + patterns):
        for part in (b"", *parts):
            rows += struct.pack("<II", begin + len(texts), len(part))
            texts += part
        rows += struct.pack("<IHBB?3x", line, status, 0, 0, line % 2 == 0)
    return struct.pack("<IIII", begin + len(texts), len(exact), len(patterns), 1) + rows + texts


def judged_rules():
    """(name, bytes) for redirects_fuzz: a byte, a path and a query, then rules."""
    several = rules([(b"/a", b"", b"/b", 301), (b"/c", b"id\n\x02\n", b"/d/\x02A", 302)],
                    [(b"/n/\x02/\x01", b"x\n1\n", b"/m/\x02B?y=\x02A#f", 308), (b"/\x01.z", b"", b"/\x02A", 200)])
    for name, asked in {"exact": b"\0/a/\n\n", "parameter": b"\0/c\nid=7%20\n", "pattern": b"\0/n/o/p/q\nx=1&z\n",
                        "page": b"\2/y.z\n\n", "nothing": b"\3/\n\n"}.items():
        yield name, asked + several


def seeds():
    """(target, name, bytes) each."""
    for name, frames in conversations(PLAIN).items():
        for split, steps in SPLITS.items():
            yield "http2_fuzz", f"{name}.{split}", steps + frames
        for events, line in EVENTS.items():
            yield "connection_fuzz", f"{name}.{events}", line + b"\n" + PREFACE + frames
    for name, content in judged_rules():
        yield "redirects_fuzz", name, content
    for name, frames in conversations(SECURE).items():
        yield "connection_fuzz", f"{name}.secure", b"6ha\n" + PREFACE + frames


def main(folder):
    for target, name, content in seeds():
        path = Path(folder) / target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(*sys.argv[1:])
