// SPDX-License-Identifier: MIT
// What a seccomp filter really lets through, found by running it in an interpreter over every call
// number of every ABI an x86-64 kernel may offer. The table says what we meant; this says what was
// compiled (seccomp(2), linux/filter.h).
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <vector>

namespace cloister::sandbox {

// Call numbers looked at in each ABI: twice the highest in use.
constexpr int surveyed_numbers = 1024;

// Every action (SECCOMP_RET_*, with its data) that `program` can answer to call `number` of
// `architecture` (AUDIT_ARCH_*), whatever the arguments: where the program looks at those, both
// branches are taken. So it may name an action that no argument brings about, but never misses one.
// Throws std::invalid_argument for a program that the kernel would not load, or one that has too
// many paths to follow.
std::set<std::uint32_t> possible_actions(std::span<const sock_filter> program,
                                         std::uint32_t architecture, std::uint32_t number);

// What becomes of the calls of one ABI. Those not named here end the process.
struct Reach {
    std::vector<int> always;     // run, whatever the arguments
    std::vector<int> sometimes;  // run, if the arguments are such
    std::vector<int> answered;   // never run, and the process may go on (SECCOMP_RET_ERRNO and kin)

    // How many may run.
    [[nodiscard]] std::size_t count() const { return always.size() + sometimes.size(); }
};

struct Survey {
    Reach x86_64;
    Reach x32;  // x86-64 with bit 30 set in the number
    Reach i386;
};

// Throws as possible_actions does.
Survey survey(std::span<const sock_filter> program);

}  // namespace cloister::sandbox
