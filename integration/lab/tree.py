# SPDX-License-Identifier: MIT
"""Debian trees: made once by mmdebstrap, kept in a cache, never booted or written themselves.

    python3 -m lab.tree NAME    makes the tree if it is not there, and prints its path

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
from pathlib import Path

from lab.command import run

SUITE = "bookworm"
TREES = {
    # What the machines boot: systemd, the shared libraries of cloister, and the tools that cases use inside.
    "machine": ("systemd systemd-sysv dbus libnss-systemd libpam-systemd iproute2 curl procps "
                "libcpp-httplib0.11 libnghttp2-14 libseccomp2 libssl3 libstdc++6 openssl"),
    # What containers start from: Debian's minimum, so that a library forgotten in the Containerfile shows.
    "image": "",
}


def cache_folder():
    return Path(os.environ.get("CLOISTER_CACHE", "/var/cache/cloister-integration"))


def apt_options():
    """The settings of this host's apt that decide whether a mirror can be used at all: proxies, certificates, dates."""
    wanted = re.compile(r'^Acquire::(https?|Check-Valid-Until|Check-Date)\b.* "[^"]+";$')
    return [line for line in run("apt-config", "dump").stdout.splitlines() if wanted.match(line)]


def apt_mirror(suite):
    """The address from which this host's apt fetches `suite`."""
    rows = run("apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)", "Created-By: Packages").stdout
    for row in rows.splitlines():
        release, address = row.split()
        if release == suite:
            return address
    raise AssertionError(f"apt on this host knows no mirror for {suite}; add one to /etc/apt/sources.list.d")


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
    archive = ["mmdebstrap", "--quiet", "--variant=minbase", *options, *include, SUITE, "-", apt_mirror(SUITE)]
    print(f"making the Debian {SUITE} tree {tree} (once, about a minute)", file=sys.stderr)
    tree.mkdir(parents=True)
    maker = subprocess.Popen(archive, stdout=subprocess.PIPE)
    unpacked = subprocess.run(["tar", "-x", "-C", str(tree)], stdin=maker.stdout).returncode
    maker.stdout.close()
    if maker.wait() or unpacked:
        raise AssertionError("mmdebstrap could not make the tree; its reasons are above")
    prepare(tree)


def tree(name):
    """The path of the tree `name`; makes it first if need be. Safe to call from several processes at once."""
    key = hashlib.sha256(f"2 {SUITE} {TREES[name]}".encode()).hexdigest()[:12]
    place = cache_folder() / f"{SUITE}-{name}-{key}"
    cache_folder().mkdir(parents=True, exist_ok=True)
    with open(cache_folder() / f".lock-{name}", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        complete = place.with_suffix(".complete")
        if not complete.exists():
            shutil.rmtree(place, ignore_errors=True)
            make(place, TREES[name])
            complete.touch()
    return place


if __name__ == "__main__":
    print(tree(sys.argv[1]))
