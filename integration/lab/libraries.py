# SPDX-License-Identifier: MIT
"""Brings to a machine the shared libraries that the programs of a build need and its tree lacks.

So a tree names no library of ours, whose packages have another name in each suite, and one build runs on every suite. A
program that needs no library needs nothing of this.
"""
import re
import shutil
import subprocess

MULTIARCH = "usr/lib/x86_64-linux-gnu"
# Copies what the programs and the libraries in the folder $1 need into the folder $2; run where they were linked.
COLLECT = """
mkdir -p "$2"
for program in "$1"/*; do [ ! -x "$program" ] || [ -d "$program" ] || ldd "$program" || true; done 2>/dev/null |
    sed -n 's/.* => \\(\\/[^ ]*\\) .*/\\1/p' | sort -u | xargs -r cp --dereference --target-directory="$2"
"""


def bring(build, tree, product):
    """From the folder "libraries" of a build for another suite, or from this host for its own build."""
    collected = build / "libraries"
    if not collected.is_dir():
        collected = product.with_name("libraries")
        subprocess.run(["sh", "-euc", COLLECT, "sh", str(build), str(collected)], check=True)
    place = product / MULTIARCH
    place.mkdir(parents=True, exist_ok=True)
    for library in collected.iterdir():
        # The C library and its loader belong together, and are of the tree.
        if not (tree / MULTIARCH / library.name).exists() and not re.match(r"ld-|libc\.", library.name):
            shutil.copy(library, place / library.name)
