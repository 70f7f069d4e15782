// SPDX-License-Identifier: MIT
// Keep-alive, pipelining, deferral, back-pressure and what the session makes of a handler's answer.
#include "http/http1.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "base/limits.h"
#include "http/test_session.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

constexpr std::string_view close_line = "Connection: close\r\n";

std::string get(std::string_view path, std::string_view fields = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

// Answers at once with what `make` returns.
Handler always(const std::function<Response()>& make) {
    return {.immediate = [make](const Request&) -> std::optional<Response> { return make(); },
            .blocking = {}};
}

TEST(Http1, AnswersAtOnceAndStaysOpen) {
    TestSession connection;
    connection.receive(get("/now"));
    EXPECT_TRUE(connection.deferred.empty());
    EXPECT_EQ(connection.sent(), echoed("GET /now "));
    EXPECT_EQ(connection.session.phase(), Phase::idle);
    EXPECT_EQ(connection.exchange(get("/now/2")), echoed("GET /now/2 "));
}

TEST(Http1, DefersWhatTheHandlerDoesNotAnswerAtOnce) {
    TestSession connection;
    connection.receive(get("/later"));
    EXPECT_EQ(connection.sent(), "");
    ASSERT_EQ(connection.deferred.size(), 1U);
    EXPECT_EQ(connection.session.phase(), Phase::working);
    connection.work();
    EXPECT_EQ(connection.sent(), echoed("GET /later "));
    EXPECT_EQ(connection.session.phase(), Phase::idle);
}

TEST(Http1, TellsTheHandlerWhoAsks) {
    base::Peer peer;
    peer.port = 1234;
    Http1 session(peer, true);
    std::uint16_t port = 0;
    bool secure = false;
    const Handler handler{.immediate =
                              [&](const Request& request) {
                                  port = request.peer.port;
                                  secure = request.secure;
                                  return std::optional<Response>(std::in_place);
                              },
                          .blocking = {}};
    Request scratch;
    base::Output output;
    std::vector<Deferred> deferred;
    Turn turn{
        .handler = handler, .date = "", .scratch = scratch, .output = output, .deferred = deferred};
    session.receive(get("/"), turn);
    EXPECT_EQ(port, 1234);
    EXPECT_TRUE(secure);
}

TEST(Http1, AnswersAThousandPipelinedRequestsInOneSegment) {
    std::string requests;
    std::string answers;
    for (int number = 0; number < 1000; ++number) {
        const std::string path = (number % 3 == 0 ? "/later" : "/now") + std::to_string(number);
        requests += get(path);
        answers += echoed("GET " + path + " ");
    }
    TestSession connection;
    EXPECT_EQ(connection.exchange(requests), answers);
    EXPECT_EQ(connection.session.phase(), Phase::idle);
}

TEST(Http1, AnswersPipelinedRequestsByteByByte) {
    std::string requests;
    std::string expected;
    for (int number = 0; number < 100; ++number) {
        requests +=
            "\r\nPOST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc" + get("/now");
        expected += echoed("POST /later abc") + echoed("GET /now ");
    }
    TestSession connection;
    std::string answers;
    for (const char byte : requests) {
        answers += connection.exchange({&byte, 1});
    }
    EXPECT_EQ(answers, expected);
}

TEST(Http1, KeepsPipelinedRequestsBehindADeferredOne) {
    TestSession connection;
    connection.receive(get("/later") + get("/now"));
    EXPECT_EQ(connection.deferred.size(), 1U);
    EXPECT_EQ(connection.sent(), "") << "answers come in order";
    connection.work();
    EXPECT_TRUE(connection.session.has_backlog());
    EXPECT_EQ(connection.settle(), echoed("GET /later ") + echoed("GET /now "));
    EXPECT_FALSE(connection.session.has_backlog());
}

TEST(Http1, StopsAtTheHighWaterMarkAndGoesOn) {
    const std::string page(limits::output_high_water_bytes - 1000, 'p');
    TestSession connection(always([&page] {
        Response response;
        response.body = page;
        return response;
    }));
    connection.receive(get("/") + get("/") + get("/") + get("/"));
    EXPECT_TRUE(connection.session.has_backlog());
    EXPECT_LT(connection.output.size(), 2 * limits::output_high_water_bytes);
    EXPECT_EQ(connection.sent(), echoed(page) + echoed(page));
    connection.resume();
    EXPECT_FALSE(connection.session.has_backlog()) << "two more were all";
    EXPECT_EQ(connection.sent(), echoed(page) + echoed(page));
    EXPECT_EQ(connection.session.phase(), Phase::idle);
}

TEST(Http1, HasNoBacklogOfAnIncompleteRequest) {
    const std::string page(limits::output_high_water_bytes, 'p');
    TestSession connection(always([&page] {
        Response response;
        response.body = page;
        return response;
    }));
    connection.receive(get("/") + "GET / HT");
    EXPECT_EQ(connection.settle(), echoed(page));
    EXPECT_EQ(connection.session.phase(), Phase::head);
    EXPECT_EQ(connection.exchange("TP/1.1\r\nHost: h\r\n\r\n"), echoed(page));
}

TEST(Http1, ClosesWhenTheClientWantsIt) {
    for (const std::string_view fields : {"Connection: close\r\n", "Connection: foo, Close\r\n"}) {
        TestSession connection;
        EXPECT_EQ(connection.exchange(get("/now", fields) + get("/now")),
                  echoed("GET /now ", close_line))
            << fields;
        EXPECT_EQ(connection.session.phase(), Phase::done);
    }
}

TEST(Http1, SpeaksHttp10) {
    TestSession connection;
    EXPECT_EQ(connection.exchange("GET /now HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
              echoed("GET /now ", "Connection: keep-alive\r\n"));
    EXPECT_EQ(connection.session.phase(), Phase::idle);
    EXPECT_EQ(connection.exchange("GET /later HTTP/1.0\r\n\r\n"),
              echoed("GET /later ", close_line));
    EXPECT_EQ(connection.session.phase(), Phase::done);
}

TEST(Http1, AnswersHeadAsGetWithoutTheBody) {
    const std::string body = "HEAD /now ";
    std::string expected = echoed(body);
    expected.resize(expected.size() - body.size());
    TestSession connection;
    EXPECT_EQ(connection.exchange("HEAD /now HTTP/1.1\r\nHost: h\r\n\r\n" + get("/now")),
              expected + echoed("GET /now "));
}

TEST(Http1, SendsNoBodyWhereTheStatusHasNone) {
    for (const int status : {204, 304}) {
        TestSession connection(always([status] {
            Response response;
            response.status = status;
            response.body = std::string_view("HTTP/1.1 200 OK\r\n\r\n");
            return response;
        }));
        const std::string answer = connection.exchange(get("/"));
        EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
        EXPECT_EQ(answer.find("200 OK"), std::string::npos) << answer;
    }
}

TEST(Http1, SendsFilesAndLentPagesBehindTheirHeads) {
    TestSession files(always([] {
        Response response;
        response.body = FileWindow{.fd = 9, .offset = 10, .length = 6};
        return response;
    }));
    EXPECT_EQ(files.exchange(get("/") + get("/")), echoed("<file>") + echoed("<file>"));

    const std::string page(limits::coalesced_body_bytes + 1, 'p');
    TestSession lent(always([&page] {
        Response response;
        response.body = std::string_view(page);
        return response;
    }));
    lent.receive(get("/"));
    lent.output.consume(lent.output.front().length);
    EXPECT_TRUE(lent.output.front().data == page.data());
}

TEST(Http1, SendsPiecesOneBehindTheOther) {
    TestSession connection(always([] {
        Response response;
        Pieces pieces;
        pieces.all.emplace_back(std::string("a"));
        pieces.all.emplace_back(std::string_view("b"));
        pieces.all.emplace_back(FileWindow{.fd = 9, .offset = 10, .length = 6});
        pieces.all.emplace_back(std::string("c"));
        response.body = std::move(pieces);
        return response;
    }));
    EXPECT_EQ(connection.exchange(get("/") + get("/")), echoed("ab<file>c") + echoed("ab<file>c"));
}

TEST(Http1, SendsSmallBodiesInOnePieceWithTheirHeads) {
    TestSession connection(always([] {
        Response response;
        response.body = std::string(limits::coalesced_body_bytes, 'p');
        return response;
    }));
    connection.receive(get("/"));
    EXPECT_TRUE(connection.output.front().last);
}

TEST(Http1, Says500InsteadOfAnAnswerThatCouldBeSplit) {
    for (const auto& [name, value] :
         std::initializer_list<ResponseField>{{"Location", "/\r\nSet-Cookie: a=b"},
                                              {"A b", "c"},
                                              {"", "c"},
                                              {"Content-Length", "0"}}) {
        for (const bool close : {false, true}) {
            TestSession connection(always([&, name = name, value = value] {
                Response response;
                response.fields.push_back({name, value});
                response.close = close;
                return response;
            }));
            const std::string answer = connection.exchange(get("/"));
            EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 Internal Server Error\r\n")) << answer;
            EXPECT_TRUE(answer.ends_with("\r\n\r\n500 Internal Server Error\n")) << answer;
            EXPECT_EQ(answer.find("c\r\n\r\n"), std::string::npos) << answer;
            EXPECT_EQ(connection.session.phase(), close ? Phase::done : Phase::idle);
        }
    }
}

TEST(Http1, Says500InsteadOfAStatusThatIsNone) {
    for (const int status : {0, 100, 101, 199, 600}) {
        TestSession connection(always([status] {
            Response response;
            response.status = status;
            return response;
        }));
        EXPECT_TRUE(connection.exchange(get("/")).starts_with("HTTP/1.1 500 ")) << status;
    }
}

TEST(Http1, ClosesWhenTheHandlerWantsIt) {
    TestSession connection(always([] {
        Response response;
        response.close = true;
        return response;
    }));
    EXPECT_EQ(connection.exchange(get("/") + get("/")), echoed("", close_line));
    EXPECT_EQ(connection.session.phase(), Phase::done);
}

TEST(Http1, ClosesWhileDraining) {
    TestSession connection;
    EXPECT_EQ(connection.exchange(get("/now")), echoed("GET /now "));
    connection.draining = std::chrono::milliseconds(0);
    EXPECT_EQ(connection.exchange(get("/now")), echoed("GET /now ", close_line));
    EXPECT_EQ(connection.session.phase(), Phase::done);

    TestSession working;
    working.receive(get("/later"));
    working.draining = std::chrono::milliseconds(0);
    EXPECT_EQ(working.settle(), echoed("GET /later ", close_line));
    EXPECT_EQ(working.session.phase(), Phase::done);
}

// A request may be on its way when the drain begins; a client that has not asked yet cannot know
// that it should try again.
TEST(Http1, WaitsAMomentForRequestsOnTheirWayWhenTheDrainBegins) {
    struct Case {
        std::string_view before;
        std::chrono::milliseconds time;
    };

    for (const Case& row :
         {Case{"", base::limits::drain_fresh_time},
          Case{"GET /now HTTP/1.1\r\nHost: a\r\n\r\n", base::limits::drain_idle_time}}) {
        TestSession connection;
        if (!row.before.empty()) {
            connection.exchange(row.before);
        }
        connection.draining = row.time - std::chrono::milliseconds(1);
        connection.drain();
        EXPECT_NE(connection.session.phase(), Phase::done);
        connection.draining = row.time;
        connection.drain();
        EXPECT_EQ(connection.session.phase(), Phase::done);
    }
}

TEST(Http1, DrainLetsRequestsInHandFinish) {
    TestSession connection;
    connection.receive("GET /la");
    connection.draining = std::chrono::seconds(9);
    connection.drain();
    EXPECT_EQ(connection.session.phase(), Phase::head);
    EXPECT_EQ(connection.exchange("ter HTTP/1.1\r\nHost: a\r\n\r\n"),
              echoed("GET /later ", close_line));
}

}  // namespace
}  // namespace cloister::http
