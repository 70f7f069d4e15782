# SPDX-License-Identifier: MIT
"""Mixed load and one fault after the other, for as long as $CLOISTER_SOAK says, in seconds: `./dev soak`. As one of the
cases it shows within some seconds that the long one would work."""
import os
import random
import time

from conftest import PAGE
from lab import faults
from lab.attackers import ATTACKS, attack
from lab.mixed import MixedLoad

SECONDS = int(os.environ.get("CLOISTER_SOAK", 8))
# The order of the faults; a run says it, and can be repeated.
SEED = int(os.environ.get("CLOISTER_SEED", 1))
# Seconds that an attack lasts.
ATTACK_TIME = 3
# What a process may have more at the end than at the beginning, after the same load: caches are filled by then.
GROWTH = 8 << 20


def under_attack(how):
    def act(machine, load):
        with attack(how, machine.ip4):
            load.await_answers(20)
            time.sleep(ATTACK_TIME)

    act.__name__ = how.__name__
    return act


ACTS = [faults.restart, faults.kill, faults.stop_and_continue, faults.break_and_mend, faults.flood_with_restarts,
        faults.hand_over, *map(under_attack, ATTACKS)]


def settled(machine):
    """The process and its descriptors, when nobody has been connected for a moment."""
    process = machine.process()
    fewest = process.descriptor_count()
    for _ in range(50):
        time.sleep(0.1)
        fewest = min(fewest, process.descriptor_count())
    return process, fewest


def test_nothing_is_lost_and_nothing_grows(boot_secure, authority, figures):
    machine = boot_secure(service="[Service]\nWatchdogSec=10s\n")
    machine.get("/")
    with MixedLoad(machine.ip4, authority, "/page.txt", PAGE.encode()) as load:
        load.await_answers(100)
    process, descriptors = settled(machine)
    resident = process.resident()
    chosen, done = random.Random(SEED), {}
    with MixedLoad(machine.ip4, authority, "/page.txt", PAGE.encode(), clients=2) as load:
        end = time.monotonic() + SECONDS
        waiting = []
        while time.monotonic() < end:
            waiting = waiting or chosen.sample(ACTS, len(ACTS))  # Each once before any comes again.
            act = waiting.pop()
            act(machine, load)
            done[act.__name__] = done.get(act.__name__, 0) + 1
            load.await_answers(50)
        machine.sh(f"systemctl restart {faults.SERVICE}")
        load.await_answers(100)
    process, descriptors_at_end = settled(machine)
    found = load.figures()
    print(*(f"{count} {name}" for name, count in done.items()), sep=", ")
    figures(f"Soak of {SECONDS} s, seed {SEED}", f"{sum(done.values())} faults of {len(done)} kinds",
            found | {"MiB at start": resident >> 20, "at end": process.resident() >> 20,
                     "descriptors at start": descriptors, "at the end": descriptors_at_end})
    assert load.lost == []
    assert found["refused"] == 0
    assert descriptors_at_end <= descriptors
    assert process.resident() < resident + GROWTH
