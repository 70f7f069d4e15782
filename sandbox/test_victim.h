// SPDX-License-Identifier: MIT
// For tests: a child process that locks itself up and tries something, and how that ended. Nothing
// else includes it.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>

#include "sandbox/descriptors.h"

namespace cloister::sandbox::test {

// The user a victim runs as. `nobody` has no privilege; `root` stays what the test is, which must
// be root.
enum class User { nobody, root };

struct Ending {
    int code = -1;     // exit status; -1 if a signal ended it
    int signal = 0;    // that ended it; 0 if it exited
    std::string said;  // all it said and nobody heard before

    // "exit status 0" or "signal 31", and what was said: for the message of a failed expectation.
    [[nodiscard]] std::string text() const;
};

// A victim's exit status when its deed threw; what() has then been said.
constexpr int threw = 99;

// In a victim: tells the test, in one write(2) to standard output, which is a pipe.
void say(std::string_view text);

class Victim {
  public:
    // Forks. The child runs `deed` and ends by _exit(2) with its result; if it takes longer than 30
    // s, by SIGALRM.
    explicit Victim(const std::function<int()>& deed, User user = User::nobody);
    Victim(const Victim&) = delete;
    Victim& operator=(const Victim&) = delete;

    // Kills the child unless its end was waited for.
    ~Victim();

    [[nodiscard]] pid_t id() const { return id_; }

    // What it says next, waiting for it; empty at its end.
    std::string hear();

    // Waits for its end.
    Ending end();

  private:
    pid_t id_ = -1;
    Descriptor voice_;
};

// Victim(deed, user).end().
Ending fate_of(const std::function<int()>& deed, User user = User::nobody);

// In a confined victim: waits to be killed.
[[noreturn]] void wait_for_ever();

// In a victim: from here `number` fails with `error`, as on a kernel without that call.
void take_away_call(int number, int error);

}  // namespace cloister::sandbox::test
