// SPDX-License-Identifier: MIT
#include "sandbox/policy.h"

#include <sys/syscall.h>

#include <array>
#include <cerrno>

namespace cloister::sandbox {
namespace {

#if !defined(__x86_64__) || defined(__ILP32__)
#error "The table is for x86-64: elsewhere the C library makes other calls."
#endif

constexpr std::span<const ArgumentRule> always;

constexpr auto shipped = std::to_array<Row>({
    {"epoll_wait", SYS_epoll_wait, always, "a loop waits for events"},
    {"epoll_ctl", SYS_epoll_ctl, always, "a loop watches a connection, or changes what for"},
    {"accept4", SYS_accept4, always, "a loop takes a connection from a listener"},
    {"recvfrom", SYS_recvfrom, always, "recv(2): bytes of a client"},
    {"write", SYS_write, always,
     "bytes to a client, messages to systemd, log lines; an eventfd, to wake another loop"},
    {"sendfile", SYS_sendfile, always,
     "a large file of the site, from the descriptor opened before"},
    {"pread64", SYS_pread64, always,
     "a part of a large file; the threads' status, to verify confinement"},
    {"close", SYS_close, always, "a connection ends"},
    {"futex", SYS_futex, always, "mutexes and condition variables, those of malloc(3) included"},
    {"getrandom", SYS_getrandom, always,
     "OpenSSL seeds its generators, each thread's and again every hour"},
    {"clock_gettime", SYS_clock_gettime, always,
     "deadlines and dates, on machines whose clock the vDSO cannot read"},
    {"restart_syscall", SYS_restart_syscall, always,
     "the kernel resumes a route's timed wait after SIGSTOP or a freezer"},
    {"exit_group", SYS_exit_group, always, "_exit(2): the end of the process"},
});
static_assert(shipped.size() <= system_call_budget);

// A caller that can live without what it asks for. brk(2) has no errno: the C library knows by the
// address that it got no memory, and 0 is below every address.
constexpr auto refused = std::to_array<Answer>({
    {"brk", SYS_brk, 0, "malloc(3) finds the reserved heap full: no memory"},
    {"getpid", SYS_getpid, 0,
     "OpenSSL asks before each random number whether it was forked, and always hears the same"},
    {"mmap", SYS_mmap, ENOMEM, "malloc(3) tries to go on elsewhere: no memory"},
    {"munmap", SYS_munmap, ENOMEM, "free(3) of what was mapped before: it stays, unused"},
});

constexpr auto steps = std::to_array<Defence>({
    {"privilege", false, "refuses to go on with user id 0 or any capability"},
    {"single thread", false, "refuses to go on if there is a thread that it did not make itself"},
    {"descriptors", false, "closes all that are not kept by number"},
    {"heap", false,
     "one arena, reserved whole: malloc(3) asks the kernel for nothing, and has a limit"},
    {"limits", false,
     "no core file, no file growth, no locked memory, no message queue; after the last thread, no "
     "process"},
    {"dumpable", false,
     "no core dump; no other process of the same user traces this one or reads its memory"},
    {"write-execute", false,
     "PR_SET_MDWE where the kernel has it (6.3): no memory is writable and executable"},
    {"no-new-privileges", false, "on each thread: execve(2) grants nothing"},
    {"landlock", true,
     "on each thread: every right over files, sockets and signals that the kernel can name is "
     "denied"},
    {"threads", false, "each is made, confined and made to wait; none is made later"},
    {"seccomp", true,
     "on all threads at once: the table above, evaluated before it is installed; all else kills "
     "the process"},
    {"read-back", false,
     "the kernel's own status of every thread must say all this before any of them runs"},
    {"rehearsal", false,
     "each permitted call is made once, harmlessly: no filter of somebody else forbids it"},
});

}  // namespace

std::span<const Row> shipped_rows() {
    return shipped;
}

std::span<const Answer> shipped_answers() {
    return refused;
}

std::span<const Defence> defences() {
    return steps;
}

}  // namespace cloister::sandbox
