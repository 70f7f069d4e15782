// SPDX-License-Identifier: MIT
// System calls that must not fail here: errno becomes an exception.
#pragma once

#include <cerrno>
#include <system_error>

namespace cloister::sandbox {

// Passes the result of a system call on, or throws std::system_error with errno and `what` if it is
// -1.
template <class Result>
Result check(Result result, const char* what) {
    if (result == -1) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return result;
}

}  // namespace cloister::sandbox
