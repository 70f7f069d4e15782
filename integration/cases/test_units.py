# SPDX-License-Identifier: MIT
"""The shipped units are understood by this systemd to the last key, and are as strict as promised."""
import re

from lab import facts

FOLDER = "/usr/lib/systemd/system"
UNITS = f"{FOLDER}/cloister.service {FOLDER}/cloister-http.socket {FOLDER}/cloister-https.socket"
DROP_INS = "/etc/systemd/system/cloister.service.d"
OPENFILE = "/usr/share/doc/cloister/openfile.conf"
# The first systemd that knows OpenFile=.
HANDS_OVER_ITS_SOCKET = 253
TENTHS = 1
JUDGE = f"systemd-analyze security --offline=yes {FOLDER}/cloister.service"


def test_systemd_finds_nothing_to_remark_in_the_units(machine):
    verified = machine.sh(f"systemd-analyze verify --man=no {UNITS} 2>&1")
    assert verified.stdout == ""


def test_systemd_remarks_nothing_while_it_runs_them(machine):
    # Units are read again, because at boot there was no journal yet.
    machine.sh("systemctl daemon-reload")
    machine.get("/")
    remarks = machine.sh("journalctl -q -b -p warning _PID=1").stdout
    assert [line for line in remarks.splitlines() if "cloister" in line] == []


def systemd_version(machine):
    return int(machine.sh("systemctl --version").stdout.split()[1])


def add_drop_in(machine, command):
    """Runs `command`, which puts a drop-in of the service into the working directory."""
    machine.sh(f"mkdir -p {DROP_INS} && cd {DROP_INS} && {command} && systemctl daemon-reload")


def is_at_most(machine, tenths):
    return machine.sh(f"{JUDGE} --threshold={tenths}", check=False).returncode == 0


def test_the_service_exposes_at_most_a_tenth_of_a_point_of_ten_and_one_line_less_closes_the_gate(machine):
    if systemd_version(machine) >= HANDS_OVER_ITS_SOCKET:
        add_drop_in(machine, f"cp {OPENFILE} .")
    said = machine.sh(f"{JUDGE} --threshold=100").stdout.splitlines()[-1]
    facts.record(exposure=re.search(r"exposure level for cloister\.service: (\d\.\d)", said)[1])
    assert is_at_most(machine, TENTHS), said
    add_drop_in(machine, r"printf '[Service]\nRestrictNamespaces=no\n' > weaker.conf")
    assert not is_at_most(machine, TENTHS), "a weaker unit is found out"


def test_without_any_socket_family_it_serves_where_systemd_can_hand_over_its_own_and_elsewhere_says_so(machine):
    add_drop_in(machine, f"cp {OPENFILE} .")
    if systemd_version(machine) >= HANDS_OVER_ITS_SOCKET:
        assert machine.get("/").status == 200
        assert machine.property("cloister.service", "RestrictAddressFamilies") == "", "of which a socket may be made"
    else:
        machine.sh("systemctl start --no-block cloister.service")
        machine.await_journal("cloister.service", "set OpenFile=/run/systemd/notify:notify (systemd 253)")
        assert machine.state("cloister-http.socket") == "active"


def test_every_directive_says_why_it_is_there(machine):
    for unit in UNITS.split():
        above = ""
        for line in machine.sh(f"cat {unit}").stdout.splitlines():
            key = line.partition("=")[0]
            continued = above.startswith(f"{key}=")
            titled = key in ("Description", "Documentation")
            assert line[:1] in ("", "#", "[") or above.startswith("#") or continued or titled, f"{unit}: {line}"
            above = line
