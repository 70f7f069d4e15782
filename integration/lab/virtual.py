# SPDX-License-Identifier: MIT
"""A virtual machine: the suite's own kernel on an emulated processor, for what a container's kernel cannot show."""
import os
import shutil
import subprocess
from pathlib import Path

from lab.agent import Agent
from lab.command import run
from lab.system import System

# An emulated processor is twenty times slower than a real one, and the real one may be shared.
BOOT_TIME = 300
COMMAND_TIME = 120
MEMORY = "1024"  # MiB
WRITTEN = "512M"
NETWORK = """[Match]
Name=eth0
[Network]
Address={ip4}/24
Address={ip6}/64
LinkLocalAddressing=no
[Link]
RequiredForOnline=yes
"""
# It would fill the journal with every command that a case gives.
QUIET_AGENT = {"/etc/systemd/system/qemu-guest-agent.service.d/quiet.conf": "[Service]\nLogLevelMax=warning\n"}
# The network is brought up by a daemon that takes its time, as on a real machine, and something waits for it.
WANTED = {
    "qemu-guest-agent.service": "multi-user.target",
    "systemd-networkd.service": "multi-user.target",
    "network-online.target": "multi-user.target",
    "systemd-networkd-wait-online.service": "network-online.target",
}
ENABLED = {f"/etc/systemd/system/{by}.wants/{unit}": f"/lib/systemd/system/{unit}" for unit, by in WANTED.items()}
QEMU = """qemu-system-x86_64 -nodefaults -no-user-config -display none -accel tcg,thread=multi -cpu max -smp 2
    -device virtio-rng-pci -device virtio-serial-pci -device virtserialport,chardev=agent,name=org.qemu.guest_agent.0
    -netdev tap,id=net,ifname={tap},script=no,downscript=no -device virtio-net-pci,netdev=net"""


class VirtualMachine(System):
    """Booted when constructed, with the product, `files`, `links` and `programs` as lab.machine.Machine has them. The
    harness reaches it at `ip4` and `ip6` from `peer4` and `peer6`, over a tap device."""

    ip4, peer4, ip6, peer6 = "10.78.0.2", "10.78.0.1", "fd78::2", "fd78::1"
    name, tap = "the virtual machine", "v-virtual"

    def __init__(self, lab, files, links, programs):
        self.lab, self.image, self.folder = lab, Path(os.environ["CLOISTER_IMAGE"]), lab.folder / "virtual"
        self.folder.mkdir()
        network = {"/etc/systemd/network/eth0.network": NETWORK.format(ip4=self.ip4, ip6=self.ip6)}
        self._make_disks(files | network | QUIET_AGENT, links | ENABLED, programs)
        self._make_network()
        self._start()

    def _make_disks(self, files, links, programs):
        layer = self.folder / "layer"
        shutil.copytree(self.lab.product, layer, symlinks=True)

        def made(path):
            file = layer / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            return file

        for path, content in files.items():
            made(path).write_bytes(content.encode() if isinstance(content, str) else content)
        for path, target in links.items():
            made(path).symlink_to(target)
        for program in programs:
            shutil.copy(self.lab.build / program, made(f"/opt/{program}"))
        run("mksquashfs", layer, self.folder / "product.squashfs", "-noappend", "-quiet", "-no-progress")
        run("truncate", f"--size={WRITTEN}", self.folder / "written.ext4")
        run("mkfs.ext4", "-q", self.folder / "written.ext4")

    def _make_network(self):
        run("ip", "tuntap", "add", "dev", self.tap, "mode", "tap")
        run("ip", "addr", "add", f"{self.peer4}/24", "dev", self.tap)
        run("ip", "addr", "add", f"{self.peer6}/64", "dev", self.tap, "nodad")
        run("ip", "link", "set", self.tap, "up")

    def _start(self):
        disks = [(self.image / "tree.squashfs", "on"), (self.folder / "product.squashfs", "on"),
                 (self.folder / "written.ext4", "off")]
        drives = [word for file, mode in disks
                  for word in ("-drive", f"file={file},format=raw,if=virtio,readonly={mode}")]
        (self.folder / "console").touch()
        self.emulator = subprocess.Popen(
            [*QEMU.format(tap=self.tap).split(), "-m", MEMORY, "-serial", f"file:{self.folder}/console",
             "-chardev", f"socket,id=agent,path={self.folder}/agent,server=on,wait=off",
             "-kernel", self.image / "kernel", "-initrd", self.image / "initrd",
             "-append", "console=ttyS0 quiet net.ifnames=0 mitigations=off", *drives],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.agent = Agent(self.folder / "agent")
        self._await_boot()

    def _is_alive(self):
        return self.emulator.poll() is None and "Kernel panic" not in self.console()

    def _await_boot(self):
        try:
            self.agent.await_start(self._is_alive, BOOT_TIME)
        except TimeoutError as late:
            raise AssertionError(f"{late}\n{self.console()[-3000:]}") from None
        # Unless a service is degraded, which a case may want to see.
        self.sh("systemctl is-system-running --wait", check=False, timeout=BOOT_TIME)

    def sh(self, script, check=True, timeout=COMMAND_TIME):
        done = self.agent.sh(script, timeout)
        if check and done.returncode:
            raise AssertionError(f"{script}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def reboot(self):
        """As an administrator does; returns when the machine is up again."""
        before = self.sh("cat /proc/sys/kernel/random/boot_id").stdout
        self.sh("systemctl reboot --no-block")

        def is_up_again():
            try:
                self._await_boot()
                return self.sh("cat /proc/sys/kernel/random/boot_id").stdout != before
            except OSError:
                return False  # The agent has just been stopped.

        self.wait_for(is_up_again, "the machine is up again", BOOT_TIME)

    def journal(self, unit=None, lines=1000):
        of_unit = f"-u {unit}" if unit else ""
        return self.sh(f"journalctl --no-pager -q -b -o short-monotonic -n {lines} {of_unit}", check=False).stdout

    def journal_since_boot(self, lines=60):
        return self.journal(lines=lines)

    def console(self):
        return (self.folder / "console").read_text(errors="replace")

    def stop(self):
        self.agent.close()
        self.emulator.kill()
        self.emulator.wait(30)
        run("ip", "link", "del", self.tap)
        shutil.rmtree(self.folder)
