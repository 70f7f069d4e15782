// SPDX-License-Identifier: MIT
// Phases, time-outs and ends of an HTTP/2 connection: by the server's drain, by its age, by the
// client.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "base/limits.h"
#include "http/http2.h"
#include "http/test_http2.h"

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

HeaderList post(std::string_view path) {
    return get(path, {}, "POST");
}

// A client whose windows are so small that no answer of "/now..." is sent whole.
std::string narrow_greeting() {
    return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
           frame(NGHTTP2_SETTINGS, 0, 0,
                 number(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 2) + number(4, 4));
}

struct Situation {
    std::string_view name;
    std::string input;
    Phase phase;
    std::chrono::milliseconds time = 0ms;  // after which its deadline passes
    std::uint32_t reset = none;            // the stream, when it has passed
    std::uint32_t goaway = none;           // the connection
};

std::initializer_list<Situation> situations() {
    static const std::initializer_list<Situation> all = {
        {"nothing", "", Phase::fresh, limits::idle_time, none, no_error},
        {"greeted", greeting(), Phase::fresh, limits::idle_time, none, no_error},
        {"idle", greeting() + head(1, get("/now")), Phase::idle, limits::idle_time, none, no_error},
        {"head", greeting() + frame(NGHTTP2_HEADERS, 0, 1), Phase::head, limits::head_time, none,
         NGHTTP2_ENHANCE_YOUR_CALM},
        {"trailer", greeting() + head(1, post("/later"), false) + frame(NGHTTP2_HEADERS, 1, 1),
         Phase::head, limits::head_time, none, NGHTTP2_ENHANCE_YOUR_CALM},
        {"body", greeting() + head(1, post("/later"), false), Phase::body, limits::body_time,
         no_error},
        {"working", greeting() + head(1, get("/later")), Phase::working, limits::work_time,
         NGHTTP2_CANCEL},
        {"sending", narrow_greeting() + head(1, get("/now")), Phase::sending, limits::write_time,
         NGHTTP2_CANCEL},
        {"lingering", greeting() + head(2, get("/")), Phase::lingering, limits::linger_time, none,
         NGHTTP2_PROTOCOL_ERROR},
    };
    return all;
}

TEST(Http2Phase, IsWhatIsWaitedFor) {
    for (const Situation& situation : situations()) {
        TestFrames peer;
        peer.send(situation.input);
        EXPECT_EQ(peer.server.session.phase(), situation.phase) << situation.name;
    }
}

TEST(Http2TimeOut, SaysSo) {
    for (const Situation& situation : situations()) {
        TestFrames peer;
        peer.send(situation.input);
        peer.server.now += situation.time;
        peer.server.time_out();
        peer.take_all();
        EXPECT_EQ(peer.reset(1), situation.reset) << situation.name;
        EXPECT_EQ(peer.goaway(), situation.goaway) << situation.name;
        const Phase next = situation.phase == Phase::lingering ? Phase::done
                           : situation.goaway != none          ? Phase::lingering
                                                               : Phase::idle;
        EXPECT_EQ(peer.server.session.phase(), next) << situation.name;
    }
}

TEST(Http2TimeOut, EndsEveryConnectionInTheEnd) {
    for (const Situation& situation : situations()) {
        TestFrames peer;
        peer.send(situation.input);
        int times = 0;
        for (; peer.server.session.phase() != Phase::done && times < 10; ++times) {
            peer.server.now += limits::work_time;
            peer.server.time_out();
            peer.take_all();
        }
        EXPECT_LE(times, 3) << situation.name;
    }
}

TEST(Http2TimeOut, OfABodyIs408) {
    TestHttp2 client;
    const std::uint32_t stream = client.ask(post("/later"), "he", false);
    client.settle();
    client.wire.server.now += limits::body_time;
    client.wire.server.time_out();
    client.settle();
    EXPECT_EQ(client.answers[stream].body, "408 Request Timeout\n");
    EXPECT_EQ(client.answers[stream].closed, no_error);
    EXPECT_EQ(client.fetch(get("/now")).status, 200);
}

TEST(Http2TimeOut, OfAStalledAnswerComesWhileOthersGoOn) {
    TestFrames peer;
    peer.send(narrow_greeting() + head(1, get("/now")));
    std::uint32_t stream = 3;
    for (; peer.reset(1) == none && stream < 1000; stream += 2) {
        peer.server.now += 500ms;
        peer.send(head(stream, get("/now")) +
                  frame(NGHTTP2_WINDOW_UPDATE, 0, stream, number(100, 4)));
    }
    EXPECT_EQ(peer.reset(1), std::uint32_t{NGHTTP2_CANCEL});
    EXPECT_GE(500ms * (stream / 2), limits::write_time);
    EXPECT_LE(500ms * (stream / 2), limits::write_time + 3s);
    EXPECT_EQ(peer.of_type(NGHTTP2_RST_STREAM).size(), 1U);
    EXPECT_EQ(peer.server.session.phase(), Phase::idle);
}

TEST(Http2TimeOut, LeavesALateAnswerUnsent) {
    TestFrames peer;
    peer.send(greeting() + head(1, get("/later")));
    peer.server.now += limits::work_time;
    peer.server.time_out();
    peer.take_all();
    peer.frames.clear();
    peer.settle();
    EXPECT_TRUE(peer.frames.empty());
    peer.send(head(3, get("/later")));
    peer.settle();
    EXPECT_EQ(peer.frames.back().payload, "GET /later ");
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

TEST(Http2End, OfInputIsTheEnd) {
    for (const Situation& situation : situations()) {
        TestFrames peer;
        peer.send(situation.input);
        peer.frames.clear();
        peer.server.session.end_of_input();
        EXPECT_EQ(peer.server.session.phase(), Phase::done) << situation.name;
        EXPECT_FALSE(peer.server.session.has_backlog());
        peer.settle();
        EXPECT_TRUE(peer.frames.empty()) << situation.name;
        EXPECT_EQ(peer.server.session.phase(), Phase::done) << situation.name;
    }
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
