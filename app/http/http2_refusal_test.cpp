// SPDX-License-Identifier: MIT
// Requests that are none, and peers that break the protocol.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "base/limits.h"
#include "http/http2.h"
#include "http/test_frames.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

constexpr auto breach = std::uint32_t{NGHTTP2_PROTOCOL_ERROR};

// The gate's own verdicts are in gates_test.cpp; some of these the library finds before it.
TEST(Http2Refusal, OfMalformedRequestsLeavesTheConnectionOpen) {
    struct Case {
        std::string_view claim;
        HeaderList list;
        int status = 0;  // 0: the stream is reset
    };

    const HeaderList usual = get("/");
    const auto with = [&usual](std::size_t at, std::string_view value) {
        HeaderList list = usual;
        list[at].second = value;
        return list;
    };
    const auto without = [&usual](std::size_t at) {
        HeaderList list = usual;
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(at));
        return list;
    };
    for (const auto& [claim, list, status] : std::initializer_list<Case>{
             {"no method", without(0)},
             {"no scheme", without(1)},
             {"no authority", without(2)},
             {"no path", without(3)},
             {"empty path", with(3, "")},
             {"unknown method", with(0, "BREW"), 501},
             {"other scheme", with(1, "ftp"), 400},
             {"authority with user", with(2, "u@h"), 400},
             {"absolute form", with(3, "http://h/")},
             {"climbing path", with(3, "/../"), 400},
             {"encoded control", with(3, "/%0a"), 400},
             {"long target", with(3, "/" + std::string(limits::target_bytes, 'a')), 414},
             {"other host", get("/", {{"host", "g"}}), 400},
             {"second host", get("/", {{"host", "h"}, {"host", "h"}})},
             {"pseudo twice", get("/", {{":path", "/"}})},
             {"pseudo behind a field", get("/", {{"a", "b"}, {":protocol", "x"}})},
             {"upper case", get("/", {{"A", "b"}})},
             {"connection", get("/", {{"connection", "close"}})},
             {"chunks", get("/", {{"transfer-encoding", "chunked"}})},
             {"te", get("/", {{"te", "gzip"}})},
             {"line feed in a value", get("/", {{"a", "b\nc"}}), 400},
             {"two lengths", get("/", {{"content-length", "0"}, {"content-length", "0"}})},
             {"signed length", get("/", {{"content-length", "+0"}})},
             {"unknown expectation", get("/", {{"expect", "200-ok"}}), 417},
             {"many fields", get("/", HeaderList(limits::field_count + 1, {"a", ""})), 431}}) {
        int asked = 0;
        TestFrames peer({.immediate =
                             [&asked](const Request&) {
                                 ++asked;
                                 return std::optional(Response());
                             },
                         .blocking = {}});
        peer.send(greeting() + head(1, list));
        EXPECT_EQ(asked, 0) << claim;
        EXPECT_EQ(peer.reset(1), status != 0 ? TestFrames::none : breach) << claim;
        const std::vector<Frame> answers = peer.of_type(NGHTTP2_DATA);
        ASSERT_EQ(answers.size(), status != 0 ? 1U : 0U) << claim;
        if (status != 0) {
            EXPECT_EQ(std::stoi(answers[0].payload), status) << claim;
        }
        peer.send(head(3, get("/")));
        EXPECT_EQ(asked, 1) << claim << ": the connection lives on";
    }
}

struct Breach {
    std::string_view claim;
    std::string bytes;
    std::uint32_t code = breach;
};

TEST(Http2Refusal, OfBreachesEndsTheConnection) {
    const std::string hello = greeting();
    for (const auto& [claim, bytes, code] : std::initializer_list<Breach>{
             {"no preface", "GET / HTTP/1.1\r\n"},
             {"half a preface", "PRI * HTTP/2.0\r\n\r\nXM"},
             {"no SETTINGS first", hello.substr(0, 24) + frame(NGHTTP2_PING, 0, 0, "12345678")},
             {"DATA on stream 0", hello + frame(NGHTTP2_DATA, 0, 0, "a")},
             {"HEADERS on stream 0", hello + head(0, get("/"))},
             {"an even stream", hello + head(2, get("/"))},
             {"DATA on an idle stream", hello + frame(NGHTTP2_DATA, 0, 1, "a")},
             {"reset of an idle stream", hello + frame(NGHTTP2_RST_STREAM, 0, 1, number(8, 4))},
             {"PUSH_PROMISE", hello + frame(NGHTTP2_PUSH_PROMISE, 4, 1, number(2, 4))},
             {"a lone CONTINUATION", hello + frame(NGHTTP2_CONTINUATION, 4, 1)},
             {"a frame within a block",
              hello + frame(NGHTTP2_HEADERS, 0, 1) + frame(NGHTTP2_PING, 0, 0, "12345678")},
             {"a frame too large", hello + frame(NGHTTP2_DATA, 0, 1, std::string(16385, 'a')),
              NGHTTP2_FRAME_SIZE_ERROR},
             {"a PING too short", hello + frame(NGHTTP2_PING, 0, 0, "1"), NGHTTP2_FRAME_SIZE_ERROR},
             {"a window too large",
              hello + frame(NGHTTP2_WINDOW_UPDATE, 0, 0, number(0x7fffffff, 4)),
              NGHTTP2_FLOW_CONTROL_ERROR},
             {"a block that is no HPACK", hello + frame(NGHTTP2_HEADERS, 5, 1, "\xff\xff\xff"),
              NGHTTP2_COMPRESSION_ERROR}}) {
        // In smaller parts the library takes the header of a CONTINUATION for too many of them.
        for (const std::size_t part : {std::size_t{3}, bytes.size()}) {
            TestFrames peer;
            for (std::size_t at = 0; at < bytes.size(); at += part) {
                peer.send(std::string_view(bytes).substr(at, part));
            }
            EXPECT_EQ(peer.goaway(), code) << claim;
            EXPECT_EQ(peer.server.session.phase(), Phase::lingering) << claim;
            peer.frames.clear();
            peer.send(head(1, get("/now")));
            EXPECT_TRUE(peer.frames.empty()) << claim;
        }
    }
}

}  // namespace
}  // namespace cloister::http
