// SPDX-License-Identifier: MIT
// Resource limits lowered to nothing, soft and hard (setrlimit(2)): a second wall behind the
// filter, and the only one for what a permitted call could otherwise do.
#pragma once

namespace cloister::sandbox {

// Core files, file growth, locked memory, message queues: none. Files may still grow if standard
// error is one, for somebody logs into it by hand. Throws std::system_error.
void lower_limits();

// No further process or thread of this user from here. After the last thread was made. Throws
// std::system_error.
void forbid_new_processes();

}  // namespace cloister::sandbox
