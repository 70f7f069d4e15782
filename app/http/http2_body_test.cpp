// SPDX-License-Identifier: MIT
// Bodies of requests: their limits, who may send how much at once, and answers that do not wait.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "base/limits.h"
#include "http/http2.h"
#include "http/test_http2.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

constexpr auto none = TestFrames::none;

HeaderList post(std::string_view path, const HeaderList& fields = {}) {
    return get(path, fields, "POST");
}

// Answers on a worker with the length of the body.
Handler measure() {
    return {.immediate = [](const Request&) { return std::optional<Response>(); },
            .blocking =
                [](const Request& request) {
                    Response response;
                    response.body = std::to_string(request.body.size());
                    return response;
                }};
}

// How much of bodies the session has let come, those that workers have excepted.
std::size_t granted(const TestFrames& peer, std::uint32_t stream) {
    std::size_t sum = limits::stream_window_bytes;
    for (const Frame& frame : peer.of_type(NGHTTP2_WINDOW_UPDATE)) {
        sum += frame.stream == stream ? number_at(frame.payload, 0) : 0;
    }
    return sum;
}

TEST(Http2Body, ComesToTheHandlerWhole) {
    TestHttp2 client;
    EXPECT_EQ(client.fetch(post("/later"), "hello").body, "POST /later hello");
    EXPECT_EQ(client.fetch(post("/later", {{"content-length", "5"}}), "hello").body,
              "POST /later hello");
    EXPECT_EQ(client.fetch(post("/later"), "").body, "POST /later ");
    EXPECT_EQ(client.wire.of_type(NGHTTP2_RST_STREAM).size(), 0U);
}

TEST(Http2Body, MayJustMeetTheLimit) {
    for (const std::size_t above : {0U, 1U}) {
        for (const bool announced : {false, true}) {
            TestHttp2 client(measure());
            const std::size_t size = limits::body_bytes + above;
            HeaderList fields;
            if (announced) {
                fields.emplace_back("content-length", std::to_string(size));
            }
            const Answer& answer = client.fetch(post("/", fields), std::string(size, 'b'));
            EXPECT_EQ(answer.status, above == 0 ? 200 : 413);
            EXPECT_EQ(answer.body, above == 0 ? std::to_string(size) : "413 Content Too Large\n");
            EXPECT_EQ(answer.closed, 0U);
            EXPECT_EQ(client.fetch(post("/"), "abc").body, "3") << "the connection lives on";
        }
    }
}

TEST(Http2Body, ThatContradictsItsLengthIsReset) {
    for (const std::string_view length : {"4", "6"}) {
        TestFrames peer(measure());
        peer.send(greeting() +
                  head(1, post("/", {{"content-length", std::string(length)}}), false) +
                  frame(NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1, "hello"));
        EXPECT_EQ(peer.reset(1), std::uint32_t{NGHTTP2_PROTOCOL_ERROR});
        EXPECT_TRUE(peer.server.deferred.empty());
    }
}

TEST(Http2Body, IsInvitedIfTheClientWaitsForThat) {
    TestHttp2 client;
    const std::uint32_t stream =
        client.ask(post("/later", {{"expect", "100-continue"}}), "", false);
    client.exchange();
    EXPECT_EQ(client.answers[stream].informational, std::vector<int>{100});
    EXPECT_EQ(client.wire.server.session.phase(), Phase::body);
    client.ask_more(stream, "hello", true);
    client.settle();
    EXPECT_EQ(client.answers[stream].body, "POST /later hello");
}

TEST(Http2Body, IsNotInvitedIfNobodyWantsIt) {
    for (const std::string_view path : {"/now", "/later"}) {
        TestHttp2 client;
        const std::uint32_t stream = client.ask(
            post(path, {{"expect", "100-continue"}, {"content-length", "1048577"}}), "", false);
        client.settle();
        const Answer& answer = client.answers[stream];
        EXPECT_TRUE(answer.informational.empty());
        EXPECT_EQ(answer.status, path == "/now" ? 200 : 413);
        EXPECT_EQ(answer.closed, 0U);
    }
}

TEST(Http2Body, ThatIsNotFinishedIsStoppedWithoutError) {
    TestHttp2 client;
    const std::uint32_t unfinished = client.ask(post("/now"), "he", false);
    const std::uint32_t finished = client.ask(post("/now"), "hello");
    client.settle();
    EXPECT_EQ(client.answers[unfinished].body, "POST /now ");
    EXPECT_EQ(client.wire.reset(unfinished), std::uint32_t{NGHTTP2_NO_ERROR});
    EXPECT_EQ(client.answers[finished].body, "POST /now ");
    client.ask_more(unfinished, "llo", true);
    client.settle();
    EXPECT_EQ(client.wire.goaway(), none) << "what was on its way is dropped";

    TestFrames peer;
    peer.send(greeting() + head(1, post("/now"), false) +
              frame(NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1, "hello"));
    EXPECT_EQ(peer.of_type(NGHTTP2_DATA)[0].payload, "POST /now ");
    EXPECT_EQ(peer.reset(1), none) << "it had finished";
}

TEST(Http2Body, MayHaveTrailersWhichAreDropped) {
    TestFrames peer;
    peer.send(greeting() + head(1, post("/later"), false) + frame(NGHTTP2_DATA, 0, 1, "hello") +
              head(1, {{"x-trailer", "a"}}));
    ASSERT_EQ(peer.server.deferred.size(), 1U);
    EXPECT_EQ(peer.server.deferred[0].request.fields.size(), 0U);
    peer.settle();
    EXPECT_EQ(peer.of_type(NGHTTP2_DATA)[0].payload, "POST /later hello");
}

TEST(Http2Body, OfManyRequestsComesSideBySide) {
    TestHttp2 client(measure());
    for (std::size_t number = 0; number < 100; ++number) {
        client.ask(post("/"), std::string(600 * number, 'b'));
    }
    client.settle();
    for (std::uint32_t number = 0; number < 100; ++number) {
        EXPECT_EQ(client.answers[2 * number + 1].body, std::to_string(600 * number));
    }
}

TEST(Http2Body, OfTwoLargeRequestsComesOneAfterTheOther) {
    TestHttp2 client(measure());
    const std::uint32_t first = client.ask(post("/"), std::string(limits::body_bytes, 'b'));
    const std::uint32_t second = client.ask(post("/"), std::string(limits::body_bytes, 'b'));
    client.settle();
    for (const std::uint32_t stream : {first, second}) {
        EXPECT_EQ(client.answers[stream].body, std::to_string(limits::body_bytes));
    }
    EXPECT_EQ(client.wire.server.session.phase(), Phase::idle);
}

// The connection's window is open, so that only the streams' bound what comes.
TEST(Http2Body, OfAHundredRequestsIsBoundedTogether) {
    TestFrames peer(measure());
    peer.send(greeting());
    std::size_t taken = 0;
    for (std::uint32_t stream = 1; stream < 200; stream += 2) {
        peer.send(head(stream, post("/"), false));
        const std::size_t most = std::min(granted(peer, stream), limits::body_bytes);
        for (std::size_t part = 0; part < most / 16384; ++part) {
            peer.send(frame(NGHTTP2_DATA, 0, stream, std::string(16384, 'b')));
            taken += 16384;
        }
        EXPECT_EQ(peer.reset(stream), none);
    }
    EXPECT_GT(taken, limits::body_bytes);
    EXPECT_LE(taken, std::size_t{100} * limits::stream_window_bytes + limits::body_bytes);
    for (std::uint32_t stream = 3; stream < 200; stream += 2) {
        peer.send(frame(NGHTTP2_DATA, 0, stream, std::string(16384, 'b')));
        EXPECT_EQ(peer.reset(stream), std::uint32_t{NGHTTP2_FLOW_CONTROL_ERROR});
        if (peer.goaway() != none) {
            break;
        }
    }
}

TEST(Http2Body, BeyondItsWindowIsReset) {
    TestFrames peer(measure());
    peer.send(greeting() + head(1, post("/"), false) + head(3, post("/"), false));
    for (int part = 0; part < 5; ++part) {
        peer.send(frame(NGHTTP2_DATA, 0, 3, std::string(16384, 'b')));
    }
    EXPECT_EQ(peer.reset(3), std::uint32_t{NGHTTP2_FLOW_CONTROL_ERROR});
}

TEST(Http2Body, IsGrantedToTheNextWhenTheClientGivesUp) {
    TestFrames peer(measure());
    peer.send(greeting() + head(1, post("/"), false) + head(3, post("/"), false) +
              head(5, post("/"), false));
    EXPECT_EQ(granted(peer, 1), std::size_t{limits::upload_window_bytes});
    EXPECT_EQ(granted(peer, 3), limits::stream_window_bytes);
    peer.send(frame(NGHTTP2_RST_STREAM, 0, 1, number(NGHTTP2_CANCEL, 4)));
    EXPECT_EQ(granted(peer, 3), std::size_t{limits::upload_window_bytes});
    peer.send(frame(NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 3, "b"));
    EXPECT_EQ(granted(peer, 5), std::size_t{limits::upload_window_bytes});
}

TEST(Http2Body, MayBePaddedToAnyLength) {
    TestFrames peer(measure());
    peer.send(greeting() + head(1, post("/"), false));
    const std::string padded = std::string(1, '\xff') + std::string(300, 'b') + std::string(255, 0);
    std::size_t sent = 0;
    std::size_t spent = 0;  // of the window
    for (; sent + 300 <= limits::body_bytes; sent += 300) {
        spent += padded.size();
        ASSERT_LE(spent, granted(peer, 1)) << "a client that keeps to it would wait for ever";
        peer.send(frame(NGHTTP2_DATA, NGHTTP2_FLAG_PADDED, 1, padded));
    }
    peer.send(frame(NGHTTP2_DATA, NGHTTP2_FLAG_END_STREAM, 1));
    peer.settle();
    ASSERT_EQ(peer.of_type(NGHTTP2_DATA).size(), 1U);
    EXPECT_EQ(peer.of_type(NGHTTP2_DATA)[0].payload, std::to_string(sent));
}

}  // namespace
}  // namespace cloister::http
