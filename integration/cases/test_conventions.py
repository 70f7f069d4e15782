# SPDX-License-Identifier: MIT
"""A site does what people know from Netlify, Cloudflare Pages and others: paths without ".html", 404.html upwards,
listings, _headers and _redirects; over every protocol alike. What is wrong in a file of rules is named before it counts."""
import json

import pytest

import rows_of_conventions
from conftest import ENABLED, HTTPS_ENABLED
from lab.questions import PROTOCOLS, TRANSPORT_SECURITY, Place, Question
from test_protocols import expect_the_same, table

DROP_IN = "/etc/systemd/system/cloister.service.d/case.conf"
LISTING = "[Service]\nExecStart=\nExecStart=/usr/sbin/cloister serve --site /srv/cloister --listing\n"
SITE_FOLDER = "/srv/cloister"


@pytest.fixture(scope="module")
def shared(lab, authority):
    """One machine for all rows: none of them changes it."""
    site = {f"{SITE_FOLDER}/{path}": content for path, content in rows_of_conventions.FILES.items()}
    machine = lab.boot(files=site | authority.issue("example.org").files() | {DROP_IN: LISTING},
                       links=ENABLED | HTTPS_ENABLED, programs=())
    yield machine
    machine.stop()


@pytest.fixture
def place(shared, request, authority):
    request.node.machines = [shared]
    return Place(shared.ip4, 80, 443, authority)


@table(rows_of_conventions.ROWS)
def test_the_conventions_are_kept_over_every_protocol(row, place):
    expect_the_same(row, place, {"client": ""})


def test_every_answer_over_tls_asks_for_tls_from_then_on(place):
    for path in "/", "/bare", "/old", "/none":
        for protocol in "tls_http1", "http2":
            outcome = PROTOCOLS[protocol](place, Question(path))
            assert outcome.values(TRANSPORT_SECURITY) == ["max-age=15552000"], (protocol, path)


def test_a_listing_shows_what_is_public_and_nothing_else(shared, place):
    listed = json.loads(shared.get("/bare/index.json").text)
    assert [(each["name"], each["href"], each["size"]) for each in listed] == [("a b.txt", "a%20b.txt", 2)]
    page = shared.get("/bare/").text
    assert 'href="a%20b.txt"' in page and "secret" not in page
    assert shared.get("/bare/a%20b.txt").text == "a\n"


def test_a_rule_that_never_counts_is_in_the_log(shared, place):
    shared.get("/")
    said = shared.await_journal("cloister.service", "_redirects:8: ")
    assert "something stands at /guide.txt already" in said


def check(machine, flags=""):
    return machine.run_as_service("setpriv --reuid=nobody --regid=nogroup --clear-groups "
                                  f"/usr/sbin/cloister check --site {SITE_FOLDER} --listen 127.0.0.1:8080 {flags}")


@pytest.mark.parametrize("name, text, expected", [
    ("_headers", "/*\n  X-Good: yes\n  Content-Length: 5\n", "_headers:3: Content-Length cannot be set"),
    ("_redirects", "/a /b\n\n/c /d 999\n", '_redirects:3: "999" is no status'),
    ("_redirects", "/app/* /app.html 200\n", "_redirects:1: there is no page at /app.html"),
    ("_redirects", "/x https://:splat.example/ 301\n", "_redirects:1: "),
], ids=["headers", "redirects", "absent_page", "host_of_the_client"])
def test_a_mistake_in_a_file_of_rules_is_named_by_check_and_stops_the_start(boot, name, text, expected):
    machine = boot(files={f"{SITE_FOLDER}/{name}": text})
    refused = check(machine)
    assert refused.returncode == 78
    assert f"{SITE_FOLDER}/{expected}" in refused.stderr + refused.stdout
    machine.sh("systemctl start --no-block cloister.service")
    assert expected in machine.await_journal("cloister.service", f"{name}:")
    machine.sh(f"rm {SITE_FOLDER}/{name}")
    assert check(machine).returncode == 0
    machine.wait_for(lambda: machine.get("/page.txt").status == 200, "it heals when the file does")


def test_a_single_page_answers_for_what_is_not_there(boot):
    command = f"/usr/sbin/cloister serve --site {SITE_FOLDER} --single-page"
    machine = boot(service=f"[Service]\nExecStart=\nExecStart={command}\n")
    answer = machine.get("/users/7")
    assert (answer.status, answer.text) == (200, machine.get("/").text)
    assert machine.get("/users/7", headers={"If-None-Match": answer.headers["etag"]}).status == 304
