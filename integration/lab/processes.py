# SPDX-License-Identifier: MIT
"""What the kernel says of a process, read from outside it."""
import os
from pathlib import Path

CAPABILITY_SETS = "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"


class Process:
    def __init__(self, pid):
        self.pid = pid
        self.folder = Path(f"/proc/{pid}")

    def __repr__(self):
        return f"Process({self.pid})"

    def __eq__(self, other):
        return self.pid == other.pid

    def threads(self):
        """Their ids, as this process numbers them; the main thread first."""
        return sorted(int(task.name) for task in (self.folder / "task").iterdir())

    def statuses(self):
        """The fields of /proc/PID/status, for each of threads(): [{"Uid": "0 0 0 0", ...}, ...]."""
        return [self._fields(self.folder / "task" / str(thread) / "status") for thread in self.threads()]

    @staticmethod
    def _fields(file):
        rows = (line.partition(":") for line in file.read_text().splitlines())
        return {name: " ".join(value.split()) for name, _, value in rows}

    def uids(self):
        """Real, effective, saved and file system user, of the main thread."""
        return [int(uid) for uid in self._fields(self.folder / "status")["Uid"].split()]

    def resident(self):
        """Bytes of its memory that are in RAM."""
        return self._bytes("VmRSS")

    def peak(self):
        """The most that resident() ever was, or since forget_peak()."""
        return self._bytes("VmHWM")

    def forget_peak(self):
        (self.folder / "clear_refs").write_text("5")  # proc(5)

    def _bytes(self, field):
        return int(self._fields(self.folder / "status")[field].removesuffix(" kB")) * 1024

    def namespace(self, kind):
        return os.readlink(self.folder / "ns" / kind)

    def descriptors(self):
        """{3: "socket:[123]", ...}"""
        return {int(entry.name): os.readlink(entry) for entry in (self.folder / "fd").iterdir()}

    def descriptor_count(self):
        """Also while they come and go."""
        return len(os.listdir(self.folder / "fd"))

    def mounts(self):
        """{mount point as the process sees it: flags of statvfs(3)}, without those that another mount hides."""
        places = {row.split()[4] for row in (self.folder / "mountinfo").read_text().splitlines()}
        roots = {place: f"{self.folder}/root{place}" for place in sorted(places)}
        return {place: os.statvfs(root).f_flag for place, root in roots.items() if os.path.exists(root)}
