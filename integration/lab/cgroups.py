# SPDX-License-Identifier: MIT
"""Control groups, one for each machine: two machines in one group would share a tree and stop each other's units."""
import errno
import os
import time
from pathlib import Path

from lab.command import run

CONTROLLERS = {"cpu", "io", "memory", "pids"}


def mounted():
    """The folder of this process in the unified hierarchy, and in systemd's own of a hybrid host where there is one."""
    own = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own[controllers] = path
    unified = named = None
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        before, after = line.split(" - ")
        mount_point, (kind, _, options) = before.split()[4], after.split()
        if kind == "cgroup2" and unified is None:
            unified = Path(mount_point + own[""])
        elif kind == "cgroup" and "name=systemd" in options and named is None:
            named = Path(mount_point + own["name=systemd"])
    assert unified, "no cgroup v2 hierarchy is mounted; systemd-nspawn needs one"
    return [unified] + ([named] if named else [])


class Cgroups:
    """The groups of one run, below the group that the run was started in."""

    def __init__(self, run_name):
        self.roots = [folder / run_name for folder in mounted()]
        for root in self.roots:
            (root / "harness").mkdir(parents=True, exist_ok=True)
        if os.environ.get("CLOISTER_DELEGATED"):
            self._hand_down_controllers()

    def _hand_down_controllers(self):
        # A group hands controllers to its children only while no process sits in it, so the harness moves to a leaf.
        unified = self.roots[0]
        for group in unified.parent, unified:
            for pid in (group / "cgroup.procs").read_text().split():
                (unified / "harness/cgroup.procs").write_text(pid)
            for controller in CONTROLLERS & set((group / "cgroup.controllers").read_text().split()):
                (group / "cgroup.subtree_control").write_text(f"+{controller}")

    def make(self, name):
        for root in self.roots:
            (root / name).mkdir()

    def enter(self, name):
        """Moves the calling process; runs in the child, between fork and exec."""
        for root in self.roots:
            (root / name / "cgroup.procs").write_text("0")

    def processes(self, name, unit):
        """The processes of a unit of the machine, as this process numbers them."""
        group = self.roots[0] / name / "payload/system.slice" / unit / "cgroup.procs"
        try:
            return [int(pid) for pid in group.read_text().split()]
        except OSError as error:
            # systemd removes the group with its last process, before it is opened or while it is read.
            if error.errno in (errno.ENOENT, errno.ENODEV):
                return []
            raise

    def kill(self, name):
        (self.roots[0] / name / "cgroup.kill").write_text("1")

    def remove(self, name="."):
        """Groups stay busy for some milliseconds after their last process; one that never empties fails the run."""
        deadline = time.monotonic() + 5
        while any((root / name).exists() for root in self.roots):
            for root in self.roots:
                if (root / name).exists():
                    run("find", root / name, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";", check=False)
            assert time.monotonic() < deadline, f"processes are left in the control group of {name}"
            time.sleep(0.01)
