# SPDX-License-Identifier: MIT
"""The interpreter of seccomp filters, on programs written by hand: a survey is worth what this is worth."""
import struct

import pytest

from lab import bpf, filters

NUMBER, ARCHITECTURE, ARGUMENT = 0, 4, 16  # offsets into struct seccomp_data
LOAD, LOAD_X, RETURN = 0x20, 0x01, 0x06
ADD, SUBTRACT, MULTIPLY, DIVIDE, OR, AND, LEFT, RIGHT, NEGATE, XOR = (
    0x04, 0x14, 0x24, 0x34, 0x44, 0x54, 0x64, 0x74, 0x84, 0xA4)
EQUAL, GREATER, AT_LEAST, ANY_BIT, GO = 0x15, 0x25, 0x35, 0x45, 0x05
OPERAND_X, RETURN_A, STORE, STORE_X, RECALL, RECALL_X, TO_X, TO_A, LENGTH = (
    0x08, 0x16, 0x02, 0x03, 0x60, 0x61, 0x07, 0x87, 0x80)
ONE_CALL = [(LOAD, 0, 0, NUMBER), (EQUAL, 0, 1, 39), (RETURN, 0, 0, bpf.ALLOW), (RETURN, 0, 0, bpf.KILL_PROCESS)]
BY_ARGUMENT = [(LOAD, 0, 0, ARGUMENT), (EQUAL, 0, 1, 7), (RETURN, 0, 0, bpf.ALLOW), (RETURN, 0, 0, bpf.KILL_PROCESS)]


def answers(program, number=39, architecture=bpf.X86_64):
    return bpf.possible_answers(program, architecture, number)


def packed(program):
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in program)


def returning(*instructions):
    """What the accumulator is at the end."""
    return answers([*instructions, (RETURN_A, 0, 0, 0)])


def test_it_follows_the_number():
    assert answers(ONE_CALL) == {bpf.ALLOW}
    assert answers(ONE_CALL, 40) == answers(ONE_CALL, 39 | bpf.X32_BIT) == {bpf.KILL_PROCESS}


def test_it_follows_the_architecture():
    program = [(LOAD, 0, 0, ARCHITECTURE), *ONE_CALL[1:]]
    program[1] = (EQUAL, 0, 1, bpf.X86_64)
    assert answers(program) == {bpf.ALLOW}
    assert answers(program, architecture=bpf.I386) == {bpf.KILL_PROCESS}


def test_it_goes_both_ways_where_an_argument_decides():
    assert answers(BY_ARGUMENT) == {bpf.ALLOW, bpf.KILL_PROCESS}
    through_memory = [BY_ARGUMENT[0], (AND, 0, 0, 1), (STORE, 0, 0, 3), (LOAD & ~0x20, 0, 0, 0), (RECALL_X, 0, 0, 3),
                      (EQUAL | OPERAND_X, 0, 1, 0), *BY_ARGUMENT[2:]]
    assert answers(through_memory) == {bpf.ALLOW, bpf.KILL_PROCESS}


def test_an_answer_made_of_arguments_may_be_anything():
    assert returning((LOAD, 0, 0, ARGUMENT)) == {bpf.ALLOW, bpf.KILL_PROCESS}


@pytest.mark.parametrize("operation, operand, result", [
    (ADD, 3, 42), (SUBTRACT, 40, 0xFFFFFFFF), (MULTIPLY, 2, 78), (DIVIDE, 2, 19), (OR, 24, 63), (AND, 6, 6),
    (LEFT, 28, 0x70000000), (RIGHT, 3, 4), (NEGATE, 0, 0xFFFFFFD9), (XOR, 1, 38)])
def test_it_computes_in_32_bits(operation, operand, result):
    assert returning((LOAD, 0, 0, NUMBER), (operation, 0, 0, operand)) == {result}
    by_register = (LOAD_X, 0, 0, operand), (LOAD, 0, 0, NUMBER), (operation | OPERAND_X, 0, 0, 99)
    assert returning(*by_register) == {result}


@pytest.mark.parametrize("comparison, operand, holds", [
    (EQUAL, 39, True), (EQUAL, 38, False), (GREATER, 38, True), (GREATER, 39, False), (AT_LEAST, 39, True),
    (AT_LEAST, 40, False), (ANY_BIT, 6, True), (ANY_BIT, 24, False)])
def test_it_compares_without_signs(comparison, operand, holds):
    program = [(LOAD, 0, 0, NUMBER), (comparison, 1, 0, operand), (RETURN, 0, 0, 0), (RETURN, 0, 0, 1)]
    assert answers(program) == {int(holds)}


def test_it_moves_between_registers_and_memory():
    assert returning((LOAD, 0, 0, NUMBER), (TO_X, 0, 0, 0), (LOAD & ~0x20, 0, 0, 1), (TO_A, 0, 0, 0)) == {39}
    assert returning((LOAD_X, 0, 0, 5), (STORE_X, 0, 0, 15), (RECALL, 0, 0, 15)) == {5}
    assert returning((LENGTH, 0, 0, 0)) == {64}
    assert returning((GO, 0, 0, 1), (RETURN, 0, 0, 9)) == {0}


@pytest.mark.parametrize("program", [
    [], [(LOAD, 0, 0, NUMBER)], [(GO, 0, 0, 7), (RETURN, 0, 0, 0)], [(LOAD, 0, 0, 64), (RETURN, 0, 0, 0)],
    [(LOAD, 0, 0, 2), (RETURN, 0, 0, 0)], [(STORE, 0, 0, 16), (RETURN, 0, 0, 0)], [(0x40, 0, 0, 0), (RETURN, 0, 0, 0)],
    [(0x94, 0, 0, 0), (RETURN, 0, 0, 0)], [(0x55, 0, 0, 0), (RETURN, 0, 0, 0)]])
def test_it_refuses_what_no_kernel_loads(program):
    with pytest.raises(bpf.Unloadable):
        answers(program)


def test_of_stacked_answers_the_strictest_counts():
    assert filters.stacked([{bpf.ALLOW}, {bpf.ERRNO | 38}]) == {bpf.ERRNO}
    assert filters.stacked([{bpf.ERRNO | 1}, {bpf.KILL_PROCESS}, {bpf.ALLOW}]) == {bpf.KILL_PROCESS}
    assert filters.stacked([{bpf.KILL_THREAD}, {bpf.KILL_PROCESS}]) == {bpf.KILL_PROCESS}
    assert filters.stacked([{bpf.LOG}, {bpf.NOTIFY}]) == {bpf.NOTIFY}
    assert filters.stacked([{bpf.ALLOW, bpf.ERRNO}, {bpf.ALLOW, bpf.TRAP}]) == {bpf.ALLOW, bpf.ERRNO, bpf.TRAP}


def test_a_survey_tells_always_sometimes_answered_and_dead_apart():
    one, by_argument = packed(ONE_CALL), packed(BY_ARGUMENT)
    refusing = packed([*ONE_CALL[:2], (RETURN, 0, 0, bpf.ERRNO | 38), (RETURN, 0, 0, bpf.ALLOW)])
    assert filters.Reach([one], "x86-64").always == {39}
    assert filters.Reach([one], "x32").runs == set()
    assert filters.Reach([one], "i386").runs == {39}, "it forgets to look at the architecture"
    assert filters.Reach([one, by_argument], "x86-64").sometimes == {39}
    both = filters.Reach([refusing, one], "x86-64")
    assert (both.runs, both.answered) == (set(), {39})
