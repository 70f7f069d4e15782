# SPDX-License-Identifier: MIT
"""What a seccomp filter can answer: an interpreter of classic BPF (linux/filter.h, seccomp(2)), written apart from the
one in sandbox/, so that both would have to be wrong in the same way."""
import operator
import struct
from dataclasses import dataclass

X86_64, I386, AARCH64 = 0xC000003E, 0x40000003, 0xC00000B7  # AUDIT_ARCH_*, linux/audit.h
X32_BIT = 0x40000000
KILL_PROCESS, KILL_THREAD, TRAP, ERRNO = 0x80000000, 0x00000000, 0x00030000, 0x00050000
NOTIFY, TRACE, LOG, ALLOW = 0x7FC00000, 0x7FF00000, 0x7FFC0000, 0x7FFF0000
DENYING = {KILL_PROCESS, KILL_THREAD, TRAP, ERRNO}  # The call does not run.

WORD = 0xFFFFFFFF
LOAD, LOAD_X, STORE, STORE_X, ALU, JUMP, RETURN, MISC = range(8)
IMMEDIATE, ABSOLUTE, MEMORY, LENGTH = 0x00, 0x20, 0x60, 0x80
FROM_X, FROM_A = 0x08, 0x10
NUMBER_AT, ARCHITECTURE_AT, DATA_BYTES = 0, 4, 64  # struct seccomp_data; behind these two the call decides
TO_X = 0x00
ALWAYS = 0x00
COMPUTES = {0x00: operator.add, 0x10: operator.sub, 0x20: operator.mul, 0x30: lambda a, b: a // b if b else 0,
            0x40: operator.or_, 0x50: operator.and_, 0x60: lambda a, b: a << (b & 31), 0x70: lambda a, b: a >> (b & 31),
            0x80: lambda a, b: -a, 0xA0: operator.xor}
COMPARES = {0x10: operator.eq, 0x20: operator.gt, 0x30: operator.ge, 0x40: lambda a, b: bool(a & b)}


class Unloadable(Exception):
    """No kernel would take this program."""


@dataclass(frozen=True)
class State:
    """The machine at one point of one path. A word that only the call's arguments would tell is None."""
    at: int = 0
    a: int | None = 0
    x: int | None = 0
    memory: tuple = (0,) * 16


def parse(data):
    """The instructions (code, jump if true, jump if false, k) of the bytes of struct sock_filter[]."""
    return list(struct.iter_unpack("=HBBI", data))


def action_of(answer):
    """Without the 16 bits of data that come with it."""
    return answer & 0xFFFF0000


def possible_answers(program, architecture, number):
    """Every value that `program` may return to call `number`, whatever its arguments. Where they decide, both ways are
    gone, so it may be more than the kernel would ever return, but never less."""
    answers, waiting, seen = set(), [State()], set()
    while waiting:
        state = waiting.pop()
        if state in seen:
            continue
        seen.add(state)
        if not 0 <= state.at < len(program):
            raise Unloadable(f"runs to {state.at}, past its end")
        code, if_true, if_false, k = program[state.at]
        if code & 7 == RETURN:
            # An answer that the arguments make could be any.
            answer = state.a if code & 0x18 == FROM_A else k
            answers |= {ALLOW, KILL_PROCESS} if answer is None else {answer}
        elif code & 7 == JUMP:
            waiting += [_moved(state, at=state.at + 1 + way) for way in _ways(state, code, if_true, if_false, k)]
        else:
            waiting.append(_after(state, code, k, architecture, number))
    return frozenset(answers)


def _moved(state, **changed):
    return State(**{**state.__dict__, **changed})


def _ways(state, code, if_true, if_false, k):
    """By how much a jump may go on."""
    kind = code & 0xF0
    if kind == ALWAYS:
        return {k}
    if kind not in COMPARES:
        raise Unloadable(f"jump {code:#x}")
    right = state.x if code & FROM_X else k
    if state.a is None or right is None:
        return {if_true, if_false}
    return {if_true if COMPARES[kind](state.a, right) else if_false}


def _after(state, code, k, architecture, number):
    """The state behind an instruction that is neither jump nor return."""
    kind, on = code & 7, state.at + 1
    if kind in (LOAD, LOAD_X):
        value = _loaded(state, code, k, architecture, number)
        return _moved(state, at=on, **{"a" if kind == LOAD else "x": value})
    if kind in (STORE, STORE_X):
        kept = list(state.memory)
        kept[_slot(k)] = state.a if kind == STORE else state.x
        return _moved(state, at=on, memory=tuple(kept))
    if kind == ALU:
        return _moved(state, at=on, a=_computed(state, code, k))
    return _moved(state, at=on, x=state.a) if code & 0xF8 == TO_X else _moved(state, at=on, a=state.x)


def _slot(k):
    if k >= 16:
        raise Unloadable(f"memory {k}")
    return k


def _loaded(state, code, k, architecture, number):
    mode = code & 0xE0
    if mode == IMMEDIATE:
        return k
    if mode == LENGTH:
        return DATA_BYTES
    if mode == MEMORY:
        return state.memory[_slot(k)]
    if mode != ABSOLUTE or k % 4 or k >= DATA_BYTES:
        raise Unloadable(f"load {code:#x} of {k}")
    return {NUMBER_AT: number, ARCHITECTURE_AT: architecture}.get(k)


def _computed(state, code, k):
    if code & 0xF0 not in COMPUTES:
        raise Unloadable(f"arithmetic {code:#x}")
    right = state.x if code & FROM_X else k
    if state.a is None or right is None:
        return None
    return COMPUTES[code & 0xF0](state.a, right) & WORD
