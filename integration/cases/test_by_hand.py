# SPDX-License-Identifier: MIT
"""Started by hand, without a service manager's sockets, it serves port 8080 and refuses every privilege."""
import re

from lab.processes import CAPABILITY_SETS

AS_NOBODY = "setpriv --reuid=nobody --regid=nogroup --clear-groups"
SERVE = "/usr/sbin/cloister serve --site /srv/cloister"


def start(machine, command):
    machine.sh(f"systemd-run --quiet --unit=by-hand {command}")


def test_by_hand_it_listens_on_loopback_port_8080(machine):
    start(machine, f"{AS_NOBODY} {SERVE}")
    assert "It works" in machine.get_inside("http://127.0.0.1:8080/")
    assert "127.0.0.1:8080" in machine.sh("ss --listening --tcp --numeric --no-header").stdout


def test_by_hand_it_says_its_address_and_how_confined_it_is(machine):
    start(machine, f"{AS_NOBODY} {SERVE}")
    said = machine.await_journal("by-hand.service", "http://127.0.0.1:8080")
    assert re.search(r"\b\d+ system calls\b", said)


def test_by_hand_it_is_as_confined_as_the_service(machine):
    start(machine, f"{AS_NOBODY} {SERVE}")
    machine.get_inside("http://127.0.0.1:8080/")
    for status in machine.process("by-hand.service").statuses():
        assert (status["Seccomp"], status["NoNewPrivs"]) == ("2", "1")
        assert {status[name] for name in CAPABILITY_SETS if name != "CapBnd"} == {"0" * 16}


def test_by_hand_without_a_site_it_welcomes(machine):
    start(machine, f"{AS_NOBODY} /usr/sbin/cloister")
    assert "Hello World!" in machine.get_inside("http://127.0.0.1:8080/")


def test_it_stops_at_once_on_a_terminal_interrupt(machine):
    start(machine, f"{AS_NOBODY} {SERVE}")
    machine.get_inside("http://127.0.0.1:8080/")
    machine.sh("systemctl kill --signal=INT by-hand.service")
    machine.await_state("by-hand.service", "inactive", seconds=2)


def test_as_root_it_refuses_and_says_why(machine):
    refused = machine.run_as_service(SERVE)
    assert refused.returncode not in (0, 203)
    assert re.search(r"\broot\b|\buid 0\b|\buser 0\b", refused.stderr + refused.stdout)


def test_with_a_capability_it_refuses_and_names_it(machine):
    held = "--inh-caps=+net_bind_service --ambient-caps=+net_bind_service"
    refused = machine.run_as_service(f"{AS_NOBODY} {held} {SERVE}")
    assert refused.returncode not in (0, 203)
    assert re.search(r"capability|net_bind_service", refused.stderr + refused.stdout, re.IGNORECASE)


def test_descriptors_left_open_by_a_careless_parent_are_closed(boot):
    careless = "#!/bin/sh\nexec 7</etc/hostname 9</ \nexec " + SERVE + "\n"
    machine = boot(files={"/opt/careless": careless})
    start(machine, f"{AS_NOBODY} sh /opt/careless")
    machine.get_inside("http://127.0.0.1:8080/")
    held = machine.process("by-hand.service").descriptors().values()
    assert not {"/etc/hostname", "/"} & set(held)


def test_flags_that_cannot_be_kept_are_refused_with_the_remedy(machine):
    """Nobody would open the port again; and there are not so many descriptors."""
    unused = machine.sh(f"{AS_NOBODY} {SERVE} --idle-exit 5", check=False)
    assert unused.returncode == 64
    assert "start the service by its socket" in unused.stderr
    many = machine.sh(f"ulimit -n 1000; {AS_NOBODY} {SERVE} --connections 1000", check=False)
    assert many.returncode == 78
    assert "--connections 1000" in many.stderr and "LimitNOFILE=" in many.stderr
