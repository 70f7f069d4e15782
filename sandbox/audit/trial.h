// SPDX-License-Identifier: MIT
// One attempt under one lock, in a process of its own.
#pragma once

#include <cstdint>
#include <string>

#include "sandbox/audit/attempt.h"
#include "sandbox/audit/locks.h"

namespace cloister::sandbox::audit {

enum class End : std::uint8_t {
    succeeded,
    denied,     // with an error; number is the errno
    killed,     // by SIGSYS: the filter
    refused,    // the lock would not close at all
    absent,     // this kernel has no such entry
    signalled,  // by another signal; number says which
    timed_out,
    broken,  // the trial itself went wrong
};

struct Outcome {
    End end = End::broken;
    int number = 0;
    std::string reason;  // of `refused` and `broken`

    // "succeeded", "EACCES", "no effect", "SIGSYS", "refused", "no entry", "SIGSEGV", "timed out",
    // "broken".
    [[nodiscard]] std::string text() const;
};

// Forks a child that makes its stage, closes `lock` and tries. It gets 10 s. Every process that it
// leaves behind is ended and waited for, so the caller must have no other children; and every file.
// Throws std::system_error if no child can be made.
Outcome try_out(const Attempt& attempt, const Lock& lock);

}  // namespace cloister::sandbox::audit
