#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Cloister beside nginx on one small file, in turns on the same machine.

    compare.py --cloister PROGRAM [--rounds 3] [--seconds 5] [--connections 64] [--json FILE]

Cloister runs as it ships: confined, as nobody, on a socket passed as systemd passes it. nginx has 2 workers, sendfile,
open_file_cache and no access log. The load is `wrk -t1`. Requests per second alone mean little on a shared machine:
read the ratios, and the server's processor time per request. Exit 1 if a server died or answered wrongly.
"""
import argparse
import contextlib
import http.client
import json
import os
import pwd
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILE_BYTES = 1400
PATH = "/page.txt"
CONTENT = ("The quick brown fox jumps over the lazy dog, again and again.\n" * 25)[:FILE_BYTES].encode()

NGINX = """daemon off;
user nobody nogroup;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    types {{ text/plain txt; }}
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    open_file_cache max=1000 inactive=60s;
    server {{ listen 127.0.0.1:{port} backlog=4096; root {folder}/site; }}
}}
"""


class Server:
    """A running server; `pid` is its main process, whose children count too."""

    def __init__(self, name, process, port):
        self.name, self.process, self.port = name, process, port
        self.await_answer()
        self.pids = self.family()

    def family(self):
        pids = [self.process.pid]
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                pids += [int(stat.parent.name)] if parent == self.process.pid else []
        return sorted(pids)

    def await_answer(self):
        deadline = time.monotonic() + 10
        while True:
            try:
                return self.check()
            except ConnectionRefusedError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    sys.exit(f"{self.name} did not start")
                time.sleep(0.05)

    def check(self):
        """Ends the comparison unless the server gives exactly the file."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", PATH)
        answer = connection.getresponse()
        if answer.status != 200 or answer.read() != CONTENT:
            sys.exit(f"{self.name} answered wrongly: status {answer.status}")
        connection.close()

    def check_alive(self):
        self.check()
        if self.process.poll() is not None or self.family() != self.pids:
            sys.exit(f"{self.name} died under load; its processes were {self.pids} and are {self.family()}")

    def processor_seconds(self):
        """What all its threads have run so far, from the scheduler's own count in nanoseconds."""
        files = (task / "schedstat" for pid in self.pids for task in Path(f"/proc/{pid}/task").iterdir())
        return sum(int(file.read_text().split()[0]) for file in files) / 1e9

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()


def listener():
    """A socket as cloister-http.socket makes it, on a free port of loopback."""
    made = socket.socket()
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.bind(("127.0.0.1", 0))
    made.listen(4096)
    return made


def start_cloister(program, folder):
    # A copy, because nobody may be unable to reach the build.
    shutil.copy(program, folder / "cloister")
    nobody = pwd.getpwnam("nobody")
    port_socket = listener()

    def become_service():
        os.dup2(port_socket.fileno(), 3)
        os.set_inheritable(3, True)
        os.setgroups([])
        os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
        os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)

    # The shell says its own process id, which exec keeps, as the service manager would.
    script = 'export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=http; exec "$0" serve --site "$1"'
    process = subprocess.Popen(["sh", "-c", script, folder / "cloister", folder / "site"], preexec_fn=become_service,
                               close_fds=False, stdin=subprocess.DEVNULL)
    port = port_socket.getsockname()[1]
    # Ours closed, the port lives as long as the server: a dead one refuses instead of keeping clients waiting.
    port_socket.close()
    return Server("cloister", process, port)


def start_nginx(folder):
    with listener() as free:
        port = free.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    command = ["nginx", "-p", folder, "-e", folder / "nginx.log", "-c", folder / "nginx.conf"]
    return Server("nginx", subprocess.Popen(command, stdin=subprocess.DEVNULL), port)


def load(server, seconds, connections):
    """One round: requests per second, and microseconds of the server's processors per request."""
    before = server.processor_seconds()
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", f"http://127.0.0.1:{server.port}{PATH}"]
    said = subprocess.run(command, capture_output=True, text=True).stdout
    used = server.processor_seconds() - before
    if wrong := re.search(r"Socket errors:.*|Non-2xx.*", said):
        sys.exit(f"{server.name}: {wrong[0]}")
    requests = int(re.search(r"(\d+) requests in", said)[1])
    server.check_alive()
    return {"requests_per_second": float(re.search(r"Requests/sec:\s*([\d.]+)", said)[1]),
            "processor_microseconds": used / requests * 1e6}


def compare(servers, rounds, seconds, connections):
    """[{"cloister": {...}, "nginx": {...}}, ...], each server first in every other round."""
    results = []
    for server in servers:
        load(server, 1, connections)
    for number in range(rounds):
        order = servers if number % 2 == 0 else servers[::-1]
        measured = {server.name: load(server, seconds, connections) for server in order}
        results.append(measured)
        print(f"round {number + 1}: " + ", ".join(
            f"{name} {row['requests_per_second']:,.0f} requests/s, {row['processor_microseconds']:.1f} us each"
            for name, row in sorted(measured.items())), flush=True)
    return results


def ratios(results, quantity):
    return [row["cloister"][quantity] / row["nginx"][quantity] for row in results]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cloister", type=Path, metavar="PROGRAM", required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if os.getuid() != 0:
        sys.exit("only root can start both servers as nobody")
    for tool, package in ("wrk", "wrk"), ("nginx", "nginx-light"):
        shutil.which(tool) or sys.exit(f"{tool} is missing; install {package}")

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "site").mkdir()
        (folder / "site" / PATH[1:]).write_bytes(CONTENT)
        servers = []
        try:
            servers.append(start_cloister(options.cloister, folder))
            servers.append(start_nginx(folder))
            results = compare(servers, options.rounds, options.seconds, options.connections)
        finally:
            for server in servers:
                server.stop()

    summary = {"file_bytes": FILE_BYTES, "connections": options.connections, "rounds": results,
               "requests_ratio": statistics.median(ratios(results, "requests_per_second")),
               "processor_ratio": statistics.median(ratios(results, "processor_microseconds"))}
    print(f"cloister to nginx, median of {options.rounds} rounds: {summary['requests_ratio']:.2f} of the requests per "
          f"second, {summary['processor_ratio']:.2f} of the processor time per request")
    report = options.json or options.cloister.parent / "bench.json"
    report.write_text(json.dumps(summary, indent=2) + "\n")
    print(f"written to {report}")


if __name__ == "__main__":
    main()
