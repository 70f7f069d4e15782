// SPDX-License-Identifier: MIT
#include "sandbox/audit/children.h"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include "sandbox/check.h"
#include "sandbox/descriptors.h"

namespace cloister::sandbox::audit {
namespace {

constexpr int patience_ms = 10'000;

// Waits until the process has ended. By epoll, which the unit's filter has. False if it has not in
// time.
bool await_end(const Descriptor& process) {
    const Descriptor poll(check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1"));
    epoll_event event = {.events = EPOLLIN, .data = {}};
    check(::epoll_ctl(poll.get(), EPOLL_CTL_ADD, process.get(), &event), "epoll_ctl");
    int ready = -1;
    do {
        ready = ::epoll_wait(poll.get(), &event, 1, patience_ms);
    } while (ready == -1 && errno == EINTR);
    return check(ready, "epoll_wait") == 1;
}

// Descendants whose parents are gone. Most are gone already; a neighbour ends when its stage does.
void await_leftovers() {
    using std::chrono::milliseconds;
    for (int waited_ms = 0; waited_ms < patience_ms; ++waited_ms) {
        const pid_t ended = ::waitpid(-1, nullptr, WNOHANG | __WALL);
        if (ended == -1 && errno == ECHILD) {
            return;
        }
        if (ended <= 0) {
            std::this_thread::sleep_for(milliseconds(1));
        }
    }
}

}  // namespace

Ended run_child(const std::function<void()>& live) {
    check(::prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL), "prctl PR_SET_CHILD_SUBREAPER");
    const pid_t child = check(::fork(), "fork");
    if (child == 0) {
        live();
        ::_exit(1);
    }
    // It does so itself, too: whoever is first.
    ::setpgid(child, child);
    const Descriptor process(
        static_cast<int>(check(::syscall(SYS_pidfd_open, child, 0), "pidfd_open")));

    Ended ended;
    ended.timed_out = !await_end(process);
    // The child is not waited for yet, so that its number still is its own, and its group's.
    ::kill(-child, SIGKILL);
    ::kill(child, SIGKILL);
    int status = 0;
    check(::waitpid(child, &status, 0), "waitpid");
    ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    ended.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    await_leftovers();
    return ended;
}

}  // namespace cloister::sandbox::audit
