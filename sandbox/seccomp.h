// SPDX-License-Identifier: MIT
// The system call filter: compiled by libseccomp, carried as bytes so that exactly what was
// evaluated is installed (seccomp(2)).
#pragma once

#include <linux/filter.h>

#include <span>
#include <vector>

#include "sandbox/policy.h"

namespace cloister::sandbox {

using Filter = std::vector<sock_filter>;

// Can this kernel filter calls, and kill a whole process (Linux 4.14)? errno says why not.
bool kernel_can_filter();

// A filter that permits `rows` on x86-64, answers `answers` itself, and kills the process for any
// other call or ABI. Throws std::system_error, or std::logic_error if a name and a number disagree.
// Needs no privilege and no file.
Filter compile_filter(std::span<const Row> rows, std::span<const Answer> answers = {});

// The filter that this build installs: of rows() and answers().
Filter compile_policy();

// Installs `filter` on every thread of the process, which must have no_new_privs. Throws Refusal if
// a thread could not take it over, std::system_error if nothing was installed.
void install_filter(const Filter& filter);

}  // namespace cloister::sandbox
