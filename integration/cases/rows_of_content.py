# SPDX-License-Identifier: MIT
"""RFC 9110, 8 and 12 to 14, as far as it binds a server of files: each row names the section of its rule. What a file
is known by stands in braces: {br}, {gzip} and {identity} are the tags of /book.html, {modified} is its date."""
from rows import row

BOOK = "".join(f"<li>Number {line * 7919 % 100003} of the list</li>\n" for line in range(2000))
SHORT = "short\n"
MORE_FILES = {"book.html": BOOK, "short.txt": SHORT, "latin.txt": "gr\xfc\xdfe\n".encode("latin-1"),
              "app.3f2a9c1b.js": "1\n"}
book = BOOK.encode()
ANY = [("Accept-Encoding", "gzip, deflate, br, zstd")]
MANY = ",".join(f"{at}-{at}" for at in range(0, 9000, 500))  # more than limits::range_count
NOTHING = [("Accept-Encoding", "identity;q=0, compress")]


def accepts(value):
    return [("Accept-Encoding", value)]


def sent(claim, status, fields, coding, path="/book.html", method="GET", **has):
    """The answer is in `coding`, and says so, and on what it depends."""
    expected = {"content-encoding": [] if coding == "identity" else coding, "vary": "Accept-Encoding", **has}
    if status in (200, 206, 304) and path == "/book.html":
        expected["etag"] = "{" + coding + "}"
    if status == 304:
        expected["content-encoding"] = []
    return row(claim, status, path, method, fields, has=expected)


def part(claim, status, fields, body=None, **has):
    return row(claim, status, "/book.html", "GET", fields, body=body, has={name.replace("_", "-"): value
                                                                          for name, value in has.items()})


ROWS = [
    # 8: representation data and metadata
    row("8.3_type_by_name", 200, "/book.html", has={"content-type": "text/html; charset=utf-8"}),
    row("8.3.2_no_charset_that_is_not_true", 200, "/latin.txt", has={"content-type": "text/plain"}),
    sent("8.4_coding_is_said", 200, ANY, "br"),
    row("8.4_identity_is_not_said", 200, "/short.txt", fields=ANY, body=SHORT.encode(), has={"content-encoding": []}),
    sent("8.4.1.3_x_gzip_is_gzip", 200, accepts("x-gzip"), "gzip"),
    sent("8.6_length_of_what_is_sent_for_head", 200, ANY, "br", method="HEAD"),
    sent("8.8.3.3_each_coding_has_a_tag", 200, accepts("gzip"), "gzip"),
    # 12: negotiation
    sent("12.5.3_no_field", 200, [], "identity"),
    sent("12.5.3_empty_field", 200, accepts(""), "identity"),
    sent("12.5.3_weights", 200, accepts("br;q=0.5, gzip;q=0.9"), "gzip"),
    sent("12.5.3_weight_of_zero", 200, accepts("br;q=0, gzip"), "gzip"),
    sent("12.5.3_star", 200, accepts("*"), "br"),
    sent("12.5.3_star_of_zero_leaves_what_is_named", 200, accepts("gzip, *;q=0"), "gzip"),
    sent("12.5.3_identity_preferred", 200, accepts("identity, br;q=0.1"), "identity"),
    sent("12.5.3_unknown_coding", 200, accepts("compress"), "identity"),
    sent("12.5.3_two_lines", 200, accepts("gzip") + accepts("br;q=0.1"), "gzip"),
    sent("12.4.2_malformed_weight", 200, accepts("br;q=2, gzip;q=0.1"), "gzip"),
    sent("15.5.7_none_acceptable", 406, NOTHING, "identity"),
    sent("15.5.7_none_acceptable_for_head", 406, NOTHING, "identity", method="HEAD"),
    sent("12.5.5_not_modified_varies", 304, ANY + [("If-None-Match", "{br}")], "br"),
    # 13: conditions
    sent("13.1.2_tag_of_the_coding", 304, accepts("gzip") + [("If-None-Match", "{gzip}")], "gzip"),
    sent("13.1.2_tag_of_another_coding", 200, accepts("gzip") + [("If-None-Match", "{br}")], "gzip"),
    sent("13.1.2_tags_of_all", 304, ANY + [("If-None-Match", "{identity}, {gzip}, {br}")], "br"),
    sent("13.1.2_any", 304, ANY + [("If-None-Match", "*")], "br"),
    sent("13.1.2_weak_comparison", 304, ANY + [("If-None-Match", "W/{br}")], "br"),
    sent("13.1.2_head", 304, ANY + [("If-None-Match", "{br}")], "br", method="HEAD"),
    sent("13.1.3_since", 304, ANY + [("If-Modified-Since", "{modified}")], "br"),
    sent("13.2.2_tag_goes_before_date", 200,
         ANY + [("If-None-Match", '"x"'), ("If-Modified-Since", "{modified}")], "br"),
    sent("13.1.1_tag_of_the_coding", 200, ANY + [("If-Match", "{br}")], "br"),
    row("13.1.1_tag_of_another_coding", 412, "/book.html", fields=ANY + [("If-Match", "{gzip}")]),
    row("13.1.1_strong_comparison", 412, "/book.html", fields=ANY + [("If-Match", "W/{br}")]),
    row("13.2.1_conditions_do_not_count_for_the_absent", 404, "/absent", fields=[("If-None-Match", "*")]),
    # 14: ranges, which are of what is not coded
    part("14.2_part_of_what_is_not_coded", 206, ANY + [("Range", "bytes=10-19")], book[10:20], content_encoding=[],
         content_range=f"bytes 10-19/{len(book)}", etag="{identity}", vary="Accept-Encoding"),
    part("14.1.2_suffix", 206, [("Range", "bytes=-7")], book[-7:]),
    part("14.1.2_open_end", 206, [("Range", f"bytes={len(book) - 3}-")], book[-3:]),
    part("14.1.1_close_ranges_become_one", 206, [("Range", "bytes=5-9,0-4")], book[:10]),
    part("14.1.1_what_lies_behind_is_left_away", 206, [("Range", "bytes=0-4,9999999-")], book[:5]),
    part("14.2_only_for_get", 200, [("Range", "lines=0-4")], book),
    part("14.2_malformed", 200, [("Range", "bytes=0-4,x")], book),
    part("14.2_more_than_is_reasonable", 200, [("Range", "bytes=" + MANY)], book),
    part("14.4_unsatisfiable", 416, [("Range", "bytes=9999999-")], content_range=f"bytes */{len(book)}"),
    part("14.2_everything_in_its_coding", 200, ANY + [("Range", "bytes=5-4")], content_encoding="br", etag="{br}"),
    part("13.1.5_tag", 206, ANY + [("Range", "bytes=0-4"), ("If-Range", "{identity}")], book[:5]),
    part("13.1.5_tag_of_a_coding", 200, ANY + [("Range", "bytes=0-4"), ("If-Range", "{br}")], content_encoding="br"),
    part("13.1.5_date_of_the_only_one", 206, [("Range", "bytes=0-4"), ("If-Range", "{modified}")], book[:5]),
    part("13.1.5_date_tells_no_codings_apart", 200, ANY + [("Range", "bytes=0-4"), ("If-Range", "{modified}")],
         content_encoding="br"),
    part("13.2.2_condition_before_range", 304, [("Range", "bytes=0-4"), ("If-None-Match", "{identity}")], b""),
    # RFC 9111
    row("9111_5.2.2.4_asked_for_again", 200, "/book.html", has={"cache-control": "no-cache"}),
    row("8246_2_named_by_its_content", 200, "/app.3f2a9c1b.js",
        has={"cache-control": "public, max-age=31536000, immutable"}),
]
