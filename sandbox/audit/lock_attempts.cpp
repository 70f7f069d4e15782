// SPDX-License-Identifier: MIT
// The lock itself: laying something over it, or standing outside of it.
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>

#include "sandbox/audit/attempt.h"
#include "sandbox/audit/call.h"
#include "sandbox/audit/execute.h"

namespace cloister::sandbox::audit {
namespace {

// A filter that permits everything.
const sock_fprog& permissive() {
    static std::array<sock_filter, 1> program = {{BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    static const sock_fprog filter = {program.size(), program.data()};
    return filter;
}

long relax_by_seccomp(Stage&) {
    if (call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &permissive()) == -1) {
        return -1;
    }
    return execute_this_program();
}

long relax_by_prctl(Stage&) {
    if (call(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == -1 ||
        call(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &permissive(), 0, 0) == -1) {
        return -1;
    }
    return execute_this_program();
}

long open_a_file(Stage& stage) {
    std::array<char, 1> byte = {};
    const long opened = call(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY | O_CLOEXEC);
    return stage.got(opened) == -1 ? -1 : happened(call(SYS_read, opened, byte.data(), 1) == 1);
}

long make_a_socket(Stage& stage) {
    constexpr int local_stream[] = {1, 1};
    return stage.got(call(SYS_socket, local_stream[0], local_stream[1], 0));
}

long execute(Stage&) {
    return execute_this_program();
}

constexpr Control works = Control::works;
constexpr Control fails = Control::fails;

constexpr auto rows = std::to_array<Attempt>({
    {23, "second-filter", SYS_prctl, works, "undo the filter, and then run a program",
     relax_by_prctl},
    {23, "second-filter-raw", SYS_seccomp, fails,
     "the same by the newer call, without asking for no_new_privs", relax_by_seccomp},
    {25, "elder-openat", SYS_openat, works, "read files on a thread that was forgotten",
     open_a_file, nullptr, Actor::elder},
    {25, "elder-socket", SYS_socket, works, "speak to others on it", make_a_socket, nullptr,
     Actor::elder},
    {25, "elder-execve", SYS_execve, works, "run a program on it", execute, nullptr, Actor::elder},
});

}  // namespace

std::span<const Attempt> lock_attempts() {
    return rows;
}

}  // namespace cloister::sandbox::audit
