// SPDX-License-Identifier: MIT
// The policy as data: which system calls remain after confinement, why, and which defences stand
// around them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cloister::sandbox {

// A build for tests only: AddressSanitizer's runtime makes calls that the product never makes. GCC
// says so by a macro, clang by a feature.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool is_sanitizer_build = true;
#elif !defined(__has_feature)
constexpr bool is_sanitizer_build = false;
#elif __has_feature(address_sanitizer)
constexpr bool is_sanitizer_build = true;
#else
constexpr bool is_sanitizer_build = false;
#endif

// The promise: at most so many calls can run. A change that needs more has to argue here first. The
// tightest comparable list, OpenSSH's before authentication, has 35.
constexpr std::size_t system_call_budget = 14;

// The argument `index` (from 0), of which only the bits in `mask` are looked at, must equal
// `value`. Bits above 31 are never looked at: they are left over in the registers of int arguments.
struct ArgumentRule {
    unsigned index;
    std::uint32_t mask;
    std::uint32_t value;
    std::string_view text;
};

// One permitted call. All its rules must hold; calls made for each request have none, because the
// kernel answers those from a bitmap and runs no filter.
struct Row {
    std::string_view name;
    int number;
    std::span<const ArgumentRule> rules;
    std::string_view reason;  // who calls it, and what for
};

// A call that the filter itself answers, so that the kernel never runs it: for callers that bear a
// no, where death would serve nobody.
struct Answer {
    std::string_view name;
    int number;
    int error;  // errno; 0: the call returns 0
    std::string_view reason;
};

// What is shipped: the tables that are audited, and the one that is counted.
std::span<const Row> shipped_rows();
std::span<const Answer> shipped_answers();

// What this build installs (policy_of_build.cpp): the same; in a sanitizer build, whose allocator
// is another, a few calls more.
std::span<const Row> rows();

// The calls that this build's filter answers itself. None of them is in rows().
std::span<const Answer> answers();

// One step of confine().
struct Defence {
    std::string_view name;
    bool may_be_waived;  // in Terms::waived, when the kernel lacks it
    std::string_view effect;
};

// All of them, in the order in which they are put up.
std::span<const Defence> defences();

// The rows of this build, the defences, and what the compiled filter really lets through: as
// aligned text for people, and as one JSON object. Compiles the filter, so before confinement only;
// throws std::system_error if it cannot.
std::string policy_text();
std::string policy_json();

}  // namespace cloister::sandbox
