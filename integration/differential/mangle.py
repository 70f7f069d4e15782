# SPDX-License-Identifier: MIT
"""Requests that are nearly right, each from a number: the same number makes the same bytes.

A connection is one to three requests, drawn from the tables below, in which what decides on framing is spoilt in no,
one or several places; then, sometimes, single bytes.
"""
import random

TARGETS = ["/", "/a", "/a?b=c", "/%61/./b", "*", "http://h/a", "http://h", "http://h:80/?b", "https://other/a",
           "h:443", "//h/a", "/a#b", "/\xe4", "/a b", "", "a", "/<>\"{}|", "/a\\b", "HTTP://h/a", "ftp://h/"]
METHODS = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "CONNECT", "TRACE", "get", "PRI", "G\xe4T",
           "GET\t", "FOO", ""]
VERSIONS = ["HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/1.10", "HTTP/01.1", "http/1.1",
            "HTTP/1,1", "HTTP/1.1 ", "HTTPS/1.1", ""]
HOSTS = ["Host: h", "Host: h:80", "Host: [::1]:80", "Host:", "Host: a, b", "Host: h@i", "Host: h/i", "host:h",
         "HOST : h", "Host: h i", "Host: \xe4", "Host: h:99999", "X-Host: h"]
# All that says how long a body is, or seems to. "{}" is what it is.
LENGTHS = ["Content-Length: {}", "Content-Length: {}", "Content-Length: {}", "content-length:{}",
           "Content-Length: {}\t ", "Content-Length : {}", "Content-Length: +{}", "Content-Length: -{}",
           "Content-Length: 0{}", "Content-Length: 0x{}", "Content-Length: {}, {}", "Content-Length: {};",
           "Content-Length: {}.0", "Content-Length: {} 0", "Content-Length:\x0b{}", "Content-Length: {}\x0b",
           "Content-Length: {}\0", "Content-Length:", "Content-Length: \xb2", "Content-Length: 18446744073709551616",
           "Content-Length: 99999999999999999999", "Content_Length: {}", "Content-Length\0: {}", "Content-Length: {},",
           "Content-Length: \"{}\"", "\x0bContent-Length: {}", "Content-Length\xa0: {}"]
CODINGS = ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked",
           "transfer-encoding:CHUNKED", "Transfer-Encoding: chunked\t ", "Transfer-Encoding : chunked",
           "Transfer-Encoding:\x0bchunked", "Transfer-Encoding: chunked\x0b", "Transfer-Encoding: \"chunked\"",
           "Transfer-Encoding: 'chunked'", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: identity",
           "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: chunked;q=1",
           "Transfer-Encoding:", "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked ,",
           "Transfer-Encoding: ,chunked", "Transfer_Encoding: chunked", "Transfer-Encoding\0: chunked",
           "Transfer-Encoding: chun\0ked", "TE: chunked", "Transfer-Encoding: chunked\xa0",
           "\tTransfer-Encoding: chunked", "X: y\rTransfer-Encoding: chunked", "Transfer-\rEncoding: chunked",
           "Transfer-Encoding: chunke\u017f"]
OTHERS = ["Connection: close", "Connection: keep-alive", "Connection: keep-alive, close", "Connection: Upgrade",
          "Connection: content-length", "Connection: transfer-encoding", "Connection: ,close,", "Connection: closed",
          "Upgrade: websocket", "Upgrade: h2c", "Expect: 100-continue", "Expect: 200-ok", "Trailer: Content-Length",
          "Keep-Alive: 5", "Proxy-Connection: close", "HTTP2-Settings: AAMAAABk", "X: \xff\xfe", "X:", ": x", "X",
          "X:\ty\t", "X: y\0z", "X y: z", "X: " + "y" * 300, "\xe4: y", "X: y\r", "@: y", "X(: y",
          "Content-Encoding: gzip", "Content-Type: multipart/byteranges; boundary=a", "X-HTTP-Method-Override: PUT"]
SIZES = ["{:x}", "{:x}", "{:x}", "{:X}", "0{:x}", "00000000000000{:x}", "0x{:x}", "+{:x}", "-{:x}", " {:x}", "{:x} ",
         "{:x}\t", "{:x}\x0b", "{:x};", "{:x};a", "{:x};a=b", "{:x};a=\"b;c\"", "{:x} ;a=b", "{:x}; a = b",
         "{:x};a=\"b", "{:x};\x01", "{:x};\xe4", "{:x};a\n", "{:x};\r", "{:x}\r;a", "{:x}g", "{:x}_", "{:x},",
         "{:x}\0", "1{:015x}", "f{:x}", "fffffffffffffff{:x}", "", "{:x}.0", "{:x};" + "a" * 300]
ENDS = ["\r\n", "\n", "\r", "\r\r\n", "\n\r", "\r\n ", "\r\n\t", "\0\r\n", "\x0b\r\n", "\r\n\r\n", " \r\n", "\x85", ""]
TRAILERS = ["", "", "", "X: y\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "X\r\n", " X: y\r\n",
            "X : y\r\n", "X: y\n", "X: y\0\r\n", "\r"]
BYTES = "\0\t\n\x0b\x0c\r !\"#%&'()*+,-./0159:;<=>?@AZ[\\]^_`az{|}~\x7f\x80\x85\xa0\xff"


class Mangler:
    """`boldness` is how likely each place is to be spoilt."""

    def __init__(self, number):
        self.random = random.Random(number)
        self.boldness = self.random.choice([0, 0.02, 0.05, 0.2])

    def pick(self, table, usual=None):
        """One of a table: the usual one, as a rule."""
        if usual is not None and self.random.random() >= self.boldness:
            return usual
        return self.random.choice(table)

    def connection(self):
        """The bytes of one connection."""
        data = "".join(self.request() for _ in range(self.random.choice([1, 2, 2, 3])))
        data = data.encode("utf-8" if "\u017f" in data else "latin-1")
        if self.random.random() < self.boldness:
            data = self.damaged(bytearray(data))
        return data

    def request(self):
        """One request, and what stands before it."""
        method = self.pick(METHODS, self.random.choice(["GET", "POST"]))
        start = self.pick([" ", "  ", "\t", "\x0b", ""], " ").join(
            [method, self.pick(TARGETS, "/a"), self.pick(VERSIONS, "HTTP/1.1")])
        body = "".join(self.random.choices("ab\r\n0GET/:", k=self.random.choice([0, 1, 5, 11])))
        # Some bodies are requests: a reader that takes them for one is smuggled.
        if self.random.random() < 0.2:
            body = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"
        framing, coded = self.framing(method, body)
        fields = [self.pick(HOSTS, "Host: h"), *framing]
        while self.random.random() < 0.3:
            fields.append(self.random.choice(OTHERS if self.random.random() < self.boldness else OTHERS[:20]))
        if self.random.random() < self.boldness:
            fields.append(self.random.choice(fields))
        self.random.shuffle(fields)
        lines = [start, *fields, ""]
        first = self.pick(["\r\n", "\n", " ", "\r\n\r\n\r\n", "\r"], "")
        return first + "".join(line + self.pick(ENDS, "\r\n") for line in lines) + coded

    def framing(self, method, body):
        """(The fields, the body as they say)"""
        kinds = ["length", "chunked", "none"] + (["none"] if method == "GET" else [])
        kind = self.random.choice(kinds)
        if self.random.random() < self.boldness:
            kind = "both"
        length = self.pick(LENGTHS, LENGTHS[0]).format(*[len(body)] * 2)
        coding = self.pick(CODINGS, CODINGS[0])
        return {"none": ([], ""), "length": ([length], body), "chunked": ([coding], self.chunked(body)),
                "both": ([length, coding], self.random.choice([body, self.chunked(body)]))}[kind]

    def chunked(self, body):
        """A body in chunks, of which some say the wrong size."""
        at, coded = 0, ""
        while at < len(body):
            size = self.random.randint(1, len(body) - at)
            said = size + self.pick([-1, 1, 2], 0)
            coded += self.size(said) + self.pick(ENDS, "\r\n") + body[at:at + size] + self.pick(ENDS, "\r\n")
            at += size
        trailers = self.random.choice(TRAILERS) if self.random.random() < max(self.boldness, 0.1) else ""
        last = self.pick(["0", "00", "0;a", "0 ", "-0", "", "0x0"], "0") + self.pick(ENDS, "\r\n")
        return coded + last + trailers + self.pick(ENDS, "\r\n")

    def size(self, number):
        """A chunk's size. An extension is right, but rare."""
        usual = "{:x};a=b" if self.random.random() < 0.1 else "{:x}"
        return self.pick(SIZES, usual).format(max(number, 0))

    def damaged(self, data):
        """Without some bytes, with others, or with some twice."""
        for _ in range(self.random.choice([1, 1, 2, 4])):
            at = self.random.randrange(len(data) + 1)
            if (what := self.random.randrange(5)) == 0:
                data[at:at] = self.random.choice(BYTES).encode("latin-1")
            elif what == 1:
                del data[at:at + 1]
            elif what == 2:
                data[at:at + 1] = self.random.choice(BYTES).encode("latin-1")
            elif what == 3:
                data[at:at] = data[at - 8:at]
            else:
                del data[at:]
        return bytes(data)


def inputs(seed):
    """Without an end."""
    number = 0
    while True:
        yield Mangler(f"{seed}.{number}").connection()
        number += 1
