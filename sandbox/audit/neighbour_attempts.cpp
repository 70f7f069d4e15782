// SPDX-License-Identifier: MIT
// Another process of the same user.
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "sandbox/audit/attempt.h"
#include "sandbox/audit/call.h"

namespace cloister::sandbox::audit {
namespace {

char* address_of_secret() {
    return const_cast<char*>(&secret);
}

long attach(Stage& stage) {
    const pid_t other = stage.neighbour;
    if (stage.got(call(SYS_ptrace, PTRACE_ATTACH, other, 0, 0)) == -1) {
        return -1;
    }
    ::waitpid(other, nullptr, __WALL);
    // The raw call, unlike the C library's, stores the word.
    long word = 0;
    const long peeked = call(SYS_ptrace, PTRACE_PEEKDATA, other, &secret, &word);
    const bool is_theirs = peeked == 0 && static_cast<char>(word & 0xff) == 's';
    call(SYS_ptrace, PTRACE_DETACH, other, 0, SIGCONT);
    return happened(is_theirs);
}

template <long number>
long copy_secret(Stage& stage, char& byte) {
    const iovec here = {&byte, 1};
    const iovec there = {address_of_secret(), 1};
    return call(number, stage.neighbour, &here, 1, &there, 1, 0);
}

long read_memory(Stage& stage) {
    char byte = '?';
    return stage.got(copy_secret<SYS_process_vm_readv>(stage, byte)) == -1 ? -1
                                                                           : happened(byte == 's');
}

long write_memory(Stage& stage) {
    char byte = 'w';
    if (stage.got(copy_secret<SYS_process_vm_writev>(stage, byte)) == -1) {
        return -1;
    }
    byte = '?';
    return copy_secret<SYS_process_vm_readv>(stage, byte) == -1 ? -1 : happened(byte == 'w');
}

long read_memory_by_proc(Stage& stage) {
    std::array<char, 32> path = {};
    std::snprintf(path.data(), path.size(), "/proc/%d/mem", stage.neighbour);
    char byte = '?';
    const long opened = call(SYS_openat, AT_FDCWD, path.data(), O_RDONLY | O_CLOEXEC);
    if (stage.got(opened) == -1 || call(SYS_pread64, opened, &byte, 1, &secret) != 1) {
        return -1;
    }
    return happened(byte == 's');
}

long open_pidfd(Stage& stage) {
    return call(SYS_pidfd_open, stage.neighbour, 0);
}

long take_descriptor(Stage& stage) {
    const long other = open_pidfd(stage);
    return other == -1 ? -1 : stage.got(call(SYS_pidfd_getfd, other, 0, 0));
}

// The end of every deed that kills the neighbour: it is dead.
long ends(Stage& stage, long sent) {
    return stage.got(sent) == -1 ? -1 : happened(stage.neighbour_ends());
}

long queue_signal(Stage& stage) {
    siginfo_t info = {};
    info.si_signo = SIGKILL;
    info.si_code = SI_QUEUE;
    return ends(stage, call(SYS_rt_sigqueueinfo, stage.neighbour, SIGKILL, &info));
}

long signal_by_pidfd(Stage& stage) {
    const long other = open_pidfd(stage);
    return other == -1 ? -1 : ends(stage, call(SYS_pidfd_send_signal, other, SIGKILL, 0, 0));
}

// The process group is this process and its neighbour. Never elsewhere: it would hit the audit.
long signal_group(Stage& stage) {
    if (!stage.own_group) {
        errno = EPERM;
        return -1;
    }
    return ends(stage, call(SYS_kill, 0, SIGUSR1));
}

long lower_limit(Stage& stage) {
    const rlimit none = {0, 0};
    return stage.got(call(SYS_prlimit64, stage.neighbour, RLIMIT_NOFILE, &none, 0));
}

constexpr Control works = Control::works;

constexpr auto rows = std::to_array<Attempt>({
    {14, "ptrace-attach", SYS_ptrace, works, "control another process", attach, &Stage::life},
    {14, "ptrace-traceme", SYS_ptrace, works, "be controlled by a parent",
     [](Stage& stage) { return stage.got(call(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0)); }},
    {14, "process_vm_readv", SYS_process_vm_readv, works, "read another process's secrets",
     read_memory, &Stage::life},
    {14, "process_vm_writev", SYS_process_vm_writev, works, "put their code into another process",
     write_memory, &Stage::life},
    {14, "proc-mem", SYS_openat, works, "read another process's secrets by way of /proc",
     read_memory_by_proc, &Stage::life},
    {14, "pidfd_open", SYS_pidfd_open, works, "get a hold of another process",
     [](Stage& stage) { return stage.got(open_pidfd(stage)); }, &Stage::life},
    {14, "pidfd_getfd", SYS_pidfd_getfd, works, "take a descriptor from another process",
     take_descriptor, &Stage::life},
    {15, "kill", SYS_kill, works, "end another process",
     [](Stage& stage) { return ends(stage, call(SYS_kill, stage.neighbour, SIGKILL)); },
     &Stage::life},
    {15, "kill-group", SYS_kill, works, "end the whole process group", signal_group, &Stage::life},
    {15, "tkill", SYS_tkill, works, "end another process, by its thread",
     [](Stage& stage) { return ends(stage, call(SYS_tkill, stage.neighbour, SIGKILL)); },
     &Stage::life},
    {15, "tgkill", SYS_tgkill, works, "the same, as the C library does it",
     [](Stage& stage) {
         return ends(stage, call(SYS_tgkill, stage.neighbour, stage.neighbour, SIGKILL));
     },
     &Stage::life},
    {15, "rt_sigqueueinfo", SYS_rt_sigqueueinfo, works, "the same, with a message", queue_signal,
     &Stage::life},
    {15, "pidfd_send_signal", SYS_pidfd_send_signal, works, "the same, by a descriptor",
     signal_by_pidfd, &Stage::life},
    {15, "prlimit64", SYS_prlimit64, works, "starve another process", lower_limit, &Stage::life},
});

}  // namespace

std::span<const Attempt> neighbour_attempts() {
    return rows;
}

}  // namespace cloister::sandbox::audit
