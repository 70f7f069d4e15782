# SPDX-License-Identifier: MIT
"""The shipped units are understood by this systemd to the last key, and are as strict as promised."""
FOLDER = "/usr/lib/systemd/system"
UNITS = f"{FOLDER}/cloister.service {FOLDER}/cloister-http.socket {FOLDER}/cloister-https.socket"
TENTHS = 1


def test_systemd_finds_nothing_to_remark_in_the_units(machine):
    verified = machine.sh(f"systemd-analyze verify --man=no {UNITS} 2>&1")
    assert verified.stdout == ""


def test_systemd_remarks_nothing_while_it_runs_them(machine):
    # Units are read again, because at boot there was no journal yet.
    machine.sh("systemctl daemon-reload")
    machine.get("/")
    remarks = machine.sh("journalctl -q -b -p warning _PID=1").stdout
    assert [line for line in remarks.splitlines() if "cloister" in line] == []


def test_the_service_exposes_at_most_a_tenth_of_a_point_of_ten(machine):
    judge = f"systemd-analyze security --offline=yes {UNITS.split()[0]} --threshold"
    print(machine.sh(f"{judge}={TENTHS}").stdout.splitlines()[-1])
    # The gate can close: nothing real exposes nothing.
    assert machine.sh(f"{judge}=0", check=False).returncode == 1


def test_every_directive_says_why_it_is_there(machine):
    for unit in UNITS.split():
        above = ""
        for line in machine.sh(f"cat {unit}").stdout.splitlines():
            key = line.partition("=")[0]
            continued = above.startswith(f"{key}=")
            titled = key in ("Description", "Documentation")
            assert line[:1] in ("", "#", "[") or above.startswith("#") or continued or titled, f"{unit}: {line}"
            above = line
