# SPDX-License-Identifier: MIT
"""Whoever takes over the process cannot leave it: the attempt kills it, and a clean one takes the port."""
import http.client
import re

AS_SHIPPED_BUT_FOR_THE_PROGRAM = """[Service]
ExecStart=
ExecStart=/opt/escapee serve --site /srv/cloister
BindReadOnlyPaths=/opt/escapee
"""
SOCKETS = "cloister-http.socket", "cloister-https.socket"
# A kernel without that door answers with another signal.
NO_ENTRY = re.compile("int80-")
# Those that Cloister's filter answers with an error, without making the call: memory as code or from a file. (What it
# permits finds no descriptor that could be misused.)
ANSWERED = re.compile("mmap-")


def attempt(machine, name):
    """What became of one attempt: "killed", or what its route said."""
    try:
        return machine.get(f"/escape/{name}").text
    except (http.client.RemoteDisconnected, ConnectionResetError):
        return "killed"


def files_of(machine):
    """Name and hash of every file of the site and of the keys."""
    return machine.sh("find /srv/cloister /etc/cloister -type f -exec sha256sum {} + | sort -k 2").stdout


def processes_of(machine):
    """What runs on the machine for good: number and name, but for the service and for this question's own."""
    rows = machine.sh("ps -e -o pid= -o comm=").stdout.splitlines()
    return {tuple(row.split()) for row in rows if row.split()[-1] not in ("escapee", "sh", "ps")}


def starts_of_sockets(machine):
    return [machine.property(socket, name) for socket in SOCKETS
            for name in ("ActiveState", "ActiveEnterTimestampMonotonic")]


def test_every_escape_ends_in_sigsys_and_the_service_comes_back(boot_secure, note):
    machine = boot_secure(service=AS_SHIPPED_BUT_FOR_THE_PROGRAM, programs=["escapee"])
    assert machine.get("/").status == 200
    files, processes, sockets = files_of(machine), processes_of(machine), starts_of_sockets(machine)
    assert sockets[0] == "active" and "tls.key" in files
    names = machine.get("/escapes").text.split()
    assert len(names) >= 69

    ended = {}
    for name in names:
        taken_over = machine.process()
        ended[name] = attempt(machine, name)
        assert machine.get("/").status == 200, f"after {name}"
        assert (machine.process() == taken_over) == (ended[name] != "killed"), name
    note("attempts", len(ended))

    assert [name for name, end in ended.items() if end == "succeeded"] == []
    assert [name for name, end in ended.items() if end != "killed" and not ANSWERED.match(name)] == []
    journal = machine.journal("cloister.service", lines=100000)
    by_filter = [name for name, end in ended.items() if end == "killed" and not NO_ENTRY.match(name)]
    assert len(re.findall(r"status=31/SYS", journal)) >= len(by_filter)
    assert files_of(machine) == files
    assert processes <= processes_of(machine)
    assert starts_of_sockets(machine) == sockets


def test_a_route_that_needs_nothing_forbidden_is_answered(boot):
    machine = boot(service=AS_SHIPPED_BUT_FOR_THE_PROGRAM, programs=["escapee"])
    assert machine.get("/escape/nothing").text == "escaped"
    assert "SYS" not in machine.journal("cloister.service")
