# SPDX-License-Identifier: MIT
"""A site is published by an empty file in it, whoever puts it there: nothing is lost, and what cannot be served never
takes the place of what is."""
import statistics
import time

import pytest

from lab.client import Load
from lab.secure import SecureConnection, settings
from test_handover import await_alone, milliseconds, units

PATH, SERVICE = "cloister-publish.path", "cloister-publish.service"
FOLDER = "/usr/lib/systemd/system"
WATCHED = {f"/etc/systemd/system/multi-user.target.wants/{PATH}": f"{FOLDER}/{PATH}"}
WORD = "touch /srv/cloister/.publish"
EDITIONS = 5
# Seconds until a release must be served. The figure of a quiet machine is far below, and noted.
LATEST = 20
# Seconds between two requests of a client of a load.
PAUSE = 0.005
# A release is a folder of its own, and a link says which one is the site.
RELEASES = {"/srv/releases/first/page.txt": "first", "/srv/releases/first/index.html": "first"}


@pytest.fixture
def watched(boot_secure):
    machine = boot_secure()
    machine.sh(f"systemctl enable --now {PATH}")
    assert machine.get("/").status == 200
    return machine


@pytest.fixture
def linked(boot):
    """A machine on which /srv/cloister is a link to a release."""
    machine = boot(site={}, files=RELEASES, links={**WATCHED, "/srv/cloister": "releases/first"})
    assert machine.get("/page.txt").text == "first"
    return machine


def await_served(machine, text):
    machine.wait_for(lambda: machine.get("/page.txt").text == text, f"{text} is served", LATEST)


def await_end(machine):
    """Waits until the run is over; returns how it ended."""
    machine.wait_for(lambda: machine.state(SERVICE) in ("inactive", "failed"), "the run is over", LATEST)
    return machine.property(SERVICE, "Result")


def replace(machine, text):
    """As rsync does it: beside the old file, and then in its place."""
    machine.sh(f"printf %s '{text}' > /srv/cloister/.page.new && mv /srv/cloister/.page.new /srv/cloister/page.txt")


CLIENTS = {
    "plain": None,
    "tls": lambda machine, authority: lambda: SecureConnection(machine.ip4, settings(authority, "http/1.1")),
}


@pytest.mark.parametrize("protocol", CLIENTS)
def test_what_is_published_is_served_and_no_request_is_lost(watched, authority, figures, protocol):
    make, times = CLIENTS[protocol], []
    with Load(watched.ip4, "/index.html", clients=4, pause=PAUSE, make=make and make(watched, authority)) as load:
        load.await_answered(20)
        for number in range(EDITIONS):
            replace(watched, f"edition {number}")
            began = time.monotonic()
            watched.sh(WORD)
            await_served(watched, f"edition {number}")
            times.append(milliseconds(time.monotonic() - began))
            assert await_end(watched) == "success"
    assert load.failures == {}
    await_alone(watched)
    figures("Publishing", f"over {protocol}", {
        "releases": EDITIONS, "requests": load.outcomes["answered"], "lost": sum(load.failures.values()),
        "median ms until served": statistics.median(times), "longest request ms": milliseconds(max(load.times))})


def test_a_change_without_word_is_not_published(watched):
    replace(watched, "half of it")
    watched.sh("systemctl stop cloister-publish.path; systemctl start cloister-publish.path")
    assert watched.property(SERVICE, "ExecMainStartTimestamp") == "", "it has not run"
    assert watched.get("/page.txt").text != "half of it"
    assert watched.get("/.publish").status == 404


@pytest.mark.parametrize("swap", ["ln -s releases/{} /srv/next && mv -T /srv/next /srv/cloister",
                                  "rm /srv/cloister; ln -s releases/{} /srv/cloister"], ids=["renamed", "removed"])
def test_a_link_to_a_release_that_has_word_in_it_publishes_it(linked, swap):
    for release in "second", "third", "second":
        linked.sh(f"mkdir -p /srv/releases/{release}; cd /srv/releases/{release}; printf {release} > page.txt; "
                  f"touch index.html .publish; {swap.format(release)}")
        await_served(linked, release)
        assert await_end(linked) == "success"
        await_alone(linked)


# What is wrong with a site: how it came about, and how it is mended.
BROKEN = {
    "page.txt": ("chmod 000 /srv/cloister/page.txt", "chmod 644 /srv/cloister/page.txt"),
    "notes": ("chmod 000 /srv/cloister/notes", "chmod 755 /srv/cloister/notes"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_site_that_cannot_be_served_does_not_take_the_place_of_one_that_is(watched, fault):
    breaking, mending = BROKEN[fault]
    process, old = watched.property("cloister.service", "MainPID"), watched.get("/page.txt").text
    with Load(watched.ip4, "/page.txt", clients=2, pause=PAUSE) as load:
        watched.sh(f"{breaking}; {WORD}")
        watched.await_state(SERVICE, "failed", LATEST)
        assert f"cannot read /srv/cloister/{fault}" in watched.journal(SERVICE), "the reason is there"
        assert watched.state(PATH) == "active"
        assert watched.property("cloister.service", "MainPID") == process
        assert units(watched) == ["cloister.service"]
        assert watched.get("/page.txt").text == old
        watched.sh(mending)
        replace(watched, "mended")
        watched.sh(WORD)
        await_served(watched, "mended")
    assert load.failures == {}


def test_word_that_comes_during_a_run_is_not_lost(watched):
    """Each edition is written and published without a wait for the one before."""
    for number in range(20):
        replace(watched, f"edition {number}")
        watched.sh(f"{WORD}; sleep 0.03")
    await_served(watched, "edition 19")
    watched.wait_for(lambda: watched.state(PATH) == "active" and watched.state(SERVICE) == "inactive", "it rests", LATEST)
    assert watched.property(PATH, "SubState") == "waiting"
    await_alone(watched)


def test_who_owns_the_site_may_publish_it_without_any_other_right(watched):
    watched.sh("chown -R 65534:65534 /srv/cloister")
    as_deployer = "setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all"
    watched.sh(f"{as_deployer} sh -c 'printf deployed > /srv/cloister/new && mv /srv/cloister/new /srv/cloister/page.txt && "
               f"{WORD}'")
    await_served(watched, "deployed")


def test_it_publishes_by_hand_too(watched):
    replace(watched, "by hand")
    watched.sh(f"systemctl start {SERVICE}")
    assert watched.get("/page.txt").text == "by hand"


def test_the_units_are_understood_and_each_directive_says_why(machine, note):
    assert machine.sh(f"systemd-analyze verify --man=no {PATH} {SERVICE} 2>&1").stdout == ""
    judged = machine.sh(f"systemd-analyze security --threshold=10 {SERVICE}", check=False)
    note("exposure", judged.stdout.split()[-3])
    assert judged.returncode == 0, judged.stdout.splitlines()[-1]
    for unit in PATH, SERVICE:
        above = ""
        for line in machine.sh(f"cat {FOLDER}/{unit}").stdout.splitlines():
            titled = line.startswith(("Description=", "Documentation="))
            assert line[:1] in ("", "#", "[") or above.startswith("#") or titled, f"{unit}: {line}"
            above = line
