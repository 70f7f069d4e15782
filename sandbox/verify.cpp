// SPDX-License-Identifier: MIT
#include "sandbox/verify.h"

#include "sandbox/capabilities.h"
#include "sandbox/sandbox.h"

namespace cloister::sandbox {
namespace {

constexpr std::uint64_t filtered_mode = 2;  // SECCOMP_MODE_FILTER

}  // namespace

void require_locked(const Status& status, const std::string& thread) {
    const std::string privileges = privileges_in(status);
    if (!privileges.empty()) {
        throw Refusal("thread " + thread + " has a privilege after confinement: " + privileges);
    }
    if (status.no_new_privileges != 1) {
        throw Refusal("thread " + thread + " lacks no_new_privs after confinement");
    }
}

void require_filter(const Status& status, const std::string& thread, const Status& before) {
    const bool is_counted = status.seccomp_filters != 0;
    if (status.seccomp_mode != filtered_mode ||
        (is_counted && status.seccomp_filters != before.seccomp_filters + 1)) {
        throw Refusal("thread " + thread + " lacks our seccomp filter after confinement");
    }
}

void require_threads(const Status& status, std::size_t expected) {
    if (status.threads != expected) {
        throw Refusal(
            "the process has " + std::to_string(status.threads) + " threads where " +
            std::to_string(expected) +
            " are known: confine before anything starts a thread, and pass all threads in Terms");
    }
}

}  // namespace cloister::sandbox
