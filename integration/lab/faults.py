# SPDX-License-Identifier: MIT
"""What may befall a service, done to one that serves a MixedLoad."""
import contextlib
import os
import time

from lab.filters import ALL_THREADS, stopped

SERVICE = "cloister.service"


def rounds(load, count=5, answers=5):
    """So many times, each after every client has had some answers."""
    for _ in range(count):
        load.await_answers(answers)
        yield


def restart(machine, load):
    for _ in rounds(load):
        machine.sh(f"systemctl restart {SERVICE}")


def kill(machine, load):
    for _ in rounds(load):
        machine.sh(f"systemctl kill --signal=KILL {SERVICE}")


def stop_and_continue(machine, load):
    for _ in rounds(load):
        machine.sh(f"systemctl kill --signal=STOP {SERVICE}")
        time.sleep(0.2)
        machine.sh(f"systemctl kill --signal=CONT {SERVICE}")


def break_and_mend(machine, load):
    """The site cannot be opened for two seconds; the load goes on, and every start fails."""
    load.await_answers(5)
    machine.sh(f"chmod 0600 /srv/cloister/page.txt; systemctl kill --signal=KILL {SERVICE}")
    machine.await_journal(SERVICE, "/srv/cloister/page.txt")
    time.sleep(2)
    machine.sh("chmod 0644 /srv/cloister/page.txt")


def hold_a_loop(machine, load):
    """One loop stands still, as after an endless computation; the watchdog notices."""
    load.await_answers(5)
    held = machine.process()
    loop = held.threads()[1]

    def another_serves():
        with contextlib.suppress(ChildProcessError):
            os.waitpid(loop, ALL_THREADS | os.WNOHANG)  # A thread that is traced stays until its tracer has seen its end.
        return machine.processes() not in ([], [held])

    with stopped(loop):
        machine.wait_for(another_serves, "another process serves", 20)
    assert "Watchdog timeout" in machine.journal(SERVICE)


def flood_with_restarts(machine, load):
    """A restart in the middle of the last one's drain."""
    for _ in rounds(load, count=3, answers=2):
        machine.sh(f"for i in 1 2 3; do systemctl restart {SERVICE}; done")


def hand_over(machine, load):
    """To three successors, one after the other, and back to the unit that the sockets start."""
    for _ in rounds(load, count=3):
        machine.sh("cloister-handover")
    machine.sh(f"systemctl start {SERVICE} && systemctl stop 'cloister@*.service'")
