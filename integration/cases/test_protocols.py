# SPDX-License-Identifier: MIT
"""A question is answered alike over HTTP/1.1, HTTP/1.1 in TLS, and HTTP/2: the protocols cannot drift apart. Status,
fields in their order, and body are compared; what is left out, and why, is said in lab/questions.py."""
import pytest

import rows_of_faults
import rows_of_routes
import rows_of_site
from conftest import ENABLED, HTTPS_ENABLED, SITE
from lab.questions import PROTOCOLS, TRANSPORT_SECURITY, Place, Question, UncheckedHttp2Connection, filled

# The program with the routes stands beside the shipped service, on ports of its own.
MIRROR = {
    "/etc/systemd/system/mirror-http.socket":
        "[Socket]\nListenStream=81\nFileDescriptorName=http\nService=mirror.service\n",
    "/etc/systemd/system/mirror-https.socket":
        "[Socket]\nListenStream=444\nFileDescriptorName=https\nService=mirror.service\n",
    "/etc/systemd/system/mirror.service": """[Unit]
Requires=mirror-http.socket mirror-https.socket
After=mirror-http.socket mirror-https.socket
[Service]
Type=notify
ExecStart=/opt/mirror serve --site /srv/cloister
LoadCredential=tls:/etc/cloister/tls
FileDescriptorStoreMax=1
NonBlocking=true
DynamicUser=yes
""",
}
WANTS = "/etc/systemd/system/sockets.target.wants/"
MIRROR_ENABLED = {WANTS + name: f"/etc/systemd/system/{name}" for name in ("mirror-http.socket", "mirror-https.socket")}


@pytest.fixture(scope="module")
def shared(lab, authority):
    """One machine for all rows: none of them changes it."""
    site = {f"/srv/cloister/{path}": content for path, content in {**SITE, **rows_of_site.MORE_FILES}.items()}
    machine = lab.boot(files=site | authority.issue("example.org").files() | MIRROR,
                       links=ENABLED | HTTPS_ENABLED | MIRROR_ENABLED, programs=["mirror"])
    yield machine
    machine.stop()


@pytest.fixture
def machine(shared, request):
    request.node.machines = [shared]
    return shared


@pytest.fixture
def site(machine, authority):
    return Place(machine.ip4, 80, 443, authority)


@pytest.fixture
def routes(machine, authority):
    return Place(machine.ip4, 81, 444, authority)


def known(machine, place):
    """What rows name in braces."""
    page = PROTOCOLS["http1"](place, Question("/page.txt"))
    return {"etag": page.values("etag")[0], "modified": page.values("last-modified")[0], "client": machine.peer4}


def has_its_length(outcome, question):
    """RFC 9110 8.6: Content-Length is the size of the body, or for HEAD of the one that GET would bring."""
    lengths = outcome.values("content-length")
    if outcome.status in (204, 304):
        return (lengths, outcome.body) == ([], b"")
    if question.method == "HEAD":
        return len(lengths) == 1 and outcome.body == b""
    return lengths == [str(len(outcome.body))]


def expect_the_same(row, place, values):
    question = row.question.filled(values)
    http1, tls_http1, http2 = (ask(place, question) for ask in PROTOCOLS.values())
    assert http1.verdict == row.status, http1
    assert has_its_length(http1, question), http1
    for name, expected in row.has.items():
        assert http1.values(name) == [filled(each, values) for each in expected]
    if row.body is not None:
        assert http1.body == row.body.replace(b"{client}", values["client"].encode())
    assert tls_http1.comparable() == http1.comparable(), "TLS makes a difference"
    assert http1.values(TRANSPORT_SECURITY) == [], "a promise that anybody on the way could have made"
    if row.http2:
        assert http2.verdict == row.http2, row.because
    else:
        assert http2.comparable() == http1.comparable(), "HTTP/2 makes a difference"
        assert http2.values(TRANSPORT_SECURITY) == tls_http1.values(TRANSPORT_SECURITY)


def table(rows):
    claims = [row.claim for row in rows]
    assert len(set(claims)) == len(claims)
    return pytest.mark.parametrize("row", rows, ids=claims)


@table(rows_of_site.ROWS)
def test_the_site_is_the_same_over_every_protocol(row, machine, site):
    expect_the_same(row, site, known(machine, site))


@table(rows_of_routes.ROWS)
def test_routes_are_the_same_over_every_protocol(row, machine, routes):
    expect_the_same(row, routes, known(machine, routes))


@table(rows_of_faults.ROWS)
def test_what_is_wrong_is_refused_alike_over_every_protocol(row, machine, routes):
    expect_the_same(row, routes, known(machine, routes))


@pytest.mark.parametrize("rows", [rows_of_site.ROWS, rows_of_routes.ROWS], ids=["site", "routes"])
def test_questions_that_share_an_http2_connection_do_not_disturb_each_other(rows, machine, site, routes):
    """Fifty at once, so that bodies interleave, and compression and flow control remember the rest of the table."""
    place = site if rows is rows_of_site.ROWS else routes
    values = known(machine, place)
    questions = [row.question.filled(values) for row in rows]
    with UncheckedHttp2Connection(place) as connection:
        for begin in range(0, len(questions), 50):
            asked = [(question, connection.send(question)) for question in questions[begin:begin + 50]]
            for question, stream in asked:
                alone = PROTOCOLS["http1"](place, question)
                assert connection.outcome(stream).comparable() == alone.comparable(), question
