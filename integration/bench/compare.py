#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Cloister beside nginx and h2o, in turns on the same machine.

    compare.py --cloister PROGRAM [SCENARIO...] [--rounds 5] [--seconds 1] [--json FILE]

Cloister runs as it ships: confined, as nobody, on sockets passed as systemd passes them. nginx has 2 workers, sendfile,
open_file_cache and no access log; h2o has 2 threads. Requests per second alone mean little on a shared machine: read
the ratios, and above all the server's processor time per request. Each figure is the median over the rounds of its
ratio to nginx. Exit 1, with the reason and without the figures, if a server died or answered wrongly.
"""
import argparse
import contextlib
import http.client
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from scenarios import SCENARIOS
from servers import Ground, start_cloister, start_h2o, start_nginx
from wrong import Wrong

BASE, OTHERS = "nginx", ("cloister", "h2o")
TOOLS = {"nginx": "nginx-light", "h2o": "h2o", "wrk": "wrk", "h2load": "nghttp2-client", "nghttp": "nghttp2-client",
         "openssl": "openssl"}
ROW = "{:10} {:>9} {:>6}   {:>9} {:>6}   {}"


@contextlib.contextmanager
def insisting(server):
    """A refused connection, a failed handshake or no answer in time is a wrong answer, too."""
    try:
        yield
    except (OSError, http.client.HTTPException, subprocess.TimeoutExpired) as error:
        raise Wrong(f"{server.name}: {error!r}\n{server.last_words()}") from error


def measure(server, scenario, seconds):
    """One run: requests per second, microseconds of the server's processors per request, and how much of that its
    busiest thread had: with two threads on two processors 0.5 is best, and at 1 the other idled."""
    with insisting(server):
        before = server.processor_seconds()
        count = scenario.load.run(server, scenario.page, seconds)
        used = [now - before.get(thread, 0) for thread, now in server.processor_seconds().items()]
    server.check_alive()
    return {"requests_per_second": count.requests / count.seconds, "requests": count.requests,
            "processor_microseconds": sum(used) / count.requests * 1e6, "busiest_thread": max(used) / sum(used)}


def check(servers, scenario):
    for server in servers:
        server.check_alive()
        with insisting(server):
            scenario.load.check(server, scenario.page)


def play(servers, scenario, rounds, seconds):
    """[{"cloister": {...}, "nginx": {...}, ...}, ...], with another server first in every round."""
    check(servers, scenario)
    for server in servers:
        measure(server, scenario, 1)
    results = []
    for number in range(rounds):
        first = number % len(servers)
        results.append({server.name: measure(server, scenario, seconds)
                        for server in servers[first:] + servers[:first]})
    check(servers, scenario)
    return results


def ratios(results, quantity):
    """{"cloister": median ratio to nginx, ...}"""
    return {name: statistics.median(row[name][quantity] / row[BASE][quantity] for row in results) for name in OTHERS}


def summary(scenario, results):
    return {"what": scenario.what, "requests_ratio": ratios(results, "requests_per_second"),
            "processor_ratio": ratios(results, "processor_microseconds"), "rounds": results}


def print_heading():
    print(ROW.format("to nginx:", "requests", "/s", "processor", "time", ""))
    print(ROW.format("scenario", *OTHERS, *OTHERS, ""), flush=True)


def print_row(scenario, entry):
    numbers = [f"{entry[kind][name]:.2f}" for kind in ("requests_ratio", "processor_ratio") for name in OTHERS]
    print(ROW.format(scenario.name, *numbers, scenario.what), flush=True)


def compare(ground, options):
    """{scenario: summary}, printed row by row; a row appears only after the last check of its scenario."""
    summaries = {}
    with contextlib.ExitStack() as stack:
        servers = []
        for start in (lambda: start_cloister(ground, options.cloister), lambda: start_nginx(ground),
                      lambda: start_h2o(ground)):
            servers.append(start())
            stack.callback(servers[-1].stop)
        for server in servers:
            server.await_start()
        print_heading()
        for name in options.scenarios or SCENARIOS:
            results = play(servers, SCENARIOS[name], options.rounds, options.seconds)
            summaries[name] = summary(SCENARIOS[name], results)
            print_row(SCENARIOS[name], summaries[name])
    return summaries


def parse_options():
    listed = "\n".join(f"  {name:10} {scenario.what}" for name, scenario in SCENARIOS.items())
    parser = argparse.ArgumentParser(description=f"{__doc__}\n{listed}",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="default: all")
    parser.add_argument("--cloister", type=Path, metavar="PROGRAM", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1, help="of each run")
    parser.add_argument("--json", type=Path, metavar="FILE", help="default: bench.json beside the program")
    options = parser.parse_args()
    if unknown := set(options.scenarios) - set(SCENARIOS):
        parser.error(f"no scenario {', '.join(sorted(unknown))}; there are {', '.join(SCENARIOS)}")
    if options.rounds < 1 or options.seconds < 1:
        parser.error("at least one round of one second")
    return options


def run(options, tools, compare_on, report):
    """Compares by `compare_on(ground, options)`, once all is there that it takes; writes what came of it to `report`."""
    if os.getuid() != 0:
        sys.exit("only root can start the servers as nobody")
    for tool in tools:
        shutil.which(tool) or sys.exit(f"{tool} is missing; install {TOOLS[tool]}")
    # Ended by a signal, it still ends its servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory() as name:
        ground = Ground(Path(name), {each.page.path: each.page.content for each in SCENARIOS.values()})
        try:
            summaries = compare_on(ground, options)
        except Wrong as reason:
            sys.exit(f"{report.stem}: {reason}")
    report.write_text(json.dumps({"processors": os.cpu_count(), "kernel": platform.release(),
                                  "seconds": options.seconds, "scenarios": summaries}, indent=2) + "\n")
    print(f"medians of {options.rounds} rounds of {options.seconds} s; written to {report}")
    return summaries


def main():
    options = parse_options()
    run(options, TOOLS, compare, options.json or options.cloister.parent / "bench.json")


if __name__ == "__main__":
    main()
