// SPDX-License-Identifier: MIT
// What an HTTP/2 connection waits for, and what it does when that does not come.
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

TEST(Http2EndOfInput, EndsEverything) {
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

}  // namespace
}  // namespace cloister::http
