# SPDX-License-Identifier: MIT
"""What a virtual machine starts from: the suite's own kernel, a small first file system, and the tree as one file.

    python3 -m lab.image    makes the image of $CLOISTER_SUITE if it is not there, and prints its folder

The folder holds `kernel`, `initrd` and `tree.squashfs`.
"""
import fcntl
import hashlib
import shutil
import sys
from pathlib import Path

from lab.command import run
from lab.tree import cache_folder, tree

# The drivers of the machine's devices, and the file systems of its three disks. ext4 asks for its checksum by name.
MODULES = "virtio_pci virtio_blk virtio_net virtio_console virtio_rng squashfs overlay crc32c_generic ext4"
# No sound, screen or camera is there: half of the modules.
USELESS = "sound", "drivers/gpu", "drivers/media", "drivers/infiniband", "drivers/usb", "drivers/net/wireless"
MAKE_TIME = 300
# The disks: the tree, what is installed on it, and what the machine writes, which lives through its reboots.
FIRST_PROGRAM = """#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do insmod "/modules/$module"; done < /modules/order
mount -t squashfs -o ro /dev/vda /tree
mount -t squashfs -o ro /dev/vdb /product
mount -t ext4 /dev/vdc /written
mkdir -p /written/upper /written/work
mount -t overlay overlay -o lowerdir=/product:/tree,upperdir=/written/upper,workdir=/written/work /root
umount /proc /sys
mount --move /dev /root/dev
exec switch_root /root /lib/systemd/systemd
"""


def module_files(base, release):
    """The files of MODULES and of those that they need, in the order of loading."""
    found = {}
    for module in MODULES.split():
        shown = run("chroot", base, "modprobe", "--set-version", release, "--show-depends", module).stdout
        for line in shown.splitlines():
            if line.startswith("insmod "):
                found[line.split()[1].lstrip("/")] = None
    return list(found)


def make_initrd(base, release, folder, place):
    for each in "bin", "proc", "sys", "dev", "modules", "tree", "product", "written", "root":
        (folder / each).mkdir(parents=True)
    shutil.copy(base / "bin/busybox", folder / "bin/busybox")
    files = module_files(base, release)
    for file in files:
        shutil.copy(base / file, folder / "modules")
    (folder / "modules/order").write_text("".join(f"{Path(file).name}\n" for file in files))
    (folder / "init").write_text(FIRST_PROGRAM)
    (folder / "init").chmod(0o755)
    run("sh", "-euc", 'find . | cpio -o -H newc --quiet | gzip -1 > "$0"', place, cwd=folder)
    shutil.rmtree(folder)


def make(base, place):
    (release,) = (path.name for path in (base / "lib/modules").iterdir())
    place.mkdir(parents=True)
    shutil.copy(base / f"boot/vmlinuz-{release}", place / "kernel")
    make_initrd(base, release, place / "first", place / "initrd")
    left_out = ["boot", *(f"usr/lib/modules/{release}/kernel/{each}" for each in USELESS)]
    run("mksquashfs", base, place / "tree.squashfs", "-comp", "lz4", "-noappend", "-quiet", "-no-progress",
        "-wildcards", "-e", *left_out, timeout=MAKE_TIME)


def image():
    """The folder of the image. Safe to call from several processes at once."""
    base = tree("virtual")
    key = hashlib.sha256(f"{MODULES} {USELESS} {FIRST_PROGRAM}".encode()).hexdigest()[:12]
    place = cache_folder() / f"{base.name}-image-{key}"
    with open(cache_folder() / f".lock-{base.name}-image", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        complete = place.with_name(f"{place.name}.complete")
        if not complete.exists():
            print(f"making the image {place}", file=sys.stderr)
            shutil.rmtree(place, ignore_errors=True)
            make(base, place)
            complete.touch()
    return place


if __name__ == "__main__":
    print(image())
