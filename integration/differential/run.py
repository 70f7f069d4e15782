# SPDX-License-Identifier: MIT
"""Mangled requests, framed by us and by others. One that we accept and another frames differently is a finding:
between that one and us, a request could be smuggled.

    python3 -m differential.run PROGRAM --seconds N [--seed N]    with llhttp and h11, for that long
    python3 -m differential.run PROGRAM --inputs N [--seed N] [--readers h11]
    python3 -m differential.run --self-test    shows that each kind of difference is found

PROGRAM is made from framing.cpp. What we or others refuse is only counted: a refusal ends the connection.
"""
import argparse
import re
import sys
import time
from collections import Counter
from itertools import islice

from differential import mangle, readers
from differential.readers import Framing, Message

BATCH = 1000
READERS = {"llhttp": readers.node, "h11": readers.h11_reader}
MOST_FINDINGS = 10  # shown

# Differences that are none, or that harm nobody: (reader, what it concerns, reason).
KNOWN = [
    ("llhttp", lambda ours, _: ours is not None and ours.method == "CONNECT",
     "what follows CONNECT is a tunnel's to it, whatever the answer; we refuse to be one and read on (RFC 9110 9.3.6)"),
]


def origin_form(method, target):
    """A target as we pass it on: of the absolute form, what follows the authority (RFC 9112 3.2.1)."""
    absolute = re.fullmatch(rb"(?i:https?)://[^/?]*(.*)", target, re.DOTALL)
    if method == "CONNECT" or not absolute:
        return target
    if not absolute[1] and method == "OPTIONS":
        return b"*"
    return absolute[1] if absolute[1].startswith(b"/") else b"/" + absolute[1]


def difference(ours, theirs):
    """(What another reader reads differently from us, our message), or nothing."""
    for index, message in enumerate(ours.messages):
        if index == len(theirs.messages):
            unheard = theirs.refused or theirs.end == "closed"
            return None if unheard else (f"request {index + 1}: it waits for more", message)
        other = theirs.messages[index]
        target = origin_form(other.method, other.target)
        if (message.method, message.target) != (other.method, target):
            return f"request {index + 1}: it reads {other.method} {target}", message
        if (message.body, message.end) != (other.body, other.end):
            return f"request {index + 1}: it ends at {other.end} with the body {other.body}", message
    if len(theirs.messages) > len(ours.messages) and ours.end in ("open", "incomplete"):
        return f"request {len(ours.messages) + 1}: it is complete, at {theirs.messages[len(ours.messages)].end}", None
    return None


def is_known(reader, ours, theirs):
    return any(reader == row[0] and row[1](ours, theirs) for row in KNOWN)


class Comparison:
    def __init__(self, ours, others):
        self.ours, self.others = ours, others
        self.counts, self.findings = Counter(), []

    def run(self, inputs):
        """Compares one batch."""
        mine = self.ours(inputs)
        for framing in mine:
            self.counts["inputs"] += 1
            self.counts["requests accepted"] += len(framing.messages)
            self.counts["connections refused"] += framing.refused
        for name, reader in self.others.items():
            for data, ours, theirs in zip(inputs, mine, reader(inputs)):
                self.judge(name, data, ours, theirs)

    def judge(self, name, data, ours, theirs):
        if found := difference(ours, theirs):
            if is_known(name, found[1], theirs):
                self.counts[f"known differences from {name}"] += 1
            else:
                self.findings.append((name, data, found[0], ours, theirs))
        elif len(theirs.messages) > len(ours.messages) and ours.refused:
            self.counts[f"refused by us, accepted by {name}"] += 1
        elif theirs.refused and not ours.refused:
            self.counts[f"accepted by us, refused by {name}"] += 1

    def report(self):
        print(", ".join(f"{count:,} {what}" for what, count in self.counts.items()))
        print(f"{len(self.findings)} findings")
        for name, data, what, ours, theirs in self.findings[:MOST_FINDINGS]:
            print(f"\n{name}, {what}\n  input:  {data}\n  ours:   {ours}\n  theirs: {theirs}")

    def is_good(self):
        """A comparison of which we accept next to nothing, or everything, shows nothing."""
        inputs = self.counts["inputs"]
        means_something = (self.counts["requests accepted"] > inputs / 4 and
                           self.counts["connections refused"] > inputs / 10)
        return not self.findings and means_something


GET, POST = Message("GET", b"/", b"", 18), Message("POST", b"/a", b"abc", 60)
# (ours, theirs, whether that is a difference)
SAMPLES = [
    (Framing([GET, POST]), Framing([GET, POST]), False),
    (Framing([GET, POST]), Framing([GET, Message("POST", b"/a", b"ab", 59)]), True),
    (Framing([GET]), Framing([Message("HEAD", b"/", b"", 18)]), True),
    (Framing([GET]), Framing([Message("GET", b"/b", b"", 18)]), True),
    (Framing([GET]), Framing([Message("GET", b"http://h", b"", 18)]), False),
    (Framing([GET]), Framing([Message("GET", b"/", b"", 19)]), True),
    (Framing([GET, POST]), Framing([GET], "incomplete"), True),
    (Framing([GET, POST]), Framing([GET], "refused"), False),
    (Framing([GET, POST]), Framing([GET], "closed"), False),
    (Framing([GET], "incomplete"), Framing([GET, POST]), True),
    (Framing([GET], "refused 400"), Framing([GET, POST]), False),
    (Framing([GET], "closed"), Framing([GET, POST]), False),
]


def self_test():
    """The samples that are judged wrongly, and whether the same number makes the same bytes."""
    wrong = [sample for sample in SAMPLES if bool(difference(*sample[:2])) != sample[2]]
    first, again, other = ([*islice(mangle.inputs(seed), 50)] for seed in (1, 1, 2))
    if first != again or first == other:
        wrong.append("the inputs do not follow from the seed")
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return not wrong


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--readers", nargs="+", default=[*READERS], choices=[*READERS])
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument("--inputs", type=int, default=2000)
    amount.add_argument("--seconds", type=float)
    return parser.parse_args()


def main(chosen):
    if chosen.self_test:
        return self_test()
    comparison = Comparison(readers.program(chosen.program), {name: READERS[name]() for name in chosen.readers})
    made, begun, left = mangle.inputs(chosen.seed), time.monotonic(), chosen.inputs
    while time.monotonic() - begun < chosen.seconds if chosen.seconds else left > 0:
        comparison.run([*islice(made, BATCH if chosen.seconds else min(BATCH, left))])
        left -= BATCH
    print(f"seed {chosen.seed}, {time.monotonic() - begun:.0f} seconds")
    comparison.report()
    return comparison.is_good()


if __name__ == "__main__":
    sys.exit(0 if main(arguments()) else 1)
