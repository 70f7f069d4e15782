# SPDX-License-Identifier: MIT
"""What the cases share: machines with the shipped units and a small site."""
import pytest

from lab import tables
from lab.certificates import Authority
from lab.watch import Watch

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
# The shipped unit with a program of the build, whose shared libraries are the machine's: so the machine's root is its own.
WITH_ROUTES = """[Service]
RootDirectory=
ExecStart=
ExecStart=/opt/mirror serve --site /srv/cloister
"""


def boot_site(lab, *, service=None, socket=None, files=None, links=None, site=None, programs=(), **container):
    """A machine on which an administrator put SITE into /srv/cloister and enabled cloister-http.socket. `service` and
    `socket` are texts of drop-ins for the two units; `files` and `links` are put on the machine before it boots; `site`
    replaces SITE; `programs` are taken from the build into /opt; `container` is what Machine takes beside."""
    placed = {f"/srv/cloister/{path}": content for path, content in (SITE if site is None else site).items()}
    for unit, text in ("cloister.service", service), ("cloister-http.socket", socket):
        if text:
            placed[f"/etc/systemd/system/{unit}.d/case.conf"] = text
    return lab.boot(files={**placed, **(files or {})}, links={**ENABLED, **(links or {})}, programs=programs,
                    **container)


@pytest.fixture
def boot(lab, request):
    """boot() returns what boot_site() does; the machine ends with the case."""
    request.node.machines = []

    def boot(**options):
        request.node.machines.append(boot_site(lab, **options))
        return request.node.machines[-1]

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
    """Boots a machine with both sockets and a certificate for example.org; or with `pairs` {file name: Pair}."""
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


@pytest.fixture
def routed(boot_secure):
    """A secure machine whose program has routes, so that it takes bodies."""
    return boot_secure(service=WITH_ROUTES, programs=["mirror"])


@pytest.fixture(scope="module")
def module_machine(lab, authority):
    machine = boot_site(lab, files=authority.issue("example.org").files(), links=HTTPS_ENABLED)
    yield machine
    machine.stop()


@pytest.fixture
def attacked(module_machine, request):
    """A secure machine that the cases of a file share, because each leaves it as it was, and asserts that."""
    request.node.machines = [module_machine]
    return module_machine


@pytest.fixture
def note(record_property):
    """note("rounds", 7) puts a figure into the report of the case."""
    def note(name, value):
        record_property(name, value)
        print(f"{name}={value}")

    return note


@pytest.fixture
def figures(note):
    """figures("Faults", "a restart", {"lost": 0}) puts a row into a table that the run prints at its end."""
    def figures(title, name, row):
        tables.add(title, name, row)
        for column, value in row.items():
            note(column.replace(" ", "_"), value)

    return figures


def pytest_terminal_summary(terminalreporter):
    for line in tables.lines():
        terminalreporter.write_line(line)


@pytest.fixture
def watch(authority, note):
    """watch(machine, ...) is Watch.during()."""
    def watch(machine, **bounds):
        return Watch(machine, authority, note).during(**bounds)

    return watch
