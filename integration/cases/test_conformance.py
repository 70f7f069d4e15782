# SPDX-License-Identifier: MIT
"""Each rule of RFC 9110, 8 and 12 to 14, that binds a server of files, over HTTP/1.1, TLS and HTTP/2."""
import gzip
import re

import pytest

import rows_of_content
from conftest import ENABLED, HTTPS_ENABLED, SITE
from lab.questions import PROTOCOLS, Place, Question
from test_protocols import expect_the_same, table

BOOK = "/book.html"


@pytest.fixture(scope="module")
def shared(lab, authority):
    """One machine for all rows: none of them changes it."""
    site = {f"/srv/cloister/{path}": content for path, content in {**SITE, **rows_of_content.MORE_FILES}.items()}
    machine = lab.boot(files=site | authority.issue("example.org").files(), links=ENABLED | HTTPS_ENABLED, programs=[])
    yield machine
    machine.stop()


@pytest.fixture
def site(shared, request, authority):
    request.node.machines = [shared]
    return Place(shared.ip4, 80, 443, authority)


def ask(place, *fields, path=BOOK):
    return PROTOCOLS["http1"](place, Question(path, fields=fields))


def known(machine, place):
    """What rows name in braces."""
    tags = {coding: ask(place, ("Accept-Encoding", coding)).values("etag")[0] for coding in ("identity", "gzip", "br")}
    assert len(set(tags.values())) == 3, tags
    return tags | {"modified": ask(place).values("last-modified")[0], "client": machine.peer4}


@table(rows_of_content.ROWS)
def test_the_rules_of_http_are_kept_over_every_protocol(row, shared, site):
    expect_the_same(row, site, known(shared, site))


def test_what_is_decoded_is_the_file(site):
    answer = ask(site, ("Accept-Encoding", "gzip"))
    assert gzip.decompress(answer.body) == rows_of_content.book
    assert len(answer.body) < len(rows_of_content.book) / 2


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("path", [BOOK, "/large.bin"])
def test_several_ranges_are_answered_with_several_parts(protocol, path, site):
    """RFC 9110 14.6. The parts of /large.bin come from its descriptor, and are longer than a frame."""
    whole = ask(site, path=path)
    wanted = [(50000, 149999), (0, 4), (20000, 40000)] if path == "/large.bin" else [(5000, 5099), (0, 4)]
    ranges = "bytes=" + ",".join(f"{first}-{last}" for first, last in wanted)
    answer = PROTOCOLS[protocol](site, Question(path, fields=(("Range", ranges), ("Accept-Encoding", "br"))))
    assert answer.status == 206
    boundary = re.fullmatch("multipart/byteranges; boundary=([a-z0-9-]+)", answer.values("content-type")[0])[1].encode()
    kind = whole.values("content-type")[0].encode()
    expected = b"\r\n".join(
        b"--%s\r\nContent-Type: %s\r\nContent-Range: bytes %d-%d/%d\r\n\r\n%s"
        % (boundary, kind, first, last, len(whole.body), whole.body[first:last + 1]) for first, last in wanted)
    assert answer.body == expected + b"\r\n--%s--\r\n" % boundary
    assert answer.values("content-length") == [str(len(answer.body))]
    assert answer.values("etag") == whole.values("etag")
