# SPDX-License-Identifier: MIT
"""Runs a program of the host."""
import subprocess


def run(*argv, check=True, timeout=60, **options):
    """Runs `argv` and returns its CompletedProcess with text output; a non-zero exit is an AssertionError that
    shows what the program said, unless `check` is false."""
    done = subprocess.run([str(word) for word in argv], capture_output=True, text=True, timeout=timeout, **options)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(map(str, argv))}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return done
