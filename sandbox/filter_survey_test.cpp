// SPDX-License-Identifier: MIT
// The interpreter, on programs small enough to check by eye.
#include "sandbox/filter_survey.h"

#include <gtest/gtest.h>
#include <linux/audit.h>
#include <linux/seccomp.h>

#include <cstddef>
#include <stdexcept>
#include <string>

namespace cloister::sandbox {
namespace {

using Program = std::vector<sock_filter>;
using Actions = std::set<std::uint32_t>;

constexpr std::uint32_t allow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kill = SECCOMP_RET_KILL_PROCESS;

constexpr sock_filter load_number = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
constexpr sock_filter load_architecture =
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
constexpr sock_filter load_argument =
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args));
constexpr sock_filter return_allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
constexpr sock_filter return_kill = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
constexpr sock_filter return_accumulator = BPF_STMT(BPF_RET | BPF_A, 0);

Actions actions(const Program& program, std::uint32_t number = 5) {
    return possible_actions(program, AUDIT_ARCH_X86_64, number);
}

// What a program that computes with 12 in the accumulator and 5 in the index returns.
Actions computed(std::uint16_t operation, std::uint32_t constant) {
    return actions({BPF_STMT(BPF_LDX | BPF_IMM, 5),
                    BPF_STMT(BPF_LD | BPF_IMM, 12),
                    {static_cast<std::uint16_t>(BPF_ALU | operation), 0, 0, constant},
                    return_accumulator});
}

TEST(Interpreter, FollowsTheNumberOfTheCall) {
    const Program program = {load_number, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 1),
                             return_allow, return_kill};
    EXPECT_EQ(actions(program, 5), Actions{allow});
    EXPECT_EQ(actions(program, 6), Actions{kill});
}

TEST(Interpreter, FollowsTheArchitecture) {
    const Program program = {load_architecture,
                             BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 0, 1),
                             return_kill, return_allow};
    EXPECT_EQ(possible_actions(program, AUDIT_ARCH_I386, 0), Actions{kill});
    EXPECT_EQ(possible_actions(program, AUDIT_ARCH_X86_64, 0), Actions{allow});
}

TEST(Interpreter, TakesBothBranchesWhereAnArgumentDecides) {
    EXPECT_EQ(actions({load_argument, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 5, 0, 1), return_allow,
                       return_kill}),
              (Actions{allow, kill}));
}

TEST(Interpreter, RemembersThatAValueCameFromAnArgument) {
    EXPECT_EQ(actions({load_argument, BPF_STMT(BPF_ST, 3), load_number,
                       BPF_STMT(BPF_LDX | BPF_MEM, 3), BPF_STMT(BPF_ALU | BPF_AND | BPF_X, 0),
                       BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 1, 0, 1), return_allow, return_kill}),
              (Actions{allow, kill}));
}

TEST(Interpreter, CannotBeFooledByAReturnedArgument) {
    EXPECT_EQ(actions({load_argument, return_accumulator}), (Actions{allow, kill}));
}

TEST(Interpreter, Computes) {
    EXPECT_EQ(computed(BPF_ADD | BPF_K, 3), Actions{15});
    EXPECT_EQ(computed(BPF_SUB | BPF_X, 0), Actions{7});
    EXPECT_EQ(computed(BPF_MUL | BPF_X, 0), Actions{60});
    EXPECT_EQ(computed(BPF_DIV | BPF_X, 0), Actions{2});
    EXPECT_EQ(computed(BPF_AND | BPF_K, 4), Actions{4});
    EXPECT_EQ(computed(BPF_OR | BPF_K, 3), Actions{15});
    EXPECT_EQ(computed(BPF_XOR | BPF_K, 4), Actions{8});
    EXPECT_EQ(computed(BPF_LSH | BPF_K, 2), Actions{48});
    EXPECT_EQ(computed(BPF_RSH | BPF_K, 2), Actions{3});
    EXPECT_EQ(computed(BPF_NEG, 0), Actions{0xfffffff4});
}

TEST(Interpreter, Compares) {
    const auto jumps = [](std::uint16_t comparison, std::uint32_t constant) {
        return actions({BPF_STMT(BPF_LD | BPF_IMM, 12),
                        {static_cast<std::uint16_t>(BPF_JMP | comparison | BPF_K), 0, 1, constant},
                        return_allow,
                        return_kill}) == Actions{allow};
    };
    EXPECT_TRUE(jumps(BPF_JEQ, 12));
    EXPECT_FALSE(jumps(BPF_JEQ, 13));
    EXPECT_TRUE(jumps(BPF_JGT, 11));
    EXPECT_FALSE(jumps(BPF_JGT, 12));
    EXPECT_TRUE(jumps(BPF_JGE, 12));
    EXPECT_FALSE(jumps(BPF_JGE, 13));
    EXPECT_TRUE(jumps(BPF_JSET, 4));
    EXPECT_FALSE(jumps(BPF_JSET, 3));
}

TEST(Interpreter, MovesBetweenItsRegisters) {
    EXPECT_EQ(actions({BPF_STMT(BPF_LD | BPF_IMM, 7), BPF_STMT(BPF_MISC | BPF_TAX, 0),
                       BPF_STMT(BPF_LD | BPF_IMM, 1), BPF_STMT(BPF_MISC | BPF_TXA, 0),
                       return_accumulator}),
              Actions{7});
    EXPECT_EQ(
        actions({BPF_STMT(BPF_LD | BPF_IMM, 9), BPF_STMT(BPF_ST, 2), BPF_STMT(BPF_LD | BPF_IMM, 1),
                 BPF_STMT(BPF_LD | BPF_MEM, 2), return_accumulator}),
        Actions{9});
    EXPECT_EQ(actions({BPF_STMT(BPF_LDX | BPF_IMM, 6), BPF_STMT(BPF_STX, 1),
                       BPF_STMT(BPF_LD | BPF_MEM, 1), return_accumulator}),
              Actions{6});
    EXPECT_EQ(actions({BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), return_accumulator}),
              Actions{sizeof(seccomp_data)});
}

TEST(Interpreter, JumpsWithoutCondition) {
    EXPECT_EQ(actions({BPF_STMT(BPF_JMP | BPF_JA, 1), return_kill, return_allow}), Actions{allow});
}

TEST(Interpreter, RefusesWhatTheKernelWouldNotLoad) {
    EXPECT_THROW(actions({}), std::invalid_argument);
    EXPECT_THROW(actions({load_number}), std::invalid_argument);
    EXPECT_THROW(actions({BPF_STMT(BPF_JMP | BPF_JA, 100), return_allow}), std::invalid_argument);
    EXPECT_THROW(actions({BPF_STMT(BPF_LD | BPF_W | BPF_ABS, sizeof(seccomp_data)), return_allow}),
                 std::invalid_argument);
    EXPECT_THROW(actions({BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), return_allow}),
                 std::invalid_argument);
    EXPECT_THROW(actions({BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), return_allow}),
                 std::invalid_argument);
    EXPECT_THROW(actions({BPF_STMT(BPF_ST, BPF_MEMWORDS), return_allow}), std::invalid_argument);
}

TEST(Interpreter, GivesUpOnAProgramWithTooManyPaths) {
    Program program = {load_argument};
    program.resize(64, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0));
    program.front() = load_argument;
    program.push_back(return_allow);
    EXPECT_THROW(actions(program), std::invalid_argument);
}

TEST(Survey, TellsAlwaysFromSometimesFromNever) {
    const Survey found =
        survey(Program{load_number, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 3, 0),
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 2, 0, 3), load_argument,
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 0, 1), return_allow, return_kill});
    EXPECT_EQ(found.x86_64.always, std::vector<int>{1});
    EXPECT_EQ(found.x86_64.sometimes, std::vector<int>{2});
    EXPECT_EQ(found.x86_64.count(), 2U);
}

TEST(Survey, SeesAFilterThatForgetsTheOtherAbis) {
    const Survey open = survey(Program{return_allow});
    EXPECT_EQ(open.x86_64.always.size(), std::size_t{surveyed_numbers});
    EXPECT_EQ(open.x32.always.size(), std::size_t{surveyed_numbers});
    EXPECT_EQ(open.i386.always.size(), std::size_t{surveyed_numbers});
}

struct Answer {
    const char* name;
    std::uint32_t action;
    bool runs;
};

class SurveyOf : public testing::TestWithParam<Answer> {};

TEST_P(SurveyOf, CountsACallThatMayRun) {
    const Survey found = survey(Program{BPF_STMT(BPF_RET | BPF_K, GetParam().action)});
    EXPECT_EQ(found.x86_64.count() != 0, GetParam().runs);
}

INSTANTIATE_TEST_SUITE_P(Actions, SurveyOf,
                         testing::Values(Answer{"KillProcess", SECCOMP_RET_KILL_PROCESS, false},
                                         Answer{"KillThread", SECCOMP_RET_KILL_THREAD, false},
                                         Answer{"Trap", SECCOMP_RET_TRAP, false},
                                         Answer{"Errno", SECCOMP_RET_ERRNO | 38U, false},
                                         Answer{"Trace", SECCOMP_RET_TRACE, true},
                                         Answer{"Log", SECCOMP_RET_LOG, true},
                                         Answer{"Notify", SECCOMP_RET_USER_NOTIF, true},
                                         Answer{"Unknown", 0x12340000U, true}),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace cloister::sandbox
