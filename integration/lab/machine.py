# SPDX-License-Identifier: MIT
"""One machine: a cached tree, the installed product and a layer of its own, booted by systemd-nspawn."""
import os
import re
import shutil
import socket
import subprocess

from lab.command import run
from lab.processes import Process
from lab.system import System

# systemd-nspawn 252 refuses these to everything inside; a case about Landlock or IPAddressDeny= would prove nothing.
OPENED_SYSTEM_CALLS = "bpf landlock_create_ruleset landlock_add_rule landlock_restrict_self"
START_TIME = 60
# A good part of a boot is work for people who log in, for hardware and for records of boots. No case is about those.
NEEDLESS = ("systemd-logind.service", "systemd-user-sessions.service", "systemd-update-utmp.service",
            "systemd-update-utmp-runlevel.service", "systemd-sysusers.service", "systemd-remount-fs.service",
            "dev-hugepages.mount", "sys-fs-fuse-connections.mount")


class Machine(System):
    """Booted when constructed, with `files` {path: content}, `links` {path: target} and, in /opt, `programs` of the
    build; its container opens `opened_calls`; `tree` is what it boots instead of the tree of most machines. The harness
    is its client: it reaches the machine at `ip4` and `ip6` from `peer4` and `peer6`, over a veth pair, with nothing in
    between."""

    def __init__(self, lab, number, files, links, programs, opened_calls=OPENED_SYSTEM_CALLS, tree=None):
        self.lab, self.name = lab, f"m{number}"
        self.ip4, self.peer4 = f"10.77.{number}.2", f"10.77.{number}.1"
        self.ip6, self.peer6 = f"fd77:{number:x}::2", f"fd77:{number:x}::1"
        self.folder = lab.folder / self.name
        self.upper, self.root = self.folder / "upper", self.folder / "root"
        for folder in self.upper, self.root, self.folder / "work":
            folder.mkdir(parents=True)
        for path, content in files.items():
            self._made(path).write_bytes(content.encode() if isinstance(content, str) else content)
        masks = {f"/etc/systemd/system/{unit}": "/dev/null" for unit in NEEDLESS}
        for path, target in (masks | links).items():
            self._made(path).symlink_to(target)
        for program in programs:
            shutil.copy(lab.build / program, self._made(f"/opt/{program}"))
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir={lab.product}:{tree or lab.tree},upperdir={self.upper},workdir={self.folder}/work", self.root)
        self._connect_network()
        self._boot(opened_calls)

    def _made(self, path):
        file = self.upper / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def _connect_network(self):
        ours, inside = f"v-{self.name}", ("-n", self.name)
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", ours, "type", "veth", "peer", "name", "host0", "netns", self.name)
        for address in f"{self.peer4}/24", f"{self.peer6}/64":
            run("ip", "addr", "add", address, "dev", ours, *(["nodad"] if ":" in address else []))
        for address in f"{self.ip4}/24", f"{self.ip6}/64":
            run("ip", *inside, "addr", "add", address, "dev", "host0", *(["nodad"] if ":" in address else []))
        run("ip", "link", "set", ours, "up")
        run("ip", *inside, "link", "set", "lo", "up")
        run("ip", *inside, "link", "set", "host0", "up")

        def hardware_address(*command):
            return re.search(r"link/ether (\S+)", run("ip", *command).stdout)[1]

        # Without known neighbours the first contact over IPv6 waits a second for the carrier.
        run("ip", "-6", "neigh", "replace", self.ip6, "dev", ours,
            "lladdr", hardware_address(*inside, "link", "show", "host0"))
        run("ip", *inside, "-6", "neigh", "replace", self.peer6, "dev", "host0",
            "lladdr", hardware_address("link", "show", ours))

    def _boot(self, opened_calls):
        notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        notices.bind(str(self.folder / "notify"))
        notices.settimeout(START_TIME)
        self.lab.cgroups.make(self.name)
        command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot", "--notify-ready=yes",
                   "--console=pipe", f"--machine={self.name}", f"--directory={self.root}",
                   f"--network-namespace-path=/run/netns/{self.name}", "--capability=CAP_NET_ADMIN",
                   "--resolv-conf=off", "--timezone=off", "--link-journal=no",
                   f"--system-call-filter={opened_calls}"]
        with open(self.folder / "console", "wb") as console:
            self.supervisor = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=console, stderr=console,
                env={**os.environ, "NOTIFY_SOCKET": str(self.folder / "notify"),
                     "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
                preexec_fn=lambda: self.lab.cgroups.enter(self.name))
        self._await_ready(notices)

    def _await_ready(self, notices):
        lines = []
        while "READY=1" not in lines:
            try:
                lines = notices.recv(4096).decode().splitlines()
            except TimeoutError:
                raise AssertionError(f"no READY=1 from the machine in {START_TIME} s\n{self.console()}") from None
            assert "STOPPING=1" not in lines, f"the machine died while it booted\n{self.console()}"
            for line in lines:
                if line.startswith("X_NSPAWN_LEADER_PID="):
                    self.leader = Process(int(line.partition("=")[2]))

    def sh(self, script, check=True):
        """Runs a shell script inside as the administrator. It is not confined by systemd-nspawn: for systemctl and
        the like, never for a statement about privileges."""
        return run("nsenter", "-t", self.leader.pid, "-a", "sh", "-c", script, check=check)

    def processes(self, unit="cloister.service"):
        return [Process(pid) for pid in self.lab.cgroups.processes(self.name, unit)]

    def process(self, unit="cloister.service"):
        """The one process of the unit."""
        (only,) = self.processes(unit)
        return only

    def journal(self, unit=None, lines=1000):
        """The newest lines, read from outside: it works when the machine is dead, too."""
        of_unit = ["-u", unit] if unit else []
        return run("journalctl", "--no-pager", "-q", "-o", "short-monotonic", "-n", lines, *of_unit,
                   "-D", self.upper / "var/log/journal", check=False).stdout

    def journal_since_boot(self, lines=60):
        """Its last lines, without those of the boot itself if it got that far."""
        whole = self.journal()
        return "\n".join((whole.partition(": Startup finished")[2] or whole).splitlines()[-lines:])

    def console(self):
        return (self.folder / "console").read_text(errors="replace")

    def stop(self):
        self.lab.cgroups.kill(self.name)
        self.supervisor.wait(30)
        self.lab.cgroups.remove(self.name)
        run("umount", self.root)
        run("ip", "netns", "del", self.name)
        shutil.rmtree(self.folder)
