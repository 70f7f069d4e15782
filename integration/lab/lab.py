# SPDX-License-Identifier: MIT
"""The place in which one run's machines live: private mounts and networks, all gone when the run's namespaces are."""
import os
from pathlib import Path

from lab.cgroups import Cgroups
from lab.command import run
from lab.libraries import bring
from lab.machine import Machine


class Lab:
    """Made once a run, inside the namespaces that integration/run entered. `product` is what `cmake --install` of the
    build under test puts on a machine, with the libraries that it needs there, and nothing else."""

    def __init__(self):
        self.tree = Path(os.environ["CLOISTER_TREE"])
        self.build = Path(os.environ["CLOISTER_BUILD"])
        self.folder = Path("/run/cloister-lab")
        self.machine_count = 0
        run("mount", "--make-rprivate", "/")
        for folder in "/run/netns", "/run/systemd/nspawn", str(self.folder):
            os.makedirs(folder, exist_ok=True)
            run("mount", "-t", "tmpfs", "tmpfs", folder)
        run("ip", "link", "set", "lo", "up")
        self.cgroups = Cgroups(os.environ["CLOISTER_RUN"])
        self.product = self.folder / "product"
        run("cmake", "--install", self.build, env={**os.environ, "DESTDIR": str(self.product)})
        bring(self.build, self.tree, self.product)

    def boot(self, files, links, programs, **container):
        self.machine_count += 1
        return Machine(self, self.machine_count, files, links, programs, **container)

    def close(self):
        self.cgroups.remove()
