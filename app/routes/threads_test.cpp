// SPDX-License-Identifier: MIT
// Workers dispatch at once: no answer may reach another's request. Most telling under
// ThreadSanitizer.
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "routes/app.h"
#include "routes/test_request.h"

namespace cloister::routes {
namespace {

constexpr int thread_count = 8;
constexpr int rounds = 200;

void add_routes(App& app) {
    app.Get(R"(/echo/(\d+))", [](const auto& request, auto& response) {
        response.set_content(request.matches[1].str() + request.get_param_value("q"), "text/plain");
    });
    app.Post("/body", [](const auto& request, auto& response) {
        response.set_content(request.body, "text/plain");
    });
    app.Get(R"(/chunks/(\d+))", [](const auto& request, auto& response) {
        response.set_chunked_content_provider("text/plain",
                                              [&request](std::size_t, httplib::DataSink& sink) {
                                                  sink.os << request.path;
                                                  sink.done();
                                                  return true;
                                              });
    });
    app.Get(R"(/throw/(\d+))", [](const auto& request, auto&) -> void {
        throw std::runtime_error(request.matches[1].str());
    });
    app.set_post_routing_handler(
        [](const auto& request, auto& response) { response.set_header("X-Path", request.path); });
}

// One worker's requests, each of its own number; returns how many answers were another's.
int wrong_answers(App& app, int worker) {
    int wrong = 0;
    for (int round = 0; round < rounds; ++round) {
        const std::string number = std::to_string(worker * rounds + round);
        const std::string echo = std::string("/echo/").append(number).append("?q=").append(number);
        const std::string chunks = "/chunks/" + number;
        const std::string fails = "/throw/" + number;
        const Outcome echoed = app.answer(request_for(http::Method::get, echo));
        const Outcome posted = app.answer(request_for(http::Method::post, "/body", {}, number));
        const Outcome chunked = app.answer(request_for(http::Method::get, chunks));
        const Outcome failure = app.answer(request_for(http::Method::get, fails));
        wrong += body_of(*echoed.response) == number + number ? 0 : 1;
        wrong += field_of(*echoed.response, "X-Path") == "/echo/" + number ? 0 : 1;
        wrong += body_of(*posted.response) == number ? 0 : 1;
        wrong += body_of(*chunked.response) == chunks ? 0 : 1;
        wrong += failure.failure == "a handler threw: " + number ? 0 : 1;
    }
    return wrong;
}

TEST(Threads, DispatchAtOnceWithoutMixingAnswers) {
    App app;
    add_routes(app);
    std::atomic<int> logged = 0;
    app.set_logger([&logged](const auto&, const auto&) { ++logged; });
    std::atomic<int> wrong = 0;
    std::vector<std::thread> workers;
    workers.reserve(thread_count);
    for (int worker = 0; worker < thread_count; ++worker) {
        workers.emplace_back([&, worker] { wrong += wrong_answers(app, worker); });
    }
    for (std::thread& worker : workers) {
        worker.join();
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(logged, thread_count * rounds * 4);
}

}  // namespace
}  // namespace cloister::routes
