// SPDX-License-Identifier: MIT
// The threads of the program between birth and work: made, confined one by one, and waiting. What
// binds only the calling thread (Landlock, no_new_privs) is thus in force on each before the filter
// closes over all.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "sandbox/descriptors.h"
#include "sandbox/sandbox.h"

namespace cloister::sandbox {

class Muster {
  public:
    // Makes every thread of `threads` (pthread_create(3)). Each calls `confine_self` on itself,
    // hands in the status file that this returns, and waits. Returns when all wait. Throws what one
    // of them threw, or std::system_error if one cannot be made; no thread touches `confine_self`
    // after that, and those that exist wait for ever.
    Muster(std::vector<Thread> threads, const std::function<Descriptor()>& confine_self);

    // The status files handed in: one for each thread, in the order given.
    [[nodiscard]] std::span<const Descriptor> status_files() const;

    // Closes the status files and lets the threads run. Needs close(2), futex(2) and memory.
    void release();

  private:
    struct Roll;

    // Shared with the threads, which outlive this object.
    std::shared_ptr<Roll> roll_;
};

}  // namespace cloister::sandbox
