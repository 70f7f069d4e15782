// SPDX-License-Identifier: MIT
// What the kernel says about one thread, in proc_pid_status(5). All that we claim of a thread is
// read from here.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sandbox/descriptors.h"

namespace cloister::sandbox {

struct Status {
    std::array<std::uint64_t, 4> user_ids{};  // real, effective, saved, file system
    std::uint64_t inheritable = 0;  // capability sets, bit per capability (capabilities(7))
    std::uint64_t permitted = 0;
    std::uint64_t effective = 0;
    std::uint64_t bounding = 0;
    std::uint64_t ambient = 0;
    std::uint64_t no_new_privileges = 0;  // 1: set
    std::uint64_t seccomp_mode = 0;       // 2: filtered
    std::uint64_t seccomp_filters = 0;    // how many; 0 before Linux 5.9
    std::uint64_t threads = 0;            // of the whole process
};

// Reads the text of a status file. Throws Refusal, naming the field, if one that we rely on is
// absent or garbled.
Status parse_status(std::string_view text);

// Opens the calling thread's own status file. Whoever holds it can read it from any thread,
// confined or not.
Descriptor open_own_status();

// The thread's state now. Needs pread(2) alone, so it works under confinement.
Status read_status(const Descriptor& file);

}  // namespace cloister::sandbox
