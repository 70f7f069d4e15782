// SPDX-License-Identifier: MIT
// What stands around an attempt: nothing, one layer of the lock alone, or all of it. Each is a
// column of the audit.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "sandbox/sandbox.h"

namespace cloister::sandbox::audit {

// sandbox::confine(), or, to see whether an audit can fail, something worse.
using Confine = std::function<Report(Terms)>;

struct Lock {
    std::string_view key;    // in JSON
    std::string_view title;  // at most 9 characters
    bool is_full;            // the lock that is shipped, all layers together

    // Locks the process, but for the descriptors `keep`, and calls `live` on a locked thread.
    // `live` never returns. Throws what the lock throws.
    std::function<void(const std::vector<int>& keep, const std::function<void()>& live)> close;
};

// In order: nothing; Landlock with no_new_privs; the seccomp filter with no_new_privs; and
// `confine` in full, with the attempt on the main thread, on the first of two workers, and on the
// second. The first is always there.
std::vector<Lock> locks(const Confine& confine);

// Blocks for good, by futex(2) alone.
[[noreturn]] void wait_for_ever();

}  // namespace cloister::sandbox::audit
