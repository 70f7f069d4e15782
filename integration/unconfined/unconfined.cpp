// SPDX-License-Identifier: MIT
// The server without its lock, for `./dev bench lock` and nothing else. It is linked from the same
// objects as the real one, but for these two functions: the linker finds them here and leaves
// sandbox.cpp in its archive. The heap is the same, so that the lock alone is what is missing.
#include <string>
#include <utility>

#include "sandbox/descriptors.h"
#include "sandbox/heap.h"
#include "sandbox/sandbox.h"
#include "sandbox/threads.h"

namespace cloister::sandbox {

Report confine(Terms terms) {
    Report report;
    report.threads = terms.threads.size() + 1;
    Muster muster(std::move(terms.threads), [] { return Descriptor(); });
    report.heap_bytes = reserve_heap(terms.heap_bytes);
    muster.release();
    return report;
}

std::string Report::line() const {
    return "NOT CONFINED, a program for measurements";
}

}  // namespace cloister::sandbox
