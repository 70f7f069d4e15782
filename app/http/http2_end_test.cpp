// SPDX-License-Identifier: MIT
// Ends of an HTTP/2 connection: by the server's drain, by its age, by the client.
#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "http/http2.h"
#include "http/test_frames.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;
using namespace std::chrono_literals;

constexpr auto none = TestFrames::none;
constexpr std::uint32_t no_error = NGHTTP2_NO_ERROR;
constexpr std::uint32_t most_streams = 0x7fffffff;

// What the last GOAWAY says of the last request that is answered.
std::uint32_t last_stream(const TestFrames& peer) {
    const std::vector<Frame> all = peer.of_type(NGHTTP2_GOAWAY);
    return all.empty() ? none : number_at(all.back().payload, 0);
}

TEST(Http2Drain, WarnsFirstAndAnswersWhatIsOnItsWay) {
    TestFrames peer;
    peer.send(greeting() + head(1, get("/later")));
    peer.server.draining = 0ms;
    peer.server.drain();
    peer.take();
    EXPECT_EQ(peer.goaway(), no_error);
    EXPECT_EQ(last_stream(peer), most_streams);
    peer.send(head(3, get("/now")));
    EXPECT_EQ(peer.frames.back().payload, "GET /now ");

    peer.server.now += limits::drain_idle_time;
    peer.server.drain();
    peer.take();
    EXPECT_EQ(peer.of_type(NGHTTP2_GOAWAY).size(), 2U);
    EXPECT_EQ(last_stream(peer), 3U);
    EXPECT_EQ(peer.server.session.phase(), Phase::working) << "open streams finish";
    peer.frames.clear();
    peer.send(head(5, get("/now")));
    EXPECT_TRUE(peer.frames.empty()) << "that one came too late";
    peer.settle();
    EXPECT_EQ(peer.frames.back().payload, "GET /later ");
    EXPECT_EQ(peer.server.session.phase(), Phase::lingering);
}

TEST(Http2Drain, LetsAHeadThatHasBegunBecomeARequest) {
    TestFrames peer;
    const std::string block = header_block(get("/now"));
    peer.send(greeting() + frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, 1));
    peer.server.draining = 0ms;
    peer.server.drain();
    peer.server.now += limits::drain_idle_time;
    peer.server.drain();
    peer.take();
    EXPECT_EQ(last_stream(peer), 1U);
    EXPECT_EQ(peer.server.session.phase(), Phase::head);
    peer.send(frame(NGHTTP2_CONTINUATION, NGHTTP2_FLAG_END_HEADERS, 1, block));
    EXPECT_EQ(peer.frames.back().payload, "GET /now ");
    EXPECT_EQ(peer.server.session.phase(), Phase::lingering);
}

TEST(Http2Drain, EndsWhoHasNothingToSay) {
    for (const std::string& input :
         {std::string(), greeting(), greeting() + head(1, get("/now"))}) {
        TestFrames peer;
        peer.send(input);
        peer.server.draining = 0ms;
        for (int turn = 0; turn < 3; ++turn) {
            peer.server.drain();
            peer.take();
            peer.server.now += limits::drain_idle_time;
        }
        EXPECT_EQ(peer.of_type(NGHTTP2_GOAWAY).size(), 2U);
        EXPECT_EQ(peer.goaway(), no_error);
        EXPECT_EQ(peer.server.session.phase(), Phase::lingering);
    }
}

TEST(Http2End, ComesWithAge) {
    TestFrames peer;
    peer.send(greeting() + head(1, get("/now")));
    peer.server.now += limits::connection_age - 1s;
    peer.send(head(3, get("/now")));
    EXPECT_EQ(peer.goaway(), none);
    peer.server.now += 1s;
    peer.send(head(5, get("/now")));
    EXPECT_EQ(last_stream(peer), most_streams);
    peer.send(head(7, get("/now")));
    peer.server.now += limits::drain_idle_time;
    peer.send(head(9, get("/now")));
    EXPECT_EQ(last_stream(peer), 9U);
    EXPECT_EQ(peer.of_type(NGHTTP2_DATA).size(), 5U);
    EXPECT_EQ(peer.server.session.phase(), Phase::lingering);
}

TEST(Http2End, ComesWhenTheHandlerWantsIt) {
    TestFrames peer({.immediate =
                         [](const Request& request) {
                             Response response;
                             response.close = request.path == "/last";
                             return request.path == "/later" ? std::optional<Response>()
                                                             : std::optional(std::move(response));
                         },
                     .blocking = [](const Request&) { return Response(); }});
    peer.send(greeting() + head(1, get("/later")) + head(3, get("/last")));
    EXPECT_EQ(last_stream(peer), 3U);
    EXPECT_EQ(peer.server.session.phase(), Phase::working);
    peer.settle();
    EXPECT_EQ(peer.of_type(NGHTTP2_HEADERS).size(), 2U);
    EXPECT_EQ(peer.server.session.phase(), Phase::lingering);
}

TEST(Http2End, ComesWhenTheClientLeaves) {
    TestFrames peer;
    peer.send(greeting() + head(1, get("/later")) +
              frame(NGHTTP2_GOAWAY, 0, 0, number(0, 4) + number(0, 4)));
    EXPECT_EQ(peer.server.session.phase(), Phase::working);
    peer.settle();
    EXPECT_EQ(peer.frames.back().payload, "GET /later ");
    EXPECT_EQ(peer.server.session.phase(), Phase::lingering);
}

// The kernel is slow, and a field section of several frames is on its way when the client breaks
// the protocol beyond what the library bears.
TEST(Http2End, IsSaidBetweenFramesOnly) {
    TestFrames peer({.immediate =
                         [](const Request&) {
                             Response response;
                             response.fields.push_back({"a", std::string(50000, '\x7e')});
                             return std::optional(std::move(response));
                         },
                     .blocking = {}});
    peer.send(greeting());
    peer.room = 0;
    peer.send(head(1, get("/")) + head(3, get("/")) + frame(NGHTTP2_HEADERS, 0, 5));
    for (int count = 0; count < 6; ++count) {
        peer.send(frame(NGHTTP2_CONTINUATION, 0, 5));
    }
    peer.room = TestFrames::unlimited;
    peer.take_all();
    EXPECT_EQ(peer.goaway(), std::uint32_t{NGHTTP2_ENHANCE_YOUR_CALM});
    const Frame& before = peer.frames[peer.frames.size() - 2];
    EXPECT_EQ(before.type, NGHTTP2_CONTINUATION);
    EXPECT_EQ(before.flags, NGHTTP2_FLAG_END_HEADERS);
}

}  // namespace
}  // namespace cloister::http
