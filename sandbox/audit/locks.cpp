// SPDX-License-Identifier: MIT
#include "sandbox/audit/locks.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "sandbox/attributes.h"
#include "sandbox/heap.h"
#include "sandbox/landlock.h"
#include "sandbox/seccomp.h"

namespace cloister::sandbox::audit {
namespace {

using Descriptors = std::vector<int>;
using Live = std::function<void()>;

void lock_by_landlock(const Descriptors&, const Live& live) {
    const std::optional<Landlock> landlock = Landlock::make();
    if (!landlock) {
        throw Refusal("this kernel has no Landlock, or a container hides it");
    }
    forbid_new_privileges();
    landlock->restrict_calling_thread();
    live();
}

void lock_by_seccomp(const Descriptors&, const Live& live) {
    settle_heap();
    reserve_heap(least_heap_bytes);
    const Filter filter = compile_policy();
    forbid_new_privileges();
    install_filter(filter);
    live();
}

// The last worker to begin finds the others asleep or about to be; only `chosen` acts.
void confine_workers(const Confine& confine, const Descriptors& keep, const Live& live,
                     std::size_t chosen) {
    constexpr std::size_t worker_count = 2;
    constexpr std::size_t stack_bytes = std::size_t{1} << 20U;
    Terms terms{.keep = keep, .threads = {}, .waived = {}, .heap_bytes = least_heap_bytes};
    for (std::size_t number = 0; number < worker_count; ++number) {
        terms.threads.push_back({"worker", stack_bytes, number == chosen ? live : wait_for_ever});
    }
    confine(std::move(terms));
    wait_for_ever();
}

}  // namespace

void wait_for_ever() {
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    for (;;) {
        never.wait(lock);
    }
}

std::vector<Lock> locks(const Confine& confine) {
    const auto on_main = [confine](const Descriptors& keep, const Live& live) {
        confine({.keep = keep, .threads = {}, .waived = {}, .heap_bytes = least_heap_bytes});
        live();
    };
    const auto on_worker = [confine](std::size_t number) {
        return [confine, number](const Descriptors& keep, const Live& live) {
            confine_workers(confine, keep, live, number);
        };
    };
    return {
        {"outside", "nothing", false, [](const Descriptors&, const Live& live) { live(); }},
        {"landlock", "Landlock", false, lock_by_landlock},
        {"seccomp", "seccomp", false, lock_by_seccomp},
        {"main", "main", true, on_main},
        {"worker1", "worker 1", true, on_worker(0)},
        {"worker2", "worker 2", true, on_worker(1)},
    };
}

}  // namespace cloister::sandbox::audit
