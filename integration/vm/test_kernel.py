# SPDX-License-Identifier: MIT
"""The lock under the kernel that Debian 12 ships, whose Landlock is five versions older than that of a new one."""
import re

from lab import facts
from lab.processes import CAPABILITY_SETS

LANDLOCK = 2
# Tenths of a point.
EXPOSURE = 1
PROFILE = """profile cloister-case flags=(attach_disconnected) {
  /** mr,
  network unix dgram,
  network inet stream,
  network inet6 stream,
  signal (receive) peer=unconfined,
}
"""


def thread_statuses(machine):
    """The fields of /proc/PID/status, for each thread of the service."""
    pid = machine.property("cloister.service", "MainPID")
    threads = machine.sh(f"for task in /proc/{pid}/task/*; do cat $task/status; echo; done").stdout.split("\n\n")
    return [dict(line.split(":\t", 1) for line in thread.splitlines()) for thread in threads if thread]


def test_the_service_is_locked_in_by_the_landlock_of_this_kernel(machine):
    machine.get("/")
    (line,) = re.findall(r"Status: \"(.*)\"", machine.sh("systemctl status cloister.service").stdout)
    assert f"landlock abi {LANDLOCK}," in line.lower() and "WITHOUT" not in line, line
    statuses = thread_statuses(machine)
    assert len(statuses) >= 2, "the threads exist before the lock"
    for status in statuses:
        assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1"), status["Name"]
        assert {status[name] for name in CAPABILITY_SETS} == {"0" * 16}, status["Name"]


def test_the_audit_of_the_lock_passes(machine):
    machine.sh("setpriv --reuid=nobody --regid=nogroup --clear-groups --inh-caps=-all /usr/sbin/cloister audit")


def test_the_running_unit_exposes_at_most_a_tenth_of_a_point_of_ten(machine):
    machine.get("/")
    judge = "systemd-analyze security cloister.service --threshold"
    said = machine.sh(f"{judge}=100").stdout.splitlines()[-1]
    found = re.search(r"exposure level for cloister\.service: (\d\.\d)", said)[1]
    facts.record(facts.VIRTUAL, exposure=found)
    assert machine.sh(f"{judge}={EXPOSURE}", check=False).returncode == 0, said
    assert machine.sh(f"{judge}=0", check=False).returncode != 0, "the gate can close"


def test_it_serves_under_an_apparmor_profile_that_is_enforced(machine):
    assert "apparmor" in machine.sh("cat /sys/kernel/security/lsm").stdout.split(",")
    drop_in = "/run/systemd/system/cloister.service.d/apparmor.conf"
    machine.sh(f"mkdir -p {drop_in.rpartition('/')[0]}; printf '%s' '{PROFILE}' | apparmor_parser --replace; "
               f"printf '[Service]\\nAppArmorProfile=cloister-case\\n' > {drop_in}")
    try:
        machine.sh("systemctl daemon-reload && systemctl restart cloister.service")
        pid = machine.property("cloister.service", "MainPID")
        assert machine.sh(f"cat /proc/{pid}/attr/apparmor/current").stdout.strip() == "cloister-case (enforce)"
        assert "It works" in machine.get("/").text
    finally:
        machine.sh(f"rm {drop_in} && systemctl daemon-reload && systemctl restart cloister.service")


def test_the_machine_says_what_it_is(machine):
    machine.get("/")
    status = machine.sh("systemctl status cloister.service").stdout
    libraries = dict(line.split()[:2] for line in machine.sh("/usr/sbin/cloister --version").stdout.splitlines())
    kernel = machine.sh("uname -r").stdout.strip()
    assert kernel.startswith("6.1."), kernel
    facts.record(facts.VIRTUAL, systemd=machine.sh("systemctl --version").stdout.split()[1], kernel=kernel,
                 landlock=re.search(r"landlock abi (\d+)", status, re.IGNORECASE)[1],
                 glibc=libraries["glibc"], openssl=libraries["OpenSSL"])
