# SPDX-License-Identifier: MIT
"""Builds the product's image with podman and runs it, with storage of its own beside the cached trees."""
import contextlib
import fcntl
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from lab.command import run
from lab.tree import HOST_NETWORK, cache_folder

BASE = "docker.io/library/debian:bookworm-slim"
IMAGE = "localhost/cloister:case"
SOURCE = Path(__file__).resolve().parents[2]
IMPORT_TIME = 300
BUILD_TIME = 1000


def command(*arguments):
    # runc, because crun refuses hosts whose control groups are of both versions.
    return ["podman", "--root", cache_folder() / "containers", "--runroot", "/run/cloister-lab/containers",
            "--tmpdir", "/run/cloister-lab/podman", "--cgroup-manager=cgroupfs", "--runtime=runc", *arguments]


def in_host_network(*words, **options):
    return run("nsenter", f"--net=/proc/self/fd/{HOST_NETWORK}", *words, pass_fds=[HOST_NETWORK], **options)


def import_base():
    """Makes the cached minimal tree the image that the Containerfile starts from; no registry is asked."""
    printed = in_host_network("env", "CLOISTER_SUITE=bookworm", sys.executable, "-P", "-m", "lab.tree", "image",
                              timeout=BUILD_TIME)
    base = Path(printed.stdout.strip())
    known = run(*command("image", "inspect", "--format={{.Comment}}", BASE), check=False)
    if base.name not in known.stdout:
        with subprocess.Popen(["tar", "-c", "-C", str(base), "."], stdout=subprocess.PIPE) as archive:
            run(*command("import", "--message", base.name, "-", BASE), stdin=archive.stdout, timeout=IMPORT_TIME)


@contextlib.contextmanager
def alone():
    """One at a time uses the storage of images."""
    with open(cache_folder() / ".lock-containers", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(*arguments):
    return command("build", "--isolation=chroot", "--network=host", "--pull=never", "--layers", f"--tag={IMAGE}",
                   *arguments)


def compile_image():
    """Builds the whole Containerfile of this source tree. Its package downloads go through the network of the host."""
    with alone():
        import_base()
        in_host_network(*build(SOURCE), timeout=BUILD_TIME)


def assemble_image(folder):
    """Builds the last stage of the Containerfile, with the program of the build under test in the place of the one
    that the first stage compiles from the same source."""
    product = "root"
    with tempfile.TemporaryDirectory() as stage:
        run("env", f"DESTDIR={stage}/installed", "cmake", "--install", folder, "--strip")
        Path(stage, "installed/usr/lib/cloister/root").rename(Path(stage, product))
        whole = (SOURCE / "Containerfile").read_text()
        last, copied = re.subn(r"(?m)^COPY --from=builder /product/usr/lib/cloister/root ", f"COPY {product} ",
                               whole[whole.rindex("\nFROM "):])
        assert copied == 1, "the last stage copies the root folder from the stage before it"
        Path(stage, "Containerfile").write_text(last)
        with alone():
            run(*build(stage))


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
