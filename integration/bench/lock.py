#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What the lock costs: Cloister confined beside the same program without confine(), in turns on the same machine.

    lock.py --cloister PROGRAM --unconfined PROGRAM [--rounds 40] [--seconds 1] [--json FILE]

Both are linked from the same objects and run as nobody on sockets passed as systemd passes them; the kernel is asked
whether the one is under seccomp and the other is not. Each figure is the median over the rounds of confined to
unconfined, with the bounds within which 95 of 100 such medians would lie: on a shared machine these tell how much of
it is noise. Exit 1 if the lock costs more than 3 % of processor time beyond doubt: if even the lower bound says so.
"""
import argparse
import contextlib
import math
import statistics
import sys
from pathlib import Path

from compare import check, measure, run
from scenarios import SCENARIOS
from servers import start_cloister
from wrong import Wrong

COMPARED = "plain", "tls", "h2"
QUANTITIES = {"processor": "processor_microseconds", "requests": "requests_per_second"}
TARGET = 1.03
ROW = "{:10} {:>24} {:>24} {:>12}   {}"


def insist_on_locks(confined, unconfined):
    for server, mode in (confined, "2"), (unconfined, "0"):
        for task in Path(f"/proc/{server.process.pid}/task").iterdir():
            if f"\nSeccomp:\t{mode}\n" not in (task / "status").read_text():
                raise Wrong(f"{server.name}: thread {task.name} is not of seccomp mode {mode}")


def play(confined, unconfined, scenario, rounds, seconds):
    """[{"confined": {...}, "unconfined": {...}}, ...]; who comes first changes from round to round."""
    servers = [confined, unconfined]
    check(servers, scenario)
    for server in servers:
        measure(server, scenario, 1)
    results = []
    for number in range(rounds):
        order = servers if number % 2 else servers[::-1]
        results.append({server.name: measure(server, scenario, seconds) for server in order})
    check(servers, scenario)
    insist_on_locks(*servers)
    return results


def bounds(ordered):
    """Between which ranks the median of what was drawn from lies, with 95 % of confidence (binomial distribution)."""
    count = len(ordered)
    rank = max(0, math.floor((count - 1.96 * math.sqrt(count)) / 2))
    return ordered[rank], ordered[count - 1 - rank]


def ratios(results, quantity):
    """Of confined to unconfined: lower bound, median, upper bound."""
    found = sorted(row["confined"][quantity] / row["unconfined"][quantity] for row in results)
    lower, upper = bounds(found)
    return lower, statistics.median(found), upper


def summary(scenario, results):
    entry = {"what": scenario.what, "rounds": results,
             **{name: ratios(results, quantity) for name, quantity in QUANTITIES.items()}}
    spent = [statistics.median(row[name]["processor_microseconds"] for row in results)
             for name in ("confined", "unconfined")]
    return entry | {"processor_microseconds": spent}


def print_row(scenario, entry):
    figures = ["{1:.3f} ({0:.3f} to {2:.3f})".format(*entry[name]) for name in QUANTITIES]
    spent = "{:.1f} / {:.1f}".format(*entry["processor_microseconds"])
    print(ROW.format(scenario.name, *figures, spent, scenario.what), flush=True)


def compare(ground, options):
    """{scenario: summary}, printed row by row."""
    summaries = {}
    with contextlib.ExitStack() as stack:
        servers = []
        for program, name in (options.cloister, "confined"), (options.unconfined, "unconfined"):
            servers.append(start_cloister(ground, program, name))
            stack.callback(servers[-1].stop)
        for server in servers:
            server.await_start()
        insist_on_locks(*servers)
        print(ROW.format("confined to", "processor time", "requests", "µs each", ""))
        print(ROW.format("unconfined", "per request", "per second", "", ""), flush=True)
        for name in COMPARED:
            results = play(*servers, SCENARIOS[name], options.rounds, options.seconds)
            summaries[name] = summary(SCENARIOS[name], results)
            print_row(SCENARIOS[name], summaries[name])
    return summaries


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for program in "--cloister", "--unconfined":
        parser.add_argument(program, type=Path, metavar="PROGRAM", required=True)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--seconds", type=int, default=1, help="of each run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="default: lock.json beside the program")
    options = parser.parse_args()
    if options.rounds < 2 or options.seconds < 1:
        parser.error("at least two rounds of one second")
    return options


def main():
    options = parse_options()
    summaries = run(options, ("wrk", "h2load", "nghttp", "openssl"), compare,
                    options.json or options.cloister.parent / "lock.json")
    if dear := [name for name, entry in summaries.items() if entry["processor"][0] > TARGET]:
        sys.exit(f"lock: it costs more than 3 % of processor time: {', '.join(dear)}")


if __name__ == "__main__":
    main()
