# SPDX-License-Identifier: MIT
"""Debian trees: made once by mmdebstrap, kept in a cache, never booted or written themselves.

    python3 -m lab.tree NAME    makes the tree of $CLOISTER_SUITE if it is not there, and prints its path

Cached under $CLOISTER_CACHE (or /var/cache/cloister-integration) by a hash of everything that goes into it. The mirror
and its options are those of this host's apt, read at run time.
"""
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from lab.command import run

# The descriptor that integration/run left open leads back into the network of the host.
HOST_NETWORK = 9
# The oldest Debian that runs Cloister, its successor, and what the next one will be made of.
SUITES = ("bookworm", "trixie", "sid")
# No library of ours is named: names change from suite to suite, and the program under test needs none.
BOOTED = "systemd systemd-sysv dbus libnss-systemd libpam-systemd iproute2 curl procps openssl libstdc++6"
MAKE_TIME = 600
TREES = {
    # What the machines boot: systemd, and the tools that cases use inside.
    "machine": BOOTED,
    # What machines boot that ask for certificates: an authority for tests, and those who ask it.
    "acme": f"{BOOTED} ca-certificates pebble certbot dehydrated lego uacme",
    # What the virtual machine boots: it has devices, the suite's own kernel, and an agent that takes commands.
    "virtual": f"{BOOTED} udev kmod qemu-guest-agent apparmor linux-image-cloud-amd64 busybox-static",
    # What containers start from: Debian's minimum, so that a library forgotten in the Containerfile shows.
    "image": "",
    # What compiles Cloister as the suite does. Its OpenSSL, as a static library, may need zlib and the last.
    "build": ("g++ cmake ninja-build pkg-config python3-minimal libcpp-httplib-dev libssl-dev libnghttp2-dev "
              "libseccomp-dev libbrotli-dev zlib1g-dev media-types libgtest-dev libzstd-dev"),
}


def suite():
    """The suite that this run is about."""
    chosen = os.environ.get("CLOISTER_SUITE", SUITES[0])
    assert chosen in SUITES, f"CLOISTER_SUITE is {chosen}; it may be one of {', '.join(SUITES)}"
    return chosen


def cache_folder():
    return Path(os.environ.get("CLOISTER_CACHE", "/var/cache/cloister-integration"))


def apt_options():
    """The settings of this host's apt that decide whether a mirror can be used at all: proxies, certificates, dates."""
    wanted = re.compile(r'^Acquire::(https?|Check-Valid-Until|Check-Date)\b.* "[^"]+";$')
    return [line for line in run("apt-config", "dump").stdout.splitlines() if wanted.match(line)]


def apt_mirror():
    """The address from which this host's apt fetches its own suite. Debian's mirrors have all suites side by side."""
    rows = run("apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages").stdout
    mirrors = dict(reversed([row.split() for row in rows.splitlines() if len(row.split()) == 2]))
    for known in SUITES:
        if known in mirrors:
            return mirrors[known]
    raise AssertionError(f"apt on this host knows no mirror for {' or '.join(SUITES)}; "
                         "add one to /etc/apt/sources.list.d")


def prepare(tree):
    """What makes a tree bootable many times over: no identity of its own, a journal that outlives the machine."""
    (tree / "var/lib/dbus/machine-id").unlink(missing_ok=True)
    (tree / "etc/machine-id").write_text("")
    (tree / "var/log/journal").mkdir(parents=True, exist_ok=True)
    if (tree / "etc/systemd/system").is_dir():
        for useless in "console-getty.service", "e2scrub_reap.service", "apt-daily.timer", "apt-daily-upgrade.timer":
            (tree / "etc/systemd/system" / useless).symlink_to("/dev/null")


def make(tree, packages):
    options = [f"--aptopt={line}" for line in apt_options()]
    include = [f"--include={','.join(packages.split())}"] if packages else []
    archive = ["mmdebstrap", "--quiet", "--variant=minbase", *options, *include, suite(), "-", apt_mirror()]
    print(f"making the Debian {suite()} tree {tree} (once, about a minute)", file=sys.stderr)
    tree.mkdir(parents=True)
    maker = subprocess.Popen(archive, stdout=subprocess.PIPE)
    unpacked = subprocess.run(["tar", "-x", "-C", str(tree)], stdin=maker.stdout).returncode
    maker.stdout.close()
    if maker.wait() or unpacked:
        raise AssertionError("mmdebstrap could not make the tree; its reasons are above")
    prepare(tree)


def tree(name):
    """The path of the tree `name`; makes it first if need be. Safe to call from several processes at once."""
    # Sid moves, and what is asked of it is the newest: its trees are made anew each week.
    week = time.strftime(" %G-%V") if suite() == "sid" else ""
    key = hashlib.sha256(f"3 {suite()}{week} {TREES[name]}".encode()).hexdigest()[:12]
    place = cache_folder() / f"{suite()}-{name}-{key}"
    cache_folder().mkdir(parents=True, exist_ok=True)
    with open(cache_folder() / f".lock-{suite()}-{name}", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        complete = place.with_suffix(".complete")
        if not complete.exists():
            shutil.rmtree(place, ignore_errors=True)
            make(place, TREES[name])
            complete.touch()
    return place


def tree_of_few(name):
    """The same for a tree that only some cases boot: made when the first of them asks, through the host's network."""
    made = run("nsenter", f"--net=/proc/self/fd/{HOST_NETWORK}", sys.executable, "-P", "-m", "lab.tree", name,
               timeout=MAKE_TIME, pass_fds=[HOST_NETWORK])
    return Path(made.stdout.strip())


if __name__ == "__main__":
    print(tree(sys.argv[1]))
