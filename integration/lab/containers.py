# SPDX-License-Identifier: MIT
"""Builds the product's image with podman and runs it, with storage of its own beside the cached trees."""
import contextlib
import fcntl
import os
import subprocess
from pathlib import Path

from lab.command import run
from lab.tree import cache_folder

BASE = "docker.io/library/debian:bookworm-slim"
IMAGE = "localhost/cloister:case"
SOURCE = Path(__file__).resolve().parents[2]
# The descriptor that integration/run left open leads back into the network of the host.
HOST_NETWORK = 9
IMPORT_TIME = 300
BUILD_TIME = 1000


def command(*arguments):
    # runc, because crun refuses hosts whose control groups are of both versions.
    return ["podman", "--root", cache_folder() / "containers", "--runroot", "/run/cloister-lab/containers",
            "--tmpdir", "/run/cloister-lab/podman", "--cgroup-manager=cgroupfs", "--runtime=runc", *arguments]


def import_base():
    """Makes the cached minimal tree the image that the Containerfile starts from; no registry is asked."""
    base = Path(os.environ["CLOISTER_IMAGE_TREE"])
    known = run(*command("image", "inspect", "--format={{.Comment}}", BASE), check=False)
    if base.name not in known.stdout:
        with subprocess.Popen(["tar", "-c", "-C", str(base), "."], stdout=subprocess.PIPE) as archive:
            run(*command("import", "--message", base.name, "-", BASE), stdin=archive.stdout, timeout=IMPORT_TIME)


def build():
    """Builds the Containerfile of this source tree. Its package downloads go through the network of the host."""
    with open(cache_folder() / ".lock-containers", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        import_base()
        how = "--isolation=chroot", "--network=host", "--pull=never", "--layers", f"--tag={IMAGE}"
        run("nsenter", f"--net=/proc/self/fd/{HOST_NETWORK}", *command("build", *how, SOURCE),
            timeout=BUILD_TIME, pass_fds=[HOST_NETWORK])


@contextlib.contextmanager
def running(*options, arguments=()):
    """A container of the image, in the network of the harness; yields its name and removes it at the end."""
    name = "cloister-case"
    ours = "--detach", f"--name={name}", "--network=host", "--log-driver=k8s-file"
    run(*command("run", *ours, *options, IMAGE, *arguments))
    try:
        yield name
    except BaseException:
        print(run(*command("logs", name), check=False))
        raise
    finally:
        run(*command("rm", "--force", "--time=5", name))


def inspect(name, field):
    return run(*command("inspect", f"--format={{{{{field}}}}}", name)).stdout.strip()
