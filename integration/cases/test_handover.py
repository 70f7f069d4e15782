# SPDX-License-Identifier: MIT
"""`cloister-handover` puts a new process in the place of the running one: nothing is lost, and whatever goes wrong,
someone serves."""
import contextlib
import re
import socket
import time

import pytest

from lab.client import PATIENCE, Load
from lab.secure import connect, exchange_secure, settings
from test_tls import resumes

HANDOVER = "cloister-handover"
DROP_INS = "/etc/systemd/system/cloister.service.d"
TEMPLATE = "/run/systemd/system/cloister@.service"
FIRST, SECOND = "cloister@1.service", "cloister@2.service"
STATES = "active,activating,reloading"
# Seconds that no request may take. The figure of a quiet machine is far below, and noted; this one stays true while
# other cases run beside.
LONGEST_PAUSE = 1
HANDOVERS = 3
# Seconds between two requests of a client, so that the longest one tells of the handover and not of a full processor.
PAUSE = 0.005
# Seconds of the same load without handovers, to compare with.
QUIET_TIME = 3
MIB = 1 << 20
GIGABYTE = 1 << 30


def handover(machine):
    return machine.sh(HANDOVER).stdout


def refused(machine):
    """A handover that fails; returns what it said of it."""
    tried = machine.sh(HANDOVER, check=False)
    assert tried.returncode == 1, tried
    return tried.stderr


def all_units(machine, states=f"{STATES},deactivating"):
    """{unit: is it retired?} of cloister.service and its instances, those in one of the states."""
    shown = machine.sh(f"for unit in $(systemctl list-units --all --plain --no-legend --state={states} "
                       "cloister.service 'cloister@*.service' | cut -d ' ' -f 1); do "
                       "echo $unit $(systemctl show --value -p StatusText $unit); done").stdout
    rows = (line.split() for line in shown.splitlines())
    return {unit: status[:1] == ["retired:"] for unit, *status in rows}


def units(machine, states=STATES):
    """Of them, those that have not retired."""
    return [unit for unit, retired in all_units(machine, states).items() if not retired]


def await_alone(machine):
    """Waits until one unit serves and no other is left; returns it."""
    machine.wait_for(lambda: len(all_units(machine)) == 1, "one is left", 20)
    (only,) = units(machine, "active")
    return only


def publish(machine, text, path="/srv/cloister/page.txt"):
    machine.sh(f"printf %s '{text}' > {path}.new && mv {path}.new {path}")


def install(machine, pair):
    for path, content in pair.files().items():
        machine.sh(f"cat > {path} <<'END'\n{content}END")


def serial(machine, authority):
    with connect(machine.ip4, settings(authority)) as connection:
        return connection.getpeercert()["serialNumber"]


def milliseconds(seconds):
    return round(seconds * 1000, 1)


@pytest.mark.parametrize("keep_alive", [False, True], ids=["new_connections", "kept_connections"])
def test_no_request_is_lost_to_handovers_and_none_waits(secure, note, keep_alive):
    """test_faults.py has the same of all protocols at once."""
    secure.get("/")
    with Load(secure.ip4, "/page.txt", clients=4, keep_alive=keep_alive, pause=PAUSE) as load:
        time.sleep(QUIET_TIME)
        quiet = len(load.times)
        for _ in range(HANDOVERS):
            answered = load.outcomes["answered"]
            handover(secure)
            load.await_answered(answered + 60)
    assert load.failures == {}
    note("requests", load.outcomes["answered"])
    note("longest_request_without_handovers_ms", milliseconds(max(load.times[:quiet])))
    note("longest_request_ms", milliseconds(max(load.times[quiet:])))
    assert max(load.times) < LONGEST_PAUSE
    assert await_alone(secure) != "cloister.service"
    assert secure.property(FIRST, "Result") == secure.property(SECOND, "Result") == "success", "each drained in peace"


class Download:
    """A client that has asked for a large file and read its beginning."""

    def __init__(self, machine, path):
        self.socket = socket.create_connection((machine.ip4, 80), timeout=PATIENCE)
        self.socket.sendall(f"GET {path} HTTP/1.1\r\nHost: example.org\r\n\r\n".encode())
        head, _, body = self._until_head().partition(b"\r\n\r\n")
        self.announced = int(re.search(rb"(?i)content-length: (\d+)", head)[1])
        self.received = len(body)

    def _until_head(self):
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.socket.recv(65536)
        return data

    def take(self, count):
        """Reads at least so many bytes more."""
        wanted = self.received + count
        while self.received < wanted:
            self.received += len(self.socket.recv(65536))

    def finish(self):
        """Reads to the end; returns how much came of what was announced."""
        room = bytearray(1 << 20)
        while self.received < self.announced and (count := self.socket.recv_into(room)):
            self.received += count
        self.socket.close()
        return self.received, self.announced


# Seconds that both units of a case may drain for: a download that lasts longer is not cut off by a handover.
DRAIN_TIME = 2
SHORT_DRAIN = f"[Service]\nExecStart=\nExecStart=/usr/sbin/cloister serve --site /srv/cloister --drain {DRAIN_TIME}\n"


def test_a_gigabyte_that_began_before_three_handovers_arrives_whole(boot):
    machine = boot(service=SHORT_DRAIN)
    machine.sh(f"truncate --size={GIGABYTE} /srv/cloister/huge.bin")
    machine.get("/")
    downloads = {}
    for unit in "cloister.service", FIRST, SECOND:
        downloads[unit] = Download(machine, "/huge.bin")
        handover(machine)
    assert units(machine) == ["cloister@3.service"]
    time.sleep(DRAIN_TIME + 1)
    assert all(all_units(machine)[unit] for unit in downloads), "they go on, because nobody's download is at its end"
    assert [each.finish() for each in downloads.values()] == [(GIGABYTE, GIGABYTE)] * 3
    assert await_alone(machine) == "cloister@3.service"
    assert {machine.property(unit, "Result") for unit in downloads} == {"success"}


def test_a_stop_or_a_reboot_does_not_wait_for_the_download_of_one_that_has_retired(boot):
    machine = boot(service=SHORT_DRAIN)
    machine.sh(f"truncate --size={GIGABYTE} /srv/cloister/huge.bin")
    machine.get("/")
    downloads = []
    for _ in range(2):
        downloads.append(Download(machine, "/huge.bin"))
        handover(machine)
    began = time.monotonic()
    machine.sh("systemctl stop cloister.service")
    assert DRAIN_TIME - 0.5 < time.monotonic() - began < DRAIN_TIME + 5
    assert all_units(machine) == {FIRST: True, SECOND: False}
    machine.sh("systemctl poweroff")
    machine.wait_for(lambda: "Reached target poweroff.target" in machine.journal(), "it is down", 15)
    for each in downloads:
        each.socket.close()


def test_the_way_back_loses_nothing(boot):
    """What cloister-handover(8) says: the original first, then the instances."""
    machine = boot(service=SHORT_DRAIN)
    machine.sh(f"truncate --size={GIGABYTE} /srv/cloister/huge.bin")
    machine.get("/")
    download = Download(machine, "/huge.bin")
    handover(machine)
    with Load(machine.ip4, "/page.txt", clients=2, pause=PAUSE) as load:
        load.await_answered(20)
        machine.sh("systemctl restart cloister.service; systemctl stop 'cloister@*.service'")
        load.await_answered(load.outcomes["answered"] + 20)
    assert load.failures == {}
    assert all_units(machine) == {"cloister.service": False}
    download.socket.close()


BROKEN = {
    "site": ("mv /srv/cloister /srv/away", "mv /srv/away /srv/cloister", "/srv/cloister"),
    "key": ("mv /etc/cloister/tls/tls.key /tls.key; echo nonsense > /etc/cloister/tls/tls.key",
            "mv /tls.key /etc/cloister/tls/tls.key", "tls.key"),
    "flag": (f"mkdir -p {DROP_INS}; printf '[Service]\\nExecStart=\\nExecStart=/usr/sbin/cloister --sight /srv\\n' "
             f"> {DROP_INS}/wrong.conf", f"rm {DROP_INS}/wrong.conf", "--sight"),
}


@pytest.mark.parametrize("from_instance", [False, True], ids=["from_the_original", "from_an_instance"])
@pytest.mark.parametrize("fault", BROKEN)
def test_a_successor_that_cannot_start_is_taken_back_with_its_reason(secure, fault, from_instance):
    breaking, mending, named = BROKEN[fault]
    secure.get("/")
    if from_instance:
        handover(secure)
    serving = await_alone(secure)
    process = secure.property(serving, "MainPID")
    with Load(secure.ip4, "/page.txt", clients=2) as load:
        load.await_answered(20)
        secure.sh(breaking)
        said = refused(secure)
        load.await_answered(load.outcomes["answered"] + 20)
    print(said)
    assert load.failures == {}
    assert named in said.partition("mend this")[2], "the reason is there"
    assert f"{serving} goes on as before" in said
    assert secure.property(serving, "MainPID") == process
    assert units(secure, f"{STATES},failed,deactivating") == [serving]
    secure.sh(mending)
    handover(secure)
    assert secure.get("/page.txt").status == 200
    assert await_alone(secure) != serving


def test_one_run_after_the_other_alternates_between_instances(machine):
    machine.get("/")
    for successor in FIRST, SECOND, FIRST, SECOND:
        assert f"{successor} serves" in handover(machine)
        assert await_alone(machine) == successor
        assert machine.get("/").status == 200


def test_runs_at_once_take_turns_and_leave_one(machine):
    machine.get("/")
    with Load(machine.ip4, "/page.txt", clients=2) as load:
        load.await_answered(20)
        machine.sh(f"for each in 1 2 3; do {HANDOVER} & runs=\"$runs $!\"; done; "
                   "for run in $runs; do wait $run || exit; done")
        load.await_answered(load.outcomes["answered"] + 20)
    assert load.failures == {}
    await_alone(machine)


def test_a_successor_that_starts_does_not_hang_the_one_that_serves(machine):
    """A start that clears O_NONBLOCK of the sockets does: who comes too late for a connection sleeps in accept()."""
    handover(machine)
    with Load(machine.ip4, "/page.txt", clients=8) as load:
        for _ in range(8):
            load.await_answered(load.outcomes["answered"] + 50)
            # As somebody may who does not know of the instance.
            machine.sh("systemctl start cloister.service")
            machine.sh("timeout 5 systemctl stop cloister.service 2>&1")
        machine.sh(f"systemctl start cloister.service; timeout 5 systemctl stop {FIRST} 2>&1")
    assert load.failures == {}
    assert machine.property(FIRST, "Result") == "success"


# A start that takes its time, so that a run can be caught in it.
SLOW = {"/etc/systemd/system/cloister@.service.d/case.conf":
        "[Service]\nExecStartPre=+/bin/sleep 0.5\nRootDirectoryStartOnly=yes\n"}
INSTANCES = "systemctl list-units --all --plain --no-legend --state={} 'cloister@*.service' | grep -c ."
# Where a run is killed, by what a shell sees that looks again and again.
POINTS = {
    "at_its_beginning": "true",
    "while_the_successor_starts": f"test $({INSTANCES.format('activating')}) = 1",
    "when_the_successor_is_ready": f"test $({INSTANCES.format('active')}) = 2",
    "while_the_old_one_retires": f"systemctl show --value -p StatusText {FIRST} | grep -q ^retired",
}


@pytest.mark.parametrize("point", POINTS)
def test_wherever_a_run_is_killed_the_next_one_leaves_one_with_the_newest_files(boot, note, point):
    machine = boot(files=SLOW)
    handover(machine)
    with Load(machine.ip4, "/", clients=2, pause=PAUSE) as load:
        machine.sh(f"{HANDOVER} & run=$!; until {POINTS[point]} || ! kill -0 $run; do :; done; kill -KILL $run; wait",
                   check=False)
        left = units(machine)
        publish(machine, "newest")
        handover(machine)
        await_alone(machine)
        assert machine.get("/page.txt").text == "newest"
        load.await_answered(load.outcomes["answered"] + 20)
    assert load.failures == {}
    note("running_after_the_kill", " ".join(left))
    assert len(left) == 2 or point != "while_the_successor_starts"


def test_a_run_that_is_interrupted_takes_its_successor_back(boot):
    machine = boot(files={path: text.replace("0.5", "3") for path, text in SLOW.items()})
    machine.get("/")
    machine.sh(f"{HANDOVER} & run=$!; until systemctl --quiet is-active {FIRST} || test $(systemctl show --value "
               f"-p ActiveState {FIRST}) = activating; do sleep 0.1; done; kill -TERM $run; wait $run; test $? = 1")
    assert units(machine, f"{STATES},deactivating") == ["cloister.service"]
    assert "serves" in handover(machine)


def test_a_killed_runs_successor_that_cannot_start_is_cleared_away(secure):
    secure.get("/")
    handover(secure)
    secure.sh(f"truncate --size=0 /etc/cloister/tls/tls.key; systemctl start --no-block {SECOND}")
    secure.wait_for(lambda: secure.state(SECOND) == "activating", "it is tried again and again")
    said = secure.sh(HANDOVER, check=False)
    assert f"{SECOND} never became ready" in said.stdout
    assert said.returncode == 1
    assert units(secure) == [FIRST]


def test_what_is_published_is_served_afterwards(machine):
    machine.get("/")
    for edition in "first", "second", "third":
        publish(machine, edition)
        handover(machine)
        await_alone(machine)
        assert machine.get("/page.txt").text == edition


def test_a_renewed_certificate_is_served_afterwards(secure, authority):
    old = serial(secure, authority)
    install(secure, authority.issue("example.org"))
    handover(secure)
    await_alone(secure)
    assert serial(secure, authority) != old


def test_after_a_handover_a_client_makes_a_full_handshake_and_then_resumes(secure, authority, note):
    asking = resumes(secure, settings(authority))
    next(asking)
    handover(secure)
    await_alone(secure)
    began = time.monotonic()
    assert not next(asking), "the keys of tickets belong to the unit that stored them"
    note("full_handshake_ms", milliseconds(time.monotonic() - began))
    asking = resumes(secure, settings(authority))
    next(asking)
    secure.sh(f"systemctl restart {FIRST}")
    assert next(asking), "an instance keeps its own"


def test_where_nothing_runs_one_is_started(machine):
    assert units(machine) == []
    handover(machine)
    assert units(machine) == [FIRST]


def test_where_two_run_one_is_left(machine):
    handover(machine)
    machine.sh("systemctl start cloister.service")
    assert len(units(machine)) == 2
    handover(machine)
    assert await_alone(machine) == SECOND


def test_where_all_instances_are_taken_it_says_what_to_do(machine):
    machine.sh(f"truncate --size={GIGABYTE} /srv/cloister/huge.bin")
    with contextlib.ExitStack() as stack:
        downloads = []
        for _ in range(8):
            handover(machine)
            downloads.append(Download(machine, "/huge.bin"))
            stack.enter_context(contextlib.closing(downloads[-1].socket))
            for each in downloads:
                each.take(MIB * 8)  # Who takes nothing for 30 s is not waited for, and a busy host is slow.
        tried = machine.sh(HANDOVER, check=False)
        assert tried.returncode == 75
        assert "systemctl stop UNIT" in tried.stderr and FIRST in tried.stderr
        assert machine.get("/").status == 200


def test_a_closed_port_stays_closed(machine):
    machine.sh("systemctl stop cloister-http.socket cloister.service")
    tried = machine.sh(HANDOVER, check=False)
    assert tried.returncode == 69
    assert "systemctl start cloister-http.socket" in tried.stderr
    with pytest.raises(ConnectionRefusedError):
        machine.get("/")


def test_only_root_may_and_no_argument_is_taken(machine):
    assert machine.sh(f"setpriv --reuid=65534 --clear-groups {HANDOVER}", check=False).returncode == 77
    assert machine.sh(f"{HANDOVER} now", check=False).returncode == 64
    assert "usage" in machine.sh(f"{HANDOVER} --help").stdout


def test_an_instance_that_is_killed_comes_back_as_itself(machine):
    handover(machine)
    machine.sh(f"systemctl kill --signal=KILL {FIRST}")
    assert machine.get("/").status == 200
    machine.await_state(FIRST, "active")
    assert units(machine) == [FIRST]


def test_when_an_instance_was_stopped_the_next_connection_starts_the_original_with_the_newest_files(machine):
    handover(machine)
    publish(machine, "newest")
    machine.sh("systemctl stop 'cloister@*.service'")
    assert machine.get("/page.txt").text == "newest"
    assert units(machine) == ["cloister.service"]


@pytest.mark.parametrize("port", ["http", "https"])
def test_a_restart_of_a_socket_restarts_the_instance_behind_it(secure, authority, port):
    handover(secure)
    secure.sh(f"systemctl restart cloister-{port}.socket")
    assert exchange_secure(secure.ip4, authority=authority).status == 200
    assert secure.get("/").status == 200
    assert units(secure) == [FIRST]


def test_stopping_the_sockets_closes_the_ports_and_ends_the_instances(machine):
    handover(machine)
    machine.sh("systemctl stop cloister-http.socket cloister.service")
    with pytest.raises(ConnectionRefusedError):
        machine.get("/")
    assert units(machine) == []


def test_a_port_that_was_opened_since_is_served_from_the_next_handover_on(secure, authority):
    secure.sh("systemctl stop cloister-https.socket")
    handover(secure)
    assert "https" not in secure.property(FIRST, "Sockets")
    secure.sh("systemctl start cloister-https.socket")
    handover(secure)
    assert exchange_secure(secure.ip4, authority=authority).status == 200
    assert await_alone(secure) == SECOND


# What an instance has otherwise than cloister.service, and why. All else that systemd knows of the two is the same.
OF_AN_INSTANCE = {
    "Id": "it is another unit", "Names": "it is another unit", "Description": "it is another unit",
    "FragmentPath": "the file is made by cloister-handover", "DropInPaths": "its drop-ins are in that file",
    "Sockets": "the ports that were open", "Requires": "those", "After": "those", "TriggeredBy": "those",
    "Wants": "those", "Slice": "systemd has one for all instances", "RequiresMountsFor": "its slice",
    "UnitFileState": "nobody enables it", "UnitFilePreset": "nobody enables it",
}
# What tells how a unit fares, or where it is; no setting.
OF_THE_MOMENT = re.compile(
    r".*(Timestamp|Monotonic|PID|InvocationID|ControlGroup|ControlGroupId|Status\w*|Result|State|NSec|Current|Peak"
    r"|Available|UID|GID|NRestarts|NFileDescriptorStore)$|IP(In|E)gress.*|IO(Read|Write).*|Can[A-Z].*|Job$")


def properties(machine, unit):
    """{name: its words}, whose order means nothing where systemd changes it. Of a command, without when it ran."""
    pairs = (line.partition("=")[::2] for line in machine.sh(f"systemctl show {unit}").stdout.splitlines())
    return {name: sorted(re.sub(r" start_time=.*", "", value).split()) for name, value in pairs
            if not OF_THE_MOMENT.match(name)}


def test_an_instance_is_under_every_restriction_of_the_original_and_of_its_drop_ins(boot):
    machine = boot(service="[Service]\nMemoryMax=512M\nSystemCallFilter=getpid\n")
    machine.get("/")
    original = properties(machine, "cloister.service")
    handover(machine)
    instance = properties(machine, FIRST)
    differing = {name for name in original | instance if original.get(name) != instance.get(name)}
    unexplained = {name: (original.get(name), instance.get(name)) for name in differing - OF_AN_INSTANCE.keys()}
    assert unexplained == {}
    assert instance["MemoryMax"] == [str(512 << 20)]
    assert len(instance) > 150, "the comparison sees the settings"
    machine.sh("mkdir -p /etc/systemd/system/cloister@.service.d; printf '[Service]\\nLockPersonality=no\\n'"
               " > /etc/systemd/system/cloister@.service.d/weaker.conf; systemctl daemon-reload")
    assert properties(machine, FIRST)["LockPersonality"] != original["LockPersonality"], "a weaker one is found out"


def test_systemd_finds_nothing_to_remark_in_the_instances_and_rates_them_as_the_original(machine):
    machine.sh("systemctl daemon-reload")
    handover(machine)
    handover(machine)
    await_alone(machine)
    assert machine.sh(f"systemd-analyze verify --man=no {TEMPLATE} 2>&1").stdout == ""
    remarks = machine.sh("journalctl -q -b -p warning _PID=1").stdout
    assert [line for line in remarks.splitlines() if "cloister" in line] == []
    judge = "systemd-analyze security --offline=yes"
    original = machine.sh(f"{judge} /usr/lib/systemd/system/cloister.service --threshold=100").stdout.splitlines()[-1]
    instance = machine.sh(f"{judge} {TEMPLATE} --threshold=100").stdout.splitlines()[-1]
    assert instance.rpartition(":")[2] == original.rpartition(":")[2], instance
