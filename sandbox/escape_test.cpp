// SPDX-License-Identifier: MIT
// What a confined process must die of. Each attempt is made three times: outside, where it must not
// die (so that the test can fail), on the confined main thread, and on a confined worker.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/policy.h"
#include "sandbox/sandbox.h"
#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;

constexpr std::size_t stack_bytes = std::size_t{1} << 20U;
constexpr std::size_t page_bytes = 4096;
constexpr long x32_bit = 0x40000000;

// What the attempt does where nothing forbids it.
enum class Outside { works, fails };

struct Attempt {
    const char* name;
    Outside outside;
    std::function<long()> deed;  // -1: failed
};

// For the message of a failed test.
std::ostream& operator<<(std::ostream& out, const Attempt& attempt) {
    return out << attempt.name;
}

// A call as raw numbers: the C library is no part of the wall.
std::function<long()> call(long number, long first = 0, long second = 0, long third = 0,
                           long fourth = 0, long fifth = 0, long sixth = 0) {
    return [=] { return ::syscall(number, first, second, third, fourth, fifth, sixth); };
}

long address_of(const void* thing) {
    return reinterpret_cast<long>(thing);
}

long execute() {
    std::array<char*, 1> none = {nullptr};
    return ::execve("/bin/true", none.data(), none.data());
}

long execute_open_file() {
    std::array<char*, 1> none = {nullptr};
    const int file = ::open("/bin/true", O_PATH | O_CLOEXEC);
    return ::syscall(SYS_execveat, file, "", none.data(), none.data(), AT_EMPTY_PATH);
}

long make_thread() {
    pthread_t thread = {};
    const auto idle = [](void*) -> void* { return nullptr; };
    return ::pthread_create(&thread, nullptr, idle, nullptr) == 0 ? ::pthread_join(thread, nullptr)
                                                                  : -1;
}

long connect_loopback() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    return ::connect(STDIN_FILENO, reinterpret_cast<const sockaddr*>(&address), sizeof address);
}

// The 32-bit entry of the kernel: getpid there is 20.
long enter_by_int_80() {
    long result = 20;
    asm volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
    return result;
}

// Kernels without 32-bit emulation, and those of confidential guests, have no such entry: then
// nobody can try it. Its numbers are evaluated all the same (filter_survey_test.cpp).
bool kernel_has_int_80() {
    const Ending ending = fate_of([] {
        ::signal(SIGSEGV, SIG_DFL);
        return enter_by_int_80() == -1 ? 1 : 0;
    });
    return ending.signal != SIGSEGV;
}

long make_code_of_data() {
    alignas(page_bytes) static std::array<char, page_bytes> data = {};
    return ::syscall(SYS_mprotect, data.data(), data.size(), PROT_READ | PROT_EXEC);
}

constexpr long private_anonymous = MAP_PRIVATE | MAP_ANONYMOUS;

std::vector<Attempt> attempts_by_number() {
    static const std::array<char, 12> path = {"/etc/passwd"};
    static const std::array<char, 2> folder = {"/"};
    static std::array<char, page_bytes> scratch = {};
    static const std::array<std::uint64_t, 3> how = {};
    const long file = address_of(path.data());
    const long buffer = address_of(scratch.data());
    return {
        {"execve", Outside::works, execute},
        {"execveat", Outside::works, execute_open_file},
        {"fork", Outside::works, [] { return ::syscall(SYS_fork) == 0 ? (::_exit(0), 0) : 0; }},
        {"clone_namespaces", Outside::works, call(SYS_unshare, 0)},
        {"clone3", Outside::fails, call(SYS_clone3)},
        {"thread", Outside::works, make_thread},
        {"open", Outside::works, call(SYS_open, file, O_RDONLY)},
        {"openat", Outside::works, call(SYS_openat, AT_FDCWD, file, O_RDONLY)},
        {"openat2", Outside::works,
         call(SYS_openat2, AT_FDCWD, file, address_of(how.data()), sizeof how)},
        {"creat", Outside::fails, call(SYS_creat, address_of(folder.data()), 0600)},
        {"stat", Outside::works, call(SYS_stat, file, buffer)},
        {"readlink", Outside::fails, call(SYS_readlink, file, buffer, page_bytes)},
        {"getdents64", Outside::fails, call(SYS_getdents64, 0, buffer, page_bytes)},
        {"read", Outside::works, call(SYS_read, STDIN_FILENO, buffer, 0)},
        {"socket_tcp", Outside::works, call(SYS_socket, AF_INET, SOCK_STREAM)},
        {"socket_unix", Outside::works, call(SYS_socket, AF_UNIX, SOCK_DGRAM)},
        {"socket_netlink", Outside::works, call(SYS_socket, AF_NETLINK, SOCK_RAW)},
        {"connect", Outside::fails, connect_loopback},
        {"bind", Outside::fails, call(SYS_bind)},
        {"listen", Outside::fails, call(SYS_listen)},
        {"shutdown", Outside::fails, call(SYS_shutdown)},
        {"setsockopt", Outside::fails, call(SYS_setsockopt)},
        {"sendmsg", Outside::fails, call(SYS_sendmsg)},
        {"recvmsg", Outside::fails, call(SYS_recvmsg)},
        {"mprotect_code", Outside::works, make_code_of_data},
        {"mmap_writable_code", Outside::works,
         call(SYS_mmap, 0, page_bytes, PROT_READ | PROT_WRITE | PROT_EXEC, private_anonymous, -1,
              0)},
        {"mmap_code", Outside::works,
         call(SYS_mmap, 0, page_bytes, PROT_READ | PROT_EXEC, private_anonymous, -1, 0)},
        {"mmap_code_with_high_bits", Outside::works,
         call(SYS_mmap, 0, page_bytes, PROT_EXEC | (1L << 40), private_anonymous, -1, 0)},
        {"mmap_file", Outside::fails,
         call(SYS_mmap, 0, page_bytes, PROT_READ, MAP_PRIVATE, STDIN_FILENO, 0)},
        {"mremap", Outside::fails, call(SYS_mremap, 0, page_bytes, page_bytes)},
        {"memfd_create", Outside::works, call(SYS_memfd_create, file, 0)},
        {"ptrace", Outside::works, call(SYS_ptrace, PTRACE_TRACEME)},
        {"process_vm_readv", Outside::works,
         [] { return ::process_vm_readv(::getpid(), nullptr, 0, nullptr, 0, 0); }},
        {"pidfd_open", Outside::works, [] { return ::syscall(SYS_pidfd_open, ::getpid(), 0); }},
        {"kill", Outside::works, call(SYS_kill, 0, 0)},
        {"tgkill", Outside::fails, call(SYS_tgkill, 1, 1, 0)},
        {"io_uring_setup", Outside::works, call(SYS_io_uring_setup, 1, buffer)},
        {"bpf", Outside::fails, call(SYS_bpf)},
        {"userfaultfd", Outside::works, call(SYS_userfaultfd, 1)},
        {"perf_event_open", Outside::fails, call(SYS_perf_event_open)},
        {"keyctl", Outside::works, call(SYS_keyctl, 0, -3, 1)},
        {"mount", Outside::fails, call(SYS_mount)},
        {"chroot", Outside::fails, call(SYS_chroot, address_of(folder.data()))},
        {"setuid", Outside::fails, call(SYS_setuid, 0)},
        {"setrlimit", Outside::fails, call(SYS_setrlimit)},
        {"prctl_dumpable", Outside::works, call(SYS_prctl, PR_SET_DUMPABLE, 1)},
        {"seccomp", Outside::fails, call(SYS_seccomp, 1)},
        {"dup2", Outside::works, call(SYS_dup2, STDIN_FILENO, STDERR_FILENO)},
        {"ioctl", Outside::fails, call(SYS_ioctl, STDIN_FILENO, 0)},
        {"x32_write", Outside::fails, call(SYS_write | x32_bit, STDERR_FILENO, 0, 0)},
        {"number_999", Outside::fails, call(999)},
        {"number_minus_1", Outside::fails, call(-1)},
    };
}

std::vector<Attempt> attempts() {
    std::vector<Attempt> all = attempts_by_number();
    if (kernel_has_int_80()) {
        all.push_back({"int_80", Outside::works, enter_by_int_80});
    }
    return all;
}

// The exit status of a victim that outlived the attempt.
int survive(const Attempt& attempt) {
    return attempt.deed() == -1 ? 1 : 0;
}

class Escape : public testing::TestWithParam<Attempt> {};

INSTANTIATE_TEST_SUITE_P(Attempts, Escape, testing::ValuesIn(attempts()),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(Escape, DoesWhatItShouldOutside) {
    const Ending ending = fate_of([] { return survive(GetParam()); });
    EXPECT_EQ(ending.code, GetParam().outside == Outside::works ? 0 : 1) << ending.text();
}

// Permitted for the sanitizers' reports, in their builds alone; Landlock denies it.
bool is_for_reports(std::string_view name) {
    const auto extra = rows().subspan(shipped_rows().size());
    return std::any_of(extra.begin(), extra.end(),
                       [name](const Row& row) { return row.name == name; });
}

// The filter answers mmap(2) itself: what needs memory from it fails, and lives to tell.
bool is_answered(std::string_view name) {
    return !is_sanitizer_build && (name.starts_with("mmap") || name == "thread");
}

void expect_death(const Ending& ending, const Attempt& attempt) {
    EXPECT_EQ(ending.said, "confined");
    if (is_answered(attempt.name)) {
        EXPECT_TRUE(ending.signal == SIGSYS || ending.code == 1) << ending.text();
    } else if (is_for_reports(attempt.name)) {
        EXPECT_EQ(ending.code, 1) << ending.text();
    } else {
        EXPECT_EQ(ending.signal, SIGSYS) << ending.text();
    }
}

TEST_P(Escape, KillsTheConfinedMainThread) {
    const Ending ending = fate_of([] {
        confine({});
        test::say("confined");
        return survive(GetParam());
    });
    expect_death(ending, GetParam());
}

TEST_P(Escape, KillsTheWholeProcessFromAConfinedWorker) {
    const Ending ending = fate_of([] {
        const auto live = [] {
            test::say("confined");
            ::_exit(survive(GetParam()));
        };
        confine({.keep = {}, .threads = {{"worker", stack_bytes, live}}, .waived = {}});
        test::wait_for_ever();
        return 0;
    });
    expect_death(ending, GetParam());
}

}  // namespace
}  // namespace cloister::sandbox
