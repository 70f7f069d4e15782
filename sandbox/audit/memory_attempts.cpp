// SPDX-License-Identifier: MIT
// Memory that is data first and code afterwards.
#include <linux/personality.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>

#include "sandbox/audit/attempt.h"
#include "sandbox/audit/call.h"
#include "sandbox/audit/machine_code.h"

namespace cloister::sandbox::audit {
namespace {

constexpr int private_anonymous = MAP_PRIVATE | MAP_ANONYMOUS;

// A page of the program's own data, with code in it.
char* data_with_code() {
    alignas(page_bytes) static std::array<char, page_bytes> data = {};
    std::copy(machine_code.begin(), machine_code.end(), data.begin());
    return data.data();
}

long map(Stage& stage, long protection, int flags, int descriptor) {
    return stage.got(call(SYS_mmap, 0, page_bytes, protection, flags, descriptor, 0));
}

long run_at(long address) {
    return happened(runs_at(place_of(address)));
}

long map_writable_code(Stage& stage) {
    const long page = map(stage, PROT_READ | PROT_WRITE | PROT_EXEC, private_anonymous, -1);
    if (page == -1) {
        return -1;
    }
    std::copy(machine_code.begin(), machine_code.end(), place_of(page));
    return run_at(page);
}

long map_code_of_memfd(Stage& stage) {
    const long page = map(stage, PROT_READ | PROT_EXEC, MAP_PRIVATE, stage.code.get());
    return page == -1 ? -1 : run_at(page);
}

long turn_into_code(Stage& stage, long number) {
    char* const page = data_with_code();
    const long result = number == SYS_mprotect
                            ? call(number, page, page_bytes, PROT_READ | PROT_EXEC)
                            : call(number, page, page_bytes, PROT_READ | PROT_EXEC, -1);
    return stage.got(result) == -1 ? -1 : happened(runs_at(page));
}

long attach_code(Stage& stage) {
    const long segment = call(SYS_shmget, IPC_PRIVATE, page_bytes, IPC_CREAT | 0700);
    if (segment == -1) {
        return -1;
    }
    const long attached = call(SYS_shmat, segment, 0, SHM_EXEC);
    call(SYS_shmctl, segment, IPC_RMID, 0);
    return stage.got(attached);
}

long make_memfd(Stage& stage) {
    return stage.got(call(SYS_memfd_create, "audit", MFD_CLOEXEC));
}

constexpr Control works = Control::works;

constexpr auto rows = std::to_array<Attempt>({
    {16, "mmap-rwx", SYS_mmap, works, "run what they have sent", map_writable_code},
    {16, "mmap-rx", SYS_mmap, works, "prepare a place for code",
     [](Stage& stage) { return map(stage, PROT_READ | PROT_EXEC, private_anonymous, -1); }},
    {16, "mmap-high-bits", SYS_mmap, works, "the same, past a filter that compares 64 bits",
     [](Stage& stage) { return map(stage, PROT_EXEC | (1L << 40), private_anonymous, -1); }},
    {16, "mmap-memfd", SYS_mmap, works, "run what they have written to a file in memory",
     map_code_of_memfd, &Stage::code},
    {16, "mmap-file", SYS_mmap, works, "load a library",
     [](Stage& stage) { return map(stage, PROT_READ, MAP_PRIVATE, stage.program.get()); },
     &Stage::program},
    {16, "mprotect", SYS_mprotect, works, "run what lies in a buffer",
     [](Stage& stage) { return turn_into_code(stage, SYS_mprotect); }},
    {16, "pkey_mprotect", SYS_pkey_mprotect, works, "the same, past a filter that forgot this call",
     [](Stage& stage) { return turn_into_code(stage, SYS_pkey_mprotect); }},
    {16, "mremap", SYS_mremap, works, "move memory to where they need it",
     [](Stage& stage) {
         return stage.got(call(SYS_mremap, stage.page, page_bytes, 2 * page_bytes, MREMAP_MAYMOVE));
     }},
    {16, "shmat-exec", SYS_shmat, works, "run what lies in shared memory", attach_code},
    {16, "memfd_create", SYS_memfd_create, works, "have a file that is nowhere", make_memfd},
    {16, "personality", SYS_personality, works, "make everything readable executable too",
     [](Stage& stage) { return stage.got(call(SYS_personality, READ_IMPLIES_EXEC)); }},
});

}  // namespace

std::span<const Attempt> memory_attempts() {
    return rows;
}

}  // namespace cloister::sandbox::audit
