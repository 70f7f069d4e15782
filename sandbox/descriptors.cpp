// SPDX-License-Identifier: MIT
#include "sandbox/descriptors.h"

#include <fcntl.h>

#include <algorithm>
#include <limits>
#include <string>

#include "sandbox/check.h"
#include "sandbox/sandbox.h"

namespace cloister::sandbox {

void close_all_but(std::vector<int> keep) {
    keep.insert(keep.end(), {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO});
    std::sort(keep.begin(), keep.end());
    keep.erase(std::unique(keep.begin(), keep.end()), keep.end());

    constexpr const char* call = "close_range, which came with Linux 5.9";
    unsigned first = 0;
    for (const int kept : keep) {
        if (::fcntl(kept, F_GETFD) == -1) {
            throw Refusal("descriptor " + std::to_string(kept) +
                          " should stay open but is not: start with 0, 1 and 2 open (</dev/null), "
                          "and keep only what was opened");
        }
        const auto number = static_cast<unsigned>(kept);
        if (number > first) {
            check(::close_range(first, number - 1, 0), call);
        }
        first = number + 1;
    }
    check(::close_range(first, std::numeric_limits<unsigned>::max(), 0), call);
}

}  // namespace cloister::sandbox
