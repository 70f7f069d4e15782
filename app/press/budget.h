// SPDX-License-Identifier: MIT
// What files of a folder may take while it is served: memory, and descriptors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/limits.h"

namespace cloister::press {

struct Budget {
    std::uint64_t file_bytes = base::limits::memory_file_bytes;  // larger files rather stay open
    std::uint64_t site_bytes = base::limits::memory_site_bytes;  // of all files in memory together
    std::size_t open_files = SIZE_MAX;
};

// For an image, which needs neither.
constexpr Budget unbounded = {.file_bytes = UINT64_MAX, .site_bytes = UINT64_MAX};

// How many of the files with these sizes, the smallest first, are read into memory; the others stay
// open. Larger ones than file_bytes are read only where there are more of them than may stay open.
// Throws base::Failure, naming the remedies, if neither suffices.
std::size_t count_in_memory(std::span<const std::uint64_t> sizes, const Budget& budget);

}  // namespace cloister::press
