// SPDX-License-Identifier: MIT
#include "press/budget.h"

#include <string>

#include "base/check.h"

namespace cloister::press {

std::size_t count_in_memory(std::span<const std::uint64_t> sizes, const Budget& budget) {
    std::size_t count = 0;
    std::uint64_t used = 0;
    for (const std::uint64_t size : sizes) {
        const bool may_stay_open = sizes.size() - count <= budget.open_files;
        const bool fits = size <= budget.site_bytes - used;
        if (!fits || (size > budget.file_bytes && may_stay_open)) {
            break;
        }
        used += size;
        ++count;
    }
    const std::size_t rest = sizes.size() - count;
    if (rest > budget.open_files) {
        throw base::Failure(
            EX_CONFIG, "the site has " + std::to_string(rest) + " files more than fit into " +
                           std::to_string(budget.site_bytes / base::limits::mib) +
                           " MiB of memory, and " + std::to_string(budget.open_files) +
                           " may be held open; make one image of it with cloister pack, or raise "
                           "--site-memory, or LimitNOFILE= in the service (ulimit -n)");
    }
    return count;
}

}  // namespace cloister::press
