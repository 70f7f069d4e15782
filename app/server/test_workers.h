// SPDX-License-Identifier: MIT
// Worker threads that end with their test; those of the server never do.
#pragma once

#include <pthread.h>

#include <cstddef>
#include <thread>
#include <vector>

#include "server/workers.h"

namespace cloister::server {

class TestWorkers {
  public:
    explicit TestWorkers(Workers& workers, std::size_t count = 1) : workers_(workers) {
        for (std::size_t index = 0; index < count; ++index) {
            threads_.emplace_back([&workers] { workers.run(); });
        }
    }

    TestWorkers(const TestWorkers&) = delete;
    TestWorkers& operator=(const TestWorkers&) = delete;

    // Has what was queued before answered, then ends them.
    ~TestWorkers() {
        const std::function<http::Response(const http::Request&)> end =
            [](const http::Request&) -> http::Response { ::pthread_exit(nullptr); };
        for (std::size_t ended = 0; ended < threads_.size();) {
            const bool queued = workers_.submit({.request = {}, .answer = &end, .deliver = {}});
            ended += queued ? 1 : 0;
        }
        for (std::thread& thread : threads_) {
            thread.join();
        }
    }

  private:
    Workers& workers_;
    std::vector<std::thread> threads_;
};

}  // namespace cloister::server
