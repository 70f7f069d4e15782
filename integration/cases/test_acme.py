# SPDX-License-Identifier: MIT
"""ACME challenges are answered under the lock, from a board that a service outside of it keeps."""
import os
import statistics
import time

import pytest

from lab import acme
from lab.directives import ROOT
from test_audit import directives, lines_of

DROP_IN = (ROOT / "units/acme.conf").read_text()
WRITER = "cloister-acme.service"
BOARD = "/run/cloister-acme/board"
THUMBPRINT = "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"
# Seconds after which a challenge is late. The figure of a quiet machine is far below, and noted; this one stays true while
# other cases run beside.
LATEST = 2
ROUNDS = 50
# A file that the administrator's umask closes to everybody.
CLOSED = "umask 077; "


def answer(token):
    return f"{token}.{THUMBPRINT}"


def path(token):
    return f"/.well-known/acme-challenge/{token}"


def write(machine, token, before=""):
    machine.sh(f"{before}printf %s '{answer(token)}' > {acme.FOLDER}/{token}")


def await_answered(machine, *tokens):
    for token in tokens:
        machine.wait_for(lambda token=token: machine.get(path(token)).text == answer(token), f"{token} is answered",
                         LATEST)


def await_gone(machine, *tokens):
    for token in tokens:
        machine.wait_for(lambda token=token: machine.get(path(token)).status == 404, f"{token} is gone", LATEST)


@pytest.fixture
def board(boot):
    machine = boot(service=DROP_IN)
    assert machine.get("/").status == 200
    return machine


def node_of_board(machine):
    return machine.sh(f"stat --dereference --format=%i {BOARD}").stdout.strip()


def test_a_challenge_is_answered_as_soon_as_it_is_written(board, figures):
    folder, times = board.leader.folder / f"root{acme.FOLDER}", []
    for number in range(ROUNDS):
        (folder / f"t{number}").write_text(answer(f"t{number}"))
        began = time.monotonic()
        while board.get(path(f"t{number}")).status != 200:
            assert time.monotonic() - began < LATEST
        times.append((time.monotonic() - began) * 1000)
    figures("ACME", "from written to served", {"rounds": ROUNDS, "median ms": round(statistics.median(times), 1),
                                               "longest ms": round(max(times), 1)})
    found = board.get(path("t7"))
    assert (found.headers["content-type"], found.headers["cache-control"]) == ("application/octet-stream", "no-store")
    assert board.get(path("t7"), method="HEAD").headers["content-length"] == str(len(answer("t7")))


def test_what_is_removed_or_renamed_is_gone(board):
    for token in "one", "two":
        write(board, token)
    await_answered(board, "one", "two")
    board.sh(f"rm {acme.FOLDER}/one; mv {acme.FOLDER}/two {acme.FOLDER}/three")
    await_gone(board, "one", "two", "three")
    assert "three: does not hold the token's key authorization" in board.await_journal(WRITER, ", ignoring")


def test_a_folder_that_is_removed_and_made_again_is_the_same_to_it(board):
    board.sh(f"rm -r {acme.WEBROOT}/.well-known")
    await_gone(board, "again")
    board.sh(f"mkdir -p {acme.FOLDER}")
    write(board, "again")
    await_answered(board, "again")


def test_what_is_not_readable_is_said_and_served_when_it_is(board):
    write(board, "secret", CLOSED)
    board.await_journal(WRITER, "secret: Permission denied, ignoring")
    assert board.get(path("secret")).status == 404
    board.sh(f"chmod a+r {acme.FOLDER}/secret")
    await_answered(board, "secret")


def test_a_challenge_that_waits_already_is_there_with_the_first_answer(boot):
    machine = boot(service=DROP_IN, files={f"{acme.FOLDER}/early": answer("early")})
    assert machine.get(path("early")).text == answer("early"), "the authority's own question started the service"


def test_the_board_comes_before_the_site_and_the_site_still_has_its_own(boot):
    site = {path(token).lstrip("/"): "of the site" for token in ("both", "its")} | {"index.html": "home"}
    machine = boot(service=DROP_IN, site=site, files={f"{acme.FOLDER}/both": answer("both")})
    assert machine.get(path("both")).text == answer("both")
    assert machine.get(path("its")).text == "of the site"
    assert machine.get(path("neither")).status == 404
    assert machine.get(path("both"), method="POST", body="x").status == 405


def test_whoever_is_sent_to_https_is_asked_for_challenges_over_http(boot_secure):
    redirecting = DROP_IN.replace("/board\n", "/board --redirect-to-https\n")
    machine = boot_secure(service=redirecting, files={f"{acme.FOLDER}/early": answer("early")})
    assert machine.get(path("early")).text == answer("early")
    assert machine.get("/").status == 308


def test_the_server_has_nothing_of_it_but_memory_that_it_can_only_read(board):
    process = board.process()
    mapped = [line.split() for line in (process.folder / "maps").read_text().splitlines() if "/cloister-acme/" in line]
    assert [(permissions, int(node)) for _, permissions, _, _, node, _ in mapped] == [("r--s", int(node_of_board(board)))]
    assert not any("acme" in opened for opened in process.descriptors().values())
    assert process.mounts()["/run/cloister-acme"] & os.ST_RDONLY


@pytest.mark.parametrize("disturbance", [
    "systemctl restart cloister.service", "systemctl kill --signal=KILL cloister.service", "cloister-handover",
    f"systemctl restart {WRITER}", f"systemctl kill --signal=KILL {WRITER}", f"systemctl kill --signal=SEGV {WRITER}",
], ids=["restart", "kill", "handover", "writer_restart", "writer_kill", "writer_crash"])
def test_both_sides_may_end_at_any_time_and_find_the_same_board_again(boot, disturbance):
    # The pause between attempts is for administrators who read the log.
    machine = boot(service=DROP_IN, files={f"/etc/systemd/system/{WRITER}.d/case.conf": "[Service]\nRestartSec=100ms\n"})
    write(machine, "before")
    assert machine.get(path("before")).text == answer("before")
    node = node_of_board(machine)
    machine.sh(f"{disturbance}; printf %s '{answer('during')}' > {acme.FOLDER}/during")
    await_answered(machine, "before", "during")
    write(machine, "after")
    await_answered(machine, "after")
    assert node_of_board(machine) == node


def test_without_its_board_the_server_says_what_makes_one(boot):
    machine = boot(service=DROP_IN.replace("Wants=cloister-acme.service\n", ""))
    machine.sh("mkdir /run/cloister-acme; systemctl start --no-block cloister.service")
    machine.await_journal("cloister.service", "systemctl start cloister-acme.service makes it")
    machine.sh(f"rmdir /run/cloister-acme; systemctl start {WRITER}")
    assert machine.get("/").status == 200, "and it heals when there is one"


# What only one of the two services has, and why. All else is the same.
OF_THE_SERVER = {
    "Description": "each has its own", "Documentation": "each has its own",
    "Requires": "the writer has no socket", "After": "the writer has no socket",
    "ExecStart": "the same program, another command", "Restart": "the writer never ends by itself",
    "RestartSec": "no client waits in a queue of the writer's", "NonBlocking": "it has no socket",
    "TimeoutStopSec": "it has nothing to drain", "WatchdogSec": "it waits for an administrator's client, not for strangers",
    "LoadCredential": "it needs no keys", "FileDescriptorStoreMax": "it keeps nothing",
    "BindReadOnlyPaths": "it reads no site", "UMask": "it makes a file", "InaccessiblePaths": "/var is where challenges are",
    "SystemCallFilter": "it reads a folder and writes a file", "LimitNOFILE": "it has no connections",
    "LimitNPROC": "a limit of a user, and dynamic users are none that others have", "TasksMax": "it has no threads",
    "MemoryMax": "it has no site and no connections", "LimitFSIZE": "it makes a file", "Also": "cloister.service wants it",
}
OF_THE_WRITER = {"RuntimeDirectory", "RuntimeDirectoryPreserve", "RuntimeDirectoryMode"}


def test_the_writer_is_locked_into_what_the_server_is_locked_into(machine):
    server, writer = directives(machine, "cloister.service"), directives(machine, WRITER)
    assert {key for key, _ in set(server) - set(writer)} == OF_THE_SERVER.keys()
    assert {key for key, _ in set(writer) - set(server)} - OF_THE_SERVER.keys() == OF_THE_WRITER


def test_every_directive_that_only_the_writer_has_says_why(machine):
    shared, above = set(directives(machine, "cloister.service")), ""
    for line in lines_of(machine, WRITER):
        key, _, value = line.partition("=")
        explained = above.startswith("#") or (key, value) in shared or key in ("Description", "Documentation")
        assert line[:1] in ("", "#", "[") or explained, line
        above = line


def test_the_units_are_understood_and_expose_as_little_as_the_server(board):
    assert board.sh(f"systemd-analyze verify --man=no {WRITER} 2>&1").stdout == ""
    judged = board.sh(f"systemd-analyze security --threshold=1 {WRITER}", check=False)
    assert judged.returncode == 0, judged.stdout.splitlines()[-1]
    remarks = board.sh("journalctl -q -b -p warning _PID=1").stdout
    assert [line for line in remarks.splitlines() if "cloister" in line] == []


@pytest.fixture
def certified(boot, authority):
    """A machine with a new Cloister and an authority, which asks at once when a client says that it may."""
    machine = boot(service=DROP_IN, files=acme.files(authority), tree=acme.tree())
    acme.start(machine)
    return machine


@pytest.mark.parametrize("client", acme.CLIENTS)
def test_the_clients_of_debian_get_a_certificate(certified, client, note):
    command, chain = acme.CLIENTS[client]
    began = time.monotonic()
    certified.sh(command)
    note("seconds", round(time.monotonic() - began, 1))
    assert f"DNS:{acme.HOST}" in acme.names_of(certified, chain)
    assert certified.sh(f"ls -A {acme.FOLDER}").stdout == "", "the client has cleared away"


def test_from_nothing_to_https(certified):
    command, chain = acme.CLIENTS["lego"]
    certified.sh(f"{command} && cp {chain} /etc/cloister/tls/tls.crt && "
                 f"cp {chain.removesuffix('crt')}key /etc/cloister/tls/tls.key && systemctl stop cloister.service && "
                 "systemctl enable --now cloister-https.socket")
    shown = certified.sh(f"openssl s_client -connect {acme.HOST}:443 -servername {acme.HOST} </dev/null 2>/dev/null").stdout
    assert "Pebble Intermediate CA" in shown, shown
