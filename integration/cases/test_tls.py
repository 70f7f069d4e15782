# SPDX-License-Identifier: MIT
"""Port 443 on the same service: certificates by name, the protocols and versions that are spoken, and keys that are wrong."""
import re
import resource
import ssl
import struct

import pytest

from lab.client import Answer, Load, exchange
from lab.command import run
from lab.secure import SecureConnection, connect, exchange_secure, settings

TLS = ssl.TLSVersion
REDIRECTING = """[Service]
ExecStart=
ExecStart=/usr/sbin/cloister serve --site /srv/cloister --redirect-to-https
"""


def curl(machine, authority, *options):
    """What the host's curl prints of https://example.org/page.txt."""
    return run("curl", "--silent", "--show-error", "--cacert", authority.file, "--resolve",
               f"example.org:443:{machine.ip4}", "--write-out", "%{http_code} %{http_version} %{ssl_verify_result}",
               "--output", "/dev/null", *options, "https://example.org/page.txt", check=False)


def test_one_process_serves_80_and_443(secure, authority):
    assert "It works" in secure.get("/").text
    for protocol in "http/1.1", "h2":
        assert "It works" in exchange_secure(secure.ip4, authority=authority, protocol=protocol).text
    assert "It works" in exchange_secure(secure.ip6, authority=authority).text
    assert len(secure.processes()) == 1
    assert secure.property("cloister.service", "NRestarts") == "0"


@pytest.mark.parametrize("options, said", [
    (["--http2"], "200 2 0"),
    (["--http1.1"], "200 1.1 0"),
    (["--tlsv1.2", "--tls-max", "1.2"], "200 2 0"),
    (["--tlsv1.3", "--tls-max", "1.3"], "200 2 0"),
    (["--no-alpn", "--http1.1"], "200 1.1 0"),
], ids=["http2", "http1", "tls12", "tls13", "no_alpn"])
def test_curl_gets_what_it_asks_for(secure, authority, options, said):
    assert curl(secure, authority, *options).stdout == said


@pytest.mark.parametrize("version", [TLS.TLSv1, TLS.TLSv1_1], ids=["tls10", "tls11"])
def test_an_old_version_of_tls_is_refused(secure, authority, version):
    with pytest.raises(ssl.SSLError, match="(?i)protocol.version|alert"):
        connect(secure.ip4, settings(authority, least=version, most=version))


@pytest.mark.parametrize("group, version", [("secp521r1", TLS.TLSv1_3), ("brainpoolP256r1", TLS.TLSv1_2)])
def test_a_group_that_is_weak_or_slow_is_refused(secure, authority, group, version):
    with pytest.raises(ssl.SSLError, match="(?i)alert"):
        connect(secure.ip4, settings(authority, most=version, groups=group))


def test_a_client_without_a_common_protocol_is_turned_away(secure, authority):
    with pytest.raises(ssl.SSLError, match="(?i)no.application.protocol"):
        connect(secure.ip4, settings(authority, "spdy/3", "http/1.0"))


def test_the_name_picks_the_certificate(boot_secure, authority):
    machine = boot_secure({"tls": authority.issue("example.org"), "shop": authority.issue("shop.example.net"),
                           "wild": authority.issue("*.example.com")})

    def names(asked):
        offered = settings(authority)
        offered.check_hostname = False
        with connect(machine.ip4, offered, name=asked) as connection:
            return [value for _, value in connection.getpeercert()["subjectAltName"]]

    assert names("example.org") == ["example.org"]
    assert names("SHOP.example.net") == ["shop.example.net"]
    assert names("any.example.com") == ["*.example.com"]
    assert names("two.labels.example.com") == ["example.org"], "a wildcard is one label"
    assert names("unknown.example") == ["example.org"], "the pair called tls answers for the rest"


def test_one_name_may_have_a_key_of_each_kind(boot_secure, authority):
    machine = boot_secure({"tls": authority.issue("example.org"), "tls-rsa": authority.issue("example.org", kind="rsa")})

    def cipher(suites):
        offered = settings(authority, most=TLS.TLSv1_2)
        offered.set_ciphers(suites)
        with connect(machine.ip4, offered) as connection:
            return connection.cipher()[0]

    assert cipher("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256") == "ECDHE-ECDSA-AES128-GCM-SHA256"
    assert cipher("ECDHE-RSA-AES128-GCM-SHA256") == "ECDHE-RSA-AES128-GCM-SHA256"


def resumes(machine, offered):
    """Shakes hands twice, with `between` machine's restarts left to the caller: a generator of two answers."""
    with connect(machine.ip4, offered) as connection:
        connection.sendall(b"GET /page.txt HTTP/1.1\r\nHost: example.org\r\n\r\n")
        connection.recv(65536)  # TLS 1.3 sends its tickets behind the handshake.
        session = connection.session
    while True:
        yield
        with connect(machine.ip4, offered, session=session) as again:
            yield again.session_reused


@pytest.mark.parametrize("version", [TLS.TLSv1_2, TLS.TLSv1_3], ids=["tls12", "tls13"])
def test_a_session_is_resumed_also_after_restarts(secure, authority, version):
    asking = resumes(secure, settings(authority, least=version, most=version))
    next(asking)
    assert next(asking)
    for _ in range(2):
        next(asking)
        secure.sh("systemctl restart cloister.service")
        assert next(asking)


def test_a_stopped_service_forgets_its_ticket_keys(secure, authority):
    asking = resumes(secure, settings(authority))
    next(asking)
    secure.sh("systemctl stop cloister.service")
    assert not next(asking), "systemd drops the store with the service, and nothing was on a disk"


def test_without_a_store_a_restart_only_costs_a_handshake(boot_secure, authority):
    machine = boot_secure(service="[Service]\nFileDescriptorStoreMax=0\nLimitFSIZE=0\n")
    asking = resumes(machine, settings(authority))
    next(asking)
    assert next(asking)
    next(asking)
    machine.sh("systemctl restart cloister.service")
    assert not next(asking)
    assert "will not outlive a restart" in machine.journal("cloister.service")


BROKEN = {
    "missing": ("rm /etc/cloister/tls/tls.key", "tls.key"),
    "expired": (None, "expired"),
    "of_another": (None, "tls.key"),
    "cut_off": ("truncate -s 200 /etc/cloister/tls/tls.crt", "tls.crt"),
    "empty": ("truncate -s 0 /etc/cloister/tls/tls.key", "tls.key"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_wrong_key_refuses_to_start_names_the_file_and_leaves_the_port(boot_secure, authority, fault):
    good = authority.issue("example.org")
    pair = {"expired": authority.issue("example.org", days=-1),
            "of_another": type(good)(good.certificate, authority.issue("example.org").key)}.get(fault, good)
    breaking, named = BROKEN[fault]
    machine = boot_secure({"tls": pair})
    if breaking:
        machine.sh(breaking)
    machine.sh("systemctl start cloister.service", check=False)
    said = machine.await_journal("cloister.service", named)
    assert "tls" in said
    assert machine.state("cloister-https.socket") == "active"
    for path, content in good.files().items():
        machine.sh(f"cat > {path} <<'END'\n{content}END")
    assert exchange_secure(machine.ip4, authority=authority).status == 200, "it heals by itself"


def test_no_certificate_at_all_says_where_to_put_one(boot_secure):
    machine = boot_secure({})
    machine.sh("systemctl start cloister.service", check=False)
    machine.await_journal("cloister.service", "/etc/cloister/tls")
    assert machine.state("cloister-https.socket") == "active"


def test_a_certificate_that_ends_soon_is_in_the_status_and_in_the_log(boot_secure, authority):
    machine = boot_secure({"tls": authority.issue("example.org", days=9)})
    machine.get("/")
    status = machine.sh("systemctl status cloister.service").stdout
    (line,) = re.findall(r"Status: \"(.*)\"", status)
    assert re.search(r"tls expires in [89] days", line), line
    assert re.search(r"tls expires in [89] days", machine.journal("cloister.service"))


def test_the_user_of_the_service_cannot_read_the_key_file(secure, authority):
    exchange_secure(secure.ip4, authority=authority)
    secure.sh("chmod 700 /etc/cloister/tls && chmod 600 /etc/cloister/tls/*")
    assert exchange_secure(secure.ip4, authority=authority).status == 200
    uid = secure.process().uids()[0]
    tried = secure.sh(f"setpriv --reuid={uid} --clear-groups cat /etc/cloister/tls/tls.key", check=False)
    assert tried.returncode != 0 and "Permission denied" in tried.stderr


def test_no_line_of_the_key_file_stays_in_memory(secure, authority):
    exchange_secure(secure.ip4, authority=authority)
    line = secure.sh("sed -n 2p /etc/cloister/tls/tls.key").stdout.strip().encode()
    assert len(line) > 40
    assert line not in memory_of(secure.process())
    certificate = b"example.org"
    assert certificate in memory_of(secure.process()), "the search finds what is there"


def memory_of(process):
    """All that the process can write to and has ever touched; most of its reserved heap it has not."""
    page = resource.getpagesize()
    found = b""
    with open(process.folder / "maps") as maps, open(process.folder / "mem", "rb", buffering=0) as memory:
        for row in maps:
            place, permissions, *_ = row.split()
            begin, end = (int(number, 16) for number in place.split("-"))
            if permissions.startswith("rw"):
                for number in touched_pages(process, begin // page, end // page):
                    memory.seek(number * page)
                    found += memory.read(page)
    return found


def touched_pages(process, begin, end):
    """The numbers of those that are in memory or swapped out: bits 63 and 62 in /proc/PID/pagemap, proc(5)."""
    with open(process.folder / "pagemap", "rb", buffering=0) as pagemap:
        pagemap.seek(begin * 8)
        states = struct.iter_unpack("<Q", pagemap.read((end - begin) * 8))
        return [begin + number for number, (state,) in enumerate(states) if state >> 62]


def test_everybody_is_sent_to_https_but_acme(boot_secure, authority):
    challenge = {"/srv/cloister/.well-known/acme-challenge/token": "proof"}
    machine = boot_secure(service=REDIRECTING, files=challenge)
    answer = machine.get("/notes/?a=%20b", headers={"Host": "example.org:80"})
    assert (answer.status, answer.headers["location"]) == (308, "https://example.org/notes/?a=%20b")
    assert exchange(machine.ip4, "/", "POST", body=b"x", headers={"Host": "[fd77::2]"}).headers["location"] \
        == "https://[fd77::2]/"
    assert machine.get("/.well-known/acme-challenge/token").text == "proof"
    assert machine.get("/.well-known/acme-challenge/absent").status == 404
    assert machine.get("/.well-known/cloister/health").text == "ok\n"
    assert exchange_secure(machine.ip4, "/page.txt", authority=authority).status == 200


class Curl:
    """Asks several times on one connection; python3-h2 itself takes no answer behind a GOAWAY."""

    def __init__(self, machine, authority):
        self.question = [machine, authority, "--http2", "--fail"]

    def connect(self):
        """Left to each question."""

    def ask(self, path, headers):
        answer = curl(*self.question, *[f"https://example.org{path}"] * 4)
        if answer.returncode:
            raise ConnectionResetError(answer.stderr)
        return Answer(200, {}, b"")

    def close(self):
        """Nothing is left open."""


@pytest.mark.parametrize("protocol", ["http/1.1", "h2"])
def test_a_renewed_certificate_is_served_after_restarts_under_load(secure, authority, protocol):
    def client():
        if protocol == "h2":
            return Curl(secure, authority)
        return SecureConnection(secure.ip4, settings(authority, protocol))

    def serial():
        with connect(secure.ip4, settings(authority)) as connection:
            return connection.getpeercert()["serialNumber"]

    secure.get("/")
    with Load(secure.ip4, "/page.txt", clients=4, make=client) as load:
        for restart in range(1, 4):
            load.await_answered(restart * 50)
            before = serial()
            for path, content in authority.issue("example.org").files().items():
                secure.sh(f"cat > {path} <<'END'\n{content}END")
            secure.sh("systemctl restart cloister.service")
            assert serial() != before
        load.await_answered(250)
    assert load.failures == {}
    assert secure.property("cloister.service", "NRestarts") == "0", "each process drained and left in peace"
