# SPDX-License-Identifier: MIT
"""Each directive of the shipped unit is in force, and SECURITY.md says how that was seen."""
import re

from lab.directives import EVIDENCE, PAGE, ROOT, Service, directives, page_with_table


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
    missed = [f"{name}: {evidence[0]}" for name, evidence in EVIDENCE.items()
              if not isinstance(evidence, str) and not evidence[1](service)]
    assert not missed, "\n".join(missed)


def test_the_table_in_the_security_page_is_the_units_own():
    assert PAGE.read_text() == page_with_table(), "python3 -m lab.directives, in integration/, writes it anew"
