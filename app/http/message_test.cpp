// SPDX-License-Identifier: MIT
#include "http/message.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "http/request_head.h"

namespace cloister::http {
namespace {

constexpr std::string_view head =
    "POST /a%20b/../c%20d?e=f HTTP/1.1\r\nHost: example.org:80\r\nContent-Type: text/plain\r\n"
    "X-Other: 1\r\nX-Other: 2\r\n\r\n";

// A detached request whose input has been overwritten and freed.
Request detached_from_lost_input() {
    auto input = std::make_unique<std::string>(head);
    Request request;
    Framing framing;
    EXPECT_EQ(parse_request_head(*input, request, framing), 0);
    request.body = "body";
    request.peer.port = 99;
    request.secure = true;
    Request own = std::move(request).detached();
    input->assign(input->size(), '#');
    return own;
}

void expect_whole(const Request& request) {
    EXPECT_EQ(request.method, Method::post);
    EXPECT_EQ(request.target, "/a%20b/../c%20d?e=f");
    EXPECT_EQ(request.path, "/c d");
    EXPECT_EQ(request.query, "e=f");
    EXPECT_EQ(request.authority, "example.org:80");
    ASSERT_EQ(request.fields.size(), 4U);
    EXPECT_EQ(request.fields[0].name, "Host");
    EXPECT_EQ(request.fields[3].name, "X-Other");
    EXPECT_EQ(request.fields[3].value, "2");
    EXPECT_EQ(request.field(Known::content_type), "text/plain");
    EXPECT_EQ(request.body, "body");
    EXPECT_EQ(request.peer.port, 99);
    EXPECT_TRUE(request.secure);
}

TEST(Request, DetachedOutlivesItsInput) {
    expect_whole(detached_from_lost_input());
}

TEST(Request, DetachedSurvivesMoves) {
    std::vector<Request> queue;
    for (int count = 0; count < 10; ++count) {
        queue.push_back(detached_from_lost_input());  // Growing moves those before.
    }
    for (const Request& request : queue) {
        expect_whole(request);
    }
    Request last = std::move(queue.front());
    queue.clear();
    Request assigned;
    assigned = std::move(last);
    expect_whole(assigned);
}

TEST(Request, DetachesTwice) {
    expect_whole(detached_from_lost_input().detached());
}

TEST(Request, DetachesEmpty) {
    const Request request = Request().detached();
    EXPECT_EQ(request.path, "");
    EXPECT_TRUE(request.fields.empty());
}

TEST(Request, ForgetsEverythingWhenCleared) {
    Request request = detached_from_lost_input();
    request.clear();
    EXPECT_EQ(request.method, Method::get);
    EXPECT_EQ(request.target, "");
    EXPECT_EQ(request.path, "");
    EXPECT_EQ(request.query, "");
    EXPECT_EQ(request.authority, "");
    EXPECT_TRUE(request.fields.empty());
    EXPECT_EQ(request.body, "");
    EXPECT_EQ(request.peer.port, 0);
    EXPECT_FALSE(request.secure);
    EXPECT_FALSE(request.field(Known::host));
}

TEST(Request, AnswersForFieldsByTheirFirst) {
    Request request;
    Framing framing;
    ASSERT_EQ(parse_request_head("GET / HTTP/1.1\r\nhOST: h\r\nRange: a\r\nrange: b\r\n\r\n",
                                 request, framing),
              0);
    EXPECT_EQ(request.field(Known::host), "h");
    EXPECT_EQ(request.field(Known::range), "a");
    EXPECT_EQ(request.count(Known::range), 2U);
    EXPECT_FALSE(request.field(Known::if_range));
    EXPECT_EQ(request.count(Known::if_range), 0U);
}

TEST(Method, HasItsName) {
    EXPECT_EQ(name_of(Method::get), "GET");
    EXPECT_EQ(name_of(Method::del), "DELETE");
    EXPECT_EQ(name_of(Method::connect), "CONNECT");
}

TEST(Method, IsFoundByItsName) {
    for (const Method method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                                Method::del, Method::options, Method::trace, Method::connect}) {
        EXPECT_EQ(method_named(name_of(method)), method) << name_of(method);
    }
    for (const std::string_view name : {"", "get", "Get", "GE", "GETT", "GET ", "BREW"}) {
        EXPECT_FALSE(method_named(name)) << name;
    }
}

TEST(Body, KnowsItsSize) {
    EXPECT_EQ(size_of(Body()), 0U);
    EXPECT_EQ(size_of(Body(std::string_view("lent"))), 4U);
    EXPECT_EQ(size_of(Body(std::string("owned"))), 5U);
    EXPECT_EQ(size_of(Body(FileWindow{.fd = 3, .offset = 7, .length = 5'000'000'000})),
              5'000'000'000U);
}

TEST(ReasonPhrase, IsEmptyForStatusesNobodyRegistered) {
    EXPECT_EQ(reason_phrase(404), "Not Found");
    EXPECT_EQ(reason_phrase(599), "");
    EXPECT_EQ(reason_phrase(0), "");
}

TEST(PlainAnswer, SaysItsStatus) {
    const Response response = plain_answer(414);
    EXPECT_EQ(response.status, 414);
    EXPECT_EQ(std::get<std::string>(response.body), "414 URI Too Long\n");
    EXPECT_FALSE(response.close);
}

}  // namespace
}  // namespace cloister::http
