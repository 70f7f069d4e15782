// SPDX-License-Identifier: MIT
// Bodies: wanted, unwanted, announced with Expect.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "base/limits.h"
#include "http/test_session.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

constexpr std::string_view close_line = "Connection: close\r\n";
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view next = "GET /now HTTP/1.1\r\nHost: h\r\n\r\n";

std::string post(std::string_view path, std::string_view fields) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

std::string post(std::string_view path, std::size_t length) {
    return post(path, "Content-Length: " + std::to_string(length) + "\r\n");
}

std::string head_of(std::string answer) {
    answer.resize(answer.find("\r\n\r\n") + 4);
    return answer;
}

TEST(Http1Body, ReachesTheHandlerWhole) {
    const std::string answers = echoed("POST / hello") + echoed("GET /now ");
    for (const std::string& request :
         {post("/", 5) + "hello", post("/", "Transfer-Encoding: chunked\r\n") +
                                      "2\r\nhe\r\n3\r\nllo\r\n0\r\nT: v\r\n\r\n"}) {
        const std::string input = request + std::string(next);
        for (std::size_t split = 0; split <= input.size(); ++split) {
            TestSession connection;
            std::string sent = connection.exchange(input.substr(0, split));
            sent += connection.exchange(input.substr(split));
            EXPECT_EQ(sent, answers) << split;
        }
    }
}

TEST(Http1Body, MayComeWithAnyMethod) {
    TestSession connection;
    EXPECT_EQ(connection.exchange("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody" +
                                  std::string(next)),
              echoed("GET / body") + echoed("GET /now "));
}

TEST(Http1Body, IsWaitedFor) {
    TestSession connection;
    connection.receive(post("/", 5));
    EXPECT_EQ(connection.session.phase(), Phase::body);
    connection.receive("hell");
    EXPECT_TRUE(connection.deferred.empty());
    connection.receive("o");
    EXPECT_EQ(connection.session.phase(), Phase::working);
    EXPECT_EQ(connection.deferred.size(), 1U);
}

TEST(Http1Body, MayJustMeetItsLimit) {
    TestSession connection;
    connection.receive(post("/", limits::body_bytes));
    connection.receive(std::string(limits::body_bytes, 'b'));
    ASSERT_EQ(connection.deferred.size(), 1U);
    EXPECT_EQ(connection.deferred.front().request.body.size(), limits::body_bytes);
}

TEST(Http1Body, IsRefusedAboveItsLimit) {
    TestSession by_length;
    EXPECT_EQ(by_length.exchange(post("/", limits::body_bytes + 1)), refusal(413))
        << "before any byte of it";
    EXPECT_EQ(by_length.session.phase(), Phase::lingering);

    TestSession by_chunks;
    EXPECT_EQ(by_chunks.exchange(post("/", "Transfer-Encoding: chunked\r\n") + "100001\r\n"),
              refusal(413));
    EXPECT_EQ(by_chunks.session.phase(), Phase::lingering);
}

TEST(Http1Body, EndsTheConnectionWhenMalformed) {
    TestSession connection;
    EXPECT_EQ(connection.exchange(post("/", "Transfer-Encoding: chunked\r\n") + "0x5\r\n" +
                                  std::string(next)),
              refusal(400));
    EXPECT_EQ(connection.session.phase(), Phase::lingering);
    EXPECT_EQ(connection.exchange(next), "") << "nothing behind it is answered";
}

TEST(Http1Body, ThatNobodyWantsIsDroppedWhenShort) {
    const std::string chunks = post("/now", "Transfer-Encoding: chunked\r\n");
    for (const std::string& input : {post("/now", 5) + "hello", chunks + "5\r\nhello\r\n0\r\n\r\n",
                                     post("/now", limits::discarded_body_bytes) +
                                         std::string(limits::discarded_body_bytes, 'b')}) {
        TestSession connection;
        EXPECT_EQ(connection.exchange(input + std::string(next)),
                  echoed("POST /now ") + echoed("GET /now "));
        EXPECT_EQ(connection.session.phase(), Phase::idle);
    }
}

TEST(Http1Body, ThatNobodyWantsIsAnsweredBeforeItComes) {
    TestSession connection;
    EXPECT_EQ(connection.exchange(post("/now", 5)), echoed("POST /now "));
    EXPECT_EQ(connection.session.phase(), Phase::body);
    EXPECT_EQ(connection.exchange("hello"), "");
    EXPECT_EQ(connection.session.phase(), Phase::idle);
}

TEST(Http1Body, ThatNobodyWantsEndsTheConnectionWhenLong) {
    TestSession connection;
    EXPECT_EQ(connection.exchange(post("/now", limits::discarded_body_bytes + 1)),
              echoed("POST /now ", close_line));
    EXPECT_EQ(connection.session.phase(), Phase::lingering);
    EXPECT_EQ(connection.exchange(next), "") << "what follows may be the body";
}

TEST(Http1Body, ThatNobodyWantsEndsTheConnectionWhenItsChunksAreLongOrMalformed) {
    for (const std::string_view chunk : {"10001\r\n", "x\r\n"}) {
        TestSession connection;
        const std::string input =
            post("/now", "Transfer-Encoding: chunked\r\n") + std::string(chunk);
        EXPECT_EQ(connection.exchange(input), echoed("POST /now ")) << "it is answered once";
        EXPECT_EQ(connection.session.phase(), Phase::lingering);
        EXPECT_EQ(connection.exchange(next), "");
    }
}

TEST(Http1Body, ThatNobodyWantsIsReadToItsEndBeforeClosing) {
    TestSession connection;
    const std::string request = post("/now", "Connection: close\r\nContent-Length: 5\r\n");
    EXPECT_EQ(connection.exchange(request), echoed("POST /now ", close_line));
    EXPECT_EQ(connection.session.phase(), Phase::body);
    connection.receive("hello");
    EXPECT_EQ(connection.session.phase(), Phase::done);
}

TEST(Http1Expect, IsToldToGoOn) {
    for (const std::string_view value : {"100-continue", "100-Continue", "100-CONTINUE"}) {
        TestSession connection;
        const std::string request =
            post("/", "Expect: " + std::string(value) + "\r\nContent-Length: 5\r\n");
        EXPECT_EQ(connection.exchange(request), go_on) << value;
        EXPECT_EQ(connection.exchange("hello" + std::string(next)),
                  echoed("POST / hello") + echoed("GET /now "));
    }
}

TEST(Http1Expect, IsNotToldToGoOnWithoutABody) {
    TestSession connection;
    EXPECT_EQ(connection.exchange(post("/", "Expect: 100-continue\r\n")), echoed("POST / "));
    EXPECT_EQ(connection.exchange(post("/", "Expect: 100-continue\r\nContent-Length: 0\r\n")),
              echoed("POST / "));
    EXPECT_EQ(connection.session.phase(), Phase::idle);
}

TEST(Http1Expect, IsAnsweredFinallyWhereTheAnswerIsKnown) {
    TestSession connection;
    EXPECT_EQ(connection.exchange(post("/now", "Expect: 100-continue\r\nContent-Length: 5\r\n")),
              echoed("POST /now ", close_line));
    EXPECT_EQ(connection.session.phase(), Phase::lingering);
    EXPECT_EQ(connection.exchange(next), "") << "the client may or may not send its body";

    TestSession too_long;
    EXPECT_EQ(too_long.exchange(post("/", "Expect: 100-continue\r\nContent-Length: 1048577\r\n")),
              refusal(413));
}

TEST(Http1Expect, OfAnythingElseIsRefused) {
    TestSession connection;
    EXPECT_EQ(connection.exchange(post("/", "Expect: miracles\r\n")), refusal(417));
    EXPECT_EQ(connection.session.phase(), Phase::lingering);
}

TEST(Http1Expect, IsIgnoredInHttp10) {
    TestSession connection;
    EXPECT_EQ(
        connection.exchange("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
        "");
    EXPECT_EQ(connection.exchange("hello"), echoed("POST / hello", close_line));
}

TEST(Http1Body, RefusedForHeadGetsNoBodyBack) {
    TestSession connection;
    EXPECT_EQ(connection.exchange(
                  "HEAD / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"),
              refusal(400, false));
}

// An answer on a worker's desk while the connection's own output is at its mark: the body goes on
// after resume().
TEST(Http1Body, GoesOnAfterBackPressure) {
    const std::string page(limits::output_high_water_bytes, 'p');
    Handler handler = echo_handler();
    const auto echo = handler.immediate;
    handler.immediate = [&page, echo](const Request& request) -> std::optional<Response> {
        if (request.path != "/page") {
            return echo(request);
        }
        Response response;
        response.body = page;
        return response;
    };
    TestSession connection(handler);
    connection.receive("GET /page HTTP/1.1\r\nHost: h\r\n\r\n" + post("/", 5) + "hello" +
                       std::string(next));
    EXPECT_TRUE(connection.session.has_backlog());
    EXPECT_TRUE(connection.deferred.empty());
    EXPECT_EQ(head_of(connection.sent()), head_of(echoed(page)));
    EXPECT_EQ(connection.settle(), echoed("POST / hello") + echoed("GET /now "));
}

}  // namespace
}  // namespace cloister::http
