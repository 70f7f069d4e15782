// SPDX-License-Identifier: MIT
// Machine code for x86-64, to be run from where no code should run.
#pragma once

#include <array>
#include <bit>

namespace cloister::sandbox::audit {

// endbr64; mov $42, %eax; ret
constexpr auto machine_code =
    std::to_array<unsigned char>({0xf3, 0x0f, 0x1e, 0xfa, 0xb8, 42, 0, 0, 0, 0xc3});

// Does it run there, and return 42? The process dies if that is no code.
inline bool runs_at(const void* place) {
    using Function = int (*)();
    return std::bit_cast<Function>(place)() == 42;
}

// A whole program for Linux (elf(5)) that exits with 0: the header, one loadable segment, and
// xor %edi, %edi; mov $60, %eax; syscall. Small enough for a unit's LimitFSIZE=4K.
// clang-format off
constexpr auto tiny_program = std::to_array<unsigned char>({
    0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // 64 bit, little endian
    2, 0, 62, 0, 1, 0, 0, 0,                                  // executable, x86-64
    0x78, 0, 0x40, 0, 0, 0, 0, 0,                             // entry: 0x400078, after the headers
    64, 0, 0, 0, 0, 0, 0, 0,                                  // segments are described at 64
    0, 0, 0, 0, 0, 0, 0, 0,                                   // no sections
    0, 0, 0, 0, 64, 0, 56, 0, 1, 0, 64, 0, 0, 0, 0, 0,        // sizes; one segment
    1, 0, 0, 0, 5, 0, 0, 0,                                   // load it, to read and execute
    0, 0, 0, 0, 0, 0, 0, 0,                                   // from the beginning of the file
    0, 0, 0x40, 0, 0, 0, 0, 0,                                // to 0x400000
    0, 0, 0x40, 0, 0, 0, 0, 0,                                // (unused)
    132, 0, 0, 0, 0, 0, 0, 0,                                 // bytes in the file
    132, 0, 0, 0, 0, 0, 0, 0,                                 // bytes in memory
    0, 0x10, 0, 0, 0, 0, 0, 0,                                // aligned to 4096
    0x31, 0xff, 0xb8, 60, 0, 0, 0, 0x0f, 0x05, 0x90, 0x90, 0x90,
});
// clang-format on
static_assert(tiny_program.size() == 132);

}  // namespace cloister::sandbox::audit
