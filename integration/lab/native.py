# SPDX-License-Identifier: MIT
"""Compiles this source with the compiler and the libraries of another suite.

    python3 -m lab.native    builds build/$CLOISTER_SUITE in the tree "build" of that suite, and prints its path

The source and the build folder lie in the tree where they lie outside, so that the paths which the build writes down
hold on both sides: `cmake --install` works from here. Nothing in there has a network, or can write but to the build.
"""
import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from lab.libraries import COLLECT
from lab.tree import cache_folder, suite, tree

SOURCE = Path(__file__).resolve().parents[2]
BUILD_TIME = 1100
# The tree is the lowest layer; what the mounts need above it is gone with this namespace.
ENTER = """
set -eu
mount -t tmpfs tmpfs "$ROOT"
mkdir "$ROOT/upper" "$ROOT/work" "$ROOT/in"
mount -t overlay overlay -o "lowerdir=$TREE,upperdir=$ROOT/upper,workdir=$ROOT/work" "$ROOT/in"
mkdir -p "$ROOT/in$SOURCE"
mount --bind "$SOURCE" "$ROOT/in$SOURCE"
mount -o remount,bind,ro "$ROOT/in$SOURCE"
mount --bind "$BUILD" "$ROOT/in$BUILD"
mount -t proc proc "$ROOT/in/proc"
mount --rbind /dev "$ROOT/in/dev"
exec chroot "$ROOT/in" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp LANG=C.UTF-8 sh -euc "$0"
"""
COMPILE = """
cd {source}
cmake --preset release -B {build} >/dev/null
cmake --build {build} --parallel {jobs} --target case_programs
set -- {build} {build}/libraries
rm -rf "$2"
""" + COLLECT


def build_folder(name):
    """Of the suite `name`."""
    return SOURCE / "build" / name


def forget_other_trees(build, base):
    """A build compares dates, and a newer package may be older than our objects: another tree, another build."""
    origin = build / "made-in"
    if not origin.exists() or origin.read_text() != base.name:
        shutil.rmtree(build, ignore_errors=True)
        build.mkdir(parents=True)
        origin.write_text(base.name)


def compile_in(base, build):
    root = cache_folder() / "mounted"
    root.mkdir(exist_ok=True)
    script = COMPILE.format(source=SOURCE, build=build, jobs=os.cpu_count())
    places = {"ROOT": str(root), "TREE": str(base), "SOURCE": str(SOURCE), "BUILD": str(build)}
    private = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--propagation", "private"]
    done = subprocess.run([*private, "sh", "-c", ENTER, script], env={**os.environ, **places}, stdout=sys.stderr,
                          timeout=BUILD_TIME)
    if done.returncode:
        raise AssertionError(f"Cloister cannot be built on {suite()}; the compiler's reasons are above")


def build():
    """The folder of the build; up to date when this returns. Safe to call from several processes at once."""
    base, folder = tree("build"), build_folder(suite())
    with open(cache_folder() / f".lock-{suite()}-native", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        forget_other_trees(folder, base)
        compile_in(base, folder)
    return folder


if __name__ == "__main__":
    print(build())
