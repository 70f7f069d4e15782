# SPDX-License-Identifier: MIT
"""A run tries what its name says: this suite, and the libraries of this suite or of the oldest one."""
import os
import re

from lab import facts

# glibc and OpenSSL of each suite; sid has whatever is newer than the others.
LIBRARIES = {"bookworm": ("2.36", "3.0"), "trixie": ("2.41", "3.5")}


def suite_of_the_build():
    return os.environ["CLOISTER_SUITE"] if os.environ["CLOISTER_KIND"] == "native" else "bookworm"


def versions(machine):
    """{"cloister": "0.1.0", "glibc": "2.36", "OpenSSL": "3.0.20", "nghttp2": "1.52.0"}, as the program itself says."""
    lines = machine.sh("/usr/sbin/cloister --version").stdout.splitlines()
    return dict(line.split()[:2] for line in lines)


def numbers(version):
    return [int(part) for part in version.split(".")[:2]]


def test_the_machine_is_of_the_suite_and_says_what_it_is(machine):
    assert f" {os.environ['CLOISTER_SUITE']} " in machine.sh("cat /etc/apt/sources.list").stdout
    machine.get("/")
    status = machine.sh("systemctl status cloister.service").stdout
    facts.record(systemd=machine.sh("systemctl --version").stdout.split()[1], kernel=os.uname().release,
                 landlock=re.search(r"landlock abi (\d+)", status, re.IGNORECASE)[1])


def test_the_program_has_the_libraries_that_it_was_built_with(machine):
    found = versions(machine)
    facts.record(glibc=found["glibc"], openssl=found["OpenSSL"])
    pair = found["glibc"], found["OpenSSL"]
    if suite_of_the_build() in LIBRARIES:
        assert all(map(str.startswith, pair, LIBRARIES[suite_of_the_build()])), found
    else:
        assert all(numbers(has) > numbers(old) for has, old in zip(pair, LIBRARIES["trixie"])), found
