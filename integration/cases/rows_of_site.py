# SPDX-License-Identifier: MIT
"""What is asked of a static site over each protocol. {etag} and {modified} are those of /page.txt."""
from conftest import PAGE, SITE
from rows import row

OLD, FUTURE = "Mon, 01 Jan 2001 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
HEALTH = "/.well-known/cloister/health"
READING = "GET, HEAD, OPTIONS"
LARGE = SITE["large.bin"]
# Around the sizes at which a body is copied, lent, or sent from its descriptor.
SIZES = (1, 4096, 4097, 16384, 16385, 65535, 65536, 65537)
MORE_FILES = {
    "empty.txt": "",
    "grüße.txt": "Grüße\n",
    "a b&c+d;e.txt": "marks\n",
    "100%.txt": "per cent\n",
    ".secret": "secret\n",
    "notes/.secret": "secret\n",
    ".well-known/security.txt": "Contact: mailto:security@example.org\n",
    "notes/deep/index.html": "<h1>Deep</h1>\n",
    **{f"sizes/{size}.bin": bytes(at % 251 for at in range(size)) for size in SIZES},
}
TEXT, HTML = "text/plain; charset=utf-8", "text/html; charset=utf-8"
page, absent_page = PAGE.encode(), SITE["404.html"].encode()
index, notes = SITE["index.html"].encode(), SITE["notes/index.html"].encode()


def conditional(claim, status, fields, method="GET"):
    body = page if (status, method) == (200, "GET") else b"" if status in (200, 304) else b"412 Precondition Failed\n"
    return row(claim, status, "/page.txt", method, fields, body=body, has={"etag": "{etag}"} if status < 400 else {})


def ranged(claim, status, ranges, body, path="/page.txt", has=None, method="GET", **conditions):
    fields = [("Range", each) for each in ranges]
    fields += [(name.replace("_", "-"), value) for name, value in conditions.items()]
    return row(claim, status, path, method, fields, body=body, has=has)


FILES = [
    row("index", 200, "/", body=index, has={"content-type": HTML, "accept-ranges": "bytes"}),
    row("index_by_name", 200, "/index.html", body=index),
    row("index_of_a_folder", 200, "/notes/", body=notes),
    row("file", 200, "/page.txt", body=page, has={"content-type": TEXT, "content-length": str(len(page))}),
    row("head_of_a_file", 200, "/page.txt", "HEAD", body=b"", has={"content-length": str(len(page))}),
    row("head_of_the_index", 200, "/", "HEAD", body=b"", has={"content-length": str(len(index))}),
    row("empty_file", 200, "/empty.txt", body=b"", has={"content-length": "0"}),
    row("large_file", 200, "/large.bin", body=LARGE, has={"content-length": str(len(LARGE))}),
    row("head_of_a_large_file", 200, "/large.bin", "HEAD", body=b"", has={"content-length": str(len(LARGE))}),
    row("get_with_a_body", 200, "/page.txt", content=b"ignored", body=page),
    row("get_with_a_chunked_body", 200, "/page.txt", content=b"ignored", measured=False, body=page),
    row("well_known", 200, "/.well-known/security.txt"),
    *[row(f"file_of_{size}_bytes", 200, f"/sizes/{size}.bin", body=MORE_FILES[f"sizes/{size}.bin"]) for size in SIZES],
]
NAMES = [
    row("query", 200, "/page.txt?a=%zz&b=c", body=page),
    row("empty_query", 200, "/page.txt?", body=page),
    row("utf8_name", 200, "/gr%C3%BC%C3%9Fe.txt", body="Grüße\n".encode()),
    row("utf8_name_in_small_hex", 200, "/gr%c3%bc%c3%9fe.txt", body="Grüße\n".encode()),
    row("name_with_marks", 200, "/a%20b&c+d;e.txt", body=b"marks\n"),
    row("name_with_encoded_marks", 200, "/a%20b%26c%2Bd%3be.txt", body=b"marks\n"),
    row("name_with_per_cent", 200, "/100%25.txt", body=b"per cent\n"),
    row("letter_that_needs_no_escape", 200, "/%70age.txt", body=page),
    row("dot_segment", 200, "/notes/.././page.txt", body=page),
    row("encoded_dot_segment", 200, "/notes/%2E%2e/page.txt", body=page),
    row("last_dot_segment", 200, "/notes/deep/..", body=notes),
    row("encoded_slash", 200, "/notes%2Fdeep/", body=b"<h1>Deep</h1>\n"),
    row("escape_decoded_once", 404, "/%2570age.txt", body=absent_page),
    row("folder_redirects", 301, "/notes", has={"location": "/notes/"}),
    row("folder_redirects_with_query", 301, "/notes?a=b%20c", has={"location": "/notes/?a=b%20c"}),
    row("head_of_a_redirect", 301, "/notes", "HEAD", body=b"", has={"location": "/notes/"}),
    row("redirect_stays_on_the_host", 301, "//example.net/../../notes", has={"location": "/notes/"}),
    row("absent", 404, "/absent", body=absent_page, has={"content-type": HTML}),
    row("head_of_the_absent", 404, "/absent", "HEAD", body=b"", has={"content-length": str(len(absent_page))}),
    row("file_as_folder", 404, "/page.txt/", body=absent_page),
    row("folder_without_index", 404, "/sizes/", body=absent_page),
    row("two_slashes", 404, "//page.txt", body=absent_page),
    row("private_file", 404, "/.secret", body=absent_page),
    row("private_file_in_a_folder", 404, "/notes/%2Esecret", body=absent_page),
    row("longest_target", 404, "/" + 8191 * "a", body=absent_page),
]
CONDITIONS = [
    conditional("same_tag", 304, {"If-None-Match": "{etag}"}),
    conditional("same_tag_for_head", 304, {"If-None-Match": "{etag}"}, "HEAD"),
    conditional("weak_form_of_the_tag", 304, {"If-None-Match": "W/{etag}"}),
    conditional("tag_in_a_list", 304, {"If-None-Match": '"a", {etag}'}),
    conditional("tag_in_the_second_line", 304, [("If-None-Match", '"a"'), ("If-None-Match", "{etag}")]),
    conditional("any_tag", 304, {"If-None-Match": "*"}),
    conditional("other_tag", 200, {"If-None-Match": '"other"'}),
    conditional("other_tag_before_a_date", 200, {"If-None-Match": '"other"', "If-Modified-Since": FUTURE}),
    conditional("not_modified_since", 304, {"If-Modified-Since": "{modified}"}),
    conditional("modified_since", 200, {"If-Modified-Since": OLD}),
    conditional("no_date", 200, {"If-Modified-Since": "yesterday"}),
    conditional("match", 200, {"If-Match": "{etag}"}),
    conditional("match_any", 200, {"If-Match": "*"}),
    conditional("no_match", 412, {"If-Match": '"other"'}),
    conditional("no_weak_match", 412, {"If-Match": "W/{etag}"}),
    conditional("unmodified_since", 200, {"If-Unmodified-Since": "{modified}"}),
    conditional("not_unmodified_since", 412, {"If-Unmodified-Since": OLD}),
]
RANGES = [
    ranged("range", 206, ["bytes=4-8"], page[4:9], has={"content-range": f"bytes 4-8/{len(page)}"}),
    ranged("open_range", 206, ["bytes=40-"], page[40:]),
    ranged("suffix", 206, ["bytes=-5"], page[-5:]),
    ranged("suffix_longer_than_the_file", 206, ["bytes=-999"], page),
    ranged("end_behind_the_file", 206, ["bytes=4-999"], page[4:]),
    ranged("unsatisfiable", 416, ["bytes=999-"], None, has={"content-range": f"bytes */{len(page)}"}),
    ranged("empty_suffix", 416, ["bytes=-0"], None),
    ranged("backward", 200, ["bytes=5-4"], page),
    ranged("ranges_that_are_close", 206, ["bytes=0-1,3-4"], page[:5]),
    ranged("two_range_fields", 200, ["bytes=0-1", "bytes=3-4"], page),
    ranged("other_unit", 200, ["lines=1-2"], page),
    ranged("range_for_head", 200, ["bytes=4-8"], b"", method="HEAD"),
    ranged("range_of_an_empty_file", 416, ["bytes=0-"], None, path="/empty.txt"),
    ranged("suffix_of_an_empty_file", 200, ["bytes=-1"], b"", path="/empty.txt"),
    ranged("range_of_a_large_file", 206, ["bytes=500000-700000"], LARGE[500000:700001], path="/large.bin"),
    ranged("if_range_same", 206, ["bytes=4-8"], page[4:9], If_Range="{etag}"),
    ranged("if_range_same_date", 206, ["bytes=4-8"], page[4:9], If_Range="{modified}"),
    ranged("if_range_other", 200, ["bytes=4-8"], page, If_Range='"other"'),
    ranged("if_range_weak", 200, ["bytes=4-8"], page, If_Range="W/{etag}"),
    ranged("if_range_old", 200, ["bytes=4-8"], page, If_Range=OLD),
    ranged("range_of_what_is_not_modified", 304, ["bytes=4-8"], b"", If_None_Match="{etag}"),
]
METHODS = [
    *[row(f"{method.lower()}_to_a_file", 405, "/page.txt", method, content=b"x", has={"allow": READING})
      for method in ("POST", "PUT", "PATCH", "DELETE")],
    row("post_without_a_body", 405, "/page.txt", "POST", has={"allow": READING}),
    row("large_post_to_a_file", 405, "/page.txt", "POST", content=1_000_000 * b"x", has={"allow": READING}),
    row("post_with_expectation", 405, "/page.txt", "POST", {"Expect": "100-continue"}, content=b"x"),
    row("post_to_the_absent", 404, "/absent", "POST", content=b"x", body=absent_page),
    row("options_of_a_file", 204, "/page.txt", "OPTIONS", body=b"", has={"allow": READING}),
    row("options_of_a_folder", 204, "/notes", "OPTIONS", body=b"", has={"allow": READING}),
    row("options_of_the_server", 204, "*", "OPTIONS", body=b"", has={"allow": READING}),
    row("options_of_the_absent", 404, "/absent", "OPTIONS"),
    row("trace", 405, "/page.txt", "TRACE", has={"allow": READING}),
    row("connect", 405, "example.org:443", "CONNECT", host="example.org:443", has={"allow": READING}),
    row("health", 200, HEALTH, body=b"ok\n", has={"cache-control": "no-store"}),
    row("head_of_health", 200, HEALTH, "HEAD", body=b"", has={"content-length": "3"}),
    row("post_to_health", 405, HEALTH, "POST", content=b"x", has={"allow": "GET, HEAD"}),
    row("options_of_health", 405, HEALTH, "OPTIONS", has={"allow": "GET, HEAD"}),
]
ROWS = FILES + NAMES + CONDITIONS + RANGES + METHODS
