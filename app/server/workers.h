// SPDX-License-Identifier: MIT
// A bounded queue of requests for routes and the threads that answer them. The threads exist before
// confinement.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <optional>

#include "http/message.h"

namespace cloister::server {

// A request on its way to a worker, and where its answer goes.
struct Job {
    http::Request request;  // owns its bytes
    const std::function<http::Response(const http::Request&)>* answer = nullptr;
    std::function<void(http::Response)> deliver;  // called on the worker; must not block
};

class Workers {
  public:
    // Queues `job`; false if limits::queued_request_count wait already, and then `job` is
    // untouched. Any thread.
    [[nodiscard]] bool submit(Job&& job);

    // The body of each worker thread: answers jobs for ever.
    [[noreturn]] void run();

    // Since when the worker that has been busy with one job the longest has been so; nothing if all
    // wait. Any thread.
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> busy_since();

  private:
    std::mutex mutex_;
    std::condition_variable waiting_;
    std::deque<Job> jobs_;
    std::list<std::chrono::steady_clock::time_point> begun_;  // jobs under way, oldest first
};

}  // namespace cloister::server
