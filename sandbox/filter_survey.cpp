// SPDX-License-Identifier: MIT
#include "sandbox/filter_survey.h"

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>

namespace cloister::sandbox {
namespace {

// A 32-bit word, or nothing where the arguments decide.
using Word = std::optional<std::uint32_t>;

constexpr std::uint32_t x32_bit = 0x40000000;
constexpr std::size_t step_limit = 1 << 16;

// The machine of classic BPF at one point of one path.
struct Machine {
    std::size_t at = 0;
    Word accumulator = 0;
    Word index = 0;
    std::array<Word, BPF_MEMWORDS> memory = {};
};

class Walk {
  public:
    Walk(std::span<const sock_filter> program, std::uint32_t architecture, std::uint32_t number)
        : program_(program), architecture_(architecture), number_(number) {}

    std::set<std::uint32_t> actions() {
        std::size_t steps = 0;
        while (!paths_.empty()) {
            Machine machine = paths_.back();
            paths_.pop_back();
            while (step(machine)) {
                if (++steps > step_limit) {
                    throw std::invalid_argument("seccomp filter: too many paths to follow");
                }
            }
        }
        return actions_;
    }

  private:
    // Carries out one instruction; false at the end of the path.
    bool step(Machine& machine) {
        if (machine.at >= program_.size()) {
            throw std::invalid_argument("seccomp filter: runs past its end");
        }
        const sock_filter& code = program_[machine.at++];
        switch (BPF_CLASS(code.code)) {
            case BPF_LD:
                machine.accumulator = loaded(machine, code);
                return true;
            case BPF_LDX:
                machine.index = loaded(machine, code);
                return true;
            case BPF_ST:
                machine.memory.at(slot(code)) = machine.accumulator;
                return true;
            case BPF_STX:
                machine.memory.at(slot(code)) = machine.index;
                return true;
            case BPF_ALU:
                machine.accumulator = computed(machine, code);
                return true;
            case BPF_JMP:
                jump(machine, code);
                return true;
            case BPF_RET:
                finish(machine, code);
                return false;
            default:  // BPF_MISC: from one register to the other
                if (BPF_MISCOP(code.code) == BPF_TAX) {
                    machine.index = machine.accumulator;
                } else {
                    machine.accumulator = machine.index;
                }
                return true;
        }
    }

    static std::size_t slot(const sock_filter& code) {
        if (code.k >= BPF_MEMWORDS) {
            throw std::invalid_argument("seccomp filter: no such memory");
        }
        return code.k;
    }

    [[nodiscard]] Word loaded(const Machine& machine, const sock_filter& code) const {
        switch (BPF_MODE(code.code)) {
            case BPF_IMM:
                return code.k;
            case BPF_MEM:
                return machine.memory.at(slot(code));
            case BPF_LEN:
                return std::uint32_t{sizeof(seccomp_data)};
            case BPF_ABS:
                return field(code.k);
            default:
                throw std::invalid_argument("seccomp filter: unknown load");
        }
    }

    // A word of struct seccomp_data: number and architecture are known, address and arguments are
    // not.
    [[nodiscard]] Word field(std::uint32_t offset) const {
        if (offset % sizeof(std::uint32_t) != 0 || offset >= sizeof(seccomp_data)) {
            throw std::invalid_argument("seccomp filter: load outside seccomp_data");
        }
        if (offset == offsetof(seccomp_data, nr)) {
            return number_;
        }
        return offset == offsetof(seccomp_data, arch) ? Word(architecture_) : std::nullopt;
    }

    static Word operand(const Machine& machine, const sock_filter& code) {
        return BPF_SRC(code.code) == BPF_X ? machine.index : Word(code.k);
    }

    static Word computed(const Machine& machine, const sock_filter& code) {
        const Word& left = machine.accumulator;
        const Word right = operand(machine, code);
        if (!left || !right) {
            return std::nullopt;
        }
        switch (BPF_OP(code.code)) {
            case BPF_ADD:
                return *left + *right;
            case BPF_SUB:
                return *left - *right;
            case BPF_MUL:
                return *left * *right;
            case BPF_DIV:
                return *right == 0 ? 0 : *left / *right;
            case BPF_AND:
                return *left & *right;
            case BPF_OR:
                return *left | *right;
            case BPF_XOR:
                return *left ^ *right;
            case BPF_LSH:
                return *left << (*right & 31U);
            case BPF_RSH:
                return *left >> (*right & 31U);
            case BPF_NEG:
                return 0U - *left;
            default:
                throw std::invalid_argument("seccomp filter: unknown arithmetic");
        }
    }

    void jump(Machine& machine, const sock_filter& code) {
        if (BPF_OP(code.code) == BPF_JA) {
            machine.at += code.k;
            return;
        }
        const std::optional<bool> holds = compared(machine, code);
        if (!holds) {
            paths_.push_back(machine);
            paths_.back().at += code.jf;
        }
        machine.at += holds.value_or(true) ? code.jt : code.jf;
    }

    static std::optional<bool> compared(const Machine& machine, const sock_filter& code) {
        const Word& left = machine.accumulator;
        const Word right = operand(machine, code);
        if (!left || !right) {
            return std::nullopt;
        }
        switch (BPF_OP(code.code)) {
            case BPF_JEQ:
                return *left == *right;
            case BPF_JGT:
                return *left > *right;
            case BPF_JGE:
                return *left >= *right;
            case BPF_JSET:
                return (*left & *right) != 0;
            default:
                throw std::invalid_argument("seccomp filter: unknown jump");
        }
    }

    void finish(const Machine& machine, const sock_filter& code) {
        const Word action = BPF_RVAL(code.code) == BPF_A ? machine.accumulator : Word(code.k);
        if (action) {
            actions_.insert(*action);
        } else {
            actions_.insert({SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS});
        }
    }

    std::span<const sock_filter> program_;
    std::uint32_t architecture_;
    std::uint32_t number_;
    std::vector<Machine> paths_ = {Machine()};
    std::set<std::uint32_t> actions_;
};

// Actions that end the call before it does anything, and leave the process alive.
bool answers(std::uint32_t action) {
    switch (action & SECCOMP_RET_ACTION_FULL) {
        case SECCOMP_RET_KILL_THREAD:
        case SECCOMP_RET_TRAP:
        case SECCOMP_RET_ERRNO:
            return true;
        default:
            return false;
    }
}

bool kills(std::uint32_t action) {
    return (action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_KILL_PROCESS;
}

// Any other action, known or not, counts as letting the call run.
Reach reach(std::span<const sock_filter> program, std::uint32_t architecture, std::uint32_t bits) {
    Reach reach;
    for (int number = 0; number < surveyed_numbers; ++number) {
        const auto actions =
            possible_actions(program, architecture, static_cast<std::uint32_t>(number) | bits);
        const auto denied = static_cast<std::size_t>(
            std::count_if(actions.begin(), actions.end(),
                          [](std::uint32_t action) { return answers(action) || kills(action); }));
        if (denied < actions.size()) {
            (denied == 0 ? reach.always : reach.sometimes).push_back(number);
        } else if (std::any_of(actions.begin(), actions.end(), answers)) {
            reach.answered.push_back(number);
        }
    }
    return reach;
}

}  // namespace

std::set<std::uint32_t> possible_actions(std::span<const sock_filter> program,
                                         std::uint32_t architecture, std::uint32_t number) {
    return Walk(program, architecture, number).actions();
}

Survey survey(std::span<const sock_filter> program) {
    return {.x86_64 = reach(program, AUDIT_ARCH_X86_64, 0),
            .x32 = reach(program, AUDIT_ARCH_X86_64, x32_bit),
            .i386 = reach(program, AUDIT_ARCH_I386, 0)};
}

}  // namespace cloister::sandbox
