// SPDX-License-Identifier: MIT
#include "sandbox/heap.h"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#include "sandbox/policy.h"
#include "sandbox/sandbox.h"

namespace cloister::sandbox {
namespace {

struct Setting {
    int parameter;
    int value;
    const char* name;
};

constexpr auto settings = std::to_array<Setting>({
    {M_ARENA_MAX, 1, "M_ARENA_MAX"},
    {M_MMAP_MAX, 0, "M_MMAP_MAX"},
    // -1: the top of the heap, however much of it is free, is never given back.
    {M_TRIM_THRESHOLD, -1, "M_TRIM_THRESHOLD"},
});

}  // namespace

void settle_heap() {
    for (const Setting& setting : settings) {
        // AddressSanitizer brings an allocator of its own, whose mallopt always fails.
        if (::mallopt(setting.parameter, setting.value) != 1 && !is_sanitizer_build) {
            throw Refusal(std::string("mallopt refused ") + setting.name +
                          ": link with the C library's malloc");
        }
    }
}

// What is allocated and freed at once stays at the top of the one arena. Its pages are never
// touched, so they cost nothing yet.
std::size_t reserve_heap(std::size_t bytes) {
    if constexpr (is_sanitizer_build) {
        return 0;
    }
    const std::size_t least = std::min(bytes, least_heap_bytes);
    for (std::size_t size = bytes; size >= least; size /= 2) {
        // Through a volatile pointer, or the compiler removes the pair.
        void* volatile top = std::malloc(size);
        if (top != nullptr) {
            std::free(top);
            return size;
        }
    }
    throw Refusal("no address space for a heap of " + std::to_string(least) +
                  " bytes: raise LimitAS= or LimitDATA=, or ulimit -v and -d");
}

}  // namespace cloister::sandbox
