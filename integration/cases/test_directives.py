# SPDX-License-Identifier: MIT
"""Each directive of the shipped unit is in force, and SECURITY.md says how that was seen."""
import re

from lab.directives import (ANYWAY, EVIDENCE, PAGE, ROOT, Service, directives, is_in_force, page_with_table, seen,
                            unit_without)

INSTALLED = "/usr/lib/systemd/system/cloister.service"


def test_every_directive_of_the_unit_has_evidence_and_nothing_else_has():
    assert set(directives()) == set(EVIDENCE)


def test_the_cases_that_are_named_as_evidence_exist():
    for name, evidence in EVIDENCE.items():
        if isinstance(evidence, str):
            file, _, case = evidence.partition("::")
            source = ROOT / "integration" / ("" if file.startswith("vm/") else "cases") / file
            assert re.search(rf"^def {case}\b" if case else r"^def test_", source.read_text(), re.MULTILINE), name


def test_the_running_service_shows_each_directive(secure):
    assert secure.get("/").status == 200
    service = Service(secure)
    missed = [f"{name}: {EVIDENCE[name][0]}" for name in seen() if not is_in_force(name, service)]
    assert not missed, "\n".join(missed)


def is_in_force_without_its_line(machine, name):
    machine.sh(f"systemctl stop cloister.service; cat > {INSTALLED} <<'END'\n{unit_without(name)}END\n"
               "systemctl daemon-reload")
    machine.get("/")
    return is_in_force(name, Service(machine))


def test_a_directive_that_is_taken_away_is_missed_unless_something_else_brings_it_about(secure):
    anyway = {name for name in seen() if is_in_force_without_its_line(secure, name)}
    assert anyway == set(ANYWAY)


def test_the_table_in_the_security_page_is_the_units_own():
    assert PAGE.read_text() == page_with_table(), "python3 -m lab.directives, in integration/, writes it anew"
