// SPDX-License-Identifier: MIT
// cpp-httplib's regular expressions recurse; the worst a client can make them do fits the stack of
// a worker.
#include <gtest/gtest.h>
#include <pthread.h>

#include <functional>

#include "base/limits.h"
#include "routes/app.h"
#include "routes/test_request.h"

namespace cloister::routes {
namespace {

void* call(void* work) {
    (*static_cast<std::function<void()>*>(work))();
    return nullptr;
}

// Runs `work` on a thread with the stack that workers have. Too deep a recursion is a crash of the
// test.
void on_worker_stack(std::function<void()> work) {
    pthread_attr_t attributes;
    ASSERT_EQ(::pthread_attr_init(&attributes), 0);
    ASSERT_EQ(::pthread_attr_setstacksize(&attributes, base::limits::worker_stack_bytes), 0);
    pthread_t thread{};
    ASSERT_EQ(::pthread_create(&thread, &attributes, &call, &work), 0);
    ASSERT_EQ(::pthread_join(thread, nullptr), 0);
    ::pthread_attr_destroy(&attributes);
}

int status_of(App& app, const http::Request& request) {
    const Outcome outcome = app.answer(request);
    return outcome.response ? outcome.response->status : 0;
}

TEST(Stack, HoldsTheLongestPathAgainstAnExpensiveRoute) {
    App app;
    app.Get("/((a|b)*)*", [](const auto&, auto&) {});
    const std::string path = "/" + std::string(base::limits::route_path_bytes - 1, 'a');
    on_worker_stack([&] { EXPECT_EQ(status_of(app, request_for(http::Method::get, path)), 200); });
}

// The header of a part whose beginning is `head`, repeated `more` up to the 8,192 bytes that
// cpp-httplib takes.
http::Request form_with(const std::string& head, const std::string& more) {
    constexpr std::size_t longest = 8192;
    std::string line = head;
    while (line.size() + more.size() < longest) {
        line += more;
    }
    return request_for(http::Method::post, "/",
                       {{"Content-Type", "multipart/form-data; boundary=b"}},
                       "--b\r\n" + line + "\r\n\r\ncontent\r\n--b--\r\n");
}

TEST(Stack, HoldsTheLongestHeadersOfMultipartParts) {
    App app;
    app.allow_multipart(true);
    app.Post("/", [](const auto&, auto&) {});
    const std::string begin = "Content-Disposition: form-data; name=\"";
    const http::Request forms[] = {
        form_with(begin, "a"),
        form_with(begin, "\""),
        form_with(begin, "\"; filename=\""),
        form_with(begin + "\"; filename*=", "a"),
        form_with(begin + "\"; filename*=", "; filename*="),
        form_with("Content-Disposition:", " "),
        form_with("Content-Disposition: form-data;", " "),
    };
    for (const http::Request& form : forms) {
        on_worker_stack([&] { EXPECT_EQ(status_of(app, form), 200) << form.body.substr(0, 60); });
    }
}

}  // namespace
}  // namespace cloister::routes
