# SPDX-License-Identifier: MIT
"""What a row of the tables of test_protocols.py is."""
from dataclasses import dataclass, field

from lab.questions import Question


@dataclass(frozen=True)
class Row:
    """A question and what must come of it over every protocol. `http2` is the status, or the end of the stream,
    where over HTTP/2 it is rightly another, and `because` says by which section."""
    claim: str
    status: int
    question: Question
    body: bytes | None = None  # None: whatever it is, it is the same
    has: dict = field(default_factory=dict)  # {field name in lower case: its values, in order}
    http2: str | int = ""
    because: str = ""


def row(claim, status, path="/", method="GET", fields=(), content=None, body=None, has=None, http2="", because="",
        **question):
    """`content` is the body of the question, `body` that of the answer."""
    assert bool(http2) == bool(because), f"{claim}: a difference needs its reason"
    pairs = tuple(fields.items()) if isinstance(fields, dict) else tuple(fields)
    has = {name: [value] if isinstance(value, str) else value for name, value in (has or {}).items()}
    return Row(claim, status, Question(path, method, pairs, content, **question), body, has, http2, because)
