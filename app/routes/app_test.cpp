// SPDX-License-Identifier: MIT
// Routing: which handler gets a request, what it finds in it, and how its answer comes out.
#include "routes/app.h"

#include <gtest/gtest.h>

#include "routes/query.h"
#include "routes/test_request.h"

namespace cloister::routes {
namespace {

using http::Method;

void say(httplib::Response& response, const std::string& text) {
    response.set_content(text, "text/plain");
}

std::string answered(App& app, const http::Request& request) {
    const Outcome outcome = app.answer(request);
    if (!outcome.response) {
        return "no route";
    }
    const int status = outcome.response->status;
    return (status == 200 ? "" : std::to_string(status) + " ") + body_of(*outcome.response);
}

TEST(App, RoutesEachMethodToItsOwnHandler) {
    App app;
    const auto echo = [](const httplib::Request& request, httplib::Response& response) {
        say(response, request.method + " " + request.body);
    };
    app.Get("/x", echo);
    app.Post("/x", echo);
    app.Put("/x", echo);
    app.Patch("/x", echo);
    app.Delete("/x", echo);
    app.Options("/x", echo);
    EXPECT_EQ(answered(app, request_for(Method::get, "/x")), "GET ");
    EXPECT_EQ(answered(app, request_for(Method::post, "/x", {}, "a")), "POST a");
    EXPECT_EQ(answered(app, request_for(Method::put, "/x", {}, "b")), "PUT b");
    EXPECT_EQ(answered(app, request_for(Method::patch, "/x", {}, "c")), "PATCH c");
    EXPECT_EQ(answered(app, request_for(Method::del, "/x", {}, "d")), "DELETE d");
    EXPECT_EQ(answered(app, request_for(Method::del, "/x")), "DELETE ");
    EXPECT_EQ(answered(app, request_for(Method::options, "/x")), "OPTIONS ");
}

TEST(App, AnswersHeadAsGetWithTheBodyForTheSessionToCut) {
    App app;
    app.Get("/x", [](const auto& request, auto& response) { say(response, request.method); });
    const Outcome outcome = app.answer(request_for(Method::head, "/x"));
    ASSERT_TRUE(outcome.response);
    EXPECT_EQ(body_of(*outcome.response), "HEAD");
    ASSERT_EQ(outcome.response->fields.size(), 1U);  // no Accept-Ranges, unlike cpp-httplib
    EXPECT_EQ(outcome.response->fields.front().name, "Content-Type");
}

TEST(App, HasNoAnswerWhereNoRouteMatches) {
    App app;
    app.Get("/x", [](const auto&, auto& response) { say(response, "x"); });
    for (const auto& request :
         {request_for(Method::get, "/y"), request_for(Method::get, "/x/"),
          request_for(Method::head, "/y"), request_for(Method::post, "/x", {}, "body"),
          request_for(Method::options, "*")}) {
        EXPECT_EQ(answered(app, request), "no route") << request.target;
    }
}

TEST(App, PassesANotFoundThatAHandlerWrote) {
    App app;
    app.Get("/x", [](const auto&, auto& response) {
        response.status = 404;
        say(response, "no such x");
    });
    EXPECT_EQ(answered(app, request_for(Method::get, "/x")), "404 no such x");
}

TEST(App, LeavesANotFoundWithoutABodyToTheCaller) {
    App app;
    app.Get("/x", [](const auto&, auto& response) { response.status = 404; });
    EXPECT_EQ(answered(app, request_for(Method::get, "/x")), "no route");
}

TEST(App, MatchesPathsByRegularExpressionAndTellsTheParts) {
    App app;
    app.Get(R"(/users/(\d+)/(\w+))", [](const auto& request, auto& response) {
        say(response, request.matches[1].str() + "," + request.matches[2].str());
    });
    EXPECT_EQ(answered(app, request_for(Method::get, "/users/42/posts")), "42,posts");
    EXPECT_EQ(answered(app, request_for(Method::get, "/users/me/posts")), "no route");
}

TEST(App, GivesTheDecodedPathOfTheSessionToRoutes) {
    App app;
    app.Get("/a b", [](const auto& request, auto& response) { say(response, request.target); });
    auto request = request_for(Method::get, "/a%20b?c");
    request.path = "/a b";
    EXPECT_EQ(answered(app, request), "/a%20b?c");
}

TEST(App, GivesQueryParametersToHandlers) {
    App app;
    app.Get("/x", [](const auto& request, auto& response) {
        say(response, request.get_param_value("q") + "," + request.get_param_value("q", 1));
    });
    EXPECT_EQ(answered(app, request_for(Method::get, "/x?q=a+b&q=%26")), "a b,&");
}

TEST(App, RefusesMoreParametersThanTheLimit) {
    App app;
    app.Get("/x", [](const auto&, auto& response) { say(response, "x"); });
    std::string target = "/x?";
    for (std::size_t i = 0; i <= parameter_count; ++i) {
        target += "a&";
    }
    EXPECT_EQ(answered(app, request_for(Method::get, target)), "400 400 Bad Request\n");
}

TEST(App, ReadsFormsIntoParameters) {
    App app;
    app.Post("/x", [](const auto& request, auto& response) {
        say(response, request.get_param_value("in") + request.get_param_value("name"));
    });
    const auto request =
        request_for(Method::post, "/x?in=query+",
                    {{"Content-Type", "application/x-www-form-urlencoded"}}, "name=J%C3%BCrgen+K");
    EXPECT_EQ(answered(app, request), "query J\xc3\xbcrgen K");
}

TEST(App, GivesTheWholeBodyAsReceived) {
    App app;
    app.Post("/x", [](const auto& request, auto& response) { say(response, request.body); });
    std::string body(100'000, '\0');
    body += "\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n";
    EXPECT_EQ(answered(app, request_for(Method::post, "/x", {}, body)), body);
}

TEST(App, FeedsContentReadersForEachMethodWithABody) {
    App app;
    const auto read = [](const httplib::Request& request, httplib::Response& response,
                         const httplib::ContentReader& reader) {
        std::string got;
        reader([&got](const char* bytes, std::size_t size) {
            got.append(bytes, size);
            return true;
        });
        say(response, request.method + std::to_string(got.size()) + got.substr(0, 3));
    };
    app.Post("/x", read);
    app.Put("/x", read);
    app.Patch("/x", read);
    app.Delete("/x", read);
    const std::string body(9'000, 'b');
    EXPECT_EQ(answered(app, request_for(Method::post, "/x", {}, body)), "POST9000bbb");
    EXPECT_EQ(answered(app, request_for(Method::put, "/x", {}, body)), "PUT9000bbb");
    EXPECT_EQ(answered(app, request_for(Method::patch, "/x", {}, body)), "PATCH9000bbb");
    EXPECT_EQ(answered(app, request_for(Method::del, "/x", {}, body)), "DELETE9000bbb");
    EXPECT_EQ(answered(app, request_for(Method::post, "/x")), "POST0");
}

TEST(App, IsNotHurtByABodyThatNobodyReads) {
    App app;
    app.Post("/x", [](const auto&, auto& response, const httplib::ContentReader&) {
        say(response, "unread");
    });
    app.Get("/x", [](const auto&, auto& response) { say(response, "got"); });
    EXPECT_EQ(answered(app, request_for(Method::post, "/x", {}, "body")), "unread");
    EXPECT_EQ(answered(app, request_for(Method::get, "/x", {}, "body")), "got");
}

constexpr std::string_view form_type = "multipart/form-data; boundary=b";
constexpr std::string_view form_body =
    "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.txt\"\r\n\r\ncontent\r\n--b--"
    "\r\n";

TEST(App, ReadsMultipartOnceItIsAllowed) {
    App app;
    app.Post("/x", [](const auto& request, auto& response) {
        if constexpr (requires { request.get_file_value("f"); }) {
            say(response, request.get_file_value("f").content);
        } else {
            say(response, request.form.get_file("f").content);
        }
    });
    const auto request =
        request_for(Method::post, "/x", {{"Content-Type", form_type}}, std::string(form_body));
    EXPECT_EQ(answered(app, request).substr(0, 3), "415");
    app.allow_multipart(true);
    EXPECT_EQ(answered(app, request), "content");
    app.allow_multipart(false);
    EXPECT_EQ(answered(app, request).substr(0, 3), "415");
}

TEST(App, RefusesABodyAboveTheProgramsOwnLimit) {
    App app;
    app.set_payload_max_length(4);
    app.Post("/x", [](const auto& request, auto& response) { say(response, request.body); });
    EXPECT_EQ(answered(app, request_for(Method::post, "/x", {}, "four")), "four");
    EXPECT_EQ(answered(app, request_for(Method::post, "/x", {}, "fives")), "413 ");
}

TEST(App, PassesStatusFieldsAndRedirects) {
    App app;
    app.Get("/made", [](const auto&, auto& response) {
        response.status = 201;
        response.set_header("Set-Cookie", "a=1");
        response.set_header("Set-Cookie", "b=2");
    });
    app.Get("/moved", [](const auto&, auto& response) { response.set_redirect("/made", 303); });
    const Outcome made = app.answer(request_for(Method::get, "/made"));
    ASSERT_TRUE(made.response);
    EXPECT_EQ(made.response->status, 201);
    EXPECT_EQ(field_of(*made.response, "Set-Cookie"), "a=1|b=2");
    EXPECT_EQ(made.failure, "");
    const Outcome moved = app.answer(request_for(Method::get, "/moved"));
    ASSERT_TRUE(moved.response);
    EXPECT_EQ(moved.response->status, 303);
    EXPECT_EQ(field_of(*moved.response, "Location"), "/made");
}

TEST(App, LetsAHandlerAskItsOwnRoutes) {
    App app;
    app.Get("/inner", [](const auto&, auto& response) { say(response, "inner"); });
    app.Get("/outer", [&app](const auto&, auto& response) {
        say(response, "outer of " + answered(app, request_for(Method::get, "/inner")));
    });
    EXPECT_EQ(answered(app, request_for(Method::get, "/outer")), "outer of inner");
}

template <class Server>
concept Listens = requires(Server& server) {
    server.listen("localhost", 80);
};

template <class Server>
concept Mounts = requires(Server& server) {
    server.set_mount_point("/", "/tmp");
};

template <class Server>
concept Stops = requires(Server& server) {
    server.stop();
};

template <class Server>
concept LimitsReads = requires(Server& server) {
    server.set_read_timeout(1);
};

TEST(App, HasNoneOfTheCallsThatWouldBypassCloister) {
    EXPECT_TRUE(Listens<httplib::Server>);
    EXPECT_FALSE(Listens<App>);
    EXPECT_TRUE(Mounts<httplib::Server>);
    EXPECT_FALSE(Mounts<App>);
    EXPECT_TRUE(Stops<httplib::Server>);
    EXPECT_FALSE(Stops<App>);
    EXPECT_TRUE(LimitsReads<httplib::Server>);
    EXPECT_FALSE(LimitsReads<App>);
}

}  // namespace
}  // namespace cloister::routes
