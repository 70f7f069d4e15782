# SPDX-License-Identifier: MIT
"""The site is served as RFC 9110 and RFC 9112 say, over every kind of socket."""
import pytest

from conftest import PAGE, SITE
from lab.client import Connection, exchange_bytes


@pytest.fixture
def unix_machine(boot):
    return boot(socket="[Socket]\nListenStream=/run/cloister.sock\n")


def test_it_serves_over_ipv4_ipv6_and_a_unix_socket(unix_machine):
    machine = unix_machine
    path = machine.leader.folder / "root/run/cloister.sock"
    for where in {"host": machine.ip4}, {"host": machine.ip6}, {"host": "localhost", "unix": path}:
        answer = machine.get("/page.txt", **where)
        assert (answer.status, answer.text) == (200, PAGE), where


def test_the_unix_socket_is_the_same_after_a_restart(unix_machine):
    path = unix_machine.leader.folder / "root/run/cloister.sock"
    unix_machine.get(host="localhost", unix=path)
    node = path.stat().st_ino
    unix_machine.sh("systemctl restart cloister.service")
    assert path.stat().st_ino == node
    assert unix_machine.get(host="localhost", unix=path).status == 200


def test_the_health_check_answers_ok(machine):
    answer = machine.get("/.well-known/cloister/health")
    assert (answer.status, answer.text.strip()) == (200, "ok")


def test_a_large_file_arrives_whole_and_in_parts(machine):
    assert machine.get("/large.bin").body == SITE["large.bin"]
    part = machine.get("/large.bin", headers={"Range": "bytes=700000-700255"})
    assert (part.status, part.body) == (206, SITE["large.bin"][700000:700256])
    assert part.headers["content-range"] == f"bytes 700000-700255/{len(SITE['large.bin'])}"


def test_a_file_that_the_client_has_is_not_sent_again(machine):
    whole = machine.get("/page.txt").headers
    assert whole["content-type"].startswith("text/plain")
    for condition in {"If-None-Match": whole["etag"]}, {"If-Modified-Since": whole["last-modified"]}:
        answer = machine.get("/page.txt", headers=condition)
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", whole["etag"]), condition


def test_a_range_of_a_small_file_and_one_past_its_end(machine):
    part = machine.get("/page.txt", headers={"Range": "bytes=4-8"})
    assert (part.status, part.text) == (206, PAGE[4:9])
    past = machine.get("/page.txt", headers={"Range": "bytes=9999-"})
    assert (past.status, past.headers["content-range"]) == (416, f"bytes */{len(PAGE)}")


def test_what_does_not_exist_is_404_with_the_page_of_the_site(machine):
    answer = machine.get("/absent")
    assert (answer.status, answer.text) == (404, SITE["404.html"])


def test_a_folder_leads_to_its_index(machine):
    redirect = machine.get("/notes")
    assert redirect.status in (301, 308) and redirect.headers["location"].endswith("/notes/")
    assert machine.get("/notes/").text == SITE["notes/index.html"]


def test_a_file_allows_reading_and_nothing_else(machine):
    refused = machine.get("/page.txt", method="POST", body="x")
    assert refused.status == 405
    assert {"GET", "HEAD"} <= set(refused.headers["allow"].replace(" ", "").split(","))
    head = machine.get("/page.txt", method="HEAD")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(PAGE)))
    assert "GET" in machine.get("/page.txt", method="OPTIONS").headers["allow"]


def test_two_requests_sent_at_once_are_answered_in_order(machine):
    request = b"GET /%s HTTP/1.1\r\nHost: x\r\n%s\r\n"
    both = exchange_bytes(machine.ip4, request % (b"page.txt", b"") + request % (b"", b"Connection: close\r\n"))
    assert both.index(PAGE.encode()) < both.index(SITE["index.html"].encode())


def test_a_kept_connection_serves_many_requests(machine):
    connection = Connection(machine.ip4)
    assert [connection.ask("/page.txt").status for _ in range(100)] == [200] * 100
    connection.close()
