// SPDX-License-Identifier: MIT
#include "server/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <vector>

#include "base/limits.h"
#include "server/test_workers.h"

namespace cloister::server {
namespace {

namespace limits = base::limits;

using Answer = std::function<http::Response(const http::Request&)>;

http::Response status_by_body_size(const http::Request& request) {
    http::Response response;
    response.status = static_cast<int>(request.body.size());
    return response;
}

Job job_of(std::size_t body_bytes, const Answer& answer,
           std::function<void(http::Response)> deliver) {
    http::Request request;
    request.body.assign(body_bytes, 'x');
    return {.request = std::move(request), .answer = &answer, .deliver = std::move(deliver)};
}

TEST(Workers, TellSinceWhenTheSlowestHasBeenBusy) {
    Workers workers;
    EXPECT_EQ(workers.busy_since(), std::nullopt);
    std::promise<void> asked;
    std::promise<void> go_on;
    std::promise<void> quick;
    const Answer slow = [&](const http::Request&) {
        asked.set_value();
        go_on.get_future().wait();
        return http::plain_answer(200);
    };
    const Answer fast = [](const http::Request&) { return http::plain_answer(200); };
    const auto before = std::chrono::steady_clock::now();
    {
        const TestWorkers two(workers, 2);
        ASSERT_TRUE(workers.submit(job_of(0, slow, [](const http::Response&) {})));
        asked.get_future().wait();
        const auto since = workers.busy_since();
        ASSERT_TRUE(workers.submit(
            job_of(0, fast, [&quick](const http::Response&) { quick.set_value(); })));
        quick.get_future().wait();
        ASSERT_TRUE(since);
        EXPECT_GE(*since, before);
        EXPECT_EQ(workers.busy_since(), since) << "others come and go meanwhile";
        go_on.set_value();
    }
}

TEST(Workers, DeliverTheAnswerOfEachRequest) {
    const Answer answer = status_by_body_size;
    Workers workers;
    std::array<std::promise<int>, 3> statuses;
    {
        const TestWorkers two(workers, 2);
        for (std::size_t index = 0; index < statuses.size(); ++index) {
            ASSERT_TRUE(
                workers.submit(job_of(200 + index, answer, [&, index](http::Response response) {
                    statuses.at(index).set_value(response.status);
                })));
        }
    }
    EXPECT_EQ(statuses[0].get_future().get(), 200);
    EXPECT_EQ(statuses[1].get_future().get(), 201);
    EXPECT_EQ(statuses[2].get_future().get(), 202);
}

TEST(Workers, AnswerInTheOrderOfArrival) {
    const Answer answer = status_by_body_size;
    Workers workers;
    std::vector<int> statuses;  // written by the only worker, read after its end
    for (std::size_t body_bytes = 1; body_bytes <= 20; ++body_bytes) {
        ASSERT_TRUE(workers.submit(job_of(body_bytes, answer, [&statuses](http::Response response) {
            statuses.push_back(response.status);
        })));
    }
    { const TestWorkers worker(workers); }
    ASSERT_EQ(statuses.size(), 20U);
    for (int index = 0; index < 20; ++index) {
        EXPECT_EQ(statuses.at(static_cast<std::size_t>(index)), index + 1);
    }
}

TEST(Workers, RefuseOneMoreThanTheLimitAndLeaveItUntouched) {
    const Answer answer = status_by_body_size;
    Workers workers;
    std::atomic<int> delivered = 0;
    const auto count = [&delivered](const http::Response&) { ++delivered; };
    for (std::size_t index = 0; index < limits::queued_request_count; ++index) {
        ASSERT_TRUE(workers.submit(job_of(1, answer, count)));
    }
    Job one_more = job_of(7, answer, count);
    EXPECT_FALSE(workers.submit(std::move(one_more)));
    EXPECT_EQ(one_more.request.body.size(),
              7U);  // NOLINT(bugprone-use-after-move): the promise of submit()
    ASSERT_TRUE(one_more.deliver);
    { const TestWorkers worker(workers); }
    EXPECT_EQ(delivered, static_cast<int>(limits::queued_request_count));
}

TEST(Workers, TakeMoreOnceOneIsDone) {
    const Answer answer = status_by_body_size;
    Workers workers;
    const auto forget = [](const http::Response&) {};
    while (workers.submit(job_of(1, answer, forget))) {
    }
    { const TestWorkers worker(workers); }
    EXPECT_TRUE(workers.submit(job_of(1, answer, forget)));
}

// One handler that takes its time holds one worker, not the others.
TEST(Workers, WorkBesideOneThatBlocks) {
    std::promise<void> release;
    std::promise<int> second_status;
    const Answer blocking = [&release](const http::Request&) {
        release.get_future().wait();
        return http::Response();
    };
    const Answer answer = status_by_body_size;
    Workers workers;
    const TestWorkers two(workers, 2);
    ASSERT_TRUE(workers.submit(job_of(1, blocking, [](const http::Response&) {})));
    ASSERT_TRUE(workers.submit(job_of(204, answer, [&second_status](http::Response response) {
        second_status.set_value(response.status);
    })));
    EXPECT_EQ(second_status.get_future().get(), 204);
    release.set_value();
}

}  // namespace
}  // namespace cloister::server
