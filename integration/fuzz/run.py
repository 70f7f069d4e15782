# SPDX-License-Identifier: MIT
"""Gives the fuzz targets made-up inputs, several at a time, and says what came of it.

    python3 -m fuzz.run BUILD SECONDS [NAME]    each target for that long, or those with NAME in theirs

A target is BUILD/x_fuzz, made from app/LAYER/x_fuzz.cpp. It begins with its corpus: the folder beside that source, and
what fuzz.seeds makes. What it finds interesting stays in BUILD/corpus/, for the next time; a finding is a file in
BUILD/findings/, and then the exit status is 1.
"""
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from fuzz import seeds

ROOT = Path(__file__).parents[2]
# Longer inputs than any corpus has: past every limit of a head.
MOST_BYTES = 20000
# A single input that takes longer is a finding.
SLOW_SECONDS = 10
# Dictionaries of others that a target understands.
BORROWED = {
    "http1_fuzz": ["request_head_fuzz", "body_reader_fuzz"],  # It reads whole requests.
    "connection_fuzz": ["request_head_fuzz", "body_reader_fuzz", "http2_fuzz"],  # It does, of both protocols.
    "answers_fuzz": ["request_head_fuzz", "range_fuzz", "entity_tag_fuzz"],  # It reads heads, for files.
}


@dataclass
class Target:
    name: str
    source: Path  # its folder has the corpus and the dictionary
    build: Path
    copies: int = 1  # programs that share its corpus

    def folder(self, kind):
        folder = self.build / kind / self.name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def dictionary(self):
        """The words of this target and of those that it borrows from, in one file, as libFuzzer wants it."""
        names = [self.name, *BORROWED.get(self.name, [])]
        found = [path for name in names for path in ROOT.glob(f"app/**/{name}.dict")]
        joined = self.folder("work") / "dictionary"
        joined.write_text("".join(path.read_text() for path in found))
        return joined

    def command(self, seconds):
        beside = [self.source.with_suffix(""), self.build / "seeds" / self.name]
        return [self.build / self.name, f"-max_total_time={seconds}", f"-timeout={SLOW_SECONDS}",
                f"-max_len={MOST_BYTES}", f"-dict={self.dictionary()}", f"-artifact_prefix={self.folder('findings')}/",
                "-print_final_stats=1", self.folder("corpus"), *(path for path in beside if path.is_dir())]

    def fails_on(self, finding):
        """Whether it is one. On a busy machine time passes for others: what was slow must be slow when it is alone."""
        if not finding.name.startswith(("slow-unit-", "timeout-")):
            return True
        begun = time.monotonic()
        ended = subprocess.run([self.build / self.name, f"-timeout={SLOW_SECONDS}", finding], capture_output=True,
                               check=False)
        return ended.returncode != 0 or time.monotonic() - begun > SLOW_SECONDS

    def log(self, copy):
        return self.folder("work") / f"log.{copy}"

    def run(self, seconds, copy):
        """What one program did."""
        begun = time.monotonic()
        with self.log(copy).open("w") as log:
            ended = subprocess.run(self.command(seconds), stdout=log, stderr=subprocess.STDOUT, check=False)
        return Outcome.of(self, ended.returncode, round(time.monotonic() - begun), self.log(copy))


@dataclass
class Outcome:
    target: Target
    seconds: int
    executions: int
    coverage: int  # edges
    features: int  # libFuzzer's finer measure
    findings: list
    failed: bool  # also when nothing was found: it could not run at all
    log: Path

    @classmethod
    def of(cls, target, status, seconds, log):
        text = log.read_text(errors="replace")
        counts = re.findall(r"^#(\d+)\t.*? cov: (\d+) ft: (\d+)", text, re.MULTILINE) or [(0, 0, 0)]
        executions = re.findall(r"number_of_executed_units: (\d+)", text) or [counts[-1][0]]
        suspects = [Path(path) for path in re.findall(r"Test unit written to (.+)", text)]
        findings = [path for path in suspects if target.fails_on(path)]
        was_only_busy = suspects and not findings
        return cls(target, seconds, int(executions[-1]), int(counts[-1][1]), int(counts[-1][2]), findings,
                   bool(findings) or status != 0 and not was_only_busy, log)

    def line(self):
        verdict = f"{len(self.findings)} findings" if self.findings else "no finding"
        if self.failed and not self.findings:
            verdict = f"failed, see {self.log}"
        return (f"{self.target.name:20} {self.executions:>11,} executions {self.seconds:>5} s "
                f"{self.coverage:>6} edges {self.features:>6} features   {verdict}")


def targets(build, name):
    """All targets with `name` in theirs. One that is alone has all processors."""
    sources = {path.stem: path for path in ROOT.glob("app/**/*_fuzz.cpp")}
    chosen = [Target(stem, source, build) for stem, source in sorted(sources.items()) if name in stem]
    if len(chosen) == 1:
        chosen[0].copies = processors()
    return chosen


def processors():
    return len(os.sched_getaffinity(0))


def report(outcomes):
    """Prints a line for each program, then where each finding is and what to do with it. True if there was none."""
    for outcome in outcomes:
        print(outcome.line())
    total = sum(outcome.executions for outcome in outcomes)
    seconds = sum(outcome.seconds for outcome in outcomes)
    print(f"{total:,} executions in {seconds:,} seconds of all targets together")
    for outcome in outcomes:
        for finding in outcome.findings:
            corpus = outcome.target.source.with_suffix("").relative_to(ROOT)
            print(f"\n{outcome.target.name} fails on {finding}; see {outcome.log}\n"
                  f"  again:           {outcome.target.build / outcome.target.name} {finding}\n"
                  f"  when it is fixed: cp {finding} {corpus}/WHAT_IT_IS    so that ./dev test tries it for ever")
    return not any(outcome.failed for outcome in outcomes)


def main(build, seconds, name=""):
    build, seconds = Path(build).resolve(), int(seconds)
    chosen = targets(build, name)
    if not chosen:
        print(f"no target has {name} in its name", file=sys.stderr)
        return 2
    seeds.main(build / "seeds")
    runs = [(target, copy) for target in chosen for copy in range(target.copies)]
    with ThreadPoolExecutor(processors()) as pool:
        outcomes = list(pool.map(lambda run: run[0].run(seconds, run[1]), runs))
    return 0 if report(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
