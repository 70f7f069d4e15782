// SPDX-License-Identifier: MIT
// Errors before "ready": exceptions that end the start, each with the exit status that systemd
// shows.
#pragma once

#include <sysexits.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace cloister::base {

// A start that cannot go on. what() names the thing and the remedy; exit_status is one of
// sysexits(3).
class Failure : public std::runtime_error {
  public:
    Failure(int exit_status, const std::string& what)
        : std::runtime_error(what), exit_status_(exit_status) {}

    [[nodiscard]] int exit_status() const { return exit_status_; }

  private:
    int exit_status_;
};

// Passes the result of a system call on, or throws std::system_error with errno and `what` if it is
// -1.
template <class Result>
Result check(Result result, const std::string& what) {
    if (result == -1) {
        throw std::system_error(errno, std::generic_category(), what);
    }
    return result;
}

}  // namespace cloister::base
