# SPDX-License-Identifier: MIT
"""Questions that are wrong, and the difference between the protocols where there is a right one: RFC 9113 8.1.1 calls
some of them malformed, and those end the stream without an answer."""
from rows import row

MIB = 1 << 20


def fault(claim, status, path="/echo", *arguments, malformed="", http2="", because="", **question):
    """`malformed` names the section of RFC 9113 by which HTTP/2 ends the stream, where `status` is HTTP/1.1's
    answer."""
    if malformed:
        http2, because = "RST_STREAM PROTOCOL_ERROR", f"RFC 9113 {malformed} and 8.1.1"
    return row(claim, status, path, *arguments, http2=http2, because=because, **question)


TARGETS = [
    fault("bad_escape", 400, "/%zz"),
    fault("cut_off_escape", 400, "/a%2"),
    fault("encoded_nul", 400, "/page.txt%00"),
    fault("encoded_line_feed", 400, "/%0a"),
    fault("climbing_path", 400, "/../page.txt"),
    fault("climbing_path_encoded", 400, "/%2e%2e/page.txt"),
    fault("fragment", 400, "/page.txt#part"),
    fault("space", 400, "/page .txt", malformed="8.3.1"),
    fault("beyond_ascii", 400, "/grüße.txt"),
    fault("delete_character", 400, "/a\x7f", malformed="8.3.1"),
    fault("no_slash", 400, "page.txt", malformed="8.3.1"),
    fault("empty", 400, "", malformed="8.3.1"),
    fault("asterisk_for_get", 400, "*", malformed="8.3.1"),
    fault("absolute_form", 200, "http://example.org/page.txt", malformed="8.3.1"),
    fault("too_long_target", 414, "/" + 8192 * "a"),
    fault("target_longer_than_a_head", 414, "/" + 20_000 * "a"),
]
METHODS = [
    fault("unknown_method", 501, "/page.txt", "BREW"),
    fault("method_in_lower_case", 501, "/page.txt", "get"),
    fault("unknown_method_with_a_body", 501, "/page.txt", "BREW", content=b"x"),
    fault("method_that_is_no_token", 400, "/page.txt", "G(T", malformed="8.3.1"),
    fault("connect_without_a_port", 400, "example.org", "CONNECT"),
    fault("connect_to_a_path", 400, "/page.txt", "CONNECT", malformed="8.5"),
]
HOSTS = [
    fault("no_host", 400, host=None, malformed="8.1.1"),
    fault("empty_host", 400, host="", malformed="8.3.1"),
    fault("host_with_user", 400, host="user@example.org"),
    fault("host_with_path", 400, host="example.org/a", malformed="8.3.1"),
    fault("host_with_space", 400, host="a b", malformed="8.3.1"),
    fault("list_of_hosts", 400, host="a, b", malformed="8.3.1"),
    fault("port_too_large", 400, host="example.org:65536"),
    fault("broken_literal", 400, host="[::1"),
    fault("two_hosts", 400, fields={"Host": "other.example"}),
    fault("same_host_twice", 400, fields={"Host": "example.org"}, http2=200,
          because="RFC 9113 8.3.1: :authority is no Host, and one may say what the other says"),
    fault("two_hosts_without_authority", 400, host=None, fields=[("Host", "a"), ("Host", "b")], malformed="8.1.1"),
]
FIELDS = [
    fault("field_name_with_space", 400, fields={"a b": "c"}),
    fault("empty_field_name", 400, fields={"": "c"}),
    fault("field_name_beyond_ascii", 400, fields={"ä": "c"}),
    fault("nul_in_a_value", 400, fields={"a": "b\0c"}),
    fault("carriage_return_in_a_value", 400, fields={"a": "b\rc"}),
    fault("line_feed_in_a_value", 400, fields={"a": "b\nc"}),
    fault("control_in_a_value", 400, fields={"a": "b\x1bc"}),
    fault("space_around_a_value", 200, fields={"a": " b "}, http2=400,
          because="RFC 9113 8.2.1: no white space around a value; RFC 9112 5: it is no part of the value"),
    fault("too_many_fields", 431, fields=[("a", str(at)) for at in range(110)]),
    fault("too_large_field", 431, fields={"a": 20_000 * "b"}),
    fault("too_large_cookie", 431, fields={"Cookie": "; ".join(200 * [100 * "c"])}),
    fault("flood_of_fields", 431, fields={"a": 80_000 * "b"}, http2="RST_STREAM ENHANCE_YOUR_CALM",
          because="RFC 9113 10.5: over HTTP/1.1 the rest is not read; here it must be, as its compression has a state"),
    fault("keep_alive", 200, fields={"Keep-Alive": "timeout=5"}, malformed="8.2.2"),
    fault("upgrade", 200, fields={"Upgrade": "websocket"}, malformed="8.2.2"),
    fault("proxy_connection", 200, fields={"Proxy-Connection": "keep-alive"}, malformed="8.2.2"),
    fault("te_other_than_trailers", 200, fields={"TE": "gzip"}, malformed="8.2.2"),
    fault("unknown_transfer_coding", 501, fields={"Transfer-Encoding": "gzip"}, malformed="8.2.2"),
    fault("unknown_expectation", 417, fields={"Expect": "200-ok"}),
]
BODIES = [
    fault("length_with_sign", 400, "/echo", "POST", fields={"Content-Length": "+5"}, malformed="8.1.1"),
    fault("length_listed", 400, "/echo", "POST", fields={"Content-Length": "5, 5"}, malformed="8.1.1"),
    fault("length_empty", 400, "/echo", "POST", fields={"Content-Length": ""}, malformed="8.1.1"),
    fault("length_beyond_64_bits", 400, "/echo", "POST",
          fields={"Content-Length": "18446744073709551621"}, malformed="8.1.1"),
    fault("length_twice", 400, "/echo", "POST",
          fields=[("Content-Length", "0"), ("Content-Length", "0")], malformed="8.1.1"),
    fault("body_too_large", 413, "/echo", "POST", content=(MIB + 1) * b"x"),
    fault("body_too_large_of_unknown_length", 413, "/echo", "POST", content=(MIB + 1) * b"x", measured=False),
    fault("body_too_large_with_expectation", 413, "/echo", "POST", fields={"Expect": "100-continue"},
          content=(MIB + 1) * b"x"),
]
ROWS = TARGETS + METHODS + HOSTS + FIELDS + BODIES
