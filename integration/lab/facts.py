# SPDX-License-Identifier: MIT
"""What a run found out about the machines and the program that it tried, kept for the table of lab.matrix."""
import fcntl
import json
import os
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "build/matrix"
# The leg of the virtual machine, which has cases of its own.
VIRTUAL = "bookworm.virtual"


def this_leg():
    return f"{os.environ['CLOISTER_SUITE']}.{os.environ['CLOISTER_KIND']}"


def record(leg=None, **found):
    """Adds to what is known of a leg ("trixie.native"; this one). Safe to call from several processes at once."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open(FOLDER / f"{leg or this_leg()}.json", "a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        known = json.loads(file.read() or "{}")
        file.truncate(0)
        json.dump(known | found, file, indent=1)


def of(leg):
    """{name: what was found}; nothing for a leg that did not run."""
    file = FOLDER / f"{leg}.json"
    return json.loads(file.read_text()) if file.exists() else {}
