// SPDX-License-Identifier: MIT
#include "sandbox/rehearsal.h"

#include <linux/futex.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <string>

#include "sandbox/sandbox.h"

namespace cloister::sandbox {
namespace {

// A call that changes nothing, and what every kernel answers to it. All that is shipped has one, as
// the tests demand, but for exit_group, which is the end either way.
struct Trial {
    int number;
    std::array<long, 6> arguments;
    int error;  // errno; 0: it succeeds
};

constexpr long no_descriptor = -1;
constexpr long no_address = 0;

constexpr auto trials = std::to_array<Trial>({
    {SYS_epoll_wait, {no_descriptor, no_address, 1, 0}, EBADF},
    {SYS_epoll_ctl, {no_descriptor, EPOLL_CTL_DEL, no_descriptor, no_address}, EBADF},
    {SYS_accept4, {no_descriptor}, EBADF},
    {SYS_recvfrom, {no_descriptor}, EBADF},
    {SYS_sendfile, {no_descriptor, no_descriptor}, EBADF},
    {SYS_pread64, {no_descriptor}, EBADF},
    {SYS_write, {no_descriptor}, EBADF},
    {SYS_close, {no_descriptor}, EBADF},
    {SYS_futex, {no_address, FUTEX_WAIT_PRIVATE}, EFAULT},
    {SYS_getrandom, {no_address, 0}, 0},  // no bytes
    {SYS_clock_gettime, {CLOCK_MONOTONIC, no_address}, EFAULT},
    {SYS_restart_syscall, {}, EINTR},  // nothing was interrupted
});

// errno after the call; 0 if it succeeds.
int outcome(const Trial& trial) {
    const auto& a = trial.arguments;
    return ::syscall(trial.number, a[0], a[1], a[2], a[3], a[4], a[5]) == -1 ? errno : 0;
}

}  // namespace

void rehearse(std::span<const Row> rows) {
    std::string forbidden;
    for (const Row& row : rows) {
        const auto* const trial =
            std::find_if(trials.begin(), trials.end(),
                         [&](const Trial& each) { return each.number == row.number; });
        if (trial != trials.end() && outcome(*trial) != trial->error) {
            forbidden += (forbidden.empty() ? "" : " ") + std::string(row.name);
        }
    }
    if (!forbidden.empty()) {
        throw Refusal("a filter that is not ours forbids what serving needs: permit " + forbidden +
                      " in SystemCallFilter= of the unit, or in the profile of the container");
    }
}

}  // namespace cloister::sandbox
