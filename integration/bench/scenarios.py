# SPDX-License-Identifier: MIT
"""What is measured."""
from dataclasses import dataclass

from loads import H2load, Handshakes, Page, Wrk

SENTENCE = b"The quick brown fox jumps over the lazy dog, again and again.\n"
SMALL = Page("/page.txt", (SENTENCE * 25)[:1400])
LARGE = Page("/large.txt", (SENTENCE * 2000)[:100_000])


@dataclass(frozen=True)
class Scenario:
    name: str
    load: object
    page: Page
    what: str


SCENARIOS = {scenario.name: scenario for scenario in (
    Scenario("plain", Wrk(secure=False), SMALL, "1.4 KB over HTTP/1.1, 64 connections"),
    Scenario("tls", Wrk(secure=True), SMALL, "1.4 KB over HTTP/1.1 and TLS, 64 connections"),
    Scenario("tls100k", Wrk(secure=True), LARGE, "100 KB over HTTP/1.1 and TLS, 64 connections"),
    Scenario("h2", H2load(streams=10), SMALL, "1.4 KB over HTTP/2, 32 connections, 10 streams on each"),
    Scenario("h2-100k", H2load(streams=10), LARGE, "100 KB over HTTP/2, 32 connections, 10 streams on each"),
    Scenario("h2m1", H2load(streams=1), SMALL, "1.4 KB over HTTP/2, 32 connections, 1 stream on each"),
    Scenario("h2m100", H2load(streams=100), SMALL, "1.4 KB over HTTP/2, 32 connections, 100 streams on each"),
    Scenario("handshake", Handshakes(resumed=False), SMALL, "full TLS handshakes, with one request, from 4 clients"),
    Scenario("resumed", Handshakes(resumed=True), SMALL, "resumed TLS handshakes, with one request, from 4 clients"),
)}
