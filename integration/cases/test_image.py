# SPDX-License-Identifier: MIT
"""An image that `cloister pack` has made is served under the shipped unit as the folder that it was made of, a site or
several; one that is damaged is refused with the place, and one that cannot be written leaves the old one."""
import contextlib
import re
import socket

import pytest

import rows_of_content
import rows_of_site
import test_conformance
import test_protocols
from conftest import ENABLED, HTTPS_ENABLED, SITE
from lab.client import PATIENCE, Connection
from lab.questions import PROTOCOLS, Place, Question
from lab.secure import exchange_secure
from test_protocols import expect_the_same, table

FOLDER, IMAGE, SITES, SITES_IMAGE = "/srv/cloister", "/srv/site.image", "/srv/sites", "/srv/sites.image"
DROP_IN = "/etc/systemd/system/cloister.service.d/case.conf"
NAMES = ("example.org", "example.net")


def serving(flag, path):
    """The drop-in of an administrator whose site is at `path`, and who has no /srv/cloister."""
    return ("[Service]\nBindReadOnlyPaths=\n"
            f"BindReadOnlyPaths={path}\nExecStart=\nExecStart=/usr/sbin/cloister serve {flag} {path}\n")


@pytest.fixture(scope="module")
def pair(lab, authority):
    """Two machines for all rows, for none of them changes one: the first serves a folder, the second what was packed
    of it there."""
    files = {**SITE, **rows_of_site.MORE_FILES, **rows_of_content.MORE_FILES}
    certificate = authority.issue("example.org").files()
    links = ENABLED | HTTPS_ENABLED
    with contextlib.ExitStack() as machines:
        folder = lab.boot(files={f"{FOLDER}/{path}": content for path, content in files.items()} | certificate,
                          links=links, programs=())
        machines.callback(folder.stop)
        folder.sh(f"cloister pack {FOLDER} {IMAGE}")
        packed = (folder.root / IMAGE.lstrip("/")).read_bytes()
        image = lab.boot(files={IMAGE: packed, DROP_IN: serving("--site", IMAGE)} | certificate, links=links,
                         programs=())
        machines.callback(image.stop)
        yield folder, image


@pytest.fixture
def both(pair, request, authority):
    """The machines, each with the place where it is asked."""
    request.node.machines = list(pair)
    return [(machine, Place(machine.ip4, 80, 443, authority)) for machine in pair]


def alike(outcome):
    """What of an answer the image and the folder have in common. A large file of the folder is known by its date, not by
    its content, and an image is compressed harder; but what is coded is the same, decoded."""
    told = outcome.comparable()
    is_coded = outcome.values("content-encoding") != []
    told["fields"] = [(name, value) for name, value in told["fields"]
                      if name != "etag" and not (is_coded and name == "content-length")]
    return told | ({"body": None} if is_coded else {})


def expect_alike(row, both, known):
    """Each is asked with its own tags, the image over every protocol."""
    (folder, folder_place), (image, image_place) = both
    values = known(image, image_place)
    expect_the_same(row, image_place, values)
    ask = PROTOCOLS["http1"]
    of_folder = ask(folder_place, row.question.filled(known(folder, folder_place)))
    assert alike(ask(image_place, row.question.filled(values))) == alike(of_folder)


@table(rows_of_site.ROWS)
def test_an_image_answers_as_its_folder_over_every_protocol(row, both):
    expect_alike(row, both, test_protocols.known)


@table(rows_of_content.ROWS)
def test_an_image_keeps_the_rules_of_http_as_its_folder(row, both):
    expect_alike(row, both, test_conformance.known)


def test_what_is_coded_is_the_same_decoded_and_no_longer(both):
    wanted = rows_of_content.book
    lengths = {"br": [], "gzip": []}
    for machine, _ in both:
        for coding, all_lengths in lengths.items():
            ask = f"curl --silent --fail --header 'Accept-Encoding: {coding}' http://127.0.0.1/book.html"
            all_lengths.append(int(machine.sh(f"{ask} | wc --bytes").stdout))
            decoded = machine.sh(f"{ask} --compressed").stdout.encode()
            assert decoded == wanted, (machine.name, coding)
    for coding, (of_folder, of_image) in lengths.items():
        assert of_image <= of_folder < len(wanted) / 2, coding


def test_an_image_is_served_from_one_descriptor(both):
    _, (image, place) = both
    assert PROTOCOLS["http1"](place, Question("/large.bin")).body == SITE["large.bin"]
    opened = [target for target in image.process().descriptors().values() if target.startswith("/srv/")]
    assert opened == [IMAGE]


# What a disk, or somebody in a hurry, does to an image of {size} bytes, and what is said of it.
DAMAGE = {
    "changed": ("printf X | dd of={image} bs=1 seek=$(({size} - 20)) conv=notrunc", r"is damaged at byte \d+: "),
    "cut_off": ("truncate --size=-1 {image}", r"is damaged at byte {end}: it ends there"),
    "empty": ("truncate --size=0 {image}", r"is no image of a site"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_image_is_refused_with_the_place_and_the_port_stays_open(boot, damage):
    machine = boot(service=serving("--site", IMAGE))
    machine.sh(f"cloister pack {FOLDER} {IMAGE}; cp {IMAGE} /srv/good.image")
    size = int(machine.sh(f"stat -c %s {IMAGE}").stdout)
    breaking, said = (text.replace("{image}", IMAGE).replace("{size}", str(size)).replace("{end}", str(size - 1))
                      for text in DAMAGE[damage])
    machine.sh(breaking)
    with socket.create_connection((machine.ip4, 80), timeout=PATIENCE) as waiting:
        waiting.sendall(b"GET /page.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        journal = machine.await_journal("cloister.service", f"{IMAGE} is ")
        assert re.search(f"{IMAGE} {said}", journal), journal
        assert machine.state("cloister-http.socket") == "active"
        machine.sh(f"mv /srv/good.image {IMAGE}")
        assert waiting.recv(4096).startswith(b"HTTP/1.1 200 "), "who has waited is answered"
    assert machine.get("/page.txt").text == SITE["page.txt"]


def test_check_finds_damage_that_a_start_does_not_look_for(machine):
    """A start reads the index alone, so that it does not take longer for a larger site."""
    machine.sh(f"cloister pack {FOLDER} {IMAGE}")
    check = ("setpriv --reuid=nobody --regid=nogroup --clear-groups "
             f"/usr/sbin/cloister check --site {IMAGE} --listen 127.0.0.1:8080")
    assert machine.run_as_service(check).returncode == 0
    place = machine.sh(f"grep --byte-offset --only-matching --text 'The quick brown fox' {IMAGE}").stdout.split(":")[0]
    machine.sh(f"printf X | dd of={IMAGE} bs=1 seek={int(place) + 5} conv=notrunc")
    refused = machine.run_as_service(check)
    assert refused.returncode == 65
    assert f"{IMAGE} is damaged at byte {place}: " in refused.stderr and "/page.txt" in refused.stderr


def test_packing_onto_a_full_disk_keeps_the_old_image_and_says_the_remedy(machine):
    machine.sh("mkdir /disk && mount -t tmpfs -o size=512k tmpfs /disk")
    machine.sh(f"cloister pack {FOLDER}/notes /disk/site.image")
    before = machine.sh("sha256sum /disk/*").stdout
    refused = machine.sh(f"cloister pack {FOLDER} /disk/site.image", check=False)
    assert refused.returncode == 74
    assert "/disk/site.image.new: No space left on device; make room, or name a file on another disk" in refused.stderr
    assert machine.sh("sha256sum /disk/*").stdout == before, "the old one, and nothing beside it"


def hosts_of(default):
    named = {name: f"<h1>{name}</h1>\n" for name in NAMES}
    return named | ({"_default": "<h1>everybody else</h1>\n"} if default else {})


@pytest.fixture(params=["folder", "image"])
def boot_sites(request, boot_secure, authority):
    """Boots a machine with a site for each of `hosts` {name: its page}, and a certificate for each of NAMES."""
    is_image = request.param == "image"

    def boot_sites(hosts):
        files = {f"{SITES}/{name}/index.html": page for name, page in hosts.items()}
        pairs = {name: authority.issue(name) for name in NAMES}
        service = serving("--site", SITES_IMAGE) if is_image else serving("--sites", SITES)
        machine = boot_secure(pairs=pairs, site={}, files=files, service=service)
        if is_image:
            machine.sh(f"cloister pack --sites {SITES} {SITES_IMAGE} && rm -r {SITES}")
        return machine

    return boot_sites


def test_each_host_has_its_site_and_its_certificate(boot_sites, authority):
    hosts = hosts_of(default=False)
    machine = boot_sites(hosts)
    for name in NAMES:
        assert machine.get("/", headers={"Host": name}).text == hosts[name]
        for protocol in "http/1.1", "h2":
            answer = exchange_secure(machine.ip4, "/", authority, protocol, name)  # Verifies the name.
            assert (answer.status, answer.text) == (200, hosts[name]), (name, protocol)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("default", [True, False], ids=["default", "no_default"])
def test_an_unknown_host_gets_the_default_or_421(boot_sites, authority, protocol, default):
    hosts = hosts_of(default)
    machine = boot_sites(hosts)
    place = Place(machine.ip4, 80, 443, authority)
    outcome = PROTOCOLS[protocol](place, Question("/", host="other.example"))
    assert (outcome.status, outcome.body.decode()) == (
        (200, hosts["_default"]) if default else (421, "421 Misdirected Request\n"))
    assert PROTOCOLS[protocol](place, Question("/")).body.decode() == hosts["example.org"]


def test_a_kept_connection_may_ask_for_one_host_after_the_other(boot_sites):
    hosts = hosts_of(default=True)
    connection = Connection(boot_sites(hosts).ip4)
    for name in [*NAMES, "other.example", *NAMES]:
        assert connection.ask("/", headers={"Host": name}).text == hosts.get(name, hosts["_default"])
    connection.close()
