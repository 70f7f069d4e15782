// SPDX-License-Identifier: MIT
// Bodies of answers: lent, copied or windows of files, as far as the client and the kernel take
// them, and fairly.
#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"
#include "http/http2.h"
#include "http/test_http2.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

constexpr std::size_t frame_bytes = 16 * limits::kib + 9;

// Answers at once with a body as long as the path says, lent ("/lent1000"), owned or of a file.
Handler bodies() {
    static const std::string page(4 * limits::mib, 'p');
    return {.immediate = [](const Request& request) -> std::optional<Response> {
                Response response;
                const std::size_t at = request.path.find_first_of("0123456789");
                const std::size_t size = std::stoul(std::string(request.path.substr(at)));
                if (request.path.starts_with("/lent")) {
                    response.body = std::string_view(page).substr(0, size);
                } else if (request.path.starts_with("/owned")) {
                    response.body = page.substr(0, size);
                } else {
                    response.body = FileWindow{.fd = 9, .offset = 10, .length = size};
                }
                return response;
            },
            .blocking = {}};
}

TEST(Http2Flow, SendsEveryKindOfBody) {
    for (const std::string_view kind : {"/lent", "/owned", "/file"}) {
        for (const std::size_t size :
             {1U, 4096U, 4097U, 16384U, 16385U, 65535U, 65536U, 1000000U}) {
            TestHttp2 client(bodies());
            const Answer& answer = client.fetch(get(std::string(kind) + std::to_string(size)));
            const std::string expected(size, kind == "/file" ? '#' : 'p');
            EXPECT_TRUE(answer.body == expected) << kind << size << ' ' << answer.body.size();
            EXPECT_EQ(answer.field("content-length"), std::to_string(size));
            EXPECT_EQ(answer.closed, 0U);
            EXPECT_EQ(client.wire.file_bytes, kind == "/file" ? size : 0);
            EXPECT_EQ(client.wire.server.session.phase(), Phase::idle);
        }
    }
}

// Whatever the pieces are, and wherever a frame ends among them.
TEST(Http2Flow, SendsPiecesOneBehindTheOther) {
    static const std::string page(100'000, 'p');
    for (const std::size_t size : {1U, 10U, 16375U, 20000U, 70000U}) {
        const Handler handler = {
            .immediate = [size](const Request&) -> std::optional<Response> {
                Response response;
                Pieces pieces;
                pieces.all.emplace_back(std::string("first"));
                pieces.all.emplace_back(std::string_view(page).substr(0, size));
                pieces.all.emplace_back(std::string());
                pieces.all.emplace_back(FileWindow{.fd = 9, .offset = 10, .length = size});
                pieces.all.emplace_back(std::string(size, 'o'));
                response.body = std::move(pieces);
                return response;
            },
            .blocking = {}};
        TestHttp2 client(handler);
        const Answer& answer = client.fetch(get("/"));
        EXPECT_TRUE(answer.body == "first" + std::string(size, 'p') + std::string(size, '#') +
                                       std::string(size, 'o'))
            << size << ' ' << answer.body.size();
        EXPECT_EQ(answer.field("content-length"), std::to_string(5 + 3 * size));
    }
}

TEST(Http2Flow, LendsWhatOutlivesTheAnswerAndCopiesWhatDoesNot) {
    for (const std::string_view kind : {"/lent", "/owned"}) {
        TestFrames peer(bodies());
        peer.send(greeting());
        peer.server.receive(head(1, get(std::string(kind) + "10000")));
        EXPECT_EQ(peer.server.output.front().last, kind == "/owned");
        // The stream, and with it an owned body, is gone before the bytes are.
        EXPECT_EQ(peer.server.session.phase(), Phase::idle);
        peer.take();
        EXPECT_EQ(peer.frames.back().payload, std::string(10000, 'p'));
    }
}

TEST(Http2Flow, WindowsOfFilesGoOnWhereTheyWere) {
    TestFrames peer(bodies());
    peer.send(greeting());
    peer.server.receive(head(1, get("/file40000")));
    std::uint64_t next = 10;
    while (!peer.server.output.empty()) {
        const base::Output::Front front = peer.server.output.front();
        if (front.data == nullptr) {
            EXPECT_EQ(front.fd, 9);
            EXPECT_EQ(front.offset, next);
            next += front.length;
        }
        peer.server.output.consume(front.length);
    }
    EXPECT_EQ(next, 40010U);
}

TEST(Http2Flow, SendsNoMoreThanTheClientTakes) {
    TestHttp2 client(bodies(), 1000);
    const std::uint32_t stream = client.ask(get("/lent5000"));
    client.settle();
    Answer& answer = client.answers[stream];
    EXPECT_EQ(answer.body.size(), 1000U);
    EXPECT_EQ(client.wire.server.session.phase(), Phase::sending);
    EXPECT_FALSE(client.wire.server.session.has_backlog()) << "it waits for the client";
    client.give_window(stream, 3999);
    client.settle();
    EXPECT_EQ(answer.body.size(), 4999U);
    EXPECT_FALSE(answer.closed);
    client.give_window(stream, 1);
    client.settle();
    EXPECT_EQ(answer.body.size(), 5000U);
    EXPECT_EQ(answer.closed, 0U);
    EXPECT_EQ(client.wire.server.session.phase(), Phase::idle);
}

TEST(Http2Flow, WaitsForTheWindowOfTheConnection) {
    TestHttp2 client(bodies(), 1000000);
    const std::uint32_t stream = client.ask(get("/lent100000"));
    client.settle();
    EXPECT_EQ(client.answers[stream].body.size(), 65535U);
    client.give_window(0, 100000);
    client.settle();
    EXPECT_EQ(client.answers[stream].body.size(), 100000U);
}

TEST(Http2Flow, FillsTheOutputNoFurtherThanTheHighWaterMark) {
    TestHttp2 client(bodies(), 1 << 30);
    client.give_window(0, 1 << 30);
    for (int number = 0; number < 100; ++number) {
        client.ask(get("/owned300000"));
        client.ask(get("/file300000"));
    }
    client.settle();
    EXPECT_LE(client.wire.most_output, limits::output_high_water_bytes + frame_bytes);
    EXPECT_EQ(client.finished.size(), 200U);
    EXPECT_EQ(client.wire.server.session.phase(), Phase::idle);
}

TEST(Http2Flow, KeepsABacklogWhileTheKernelTakesNothing) {
    TestHttp2 client(bodies(), 1 << 30);
    client.give_window(0, 1 << 30);
    client.exchange();
    client.wire.room = 0;
    const std::uint32_t stream = client.ask(get("/lent1000000"));
    client.exchange();
    Driven<Http2>& server = client.wire.server;
    EXPECT_TRUE(server.session.has_backlog());
    const std::uint64_t waiting = server.output.size();
    EXPECT_LE(waiting, limits::output_high_water_bytes + frame_bytes);
    server.receive(frame(NGHTTP2_PING, 0, 0, "12345678"));
    server.resume();
    EXPECT_EQ(server.output.size(), waiting) << "nothing is added to what waits";
    client.wire.room = TestFrames::unlimited;
    client.settle();
    EXPECT_EQ(client.answers[stream].body.size(), 1000000U);
    EXPECT_FALSE(server.session.has_backlog());
}

TEST(Http2Flow, LetsStreamsTakeTurns) {
    TestHttp2 client(bodies(), 1 << 30);
    client.give_window(0, 1 << 30);
    for (int number = 0; number < 8; ++number) {
        client.ask(get("/lent500000"));
    }
    const std::uint32_t other = client.ask(get("/lent4000000"));
    client.settle();
    ASSERT_EQ(client.finished.size(), 9U);
    EXPECT_EQ(client.finished.back(), other);
    std::map<std::uint32_t, std::size_t> parts;
    for (const Frame& frame : client.wire.of_type(NGHTTP2_DATA)) {
        ++parts[frame.stream];
        const auto [least, most] = std::minmax_element(
            parts.begin(), parts.end(),
            [](const auto& left, const auto& right) { return left.second < right.second; });
        if (parts.size() == 9 && most->second <= 30) {
            EXPECT_LE(most->second - least->second, 2U);
        }
    }
}

TEST(Http2Flow, DropsTheAnswerOfARequestThatWasCancelled) {
    TestHttp2 client;
    const std::uint32_t stream = client.ask(get("/later"));
    client.exchange();
    client.cancel(stream);
    client.exchange();
    EXPECT_EQ(client.wire.server.session.phase(), Phase::idle);
    const std::size_t sent = client.wire.sent_bytes;
    client.settle();
    EXPECT_EQ(client.wire.sent_bytes, sent);
    EXPECT_EQ(client.fetch(get("/later")).body, "GET /later ");
}

TEST(Http2Flow, StopsABodyThatWasCancelledHalfway) {
    TestHttp2 client(bodies(), 1000);
    const std::uint32_t stream = client.ask(get("/owned5000"));
    client.settle();
    client.cancel(stream);
    client.settle();
    EXPECT_EQ(client.wire.server.session.phase(), Phase::idle);
    EXPECT_EQ(client.fetch(get("/owned500")).body.size(), 500U);
}

// As python-h2 does: two updates for each frame of an answer.
TEST(Http2Flow, LongDownloadsNeverRunOutOfAllowance) {
    TestFrames peer(bodies());
    peer.send(greeting());
    std::size_t answered = 0;
    for (std::uint32_t stream = 1; stream < 100; stream += 2) {
        peer.send(head(stream, get("/lent1000000")));
        while (answered < peer.frames.size()) {
            const Frame frame = peer.frames[answered];
            ++answered;
            if (frame.type == NGHTTP2_DATA && !frame.payload.empty()) {
                const std::string more = number(frame.payload.size(), 4);
                peer.send(http::frame(NGHTTP2_WINDOW_UPDATE, 0, 0, more) +
                          http::frame(NGHTTP2_WINDOW_UPDATE, 0, stream, more));
            }
        }
    }
    EXPECT_EQ(peer.goaway(), TestFrames::none);
    EXPECT_GT(peer.sent_bytes, 50U * 1000000);
}

TEST(Http2Flow, WindowsOpenedByteByByteRunOutOfAllowance) {
    TestHttp2 client(bodies(), 1);
    const std::uint32_t stream = client.ask(get("/lent100000"));
    client.settle();
    std::size_t steps = 0;
    while (client.wire.goaway() == TestFrames::none && steps < 5000) {
        client.give_window(stream, 1);
        client.settle();
        ++steps;
    }
    EXPECT_EQ(client.wire.goaway(), std::uint32_t{NGHTTP2_ENHANCE_YOUR_CALM});
    EXPECT_LE(steps, 1000U);
}

}  // namespace
}  // namespace cloister::http
