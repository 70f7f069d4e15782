# SPDX-License-Identifier: MIT
"""The legs of the test matrix: which cases run on which Debian, with which build."""
from dataclasses import dataclass

# The Containerfile names its own suite, the mutants run on this host, and the page's table says what Debian 12 does.
NOT_ABOUT_A_SUITE = {"container", "compiled_image", "mutants", "directives"}
# Minutes of compiling, which a build of the same source has done already.
SELDOM = {"compiled_image"}
# Started first, because the others have ended long before these, and processors would wait.
LONGEST = ("compiled_image", "handover", "tls", "audit", "faults", "directives", "fail_closed", "escape", "hostile_waits")
# Rows that say what cpp-httplib 0.11 and nghttp2 1.52 make of a request. Newer ones differ: cpp-httplib 0.41 keeps fields
# in no order, leaves away a field of an answer that cannot be sent, and has bodies for GET; nghttp2 1.69 resets a request
# whose authority names a user. So on sid these two claims are not tried with libraries of its own.
OTHERWISE_ON_SID = {"routes_are_the_same_over_every_protocol", "what_is_wrong_is_refused_alike_over_every_protocol"}
# What a newer systemd or kernel interface could break without any change of ours: the units, what they make of the
# process, the lock, and the keys. Cheap enough for every run.
FIRST = {"matrix", "units", "unprivileged", "outside", "escape", "tls"}


@dataclass(frozen=True)
class Leg:
    """`build` is "oldest", made on Debian 12, or "native", made on the suite itself."""
    suite: str
    build: str

    @property
    def name(self):
        return f"{self.suite}.{self.build}"

    def prefix(self):
        """The first words of the names of its tests. Debian 12, where development happens, goes without saying."""
        return "integration" if self == LEGS[0] else self.name

    def has(self, group, claim):
        """Whether the case test_CLAIM of cases/test_GROUP.py is about this leg."""
        if self.name == "sid.native" and claim in OTHERWISE_ON_SID:
            return False
        return self == LEGS[0] or group not in NOT_ABOUT_A_SUITE

    def is_always_run(self, group):
        """Whether `./dev test` runs them; `./dev test --all` runs all that there are."""
        return self == LEGS[0] and group not in SELDOM or self == LEGS[1] and group in FIRST

    @staticmethod
    def cost(group):
        """The higher, the sooner it is started (ctest, COST)."""
        return len(LONGEST) - LONGEST.index(group) if group in LONGEST else 0


LEGS = (Leg("bookworm", "oldest"), Leg("trixie", "oldest"), Leg("trixie", "native"), Leg("sid", "oldest"),
        Leg("sid", "native"))
