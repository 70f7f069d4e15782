// SPDX-License-Identifier: MIT
// Peers that want to exhaust the server: bounded effort, bounded output, and a GOAWAY that says
// why.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "base/limits.h"
#include "http/http2.h"
#include "http/test_frames.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

constexpr auto calm = std::uint32_t{NGHTTP2_ENHANCE_YOUR_CALM};
constexpr auto breach = std::uint32_t{NGHTTP2_PROTOCOL_ERROR};

const std::string number_of_cancel = number(NGHTTP2_CANCEL, 4);

// What is said once more, for a stream that changes.
using Step = std::function<std::string(std::uint32_t stream)>;

struct Flood {
    std::string_view claim;
    std::string before;  // after the greeting
    Step step;
    std::size_t steps = 0;  // that it takes
    std::uint32_t code = calm;
};

void expect_that_it_ends(TestFrames& peer, const Flood& flood) {
    EXPECT_EQ(peer.goaway(), flood.code) << flood.claim;
    EXPECT_LT(peer.sent_bytes, 128 * limits::kib) << flood.claim;
    EXPECT_EQ(peer.server.session.phase(), Phase::lingering) << flood.claim;
    const std::size_t sent = peer.sent_bytes;
    peer.send(flood.step(9999) + flood.step(10001));
    EXPECT_EQ(peer.sent_bytes, sent) << flood.claim << ": what comes later is dropped";
    peer.server.time_out();
    EXPECT_EQ(peer.server.session.phase(), Phase::done) << flood.claim;
}

std::vector<Flood> floods() {
    const std::string open = head(1, get("/later", {}, "POST"), false);
    const auto each = [](const std::string& frame) {
        return [frame](std::uint32_t /*stream*/) { return frame; };
    };
    return {
        {"rapid reset", "",
         [](std::uint32_t stream) {
             return head(stream, get("/later")) +
                    frame(NGHTTP2_RST_STREAM, 0, stream, number(NGHTTP2_CANCEL, 4));
         },
         111},
        {"streams that we have to reset", "",
         [](std::uint32_t stream) {
             return head(stream, get("/later")) +
                    frame(NGHTTP2_WINDOW_UPDATE, 0, stream, number(0x7fffffff, 4));
         },
         111},
        {"malformed requests", "",
         [](std::uint32_t stream) {
             return head(stream, get("/", {{"A", "b"}}));
         },
         124},
        {"PING", "", each(frame(NGHTTP2_PING, 0, 0, "12345678")), 248},
        {"SETTINGS", "", each(frame(NGHTTP2_SETTINGS, 0, 0)), 100},
        {"large SETTINGS", "",
         each(frame(NGHTTP2_SETTINGS, 0, 0, std::string(17 * std::size_t{6}, '\x01'))), 1},
        {"PRIORITY", "",
         [](std::uint32_t stream) { return frame(NGHTTP2_PRIORITY, 0, stream, number(0, 5)); },
         991},
        {"WINDOW_UPDATE", open, each(frame(NGHTTP2_WINDOW_UPDATE, 0, 1, number(1, 4))), 990},
        {"WINDOW_UPDATE of the connection", "",
         each(frame(NGHTTP2_WINDOW_UPDATE, 0, 0, number(1, 4))), 991},
        {"empty DATA", open, each(frame(NGHTTP2_DATA, 0, 1)), 198},
        {"DATA that is all padding", open,
         each(frame(NGHTTP2_DATA, NGHTTP2_FLAG_PADDED, 1, std::string(1, '\0'))), 198},
        {"CONTINUATION", frame(NGHTTP2_HEADERS, 0, 1, header_block(get("/"))),
         each(frame(NGHTTP2_CONTINUATION, 0, 1, header_block({{"a", "b"}}))), 5},
        {"empty CONTINUATION", frame(NGHTTP2_HEADERS, 0, 1, header_block(get("/"))),
         each(frame(NGHTTP2_CONTINUATION, 0, 1)), 5},
        {"bombs of HPACK", "",
         [](std::uint32_t stream) {
             // One entry for the dynamic table, and a byte for each time that it is meant.
             return frame(NGHTTP2_HEADERS, 5, stream,
                          "\x40" + hpack_string("a") + hpack_string(std::string(4000, 'a')) +
                              std::string(12000, '\xbe'));
         },
         4},
        {"bombs", "",
         [](std::uint32_t stream) {
             const HeaderList bomb(20, {"a", std::string(4096, 'a')});
             const std::string block = header_block(bomb);
             return frame(NGHTTP2_HEADERS, NGHTTP2_FLAG_END_STREAM, stream,
                          block.substr(0, 16384)) +
                    frame(NGHTTP2_CONTINUATION, 0, stream, block.substr(16384, 16384)) +
                    frame(NGHTTP2_CONTINUATION, 0, stream, block.substr(32768, 16384)) +
                    frame(NGHTTP2_CONTINUATION, 0, stream, block.substr(49152, 16384)) +
                    frame(NGHTTP2_CONTINUATION, NGHTTP2_FLAG_END_HEADERS, stream,
                          block.substr(65536));
         },
         4},
    };
}

TEST(Http2Flood, EndsFrameByFrame) {
    for (const Flood& flood : floods()) {
        TestFrames peer;
        peer.send(greeting() + flood.before);
        std::size_t steps = 0;
        while (peer.goaway() == TestFrames::none && steps < 20000) {
            peer.send(flood.step(static_cast<std::uint32_t>(2 * ++steps + 1)));
        }
        EXPECT_EQ(steps, flood.steps) << flood.claim;
        expect_that_it_ends(peer, flood);
    }
}

TEST(Http2Flood, EndsInOneSegment) {
    for (const Flood& flood : floods()) {
        TestFrames peer;
        peer.send(greeting() + flood.before);
        std::string all;
        for (std::uint32_t stream = 3; all.size() < 512 * limits::kib; stream += 2) {
            all += flood.step(stream);
        }
        peer.send(all);
        peer.take_all();
        EXPECT_LE(peer.server.deferred.size(), limits::stream_count) << flood.claim;
        expect_that_it_ends(peer, flood);
    }
}

// RFC 9113 5.5 and 5.1: frames of unknown types, and DATA of closed streams, are ignored.
TEST(Http2Flood, OfWhatIsIgnoredEndsByItsBytes) {
    constexpr std::uint8_t unknown_type = 0xbe;
    const std::string ignored(16000, 'x');
    const std::string closed = head(1, get("/now", {}, "POST"), false);  // It is answered at once.
    for (const auto& [before, step] : std::initializer_list<std::pair<std::string, std::string>>{
             {"", frame(unknown_type, 0, 0, ignored)},
             {closed, frame(NGHTTP2_DATA, 0, 1, ignored)},
         }) {
        TestFrames peer;
        peer.send(greeting() + before);
        std::size_t bytes = 0;
        while (peer.goaway() == TestFrames::none && bytes < 64 * limits::mib) {
            peer.send(step);
            bytes += step.size();
        }
        EXPECT_EQ(peer.goaway(), calm);
        EXPECT_LE(bytes, 5 * limits::mib);
        EXPECT_GE(bytes, 3 * limits::mib);  // More than a whole window, which may be on its way.
    }
}

TEST(Http2Flood, OfRequestsIsRefusedAboveTheLimit) {
    TestFrames peer;
    std::string all = greeting();
    for (std::uint32_t number = 0; number < 300; ++number) {
        all += head(2 * number + 1, get("/later"));
    }
    peer.send(all);
    EXPECT_EQ(peer.server.deferred.size(), limits::stream_count);
    peer.settle();
    std::size_t refused = 0;
    for (std::uint32_t number = 0; number < 300; ++number) {
        refused += peer.reset(2 * number + 1) == NGHTTP2_REFUSED_STREAM ? 1 : 0;
    }
    EXPECT_EQ(refused, 200U);
    EXPECT_EQ(peer.of_type(NGHTTP2_DATA).size(), limits::stream_count);
    EXPECT_EQ(peer.goaway(), TestFrames::none);
    EXPECT_EQ(peer.server.session.phase(), Phase::idle);
}

// The client has confirmed the limit, so this is no misunderstanding.
TEST(Http2Flood, OfRequestsBeyondAConfirmedLimitEndsTheConnection) {
    TestFrames peer;
    peer.send(greeting() + frame(NGHTTP2_SETTINGS, NGHTTP2_FLAG_ACK, 0));
    for (std::uint32_t number = 0; number <= 100; ++number) {
        EXPECT_EQ(peer.goaway(), TestFrames::none);
        peer.send(head(2 * number + 1, get("/later")));
    }
    EXPECT_EQ(peer.goaway(), breach);
    EXPECT_EQ(peer.server.deferred.size(), limits::stream_count);
}

TEST(Http2Flood, OfCancelledRequestsLeavesNoMoreWorkThanTheLimit) {
    TestFrames peer;
    peer.send(greeting());
    for (std::uint32_t number = 0; number < 120; ++number) {
        peer.server.now += std::chrono::seconds(1);  // The allowance is not what is tried here.
        peer.send(head(2 * number + 1, get("/later")) +
                  frame(NGHTTP2_RST_STREAM, 0, 2 * number + 1, number_of_cancel));
    }
    EXPECT_EQ(peer.server.deferred.size(), limits::stream_count);
    EXPECT_EQ(peer.goaway(), TestFrames::none);
    peer.frames.clear();
    peer.send(head(241, get("/later")));
    ASSERT_EQ(peer.of_type(NGHTTP2_DATA).size(), 1U);
    EXPECT_EQ(peer.of_type(NGHTTP2_DATA)[0].payload, "503 Service Unavailable\n");
    peer.frames.clear();
    peer.settle();
    EXPECT_TRUE(peer.frames.empty()) << "nobody waits for these answers";
    peer.send(head(243, get("/later")));
    peer.settle();
    EXPECT_EQ(peer.of_type(NGHTTP2_DATA)[0].payload, "GET /later ");
}

TEST(Http2Flood, OfFieldsIs431AboveTheLimitAndACutStreamFarAbove) {
    struct Case {
        std::size_t bytes;
        std::string_view body;
        std::uint32_t reset;
    };

    for (const auto& [bytes, body, reset] : std::initializer_list<Case>{
             {limits::head_bytes - 1000, "GET /now ", TestFrames::none},
             {limits::head_bytes, "431 Request Header Fields Too Large\n", TestFrames::none},
             {limits::header_flood_bytes, "", calm}}) {
        TestFrames peer;
        const std::string block = header_block(get("/now", {{"a", std::string(bytes, 'a')}}));
        constexpr std::size_t most = 16384;
        peer.send(greeting());
        for (std::size_t at = 0; at < block.size(); at += most) {
            const int ends = at + most >= block.size() ? NGHTTP2_FLAG_END_HEADERS : 0;
            peer.send(at == 0 ? frame(NGHTTP2_HEADERS,
                                      static_cast<std::uint8_t>(ends | NGHTTP2_FLAG_END_STREAM), 1,
                                      block.substr(0, most))
                              : frame(NGHTTP2_CONTINUATION, static_cast<std::uint8_t>(ends), 1,
                                      block.substr(at, most)));
        }
        std::string got;
        for (const Frame& frame : peer.of_type(NGHTTP2_DATA)) {
            got += frame.payload;
        }
        EXPECT_EQ(got, body);
        EXPECT_EQ(peer.reset(1), reset);
        EXPECT_EQ(peer.goaway(), TestFrames::none);
        peer.send(head(3, get("/now")));
        EXPECT_EQ(peer.frames.back().payload, "GET /now ") << "the connection lives on";
    }
}

TEST(Http2Flood, IsNoneIfItTakesItsTime) {
    TestFrames peer;
    peer.send(greeting());
    const std::string ping = frame(NGHTTP2_PING, 0, 0, "12345678");
    for (int second = 0; second < 1000; ++second) {
        peer.server.now += std::chrono::seconds(1);
        peer.send(ping + ping + ping + ping + ping);
    }
    EXPECT_EQ(peer.goaway(), TestFrames::none);
    EXPECT_EQ(peer.of_type(NGHTTP2_PING).size(), 5000U);
}

}  // namespace
}  // namespace cloister::http
