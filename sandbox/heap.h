// SPDX-License-Identifier: MIT
// A heap that asks the kernel for nothing once the door is closed. malloc(3) would call brk(2),
// mmap(2) and munmap(2), open a file in /proc when it frees in a second arena, and call mremap(2)
// for large chunks (mallopt(3)).
#pragma once

#include <cstddef>

namespace cloister::sandbox {

// One arena, no chunk of its own mapping, and nothing given back. Called by confine(); a program
// calls it first of all, so that what it allocates before holds too. Throws Refusal.
void settle_heap();

// Lets the heap grow by `bytes` of address space, which becomes memory only as it is used; or by
// the half of it, or the half of that, where a limit (RLIMIT_AS, RLIMIT_DATA, overcommitment)
// forbids so much. Returns how much it is. Throws Refusal below least_heap_bytes. In a sanitizer
// build, whose allocator is another, it does nothing and returns 0.
std::size_t reserve_heap(std::size_t bytes);

// 8 MiB: some hundred connections. Less is no server.
constexpr std::size_t least_heap_bytes = std::size_t{8} << 20U;

}  // namespace cloister::sandbox
