// SPDX-License-Identifier: MIT
// The last word before service: does the kernel agree?
#pragma once

#include <cstddef>
#include <string>

#include "sandbox/status.h"

namespace cloister::sandbox {

// Throws Refusal, naming `thread`, unless its `status` shows no privilege, no_new_privs and, if
// `filtered`, a seccomp filter. Makes no system call.
void require_locked(const Status& status, const std::string& thread, bool filtered);

// Throws Refusal unless the process of `status` has exactly `expected` threads.
void require_threads(const Status& status, std::size_t expected);

}  // namespace cloister::sandbox
