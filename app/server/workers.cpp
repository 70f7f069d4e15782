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
        lock.unlock();
        job.deliver((*job.answer)(job.request));
    }
}

}  // namespace cloister::server
