// SPDX-License-Identifier: MIT
// Locks a process, with all the threads it will ever have, into what it already holds: no
// capability, no file or program it could open, no socket it could make, and at most 14 system
// calls. This is the whole interface.
//
// To audit it, read on in this order: policy.cpp (the tables), sandbox.cpp (the order of steps),
// then one file for each step: capabilities, descriptors, heap, landlock, seccomp with
// filter_survey and filter_proof, limits, attributes, threads, verify, rehearsal. What the lock
// withstands, audit/ tries.
#pragma once

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace cloister::sandbox {

// A thread of the confined program. It does nothing of its own before the whole process is locked
// and verified.
struct Thread {
    std::string name;           // pthread_setname_np(3); cut to 15 bytes
    std::size_t stack_bytes;    // pthread_attr_setstacksize(3)
    std::function<void()> run;  // should never return: a thread that does sleeps for ever
};

struct Terms {
    std::vector<int> keep;  // descriptors that stay open beside 0, 1 and 2; all others are closed
    std::vector<Thread> threads;  // every thread the program will ever have beside the calling one
    std::vector<std::string> waived;  // defences whose absence is accepted: defences(), policy.h
    // What the program may allocate beyond what it has; address space now, memory when it is used.
    std::size_t heap_bytes = std::size_t{64} << 20U;
};

// What holds once confine() has returned, as the kernel reported it.
struct Report {
    int landlock_abi = 0;              // the ABI whose rights are all denied; 0: no Landlock
    std::size_t system_calls = 0;      // that our filter lets through on x86-64; 0: no filter
    std::size_t argument_checked = 0;  // those of them whose arguments decide
    std::size_t filters = 0;  // seccomp filters in force, those of systemd included (Linux 5.9)
    std::size_t threads = 0;  // the calling one included
    // That malloc(3) can still hand out; 0 in a sanitizer build, whose allocator is another.
    std::size_t heap_bytes = 0;
    // PR_SET_MDWE (Linux 6.3); without it only seccomp forbids PROT_EXEC.
    bool memory_deny_write_execute = false;
    // CapBnd: no_new_privs makes it irrelevant, but a good unit empties it.
    bool bounding_set_empty = false;
    std::vector<std::string> missing;  // waived and absent

    // "no capability, no new privileges, landlock abi 7, 16 system calls on 9 threads", or what is
    // missing of it: "WITHOUT landlock".
    [[nodiscard]] std::string line() const;
};

// Confinement could not be completed. what() names the defence and the remedy.
class Refusal : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Throws Refusal if any user id is 0 or any capability is held; says which, and the remedy. Called
// first of all by main: nothing here drops a privilege, because there must never be one
// (capabilities(7)). An inheritable capability alone is none, and is given up.
void refuse_privilege();

// Confines the calling process for good, and only then starts `terms.threads`. Called once, from
// the main thread of a process that has no other. Throws Refusal or std::system_error; the process
// is then confined in part and must end by _exit(2). From then on, and after success, only the
// calls in policy.h's table are possible; any other kills. Do not use std::atomic::wait, std::latch
// or std::barrier in a confined program: they may call sched_yield(2).
Report confine(Terms terms);

}  // namespace cloister::sandbox
