// SPDX-License-Identifier: MIT
// A worker thread that ends with its test; those of the server never do.
#pragma once

#include <pthread.h>

#include <thread>
#include <utility>

#include "server/workers.h"

namespace cloister::server {

class TestWorker {
  public:
    explicit TestWorker(Workers& workers) : workers_(workers), thread_([&workers] { workers.run(); }) {}

    TestWorker(const TestWorker&) = delete;
    TestWorker& operator=(const TestWorker&) = delete;

    // Answers what was queued before, then ends.
    ~TestWorker() {
        const std::function<http::Response(const http::Request&)> end =
            [](const http::Request&) -> http::Response { ::pthread_exit(nullptr); };
        bool queued = false;
        while (!queued) {
            queued = workers_.submit({.request = {}, .answer = &end, .deliver = {}});
        }
        thread_.join();
    }

  private:
    Workers& workers_;
    std::thread thread_;
};

}  // namespace cloister::server
