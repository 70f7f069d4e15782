// SPDX-License-Identifier: MIT
// Other programs, processes and namespaces.
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/syscall.h>

#include <array>
#include <csignal>

#include "sandbox/audit/attempt.h"
#include "sandbox/audit/call.h"
#include "sandbox/audit/execute.h"

namespace cloister::sandbox::audit {
namespace {

long execute_shell(Stage&) {
    static const std::array<const char*, 4> arguments = {"sh", "-c", "exit 0", nullptr};
    return call(SYS_execve, "/bin/sh", arguments.data(), no_environment.data());
}

long execute_self(Stage&) {
    return execute_this_program();
}

long execute_descriptor(int descriptor) {
    return call(SYS_execveat, descriptor, "", own_arguments.data(), no_environment.data(),
                AT_EMPTY_PATH);
}

// Makes a process or thread that ends at once. By hand, because it may share its parent's stack,
// and so must not touch it. A fourth argument and more are left to chance: the flags used here make
// the kernel ignore them.
long spawn(long number, unsigned long first = 0, unsigned long second = 0) {
    long result = number;
    asm volatile(
        "xor %%r10d, %%r10d\n\t"
        "xor %%r8d, %%r8d\n\t"
        "syscall\n\t"
        "test %%rax, %%rax\n\t"
        "jnz 1f\n\t"
        "mov %[exit], %%eax\n\t"
        "xor %%edi, %%edi\n\t"
        "syscall\n"
        "1:"
        : "+a"(result), "+D"(first)
        : "S"(second), "d"(0L), [exit] "i"(SYS_exit)
        : "rcx", "r8", "r10", "r11", "cc", "memory");
    return result_of(result);
}

long spawn_by_clone3(unsigned long flags) {
    clone_args arguments = {};
    arguments.flags = flags;
    arguments.exit_signal = SIGCHLD;
    return spawn(SYS_clone3, reinterpret_cast<unsigned long>(&arguments), sizeof arguments);
}

constexpr unsigned long thread_flags =
    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;

constexpr Control works = Control::works;
constexpr Control depends = Control::depends;

constexpr auto rows = std::to_array<Attempt>({
    {1, "execve-shell", SYS_execve, works, "run any command of the machine's", execute_shell},
    {1, "execve-self", SYS_execve, works, "start this program again, with other arguments",
     execute_self},
    {1, "execveat-file", SYS_execveat, works, "run a program from a descriptor that leaked in",
     [](Stage& stage) { return execute_descriptor(stage.program.get()); }, &Stage::program},
    {2, "execveat-memfd", SYS_execveat, works, "run a program that they have just received",
     [](Stage& stage) { return execute_descriptor(stage.tiny.get()); }, &Stage::tiny},
    {3, "fork", SYS_fork, works, "live on in a process of their own",
     [](Stage& stage) { return stage.got(spawn(SYS_fork)); }},
    {3, "vfork", SYS_vfork, works, "the same, by the older call",
     [](Stage& stage) { return stage.got(spawn(SYS_vfork)); }},
    {3, "clone", SYS_clone, works, "the same, as the C library does it",
     [](Stage& stage) { return stage.got(spawn(SYS_clone, SIGCHLD)); }},
    {3, "clone3", SYS_clone3, works, "the same, by the newest call",
     [](Stage& stage) { return stage.got(spawn_by_clone3(0)); }},
    {3, "thread", SYS_clone, works, "work on beside the server's own threads",
     [](Stage& stage) { return stage.got(spawn(SYS_clone, thread_flags)); }},
    {4, "unshare-namespaces", SYS_unshare, depends,
     "be root over namespaces of their own, and so reach more of the kernel",
     [](Stage& stage) { return stage.got(call(SYS_unshare, CLONE_NEWUSER | CLONE_NEWNET)); }},
    {4, "clone-namespaces", SYS_clone, depends, "the same, in a new process",
     [](Stage& stage) {
         return stage.got(spawn(SYS_clone, CLONE_NEWUSER | CLONE_NEWNET | SIGCHLD));
     }},
    {4, "clone3-namespaces", SYS_clone3, depends, "the same, where a filter cannot see the flags",
     [](Stage& stage) { return stage.got(spawn_by_clone3(CLONE_NEWUSER | CLONE_NEWNET)); }},
});

}  // namespace

std::span<const Attempt> process_attempts() {
    return rows;
}

}  // namespace cloister::sandbox::audit
