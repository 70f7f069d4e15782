// SPDX-License-Identifier: MIT
// A child process with a time limit, and the end of all its descendants.
#pragma once

#include <functional>

namespace cloister::sandbox::audit {

struct Ended {
    bool timed_out = false;  // it was killed after 10 s
    int code = 0;            // exit status, if signal is 0
    int signal = 0;          // that ended it
};

// Forks; the child calls `live`, which must not return. Afterwards ends and awaits every process
// that it has left behind, which come to the caller as its own children: it must have no other.
// Works under cloister-audit.service too, whose filter has no kill(2): there the service manager
// ends what hangs. Throws std::system_error.
Ended run_child(const std::function<void()>& live);

}  // namespace cloister::sandbox::audit
