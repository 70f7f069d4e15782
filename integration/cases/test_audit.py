# SPDX-License-Identifier: MIT
"""`cloister audit` tells the truth: in the unit that shares the server's lock, and by hand."""
import json

import pytest

from lab.kernel import landlock_abi

AUDIT = "/usr/sbin/cloister audit"
AS_NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all"
UNIT = "cloister-audit.service"
AS_JSON = f"""[Service]
ExecStart=
ExecStart={AUDIT} --json
"""
FULL = "main", "worker1", "worker2"
# What only one of the two services has, and why. All else is the same, or the audit would tell of another lock.
OF_THE_SERVER = {
    "Description": "each has its own",
    "Documentation": "the manual is enough for an audit",
    "Requires": "an audit has no socket",
    "After": "an audit has no socket",
    "StartLimitIntervalSec": "an audit is not started by clients",
    "Type": "an audit ends",
    "NotifyAccess": "it announces nothing",
    "ExecStart": "the same program, another command",
    "Restart": "its failure is its answer",
    "RestartSec": "its failure is its answer",
    "NonBlocking": "an audit has no socket",
    "TimeoutStopSec": "it has nothing to drain",
    "WatchdogSec": "TimeoutStartSec= bounds it",
    "LoadCredential": "it needs no keys, so it gets none",
    "FileDescriptorStoreMax": "it keeps nothing",
    "BindReadOnlyPaths": "it needs no site, so it gets none",
    "Also": "nothing enables it",
}
OF_THE_AUDIT = {
    "Description": "each has its own",
    "Documentation": "the manual is enough for an audit",
    "Type": "it ends",
    "ExecStart": "the same program, another command",
    "TimeoutStartSec": "instead of a watchdog",
    "SystemCallFilter": "wait4 alone: it waits for the processes in which it makes its attempts",
}
FOLDER = "/usr/lib/systemd/system"
# What the unit alone denies, as the server's own unit does.
DENIED_BY_THE_UNIT = {"fork": "ENOSYS", "tcp-socket": "EAFNOSUPPORT", "kill": "ENOSYS", "chdir": "ENOSYS"}


def start(machine):
    machine.sh(f"systemctl start {UNIT}", check=False)
    assert machine.property(UNIT, "ExecMainStatus") == "0", machine.journal(UNIT)
    assert machine.property(UNIT, "Result") == "success"


def said_by(machine):
    """The unit's output, as README.md tells people to read it."""
    return machine.sh(f"journalctl -u {UNIT} -o cat --no-pager").stdout


def report_of(text):
    return json.loads(next(line for line in text.splitlines() if line.startswith("{")))


def outcomes(report, column):
    return {attempt["name"]: attempt["outcomes"][column] for attempt in report["attempts"]}


def assert_it_holds(report):
    assert (report["holds"], report["objections"]) == (True, [])
    for column in FULL:
        got_through = [name for name, outcome in outcomes(report, column).items() if outcome == "succeeded"]
        assert got_through == [], column
    assert report["filter"]["x86-64"] <= report["filter"]["budget"]
    assert (report["filter"]["x32"], report["filter"]["i386"]) == (0, 0)
    assert report["self"]["landlock_abi"] == landlock_abi()


def test_in_the_unit_every_escape_is_denied_under_the_full_lock(boot):
    machine = boot(files={f"/etc/systemd/system/{UNIT}.d/case.conf": AS_JSON})
    start(machine)
    report = report_of(said_by(machine))
    assert_it_holds(report)
    assert report["self"]["surroundings"] == "unit"
    outside = outcomes(report, "outside")
    assert {name: outside[name] for name in DENIED_BY_THE_UNIT} == DENIED_BY_THE_UNIT
    # The unit alone would not do.
    assert "succeeded" in outside.values()
    assert report["self"]["capabilities"]["bounding"] == 0


def test_the_unit_says_in_its_journal_what_it_found(machine):
    start(machine)
    said = said_by(machine)
    # Before and after it stands what the service manager says.
    report = said[said.index("unit         Landlock     seccomp"):said.index("The lock holds")]
    assert "= denied by the unit alone" in report
    assert [line for line in report.splitlines() if len(line) > 100] == []


def test_by_hand_every_escape_is_denied_under_the_full_lock(machine):
    report = report_of(machine.sh(f"{AS_NOBODY} {AUDIT} --json").stdout)
    assert_it_holds(report)
    assert report["self"]["surroundings"] == "nothing"
    assert report["proofs"] >= 60
    assert report["filter"]["digest"].startswith("sha256 ")


@pytest.mark.parametrize("form", ["", " --json"])
def test_it_leaves_nothing_behind(machine, form):
    machine.sh(f"{AS_NOBODY} {AUDIT}{form}")
    assert machine.sh("ls -A /tmp | grep cloister-audit", check=False).stdout == ""
    assert machine.sh("pgrep -u 65534", check=False).stdout == ""


def test_root_is_told_a_command_that_works_when_pasted(machine):
    refused = machine.sh(AUDIT, check=False)
    assert refused.returncode == 77
    remedy = refused.stderr[refused.stderr.index("setpriv"):].strip()
    assert "The lock holds" in machine.sh(remedy).stdout


def lines_of(machine, unit):
    return machine.sh(f"cat {FOLDER}/{unit}").stdout.splitlines()


def directives(machine, unit):
    """The (key, value) pairs of a unit file, in order."""
    return [tuple(line.partition("=")[::2]) for line in lines_of(machine, unit) if line[:1] not in ("", "#", "[")]


def test_the_audit_is_locked_into_what_the_server_is_locked_into(machine):
    server, audit = directives(machine, "cloister.service"), directives(machine, UNIT)
    assert {key for key, _ in set(server) - set(audit)} == OF_THE_SERVER.keys()
    assert {key for key, _ in set(audit) - set(server)} == OF_THE_AUDIT.keys()
    assert [value for key, value in set(audit) - set(server) if key == "SystemCallFilter"] == ["wait4"]


def test_every_directive_that_only_the_audit_has_says_why(machine):
    shared = set(directives(machine, "cloister.service"))
    above = ""
    for line in lines_of(machine, UNIT):
        key, _, value = line.partition("=")
        explained = above.startswith("#") or (key, value) in shared or key in ("Description", "Documentation")
        assert line[:1] in ("", "#", "[") or explained, line
        above = line


def test_systemd_finds_nothing_to_remark_in_the_unit(machine):
    assert machine.sh(f"systemd-analyze verify --man=no {FOLDER}/{UNIT} 2>&1").stdout == ""
