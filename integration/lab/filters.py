# SPDX-License-Identifier: MIT
"""The seccomp filters that the kernel really applies to a process, dumped by PTRACE_SECCOMP_GET_FILTER (ptrace(2)), and
what they let through together."""
import contextlib
import ctypes
import errno
import functools
import os
import time

from lab import bpf

SEIZE, INTERRUPT, DETACH, GET_FILTER = 0x4206, 0x4207, 17, 0x420C
ALL_THREADS = 0x40000000  # __WALL
STOP_TIME = 5
INSTRUCTION_BYTES = 8
SURVEYED = range(1024)  # Twice the highest number in use.
# {name: (AUDIT_ARCH_*, what is set in the number)}
ABIS = {"x86-64": (bpf.X86_64, 0), "x32": (bpf.X86_64, bpf.X32_BIT), "i386": (bpf.I386, 0)}

_library = ctypes.CDLL(None, use_errno=True)
_library.ptrace.restype = ctypes.c_long
_library.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def _ptrace(request, thread, address=None, data=None):
    result = _library.ptrace(request, thread, address, data)
    if result == -1:
        raise OSError(ctypes.get_errno(), f"ptrace({request:#x}) of thread {thread}: {os.strerror(ctypes.get_errno())}")
    return result


@contextlib.contextmanager
def stopped(thread):
    """The thread stands still meanwhile, and goes on afterwards."""
    _ptrace(SEIZE, thread)
    try:
        _ptrace(INTERRUPT, thread)
        deadline = time.monotonic() + STOP_TIME
        while os.waitpid(thread, ALL_THREADS | os.WNOHANG) == (0, 0):
            assert time.monotonic() < deadline, f"thread {thread} does not stop"
            time.sleep(0.001)
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):  # It has ended: nothing is left to detach from.
            _ptrace(DETACH, thread)


def _program(thread, index):
    """The bytes of one filter; 0 is the oldest. None if there are not so many."""
    try:
        length = _ptrace(GET_FILTER, thread, index)
    except OSError as error:
        if error.errno == errno.ENOENT:
            return None
        raise
    program = ctypes.create_string_buffer(length * INSTRUCTION_BYTES)
    _ptrace(GET_FILTER, thread, index, program)
    return program.raw


def filters_of(thread):
    """The programs that the kernel runs for each call of a thread, the oldest first. Needs CAP_SYS_ADMIN, and no filter
    on the caller."""
    with stopped(thread):
        programs = []
        while (program := _program(thread, len(programs))) is not None:
            programs.append(program)
        return programs


@functools.cache
def _answers(program, abi):
    """The possible answers of one program to each call number of an ABI."""
    architecture, bits = ABIS[abi]
    parsed = bpf.parse(program)
    return [bpf.possible_answers(parsed, architecture, number | bits) for number in SURVEYED]


def _strictness(answer):
    """The kernel takes the answer whose action is the smallest signed number."""
    action = bpf.action_of(answer)
    return action - (1 << 32) if action & 0x80000000 else action


def stacked(answers):
    """What becomes of a call to which the filters of a thread may give these sets of answers: the strictest action of
    each combination."""
    actions = [{bpf.action_of(answer) for answer in each} for each in answers]
    return functools.reduce(_strictest, actions)


def _strictest(left, right):
    return {min(a, b, key=_strictness) for a in left for b in right}


class Reach:
    """What `programs`, all in force, leave of the calls of one ABI: those that run `always`, those that run `sometimes`
    as their arguments decide, and those that are `answered` without being run. All others end the process."""

    def __init__(self, programs, abi):
        self.always, self.sometimes, self.answered = set(), set(), set()
        surveys = [_answers(program, abi) for program in programs]
        for number in SURVEYED:
            actions = stacked(survey[number] for survey in surveys)
            if not actions <= bpf.DENYING:
                (self.sometimes if actions & bpf.DENYING else self.always).add(number)
            elif actions != {bpf.KILL_PROCESS}:
                self.answered.add(number)

    @property
    def runs(self):
        return self.always | self.sometimes
