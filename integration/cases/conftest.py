# SPDX-License-Identifier: MIT
"""What the cases share: machines with the shipped units and a small site, and the journal when a case fails."""
import pytest

from lab.certificates import Authority
from lab.lab import Lab

PAGE = "The quick brown fox jumps over the lazy dog.\n"
SITE = {
    "index.html": "<!doctype html><title>Site</title><h1>It works</h1>\n",
    "404.html": "<!doctype html><title>Site</title><h1>There is no such page</h1>\n",
    "page.txt": PAGE,
    "large.bin": bytes(range(256)) * 4096,
    "notes/index.html": "<h1>Notes</h1>\n",
}
# What `systemctl enable cloister-http.socket` makes.
ENABLED = {"/etc/systemd/system/sockets.target.wants/cloister-http.socket":
           "/usr/lib/systemd/system/cloister-http.socket"}
# The same for cloister-https.socket.
HTTPS_ENABLED = {"/etc/systemd/system/sockets.target.wants/cloister-https.socket":
                 "/usr/lib/systemd/system/cloister-https.socket"}


@pytest.fixture(scope="session")
def lab():
    lab = Lab()
    yield lab
    lab.close()


@pytest.fixture
def boot(lab, request):
    """boot() returns a machine on which an administrator put SITE into /srv/cloister and enabled cloister-http.socket.
    `service` and `socket` are texts of drop-ins for the two units; `files` and `links` are put on the machine before it
    boots; `site` replaces SITE; `programs` are taken from the build into /opt."""
    request.node.machines = []

    def boot(service=None, socket=None, files=None, links=None, site=None, programs=()):
        placed = {f"/srv/cloister/{path}": content for path, content in (SITE if site is None else site).items()}
        for unit, text in ("cloister.service", service), ("cloister-http.socket", socket):
            if text:
                placed[f"/etc/systemd/system/{unit}.d/case.conf"] = text
        machine = lab.boot(files={**placed, **(files or {})}, links={**ENABLED, **(links or {})}, programs=programs)
        request.node.machines.append(machine)
        return machine

    yield boot
    for machine in request.node.machines:
        machine.stop()


@pytest.fixture
def machine(boot):
    return boot()


@pytest.fixture(scope="module")
def authority():
    return Authority()


@pytest.fixture
def boot_secure(boot, authority):
    """Boots a machine with both sockets enabled and a certificate for example.org; or with `pairs` {file name: Pair}."""
    def boot_secure(pairs=None, files=None, **options):
        placed = {}
        if pairs is None:
            pairs = {"tls": authority.issue("example.org", "www.example.org")}
        for name, pair in pairs.items():
            placed |= pair.files(name)
        return boot(files=placed | (files or {}), links=HTTPS_ENABLED, **options)

    return boot_secure


@pytest.fixture
def secure(boot_secure):
    return boot_secure()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call" and report.failed:
        for machine in getattr(item, "machines", []):
            report.sections.append((f"the journal of {machine.name} since it booted", machine.journal_since_boot()))
    if report.skipped:
        # A case that cannot run here proves nothing, and a green line would hide that.
        report.outcome, report.longrepr = "failed", f"skipped, which counts as failed: {report.longrepr}"
