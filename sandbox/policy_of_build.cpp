// SPDX-License-Identifier: MIT
// What this build installs: what is shipped, unless it is a sanitizer build.
#include <sys/mman.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <vector>

#include "sandbox/policy.h"

namespace cloister::sandbox {
namespace {

constexpr std::span<const ArgumentRule> always;

constexpr auto memory_without_code = std::to_array<ArgumentRule>({
    {2, PROT_EXEC, 0, "prot without PROT_EXEC"},
    {3, MAP_ANONYMOUS, MAP_ANONYMOUS, "flags with MAP_ANONYMOUS"},
});

// Not in any build that is shipped: nothing refers to it there. Those of the second half only let a
// report be printed; the files that it wants to open, Landlock still denies.
constexpr auto sanitizer_only = std::to_array<Row>({
    {"mmap", SYS_mmap, memory_without_code, "AddressSanitizer's malloc(3)"},
    {"munmap", SYS_munmap, always, "AddressSanitizer's free(3)"},
    {"madvise", SYS_madvise, always, "AddressSanitizer's malloc(3) gives memory back"},
    {"sched_yield", SYS_sched_yield, always, "AddressSanitizer's malloc(3) waits for a lock"},
    {"sigaltstack", SYS_sigaltstack, always,
     "AddressSanitizer cleans the stack before a throw or an _exit(2)"},
    {"pipe2", SYS_pipe2, always,
     "UndefinedBehaviorSanitizer tries an address, by writing from it to a pipe"},

    {"readlink", SYS_readlink, always, "a report: the name of the process"},
    {"ioctl", SYS_ioctl, always, "a report: whether standard error is a terminal"},
    {"open", SYS_open, always, "a report: settings, denied"},
    {"openat", SYS_openat, always, "a report: symbols, denied"},
});

std::vector<Row> with_sanitizer_rows() {
    std::vector<Row> both(shipped_rows().begin(), shipped_rows().end());
    both.insert(both.end(), sanitizer_only.begin(), sanitizer_only.end());
    return both;
}

bool is_permitted_to_sanitizers(const Answer& answer) {
    return std::any_of(sanitizer_only.begin(), sanitizer_only.end(),
                       [&](const Row& row) { return row.number == answer.number; });
}

std::vector<Answer> without_sanitizer_rows() {
    std::vector<Answer> left;
    std::copy_if(shipped_answers().begin(), shipped_answers().end(), std::back_inserter(left),
                 [](const Answer& answer) { return !is_permitted_to_sanitizers(answer); });
    return left;
}

}  // namespace

std::span<const Row> rows() {
    if constexpr (is_sanitizer_build) {
        static const std::vector<Row> both = with_sanitizer_rows();
        return both;
    } else {
        return shipped_rows();
    }
}

std::span<const Answer> answers() {
    if constexpr (is_sanitizer_build) {
        static const std::vector<Answer> left = without_sanitizer_rows();
        return left;
    } else {
        return shipped_answers();
    }
}

}  // namespace cloister::sandbox
