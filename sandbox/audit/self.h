// SPDX-License-Identifier: MIT
// What a process can find out about itself and its surroundings, before any lock.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/status.h"

namespace cloister::sandbox::audit {

// What stands around the process before it locks anything.
enum class Surroundings : std::uint8_t {
    nothing,    // no seccomp filter
    unit,       // filters, and an INVOCATION_ID of systemd's
    container,  // filters of somebody else
};

// "nothing", "unit", "container".
std::string_view name_of(Surroundings surroundings);

struct Namespace {
    std::string kind;             // "mnt"
    std::string inode;            // "4026531841"; empty if it cannot be read
    std::optional<bool> differs;  // from that of process 1; nothing if that cannot be read
};

struct ResourceLimit {
    std::string_view name;  // "NPROC"
    std::uint64_t soft;     // RLIM_INFINITY: none
};

struct Self {
    Surroundings surroundings = Surroundings::nothing;
    Status status;
    std::array<std::uint64_t, 3> group_ids = {};  // real, effective, saved
    std::size_t further_groups = 0;
    std::vector<Namespace> namespaces;
    std::size_t mounts = 0;
    std::size_t writable_mounts = 0;
    int landlock_abi = 0;     // 0: none
    bool can_filter = false;  // seccomp, with an action that kills the process
    std::string kernel;       // "6.1.0-26-amd64"; empty if the unit hides it
    std::vector<ResourceLimit> limits;
    std::size_t devices = 0;  // entries of /dev
    bool has_shell = false;   // /bin/sh
};

// Throws Refusal if /proc cannot be read.
Self look_at_self();

// Of a mountinfo file (proc(5)): how many lines, and how many of a mount that is not read-only.
struct Mounts {
    std::size_t all = 0;
    std::size_t writable = 0;
};

Mounts count_mounts(std::string_view mountinfo);

}  // namespace cloister::sandbox::audit
