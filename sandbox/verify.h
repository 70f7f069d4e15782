// SPDX-License-Identifier: MIT
// The last word before service: does the kernel agree?
#pragma once

#include <cstddef>
#include <string>

#include "sandbox/status.h"

namespace cloister::sandbox {

// Throws Refusal, naming `thread`, unless its `status` shows no privilege and no_new_privs.
void require_locked(const Status& status, const std::string& thread);

// Throws Refusal, naming `thread`, unless its `status` shows one seccomp filter more than there
// were `before`: systemd puts up filters of its own, so that there is one proves nothing. A kernel
// older than Linux 5.9 does not count them; there it suffices that the thread is filtered.
void require_filter(const Status& status, const std::string& thread, const Status& before);

// Throws Refusal unless the process of `status` has exactly `expected` threads.
void require_threads(const Status& status, std::size_t expected);

}  // namespace cloister::sandbox
