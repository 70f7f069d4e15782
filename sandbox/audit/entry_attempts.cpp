// SPDX-License-Identifier: MIT
// Ways into the kernel that a filter may judge by the wrong number.
#include <fcntl.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "sandbox/audit/attempt.h"
#include "sandbox/audit/call.h"

namespace cloister::sandbox::audit {
namespace {

constexpr long x32_bit = 0x40000000;
constexpr long above_32_bits = 1L << 32;
constexpr int reading = O_RDONLY | O_CLOEXEC;

// Where 64-bit code enters as 32-bit code does. A kernel without 32-bit emulation, and those of
// confidential guests, have no such door, and answer with SIGSEGV.
long enter_by_int_80(long number, long first, long second, long third) {
    long result = number;
    asm volatile("int $0x80"
                 : "+a"(result)
                 : "b"(first), "c"(second), "d"(third)
                 : "memory", "r8", "r9", "r10", "r11");
    return result_of(result);
}

// Numbers of the 32-bit table.
constexpr long getpid_of_i386 = 20;
constexpr long execve_of_i386 = 11;

// 0 is the answer of a filter that does not make the call.
long ask_by_int_80(Stage& stage) {
    const long answer = enter_by_int_80(getpid_of_i386, 0, 0, 0);
    return answer == -1 || answer == 0 ? happened(false) : stage.got(answer);
}

// The path and its arguments must lie below 4 GiB.
long execute_by_int_80(Stage& stage) {
    constexpr std::string_view program("/proc/self/exe\0", 15);
    constexpr std::string_view option("--help\0", 7);
    constexpr std::size_t option_offset = 32;
    constexpr std::size_t list_offset = 64;
    const auto low = std::bit_cast<std::uintptr_t>(stage.low_page);
    std::copy(program.begin(), program.end(), stage.low_page);
    std::copy(option.begin(), option.end(), stage.low_page + option_offset);
    const std::array<std::uint32_t, 3> list = {static_cast<std::uint32_t>(low),
                                               static_cast<std::uint32_t>(low + option_offset), 0};
    std::memcpy(stage.low_page + list_offset, list.data(), sizeof list);
    return enter_by_int_80(execve_of_i386, static_cast<long>(low),
                           static_cast<long>(low + list_offset), 0);
}

long open_by(Stage& stage, long number) {
    std::array<char, 1> byte = {};
    const long opened = call(number, AT_FDCWD, "/etc/passwd", reading);
    return stage.got(opened) == -1 ? -1 : happened(call(SYS_read, opened, byte.data(), 1) == 1);
}

constexpr auto rows = std::to_array<Attempt>({
    {19, "int80-getpid", entry_int_80, Control::depends, "make calls by other numbers",
     ask_by_int_80},
    {19, "int80-execve", entry_int_80, Control::depends, "run a program so", execute_by_int_80},
    {20, "x32-openat", SYS_openat, Control::depends, "read files by the numbers of the x32 ABI",
     [](Stage& stage) { return open_by(stage, SYS_openat | x32_bit); }},
    {20, "x32-write", no_call, Control::depends, "use a permitted call's number of the x32 ABI",
     [](Stage& stage) { return stage.got(call(SYS_write | x32_bit, stage.life.get(), "", 0)); },
     &Stage::life},
    {20, "openat-plus-2-32", SYS_openat, Control::works,
     "read files by a number of which the kernel ignores the upper half",
     [](Stage& stage) { return open_by(stage, SYS_openat + above_32_bits); }},
    {20, "number-999", no_call, Control::fails, "meet a call that is newer than the filter",
     [](Stage& stage) { return stage.got(call(999)); }},
    {20, "number-minus-1", no_call, Control::fails, "meet a filter's idea of \"no call\"",
     [](Stage& stage) { return stage.got(call(-1)); }},
});

}  // namespace

std::span<const Attempt> entry_attempts() {
    return rows;
}

}  // namespace cloister::sandbox::audit
