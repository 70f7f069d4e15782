// SPDX-License-Identifier: MIT
// How a connection ends: refusals, limits, the peer's end of input and deadlines.
#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "base/limits.h"
#include "http/test_session.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

constexpr std::string_view get_now = "GET /now HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view get_later = "GET /later HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view post_now = "POST /now HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n";
constexpr std::string_view post_later =
    "POST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n";

struct Refused {
    std::string input;
    int status;
};

TEST(Http1Refusal, EndsTheConnectionHoweverTheInputIsSplit) {
    const std::string field(limits::head_bytes, 'a');
    for (const auto& [input, status] : std::initializer_list<Refused>{
             {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
             {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 15), 400},
             {"GET /\r\n", 400},
             {"GET / HTTP/1.1\nHost: h\n\n", 400},
             {"GET / HTTP/1.1\r\nHost: h\n\r\n", 400},
             {"GET / HTTP/1.1\r\n\r\n", 400},
             {"GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n", 400},
             {"GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505},
             {"GET / HTTP/3.0\r\nHost: h\n", 505},
             {"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501},
             {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
             {"POST / HTTP/1.1\r\nHost: h\r\nExpect: x\r\n\r\n", 417},
             {"GET /" + field + " HTTP/3.0\r\nHost: h\r\n\r\n", 414},
             {"GET / HTTP/1.1\r\nHost: h\r\nA:" + field + "\r\n\r\n", 431},
             {"GET / HTTP/1.1\r\nHost: h\r\nA:" + field + "\n", 431},
             {"GET / HTTP/3.0\r\nHost: h\r\nA:" + field + "\r\n\r\n", 505}}) {
        const std::string all = input + std::string(get_now);
        TestSession whole;
        EXPECT_EQ(whole.exchange(all), refusal(status)) << input.substr(0, 80);
        EXPECT_EQ(whole.session.phase(), Phase::lingering);
        TestSession bytes;
        std::string answer;
        for (const char byte : all) {
            answer += bytes.exchange({&byte, 1});
        }
        EXPECT_EQ(answer, refusal(status)) << input.substr(0, 80);
    }
}

TEST(Http1Refusal, ComesAtTheFirstByteThatTells) {
    for (const std::string_view input :
         {"\x16", "\n", "GET / HTTP/1.1\n", "GET /\r\n", "PRI * HTTP/2.0\r\n", " "}) {
        TestSession connection;
        EXPECT_EQ(connection.exchange(input), refusal(400)) << input;
    }
}

TEST(Http1Refusal, OfHeadHasNoBody) {
    const std::string target = "HEAD /%zz HTTP/1.1\r\n";
    for (const std::string& input :
         {target, target + "Host: h\r\n\r\n", std::string("HEAD / HTTP/1.1\n")}) {
        TestSession connection;
        EXPECT_EQ(connection.exchange(input), refusal(400, false)) << input;
    }
}

TEST(Http1Refusal, ComesAfterTheAnswersBeforeIt) {
    TestSession connection;
    EXPECT_EQ(connection.exchange(std::string(get_now) + std::string(get_later) + "BAD\r\n\r\n"),
              echoed("GET /now ") + echoed("GET /later ") + refusal(400));
}

TEST(Http1Limits, SkipSomeEmptyLinesBeforeARequest) {
    std::string just;
    for (std::size_t count = 0; count < limits::leading_crlf_count; ++count) {
        just += "\r\n";
    }
    TestSession connection;
    EXPECT_EQ(connection.exchange(just + std::string(get_now) + just + std::string(get_now)),
              echoed("GET /now ") + echoed("GET /now "));
    EXPECT_EQ(connection.exchange(just), "");
    EXPECT_EQ(connection.session.phase(), Phase::idle);
    EXPECT_EQ(connection.exchange("\r\n"), refusal(400));
}

TEST(Http1Limits, SkipEmptyLinesByteByByte) {
    TestSession connection;
    for (const char byte : std::string_view("\r\n\r\n")) {
        EXPECT_EQ(connection.exchange({&byte, 1}), "");
    }
    EXPECT_EQ(connection.exchange("\r"), refusal(400));
}

TEST(Http1Limits, MayJustBeMet) {
    const std::string line =
        "GET /now" + std::string(limits::target_bytes - 4, 'a') + " HTTP/1.1\r\nHost: h\r\n";
    const std::string filler(limits::head_bytes - line.size() - 6, 'a');
    TestSession connection;
    EXPECT_TRUE(
        connection.exchange(line + "A:" + filler + "\r\n\r\n").starts_with("HTTP/1.1 200 "));
    EXPECT_EQ(connection.exchange(line + "A:" + filler + "a\r\n\r\n"), refusal(431));

    TestSession target;
    EXPECT_EQ(
        target.exchange("GET /now" + std::string(limits::target_bytes - 3, 'a') + " HTTP/1.1\r\n"),
        refusal(414));
}

struct Situation {
    std::string_view name;
    std::string input;
    Phase phase;
};

std::initializer_list<Situation> situations() {
    static const std::initializer_list<Situation> all = {
        {"fresh", "", Phase::fresh},
        {"idle", std::string(get_now), Phase::idle},
        {"head", "GET / HT", Phase::head},
        {"body", std::string(post_later) + "he", Phase::body},
        {"unwanted body", std::string(post_now) + "he", Phase::body},
        {"working", std::string(get_later), Phase::working},
        {"lingering", "BAD\r\n\r\n", Phase::lingering},
        {"done", "GET /now HTTP/1.0\r\n\r\n", Phase::done},
    };
    return all;
}

// A connection in which `situation` has come about and everything so far has been sent.
void enter(const Situation& situation, TestSession& connection) {
    if (!situation.input.empty()) {
        connection.receive(situation.input);
    }
    connection.sent();
    EXPECT_EQ(connection.session.phase(), situation.phase) << situation.name;
}

TEST(Http1EndOfInput, EndsEverythingButWork) {
    for (const Situation& situation : situations()) {
        TestSession connection;
        enter(situation, connection);
        connection.session.end_of_input();
        const bool working = situation.phase == Phase::working;
        EXPECT_EQ(connection.session.phase(), working ? Phase::working : Phase::done)
            << situation.name;
        EXPECT_EQ(connection.settle(), working ? echoed("GET /later ") : "") << situation.name;
        EXPECT_EQ(connection.session.phase(), Phase::done) << situation.name;
    }
}

TEST(Http1EndOfInput, LeavesWhatCameWholeToBeAnswered) {
    TestSession connection;
    connection.receive(std::string(get_later) + std::string(get_now) + std::string(get_later) +
                       "GET / HT");
    connection.session.end_of_input();
    EXPECT_EQ(connection.settle(),
              echoed("GET /later ") + echoed("GET /now ") + echoed("GET /later "));
    EXPECT_EQ(connection.session.phase(), Phase::done);
}

TEST(Http1EndOfInput, LeavesABacklogToBeAnswered) {
    const std::string page(limits::output_high_water_bytes, 'p');
    Handler handler{.immediate =
                        [&page](const Request&) {
                            Response response;
                            response.body = page;
                            return std::optional(std::move(response));
                        },
                    .blocking = {}};
    TestSession connection(std::move(handler));
    connection.receive(std::string(get_now) + std::string(get_now) + std::string(get_now));
    connection.session.end_of_input();
    EXPECT_EQ(connection.settle(), echoed(page) + echoed(page) + echoed(page));
    EXPECT_EQ(connection.session.phase(), Phase::done);
}

TEST(Http1TimeOut, SaysSoToWhoIsInTheMiddleOfARequest) {
    for (const Situation& situation : situations()) {
        TestSession connection;
        enter(situation, connection);
        connection.time_out();
        const bool told = situation.name == "head" || situation.name == "body";
        EXPECT_EQ(connection.sent(), told ? refusal(408) : "") << situation.name;
        EXPECT_EQ(connection.session.phase(), Phase::done) << situation.name;
    }
}

TEST(Http1TimeOut, SendsNoBodyToHead) {
    for (const std::string_view input :
         {"HEAD / HTTP/1.1\r\n", "HEAD / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n"}) {
        TestSession connection;
        connection.receive(input);
        connection.time_out();
        EXPECT_EQ(connection.sent(), refusal(408, false)) << input;
    }
}

TEST(Http1TimeOut, OfWorkLetsNoLateAnswerOut) {
    TestSession connection;
    connection.receive(std::string(get_later) + std::string(get_now));
    connection.time_out();
    connection.work();
    EXPECT_EQ(connection.settle(), "");
    EXPECT_EQ(connection.session.phase(), Phase::done);
}

TEST(Http1Phase, OfABrokenOffEmptyLineIsAHead) {
    TestSession connection;
    connection.receive("\r");
    EXPECT_EQ(connection.session.phase(), Phase::head);
    connection.receive("\n");
    EXPECT_EQ(connection.session.phase(), Phase::idle);
}

}  // namespace
}  // namespace cloister::http
