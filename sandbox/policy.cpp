// SPDX-License-Identifier: MIT
#include "sandbox/policy.h"

#include <sys/mman.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>

namespace cloister::sandbox {
namespace {

#if !defined(__x86_64__) || defined(__ILP32__)
#error "The table is for x86-64: elsewhere the C library makes other calls."
#endif

constexpr auto memory_without_code = std::to_array<ArgumentRule>({
    {2, PROT_EXEC, 0, "prot without PROT_EXEC"},
    {3, MAP_ANONYMOUS, MAP_ANONYMOUS, "flags with MAP_ANONYMOUS"},
});

constexpr std::span<const ArgumentRule> always;

constexpr auto shipped = std::to_array<Row>({
    {"epoll_wait", SYS_epoll_wait, always, "a loop waits for events"},
    {"epoll_ctl", SYS_epoll_ctl, always, "a loop watches a connection, or changes what for"},
    {"accept4", SYS_accept4, always, "a loop takes a connection from a listener"},
    {"recvfrom", SYS_recvfrom, always, "recv(2): bytes of a client"},
    {"sendto", SYS_sendto, always,
     "send(2): bytes to a client; messages to systemd on its connected socket"},
    {"sendfile", SYS_sendfile, always,
     "a large file of the site, from the descriptor opened before"},
    {"pread64", SYS_pread64, always,
     "a part of a large file; the threads' status, to verify confinement"},
    {"write", SYS_write, always, "log lines on standard error; an eventfd, to wake another loop"},
    {"close", SYS_close, always, "a connection ends"},
    {"futex", SYS_futex, always, "mutexes and condition variables, those of malloc(3) included"},
    {"brk", SYS_brk, always, "malloc(3) grows and trims the heap"},
    {"mmap", SYS_mmap, memory_without_code, "malloc(3), where the heap cannot grow in place"},
    {"munmap", SYS_munmap, always, "free(3) of a large chunk mapped before confinement"},
    {"getrandom", SYS_getrandom, always,
     "OpenSSL seeds its generators, each thread's and again every hour"},
    {"getpid", SYS_getpid, always,
     "OpenSSL asks before each random number whether it has been forked"},
    {"clock_gettime", SYS_clock_gettime, always,
     "deadlines and dates, on machines whose clock the vDSO cannot read"},
    {"restart_syscall", SYS_restart_syscall, always,
     "the kernel resumes a timed wait after SIGSTOP or a freezer"},
    {"exit_group", SYS_exit_group, always, "_exit(2): the end of the process"},
});
static_assert(shipped.size() < system_call_budget);

// Not in any build that is shipped: nothing refers to it there. Those of the second half only let a
// report be printed; the files that it wants to open, Landlock still denies.
constexpr auto sanitizer_only = std::to_array<Row>({
    {"madvise", SYS_madvise, always, "AddressSanitizer's malloc(3) gives memory back"},
    {"sched_yield", SYS_sched_yield, always, "AddressSanitizer's malloc(3) waits for a lock"},
    {"sigaltstack", SYS_sigaltstack, always,
     "AddressSanitizer cleans the stack before a throw or an _exit(2)"},
    {"pipe2", SYS_pipe2, always,
     "UndefinedBehaviorSanitizer tries an address, by writing from it to a pipe"},

    {"readlink", SYS_readlink, always, "a report: the name of the process"},
    {"ioctl", SYS_ioctl, always, "a report: whether standard error is a terminal"},
    {"open", SYS_open, always, "a report: settings, denied"},
    {"openat", SYS_openat, always, "a report: symbols, denied"},
});

constexpr auto installed = [] {
    if constexpr (is_sanitizer_build) {
        std::array<Row, shipped.size() + sanitizer_only.size()> both = {};
        std::copy(sanitizer_only.begin(), sanitizer_only.end(),
                  std::copy(shipped.begin(), shipped.end(), both.begin()));
        return both;
    } else {
        return shipped;
    }
}();

constexpr auto steps = std::to_array<Defence>({
    {"privilege", false, "refuses to go on with user id 0 or any capability"},
    {"single thread", false, "refuses to go on if there is a thread that it did not make itself"},
    {"descriptors", false, "closes all that are not kept by number"},
    {"heap", false,
     "one arena that only grows and trims, so that malloc(3) opens and remaps nothing"},
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
});

}  // namespace

std::span<const Row> shipped_rows() {
    return shipped;
}

std::span<const Row> rows() {
    return installed;
}

std::span<const Defence> defences() {
    return steps;
}

}  // namespace cloister::sandbox
