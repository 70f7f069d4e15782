# SPDX-License-Identifier: MIT
"""What is asked of integration/mirror over each protocol."""
from conftest import PAGE, SITE
from rows import row

TEXT = "text/plain; charset=utf-8"
ALL = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MIB = 1 << 20
absent_page = SITE["404.html"].encode()
plain_500 = b"500 Internal Server Error\n"


def pattern(length):
    alphabet = b"abcdefghijklmnopqrstuvwxyz"
    return (alphabet * (length // 26 + 1))[:length]


def digest(content):
    """What mirror.cpp says of it: FNV-1a."""
    value = 14695981039346656037
    for byte in content:
        value = (value ^ byte) * 1099511628211 & 0xffffffffffffffff
    return str(value)


def seen(method, target, path, *, matches=("",), parameters=(), fields=(), content=b"", host="example.org"):
    """The description by a handler of /echo; `fields` in the order of their names."""
    with_length = content or method in ("POST", "PUT", "PATCH", "DELETE")
    fields = [*fields, *([("host", host)]), *([("content-length", str(len(content)))] if with_length else [])]
    lines = [f"{method} {target} HTTP/1.1", f"path {path}", f"match {path}", *[f"match {each}" for each in matches],
             *[f"parameter {each}" for each in parameters],
             *[f"field {name}: {value}" for name, value in sorted(fields, key=lambda pair: pair[0])],
             "client {client}", "ranges 0"]
    shown = digest(content).encode() if len(content) > 1024 else content
    return "".join(line + "\n" for line in lines).encode() + b"body %d %s\n" % (len(content), shown)


def echo(claim, path="/echo", method="GET", fields=(), content=None, decoded=None, expected_fields=(), parameters=(),
         **question):
    decoded = decoded or path.partition("?")[0]
    body = seen(method, path, decoded, matches=[decoded.removeprefix("/echo")], parameters=parameters,
                fields=expected_fields, content=content or b"", host=question.get("host", "example.org"))
    return row(claim, 200, path, method, fields, content, body if method != "HEAD" else b"", {"content-type": TEXT},
               **question)


ECHOES = [
    echo("get"),
    echo("head", method="HEAD"),
    echo("options", method="OPTIONS"),
    *[echo(f"{method.lower()}_with_a_body", method=method, content=b"a body\r\n\0\xff")
      for method in ("POST", "PUT", "PATCH", "DELETE")],
    *[echo(f"{method.lower()}_without_a_body", method=method) for method in ("POST", "PUT", "PATCH", "DELETE")],
    row("get_with_a_body", 200, "/echo", content=b"x",  # cpp-httplib has no body for its handlers of GET
        body=seen("GET", "/echo", "/echo", fields=[("content-length", "1")])),
    echo("part_of_the_path", "/echo/a%20b/gr%C3%BC%C3%9Fe", decoded="/echo/a b/grüße"),
    echo("dot_segments", "/echo/a/../%2e/b?c", decoded="/echo/b", parameters=["c="]),
    echo("query", "/echo?b=1&a=x+y&a=%26%C3%BC&flag", parameters=["a=x y", "a=&ü", "b=1", "flag="]),
    echo("port_in_the_host", host="example.org:8443"),
    echo("literal_in_the_host", host="[::1]:80"),
    echo("fields", fields=[("X-One", "1"), ("x-two", "b"), ("X-TWO", "a"), ("User-Agent", "case/1.0"), ("X-Empty", ""),
                           ("X-Beyond-Ascii", "grüße")],
         expected_fields=[("user-agent", "case/1.0"), ("x-beyond-ascii", "grüße"), ("x-empty", ""), ("x-one", "1"),
                          ("x-two", "b"), ("x-two", "a")]),
    echo("cookie", fields={"Cookie": "a=1"}, expected_fields=[("cookie", "a=1")]),
    echo("cookie_in_crumbs", fields={"Cookie": "a=1; b=2; c=3"}, expected_fields=[("cookie", "a=1; b=2; c=3")]),
    echo("large_cookie", fields={"Cookie": "; ".join(f"c{at}={60 * 'x'}" for at in range(100))},
         expected_fields=[("cookie", "; ".join(f"c{at}={60 * 'x'}" for at in range(100)))]),
    echo("authorization", fields={"Authorization": "Basic YTpi"}, expected_fields=[("authorization", "Basic YTpi")]),
    echo("withheld_fields", fields={"Accept-Encoding": "gzip, br", "Range": "bytes=0-1", "If-Range": '"a"',
                                    "TE": "trailers", "REMOTE_ADDR": "192.0.2.1", "Local-Port": "1"},
         expected_fields=[("local-port", "1")]),
    echo("expectation", method="POST", fields={"Expect": "100-continue"}, content=b"asked for"),
    echo("body_of_unknown_length", method="POST", content=b"in two parts", measured=False),
    echo("empty_body", method="POST", content=b""),
    echo("empty_body_of_unknown_length", method="PUT", content=b"", measured=False),
    echo("body_of_64_kib", method="PUT", content=pattern(65536)),
    echo("body_of_1_mib", method="POST", content=pattern(MIB)),
    echo("body_of_1_mib_of_unknown_length", method="POST", content=pattern(MIB), measured=False),
    echo("form", method="POST", fields=FORM, content=b"name=J%C3%BCrgen+K&a=1&a=2",
         expected_fields=[("content-type", FORM["Content-Type"])], parameters=["a=1", "a=2", "name=Jürgen K"]),
    echo("form_and_query", "/echo?a=0", method="PUT", fields=FORM, content=b"a=1",
         expected_fields=[("content-type", FORM["Content-Type"])], parameters=["a=0", "a=1"]),
    row("content_reader", 200, "/reader", "POST", content=pattern(100_000),
        body=f"100000 {digest(pattern(100_000))}".encode()),
    row("multipart", 415, "/echo", "POST", {"Content-Type": "multipart/form-data; boundary=b"}, b"--b--\r\n"),
    row("encoded_body", 415, "/echo", "POST", {"Content-Encoding": "gzip"}, b"x", has={"accept-encoding": "identity"}),
    row("path_too_long_for_a_route", 414, "/echo/" + 1024 * "a"),
    row("too_many_parameters", 400, "/echo?" + 1100 * "a&"),
]
STATUSES = [
    *[row(f"status_{status}", status, f"/status/{status}?body=said", body=b"said", has={"content-type": TEXT})
      for status in (200, 201, 202, 299, 400, 401, 404, 409, 418, 429, 500, 503, 599)],
    row("status_201_with_location", 201, "/status/201?to=/made", body=b"", has={"location": "/made"}),
    row("status_204", 204, "/status/204", body=b"", has={"content-length": []}),
    row("status_204_with_a_body", 204, "/status/204?body=lost", body=b"", has={"content-length": []}),
    row("status_205", 205, "/status/205", body=b""),
    row("status_302", 302, "/status/302?to=https://example.net/", has={"location": "https://example.net/"}),
    row("status_304", 304, "/status/304", body=b"", has={"content-length": []}),
    row("status_304_with_a_body", 304, "/status/304?body=lost", body=b"", has={"content-length": []}),
    row("status_404_without_a_body", 404, "/status/404", body=absent_page),
    row("head_of_status_404", 404, "/status/404?body=said", "HEAD", body=b"", has={"content-length": "4"}),
    row("status_100_is_no_answer", 500, "/status/100"),
    row("status_600_does_not_exist", 500, "/status/600"),
    row("redirect", 302, "/moved", has={"location": "/echo?from=moved"}),
    row("exception", 500, "/throw", body=plain_500, has={"exception_what": []}),
    row("head_of_an_exception", 500, "/throw", "HEAD", body=b"", has={"content-length": str(len(plain_500))}),
]
FIELDS = [
    row("fields_of_the_answer", 200, "/fields", body=b"fields",
        has={"set-cookie": ["first=1; Path=/", "second=2; HttpOnly"], "x-upper-case": "Value", "x-empty": "",
             "x-beyond-ascii": "grüß"}),
    row("fields_of_the_session", 200, "/fields/of_the_session", body=b"fields",
        has={"content-length": "6", "transfer-encoding": [], "keep-alive": [], "upgrade": [], "te": [], "trailer": []}),
    row("field_with_spaces_around", 200, "/fields/padded", body=b"fields", has={"x-padded": "value"}),
    row("field_that_cannot_be_sent", 500, "/fields/broken", has={"x-broken": []}),
    row("pseudo_field", 500, "/fields/pseudo", has={":status": []}),
]
CONTENTS = [
    *[row(f"{kind}_of_{length}_bytes", 200, f"/{kind}/{length}", body=pattern(length),
          has={"content-length": str(length), "content-type": TEXT})
      for kind in ("content", "provided", "chunked") for length in (0, 1, 16384, 16385, 65536, MIB)],
    row("head_of_provided", 200, "/provided/100000", "HEAD", body=b"", has={"content-length": "100000"}),
    row("head_of_chunked", 200, "/chunked/100000", "HEAD", body=b"", has={"content-length": "100000"}),
    row("provider_that_gives_up", 500, "/given_up"),
]
BESIDE = [
    row("site_before_routes", 200, "/page.txt", body=PAGE.encode()),
    row("no_route", 404, "/absent", body=absent_page),
    row("no_route_for_post", 404, "/absent", "POST", content=b"x", body=absent_page),
    row("no_route_for_this_method", 404, "/moved", "DELETE", body=absent_page),
    row("options_of_the_server", 204, "*", "OPTIONS", body=b"", has={"allow": ALL}),
    row("trace", 405, "/echo", "TRACE"),
]
ROWS = ECHOES + STATUSES + FIELDS + CONTENTS + BESIDE
