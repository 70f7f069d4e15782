# SPDX-License-Identifier: MIT
"""What each open descriptor of a service is, found out from outside: sockets by the kernel's tables of the machine's
network and of the service's own."""
import collections
import contextlib
import os
import re
from dataclasses import dataclass

from lab.command import run

LISTENING = "0A"  # /proc/net/tcp
JOURNAL, MANAGER = "/run/systemd/journal/stdout", "/run/systemd/notify"
SITE = "/srv/cloister/"
ATTEMPTS = 20


@dataclass(frozen=True)
class Descriptor:
    number: int
    target: str  # what /proc/PID/fd says
    flags: int  # open(2)
    watched: tuple  # the descriptors that it watches, if it is an epoll

    def is_read_only(self):
        return self.flags & os.O_ACCMODE == os.O_RDONLY

    def is_closed_on_exec(self):
        return bool(self.flags & os.O_CLOEXEC)


def descriptors_of(process):
    """[Descriptor, ...] in the order of their numbers."""
    found = []
    for number, target in sorted(process.descriptors().items()):
        try:
            said = (process.folder / "fdinfo" / str(number)).read_text()
        except FileNotFoundError:
            continue  # It was closed while we read.
        flags = int(re.search(r"^flags:\s*(\d+)", said, re.MULTILINE)[1], 8)
        watched = re.findall(r"^tfd:\s*(\d+)", said, re.MULTILINE)
        found.append(Descriptor(number, target, flags, tuple(sorted(map(int, watched)))))
    return found


def _tcp_sockets(process):
    """{inode: "listener on port 80"}, as the network of `process` has them."""
    found = {}
    for table in "tcp", "tcp6":
        for row in (process.folder / "net" / table).read_text().splitlines()[1:]:
            words = row.split()
            port = int(words[1].rpartition(":")[2], 16)
            found[words[9]] = f"{'listener on' if words[3] == LISTENING else 'client of'} port {port}"
    return found


def _unix_sockets(process):
    """{inode: (its path or "*", inode of the peer)}, likewise."""
    listed = run("nsenter", "-t", process.pid, "-n", "ss", "--unix", "--all", "--no-header").stdout
    rows = (line.split() for line in listed.splitlines())
    return {row[5]: (row[4], row[7]) for row in rows}


class Explainer:
    """Tells what the descriptors of `process` on `machine` are, as of now."""

    def __init__(self, machine, process):
        for _ in range(ATTEMPTS):
            with contextlib.suppress(FileNotFoundError):  # One was closed while it was looked at.
                before = descriptors_of(process)
                self._tcp = _tcp_sockets(machine.leader)
                self._unix = _unix_sockets(machine.leader) | _unix_sockets(process)
                self.descriptors = descriptors_of(process)
                if before == self.descriptors:
                    return
        raise AssertionError(f"the descriptors of {process} change faster than they can be looked at")

    def counted(self):
        """{what it is: how many}; what nobody can explain is named by number and target."""
        kinds = self.kinds()
        return collections.Counter(kinds[each.number] or f"unexplained: {each.number} is {each.target}"
                                   for each in self.descriptors)

    def kinds(self):
        """{number: what it is, or None if nothing is known that it could be}"""
        kinds = {each.number: self._kind(each) for each in self.descriptors}
        for each in self.descriptors:
            if kinds[each.number] == "epoll":
                kinds[each.number] = self._kind_of_epoll(each, kinds)
        return kinds

    def _kind(self, descriptor):
        number, target = descriptor.number, descriptor.target
        if socket := re.fullmatch(r"socket:\[(\d+)\]", target):
            return self._kind_of_socket(socket[1], number)
        if number == 0 and target == "/dev/null":
            return "standard input"
        if event := re.fullmatch(r"anon_inode:\[(eventpoll|eventfd|signalfd)\]", target):
            return "epoll" if event[1] == "eventpoll" else event[1]
        if target.startswith(SITE) and descriptor.is_read_only():
            return f"file {target.removeprefix(SITE)}"
        return None

    def _kind_of_socket(self, inode, number):
        if inode in self._tcp:
            return self._tcp[inode]
        _, peer = self._unix.get(inode, (None, None))
        path, _ = self._unix.get(peer, (None, None))
        if path == JOURNAL and number in (1, 2):
            return "log"
        return "notify" if path == MANAGER else None

    @staticmethod
    def _kind_of_epoll(epoll, kinds):
        watched = {kinds.get(number) for number in epoll.watched}
        if any(kind and kind.startswith("listener") for kind in watched):
            return "loop"
        return "room to notify" if watched == {"notify"} else None
