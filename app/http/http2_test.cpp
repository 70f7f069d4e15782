// SPDX-License-Identifier: MIT
// Requests and answers over HTTP/2: that they mean the same as over HTTP/1.1.
#include "http/http2.h"

#include <gtest/gtest.h>

#include <functional>
#include <initializer_list>
#include <string>

#include "base/limits.h"
#include "http/test_http2.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

// Answers at once with what `make` returns.
Handler always(const std::function<Response()>& make) {
    return {.immediate = [make](const Request&) -> std::optional<Response> { return make(); },
            .blocking = {}};
}

HeaderList echoed_fields(std::string_view body) {
    return {{":status", "200"},
            {"date", std::string(TestSession::date)},
            {"content-length", std::to_string(body.size())}};
}

TEST(Http2, AnswersAtOnceAndStaysOpen) {
    TestHttp2 client;
    EXPECT_EQ(client.wire.server.session.phase(), Phase::fresh);
    const Answer& answer = client.fetch(get("/now"));
    EXPECT_EQ(answer.fields, echoed_fields("GET /now "));
    EXPECT_EQ(answer.body, "GET /now ");
    EXPECT_EQ(answer.closed, 0U);
    EXPECT_EQ(client.wire.server.session.phase(), Phase::idle);
    EXPECT_EQ(client.fetch(get("/now/2")).body, "GET /now/2 ");
    EXPECT_EQ(client.wire.reset(1), TestFrames::none);
}

TEST(Http2, AnswersByteByByte) {
    TestFrames peer;
    const std::string all = greeting() + head(1, get("/now")) + head(3, get("/later")) +
                            head(5, get("/later", {}, "POST"), false) +
                            frame(NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 5, "body");
    for (const char byte : all) {
        peer.send({&byte, 1});
    }
    peer.settle();
    std::string bodies;
    for (const Frame& frame : peer.of_type(NGHTTP2_DATA)) {
        bodies += frame.payload + "|";
    }
    EXPECT_EQ(bodies, "GET /now |GET /later |POST /later body|");
}

TEST(Http2, AnswersManyRequestsAtOnceInAnyOrder) {
    TestHttp2 client;
    for (int number = 0; number < 100; ++number) {
        client.ask(get((number % 3 == 0 ? "/now" : "/later") + std::to_string(number)));
    }
    client.exchange();
    EXPECT_EQ(client.wire.server.deferred.size(), 66U);
    EXPECT_EQ(client.wire.server.session.phase(), Phase::working);
    std::reverse(client.wire.server.deferred.begin(), client.wire.server.deferred.end());
    client.settle();
    for (std::uint32_t number = 0; number < 100; ++number) {
        const std::string path = (number % 3 == 0 ? "/now" : "/later") + std::to_string(number);
        EXPECT_EQ(client.answers[2 * number + 1].body, "GET " + path + " ");
    }
    EXPECT_EQ(client.wire.server.session.phase(), Phase::idle);
}

TEST(Http2, TellsTheHandlerWhoAsks) {
    base::Peer peer;
    peer.port = 1234;
    Http2 session(peer, true);
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
    HeaderList list = get("/");
    list[1].second = "https";
    session.receive(greeting() + head(1, list), turn);
    EXPECT_EQ(port, 1234);
    EXPECT_TRUE(secure);
}

TEST(Http2, AnswersHeadAsGetWithoutTheBody) {
    TestHttp2 client;
    for (const std::string_view path : {"/now", "/later"}) {
        const Answer& answer = client.fetch(get(path, {}, "HEAD"));
        EXPECT_EQ(answer.fields, echoed_fields("HEAD " + std::string(path) + " "));
        EXPECT_EQ(answer.body, "");
        EXPECT_EQ(answer.closed, 0U);
    }
}

TEST(Http2, SendsNeitherBodyNorLengthWhereTheStatusHasNone) {
    for (const int status : {204, 304}) {
        TestHttp2 client(always([status] {
            Response response;
            response.status = status;
            response.body = std::string_view("none");
            return response;
        }));
        const Answer& answer = client.fetch(get("/"));
        EXPECT_EQ(answer.status, status);
        EXPECT_EQ(answer.field("content-length"), "");
        EXPECT_EQ(answer.body, "");
        EXPECT_EQ(answer.closed, 0U);
    }
}

TEST(Http2, EndsAnEmptyAnswerWithItsHead) {
    TestHttp2 client(always([] { return Response(); }));
    EXPECT_EQ(client.fetch(get("/")).field("content-length"), "0");
    EXPECT_TRUE(client.wire.of_type(NGHTTP2_DATA).empty());
}

TEST(Http2, SendsFieldsInLowerCaseSharedOnesFirst) {
    static const std::string shared =
        FieldBlock::render(std::vector<ResponseField>{{"X-Shared", "Yes"}});
    TestHttp2 client(always([] {
        Response response;
        response.shared[1] = FieldBlock(shared.data());
        response.fields = {{"ETag", "\"a\""}, {"Vary", "A"}, {"Vary", "B"}, {"X-Own", " a\tb "}};
        return response;
    }));
    HeaderList expected = echoed_fields("");
    expected.insert(
        expected.begin() + 2,
        {{"x-shared", "Yes"}, {"etag", "\"a\""}, {"vary", "A"}, {"vary", "B"}, {"x-own", "a\tb"}});
    EXPECT_EQ(client.fetch(get("/")).fields, expected);
}

TEST(Http2, DropsFieldsThatSpeakOfAnHttp1Connection) {
    TestHttp2 client(always([] {
        Response response;
        response.fields = {{"Keep-Alive", "timeout=5"}, {"Upgrade", "h2c"}, {"A", "b"}};
        response.fields.push_back({"Proxy-Connection", "close"});
        return response;
    }));
    HeaderList expected = echoed_fields("");
    expected.insert(expected.begin() + 2, {"a", "b"});
    EXPECT_EQ(client.fetch(get("/")).fields, expected);
}

TEST(Http2, Says500InsteadOfAnAnswerThatIsNone) {
    for (const auto& [name, value] :
         std::initializer_list<ResponseField>{{"Location", "/\r\nSet-Cookie: a=b"},
                                              {"A b", "c"},
                                              {"", "c"},
                                              {":status", "200"},
                                              {"Connection", "close"},
                                              {"Content-Length", "0"}}) {
        TestHttp2 client(always([&, name = name, value = value] {
            Response response;
            response.fields.push_back({name, value});
            return response;
        }));
        EXPECT_EQ(client.fetch(get("/")).body, "500 Internal Server Error\n") << name;
    }
    for (const int status : {0, 100, 199, 600}) {
        TestHttp2 client(always([status] {
            Response response;
            response.status = status;
            return response;
        }));
        EXPECT_EQ(client.fetch(get("/")).status, 500) << status;
    }
}

TEST(Http2, ResetsAnAnswerWhoseFieldsAreTooLargeForIt) {
    TestHttp2 client(always([] {
        Response response;
        response.fields.push_back({"A", std::string(70 * limits::kib, 'a')});
        return response;
    }));
    EXPECT_EQ(client.fetch(get("/")).closed, std::uint32_t{NGHTTP2_INTERNAL_ERROR});
    EXPECT_EQ(client.wire.server.session.phase(), Phase::idle);
}

TEST(Http2, SendsFieldsOfSeveralFrames) {
    TestHttp2 client(always([] {
        Response response;
        response.fields.push_back({"A", std::string(60000, '\x7e')});
        return response;
    }));
    EXPECT_EQ(client.fetch(get("/")).field("a").size(), 60000U);
    EXPECT_EQ(client.wire.of_type(NGHTTP2_CONTINUATION).size(), 3U);
}

TEST(Http2, JoinsCookies) {
    TestHttp2 client({.immediate = [](const Request& request) -> std::optional<Response> {
                          Response response;
                          for (const Field& field : request.fields) {
                              if (field.name == "cookie") {
                                  response.body = std::string(field.value) + "|";
                              }
                          }
                          return response;
                      },
                      .blocking = {}});
    EXPECT_EQ(client.fetch(get("/", {{"cookie", "a=b"}, {"x", ""}, {"cookie", "c=d"}})).body,
              "a=b; c=d|");
}

}  // namespace
}  // namespace cloister::http
