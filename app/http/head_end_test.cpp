// SPDX-License-Identifier: MIT
// Where a head ends, and what is refused before it does.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/limits.h"
#include "http/request_head.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

// The status of what find_head_end() says about `input`, given at once; 0 for "no objection".
int early_status(std::string_view input) {
    HeadScan scan;
    return find_head_end(input, scan).refused;
}

TEST(HeadEnd, IsFoundAtEverySplit) {
    const std::string head = std::string("POST / HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n");
    const std::string input = head + "body\r\n\r\n";
    for (std::size_t split = 0; split <= input.size(); ++split) {
        HeadScan scan;
        HeadEnd end = find_head_end(std::string_view(input).substr(0, split), scan);
        EXPECT_EQ(end.refused, 0) << split;
        if (split < head.size()) {
            EXPECT_EQ(end.length, 0U) << split;
            end = find_head_end(input, scan);
        }
        EXPECT_EQ(end.length, head.size()) << split;
        EXPECT_EQ(end.refused, 0) << split;
    }
}

TEST(HeadEnd, RefusesAtTheFirstByteThatTells) {
    struct Row {
        std::string input;
        int status;
    };

    for (const Row& row :
         {Row{"\x16", 400},  // a TLS ClientHello
          Row{"\n", 400}, Row{" ", 400}, Row{":", 400}, Row{"\r", 400},
          Row{std::string(1, '\0'), 400}, Row{"GET / HTTP/1.1\n", 400},
          Row{"GET / HTTP/1.1\r\nHost: h\n", 400}, Row{"GET / HTTP/1.1\r\nHost: h\r\n\n", 400},
          Row{"GET /\r\n", 400},  // HTTP/0.9
          Row{"GET / HTTP/0.9\r\n", 400}, Row{"PRI * HTTP/2.0\r\n", 400},
          Row{"GET / HTTP/2.0\r\n", 505}, Row{"BREW / HTTP/1.1\r\n", 501},
          Row{"GET /%00 HTTP/1.1\r\n", 400}}) {
        EXPECT_EQ(early_status(std::string_view(row.input).substr(0, row.input.size() - 1)), 0)
            << row.input;
        EXPECT_EQ(early_status(row.input), row.status) << row.input;
    }
}

TEST(HeadEnd, DoesNotJudgeWhatMayStillBecomeGood) {
    for (const std::string_view input :
         {"", "G", "GET", "GET ", "GET /", "GET / HTTP/1.1", "GET / HTTP/1.1\r",
          "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\r"}) {
        EXPECT_EQ(early_status(input), 0) << input;
    }
}

// Of several faults the same one is answered, however the bytes were split.
TEST(HeadEnd, JudgesInTheOrderOfTheBytes) {
    const std::string longest(limits::head_bytes, 'a');
    for (const std::string& input :
         {std::string("GET / HTTP/2.0\r\nA: b\n"), "GET / HTTP/2.0\r\nA:" + longest + "\r\n\r\n",
          "GET / HTTP/2.0\r\nA:" + longest + "\n"}) {
        EXPECT_EQ(early_status(input), 505);
    }
    EXPECT_EQ(early_status("GET /" + longest + " HTTP/2.0\r\n\r\n"), 414);
    EXPECT_EQ(early_status("GET /" + longest + "\n"), 414);
    EXPECT_EQ(early_status("\x16" + longest + "\n"), 400);
    EXPECT_EQ(early_status("GET / HTTP/1.1\r\nA:" + longest + "\n"), 431);
}

TEST(HeadEnd, RefusesATargetThatNeverEnds) {
    const std::string line = "OPTIONS /" + std::string(limits::target_bytes - 1, 'a') + " HTTP/1.1";
    EXPECT_EQ(early_status(line), 0);
    EXPECT_EQ(early_status("GET /" + std::string(limits::target_bytes + 100, 'a')), 414);
}

TEST(HeadEnd, LimitsTheHead) {
    const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
    const std::string just = start + std::string(limits::head_bytes - start.size() - 4, 'a');
    HeadScan scan;
    EXPECT_EQ(find_head_end(just + "\r\n\r\n", scan).length, limits::head_bytes);
    EXPECT_EQ(early_status(just + "a\r\n\r\n"), 431);
    EXPECT_EQ(early_status(just + "\r\n\r"), 0) << "one byte may still end it";
    EXPECT_EQ(early_status(just + "aaaa"), 431) << "without waiting for its end";
}

}  // namespace
}  // namespace cloister::http
