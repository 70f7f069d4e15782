// SPDX-License-Identifier: MIT
#include "server/workers.h"

#include <utility>

#include "base/limits.h"

namespace cloister::server {

bool Workers::submit(Job&& job) {
    {
        const std::lock_guard lock(mutex_);
        if (jobs_.size() >= base::limits::queued_request_count) {
            return false;
        }
        jobs_.push_back(std::move(job));
    }
    waiting_.notify_one();
    return true;
}

void Workers::run() {
    while (true) {
        std::unique_lock lock(mutex_);
        waiting_.wait(lock, [this] { return !jobs_.empty(); });
        const Job job = std::move(jobs_.front());
        jobs_.pop_front();
        const auto begun = begun_.insert(begun_.end(), std::chrono::steady_clock::now());
        lock.unlock();
        job.deliver((*job.answer)(job.request));
        lock.lock();
        begun_.erase(begun);
    }
}

std::optional<std::chrono::steady_clock::time_point> Workers::busy_since() {
    const std::lock_guard lock(mutex_);
    return begun_.empty() ? std::nullopt : std::optional(begun_.front());
}

}  // namespace cloister::server
