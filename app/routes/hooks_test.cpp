// SPDX-License-Identifier: MIT
// The program's own hooks go on working, and whatever goes wrong in handlers and hooks is a 500
// that tells nothing.
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

#include "routes/app.h"
#include "routes/test_request.h"

namespace cloister::routes {
namespace {

using http::Method;
using Decision = httplib::Server::HandlerResponse;

const http::Request get_x = request_for(Method::get, "/x");

// An App whose "/x" answers "x".
struct Ready : App {
    Ready() {
        Get("/x", [](const auto&, auto& response) { response.set_content("x", "text/plain"); });
    }
};

void expect_plain_500(const Outcome& outcome, std::string_view reason) {
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(outcome.response->status, 500);
    EXPECT_EQ(body_of(*outcome.response), "500 Internal Server Error\n");
    ASSERT_EQ(outcome.response->fields.size(), 1U);
    EXPECT_EQ(outcome.response->fields.front().value, "text/plain; charset=utf-8");
    EXPECT_NE(outcome.failure.find(reason), std::string::npos) << outcome.failure;
}

TEST(Hooks, PreRoutingMayAnswerForAllRoutes) {
    Ready app;
    app.set_pre_routing_handler([](const auto& request, auto& response) {
        if (request.has_header("Authorization")) {
            return Decision::Unhandled;
        }
        response.status = 401;
        response.set_content("who?", "text/plain");
        return Decision::Handled;
    });
    EXPECT_EQ(app.answer(get_x).response->status, 401);
    EXPECT_EQ(
        app.answer(request_for(Method::get, "/x", {{"Authorization", "me"}})).response->status,
        200);
}

TEST(Hooks, PostRoutingIsChainedBeforeTheAnswerIsTaken) {
    Ready app;
    app.set_post_routing_handler([](const auto& request, auto& response) {
        response.set_header("X-Path", request.path);
        response.body += " and more";
    });
    const Outcome outcome = app.answer(get_x);
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(field_of(*outcome.response, "X-Path"), "/x");
    EXPECT_EQ(body_of(*outcome.response), "x and more");
}

TEST(Hooks, ErrorHandlerMakesThePageOfAnUnmatchedPath) {
    Ready app;
    app.set_error_handler([](const httplib::Request&, httplib::Response& response) {
        response.set_content("page for " + std::to_string(response.status), "text/html");
    });
    const Outcome outcome = app.answer(request_for(Method::get, "/y"));
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(outcome.response->status, 404);
    EXPECT_EQ(body_of(*outcome.response), "page for 404");
}

TEST(Hooks, ErrorHandlerMakesThePageOfAnExceptionToo) {
    App app;
    app.Get("/x", [](const auto&, auto&) { throw std::runtime_error("secret"); });
    app.set_error_handler([](const httplib::Request&, httplib::Response& response) {
        response.set_content("sorry", "text/html");
    });
    const Outcome outcome = app.answer(get_x);
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(outcome.response->status, 500);
    EXPECT_EQ(body_of(*outcome.response), "sorry");
    EXPECT_EQ(outcome.failure, "a handler threw: secret");
}

TEST(Hooks, LoggerSeesTheAnswerAsItLeaves) {
    Ready app;
    std::string line;
    app.set_post_routing_handler([](const auto&, auto& response) { response.status = 202; });
    app.set_logger([&line](const auto& request, const auto& response) {
        line = request.path + " " + std::to_string(response.status) + " " +
               response.get_header_value("Content-Type") + " " + response.body;
    });
    const Outcome outcome = app.answer(get_x);
    EXPECT_EQ(line, "/x 202 text/plain x");
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(body_of(*outcome.response), "x");
}

TEST(Hooks, LoggerSeesFailuresAndUnmatchedPaths) {
    Ready app;
    app.Get("/bad", [](const auto&, auto& response) { response.status = 99; });
    std::vector<int> seen;
    app.set_logger([&seen](const auto&, const auto& answer) { seen.push_back(answer.status); });
    static_cast<void>(app.answer(request_for(Method::get, "/bad")));
    static_cast<void>(app.answer(request_for(Method::get, "/none")));
    EXPECT_EQ(seen, (std::vector{500, 404}));
}

TEST(Hooks, DefaultHeadersAreOnEveryAnswer) {
    Ready app;
    app.set_default_headers({{"X-Default", "yes"}});
    EXPECT_EQ(field_of(*app.answer(get_x).response, "X-Default"), "yes");
}

TEST(Hooks, ExceptionHandlerMayChooseTheAnswer) {
    App app;
    app.Get("/x", [](const auto&, auto&) { throw std::runtime_error("conflict"); });
    app.set_exception_handler([](const auto&, auto& response, const std::exception_ptr& thrown) {
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& exception) {
            response.status = 409;
            response.set_content(exception.what(), "text/plain");
        }
    });
    const Outcome outcome = app.answer(get_x);
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(outcome.response->status, 409);
    EXPECT_EQ(body_of(*outcome.response), "conflict");
    EXPECT_EQ(outcome.failure, "");
}

TEST(Hooks, ExceptionHandlerThatChoosesNothingMeans500) {
    App app;
    app.Get("/x", [](const auto&, auto& response) {
        response.status = 200;
        throw std::runtime_error("x");
    });
    app.set_exception_handler([](const auto&, auto&, const std::exception_ptr&) {});
    EXPECT_EQ(app.answer(get_x).response->status, 500);
}

TEST(Hooks, HandlerThatThrowsLeavesNothingOfItsAnswer) {
    App app;
    app.Get("/x", [](const auto&, auto& response) {
        response.status = 201;
        response.set_header("Set-Cookie", "session=1");
        response.set_content("half", "image/png");
        throw std::runtime_error("the password is 1234");
    });
    expect_plain_500(app.answer(get_x), "a handler threw: the password is 1234");
}

TEST(Hooks, WhateverIsThrownIsCaught) {
    App app;
    app.Get("/x", [](const auto&, auto&) { throw 7; });
    expect_plain_500(app.answer(get_x), "not a std::exception");
}

struct Thrower {
    std::string_view hook;
    std::function<void(App&)> install;
};

TEST(Hooks, ExceptionsOfHooksAreCaught) {
    const Thrower throwers[] = {
        {"pre-routing",
         [](App& app) {
             app.set_pre_routing_handler(
                 [](const auto&, auto&) -> Decision { throw std::runtime_error("oops"); });
         }},
        {"post-routing",
         [](App& app) {
             app.set_post_routing_handler(
                 [](const auto&, auto&) { throw std::runtime_error("oops"); });
         }},
        {"error",
         [](App& app) {
             app.Get("/x", [](const auto&, auto& response) { response.status = 403; });
             app.set_error_handler([](const httplib::Request&, httplib::Response&) {
                 throw std::runtime_error("oops");
             });
         }},
        {"exception",
         [](App& app) {
             app.Get("/x", [](const auto&, auto&) { throw std::runtime_error("first"); });
             app.set_exception_handler([](const auto&, auto&, const std::exception_ptr&) {
                 throw std::runtime_error("oops");
             });
         }},
        {"logger",
         [](App& app) {
             app.Get("/x", [](const auto&, auto&) {});
             app.set_logger([](const auto&, const auto&) { throw std::runtime_error("oops"); });
         }},
    };
    for (const Thrower& thrower : throwers) {
        SCOPED_TRACE(thrower.hook);
        App app;
        thrower.install(app);
        expect_plain_500(app.answer(get_x), "threw: oops");
    }
}

TEST(Hooks, ReasonsAreOneBoundedPrintableLine) {
    App app;
    app.Get("/x", [](const auto&, auto&) {
        throw std::runtime_error("a\n<3>forged \x1b[2J\\ \xc3\xa9" + std::string(1000, 'a'));
    });
    const std::string reason = app.answer(get_x).failure;
    EXPECT_EQ(reason.find("a handler threw: a\\x0a<3>forged \\x1b[2J\\x5c \\xc3\\xa9aaa"), 0U);
    EXPECT_LT(reason.size(), 400U);
    EXPECT_EQ(reason.substr(reason.size() - 3), "...");
}

TEST(Hooks, AStolenHookFailsClosed) {
    Ready app;
    httplib::Server& bare = app;
    bare.set_post_routing_handler([](const auto&, auto&) {});
    expect_plain_500(app.answer(get_x), "did not call App's hook");
}

TEST(Hooks, RoutesStillWorkAfterAFailure) {
    Ready app;
    app.Get("/throw", [](const auto&, auto&) { throw std::runtime_error("x"); });
    static_cast<void>(app.answer(request_for(Method::get, "/throw")));
    const Outcome outcome = app.answer(get_x);
    EXPECT_EQ(body_of(*outcome.response), "x");
    EXPECT_EQ(outcome.failure, "");
}

}  // namespace
}  // namespace cloister::routes
