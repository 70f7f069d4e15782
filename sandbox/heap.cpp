// SPDX-License-Identifier: MIT
#include "sandbox/heap.h"

#include <malloc.h>

#include <array>
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
    // Bytes asked of the kernel beyond the need, and bytes free at the top before any go back:
    // large enough that a request's buffers do not move the break to and fro.
    {M_TOP_PAD, 1 << 20, "M_TOP_PAD"},
    {M_TRIM_THRESHOLD, 16 << 20, "M_TRIM_THRESHOLD"},
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

}  // namespace cloister::sandbox
