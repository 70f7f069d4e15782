// SPDX-License-Identifier: MIT
#include "http/header_block.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>

#include "base/limits.h"
#include "http/test_header_list.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

HeaderList get(const HeaderList& fields = {}) {
    HeaderList list = {
        {":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {":authority", "h"}};
    list.insert(list.end(), fields.begin(), fields.end());
    return list;
}

int status_with(const std::string& name, const std::string& value) {
    return judge(get({{name, value}})).status;
}

void refuse_all(std::initializer_list<HeaderList> lists, int status = 400) {
    std::size_t row = 0;
    for (const HeaderList& list : lists) {
        EXPECT_EQ(judge(list).status, status) << "row " << row;
        ++row;
    }
}

// How RFC 9113 6.5.2 counts.
std::size_t size_of(const HeaderList& list) {
    std::size_t size = 0;
    for (const auto& [name, value] : list) {
        size += name.size() + value.size() + 32;
    }
    return size;
}

// A list of exactly that size.
HeaderList sized(std::size_t bytes) {
    HeaderList list = get({{"a", ""}});
    list.back().second.assign(bytes - size_of(list), 'a');
    return list;
}

TEST(HeaderBlock, AcceptsAnOrdinaryRequest) {
    const JudgedList judged = judge({{":method", "POST"},
                                     {":scheme", "https"},
                                     {":authority", "example.org:443"},
                                     {":path", "/a%20b?c"},
                                     {"accept", "text/html"},
                                     {"x-empty", ""},
                                     {"range", "a\tb\xff"},
                                     {"content-length", "5"}});
    ASSERT_EQ(judged.status, 0);
    EXPECT_EQ(judged.request.method, Method::post);
    EXPECT_EQ(judged.request.target, "/a%20b?c");
    EXPECT_EQ(judged.request.path, "/a b");
    EXPECT_EQ(judged.request.query, "c");
    EXPECT_EQ(judged.request.authority, "example.org:443");
    EXPECT_TRUE(judged.request.secure);
    ASSERT_EQ(judged.request.fields.size(), 4U);
    EXPECT_EQ(judged.request.fields[0].name, "accept");
    EXPECT_EQ(judged.request.fields[1].value, "");
    EXPECT_EQ(judged.request.field(Known::range), "a\tb\xff");
    EXPECT_EQ(judged.framing.content_length, 5U);
    EXPECT_FALSE(judged.framing.expects_continue);
    EXPECT_FALSE(judged.framing.head_only);
}

TEST(HeaderBlock, TakesPseudoFieldsInAnyOrder) {
    EXPECT_EQ(judge({{":path", "/"}, {":authority", "h"}, {":scheme", "https"}, {":method", "GET"}})
                  .status,
              0);
}

TEST(HeaderBlock, RefusesMissingPseudoFields) {
    refuse_all({{},
                {{":scheme", "https"}, {":path", "/"}, {":authority", "h"}},
                {{":method", "GET"}, {":path", "/"}, {":authority", "h"}},
                {{":method", "GET"}, {":scheme", "https"}, {":authority", "h"}},
                {{":method", "GET"}, {":scheme", "https"}, {":path", "/"}}});
}

TEST(HeaderBlock, RefusesPseudoFieldsSentTwice) {
    for (const std::pair<std::string, std::string>& field : get()) {
        HeaderList list = get();
        list.insert(list.begin(), field);
        EXPECT_EQ(judge(list).status, 400) << field.first;
    }
}

TEST(HeaderBlock, RefusesUnknownPseudoFields) {
    for (const std::string name :
         {":", ":protocol", ":status", ":host", ":Method", ":method ", "::method", ":x"}) {
        EXPECT_EQ(status_with(name, "GET"), 400) << name;
        HeaderList list = get();
        list.insert(list.begin(), {name, "GET"});
        EXPECT_EQ(judge(list).status, 400) << name;
    }
}

TEST(HeaderBlock, RefusesPseudoFieldsBehindOthers) {
    refuse_all(
        {{{":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {"a", ""}, {":authority", "h"}},
         {{"a", ""}, {":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {":authority", "h"}},
         get({{"a", ""}, {":path", "/"}})});
}

TEST(HeaderBlock, DemandsTheSchemeOfItsConnection) {
    struct Row {
        std::string scheme;
        int over_tls;
        int in_the_clear;
    };

    for (const Row& row : {Row{"https", 0, 0},
                           {"HTTPS", 0, 0},
                           {"http", 400, 0},
                           {"ftp", 400, 400},
                           {"", 400, 400},
                           {"https ", 400, 400},
                           {"httpss", 400, 400}}) {
        HeaderList list = get();
        list[1].second = row.scheme;
        EXPECT_EQ(judge(list, true).status, row.over_tls) << row.scheme;
        EXPECT_EQ(judge(list, false).status, row.in_the_clear) << row.scheme;
        EXPECT_FALSE(judge(list, false).request.secure);
    }
}

TEST(HeaderBlock, TakesOnlyTheOriginFormAsPath) {
    for (const std::string path : {"", "a", "*", "https://h/", "https://h", "http://h/a", "h:443",
                                   "?a", "/a b", "/a#b", "/..", "/%00"}) {
        HeaderList list = get();
        list[2].second = path;
        EXPECT_EQ(judge(list).status, 400) << path;
    }
}

TEST(HeaderBlock, TakesTheAsteriskForOptionsOnly) {
    HeaderList list = get();
    list[2].second = "*";
    EXPECT_EQ(judge(list).status, 400);
    list[0].second = "OPTIONS";
    EXPECT_EQ(judge(list).status, 0);
    EXPECT_EQ(judge(list).request.path, "*");
}

TEST(HeaderBlock, TakesTheTargetOfConnectFromTheAuthority) {
    const JudgedList judged = judge({{":method", "CONNECT"}, {":authority", "h:443"}});
    ASSERT_EQ(judged.status, 0);
    EXPECT_EQ(judged.request.target, "h:443");
    EXPECT_EQ(judged.request.authority, "h:443");
}

TEST(HeaderBlock, RefusesConnectWithMoreOrLessThanAnAuthority) {
    refuse_all({{{":method", "CONNECT"}},
                {{":method", "CONNECT"}, {"host", "h:443"}},
                {{":method", "CONNECT"}, {":authority", "h"}},
                {{":method", "CONNECT"}, {":authority", ""}},
                {{":method", "CONNECT"}, {":authority", "h:443"}, {":scheme", "https"}},
                {{":method", "CONNECT"}, {":authority", "h:443"}, {":path", "/"}},
                {{":method", "CONNECT"}, {":authority", "h:443"}, {":path", ""}},
                {{":method", "CONNECT"}, {":authority", "h:443"}, {":protocol", "websocket"}}});
}

TEST(HeaderBlock, RefusesNamesThatAreNoLowerCaseTokens) {
    for (const std::string& name :
         {std::string(), std::string("Accept"), std::string("x-A"), std::string("a b"),
          std::string("a:"), std::string(" a"), std::string("a\t"), std::string("a\r\nb"),
          std::string("a\0", 2), std::string("\x80"), std::string("\x7f"), std::string("a,b")}) {
        EXPECT_EQ(status_with(name, "v"), 400) << name;
    }
}

TEST(HeaderBlock, RefusesValuesThatHttp1WouldReadOtherwise) {
    for (const std::string& value :
         {std::string(" a"), std::string("a "), std::string("\ta"), std::string("a\t"),
          std::string(" "), std::string("a\rb"), std::string("a\nb"), std::string("a\r\nb: c"),
          std::string("a\0b", 3), std::string("\x01"), std::string("\x7f")}) {
        EXPECT_EQ(status_with("a", value), 400) << value;
        EXPECT_EQ(status_with("cookie", value), 400) << value;
    }
}

TEST(HeaderBlock, RefusesConnectionSpecificFields) {
    for (const std::string name :
         {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}) {
        EXPECT_EQ(status_with(name, ""), 400) << name;
    }
}

TEST(HeaderBlock, KnowsOneTe) {
    EXPECT_EQ(status_with("te", "trailers"), 0);
    EXPECT_EQ(status_with("te", "Trailers"), 0);
    for (const std::string value : {"", "gzip", "trailers, gzip", "trailers;q=1", "trailer"}) {
        EXPECT_EQ(status_with("te", value), 400) << value;
    }
}

TEST(HeaderBlock, TakesTheAuthorityFromHostAlone) {
    const JudgedList judged =
        judge({{":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {"host", "h:1"}});
    ASSERT_EQ(judged.status, 0);
    EXPECT_EQ(judged.request.authority, "h:1");
}

TEST(HeaderBlock, LetsHostRepeatTheAuthority) {
    HeaderList list = get({{"host", "Example.ORG"}});
    list[3].second = "exAMPle.org";
    ASSERT_EQ(judge(list).status, 0);
    EXPECT_EQ(judge(list).request.authority, "exAMPle.org");
}

TEST(HeaderBlock, RefusesHostsThatDisagree) {
    refuse_all(
        {get({{"host", "g"}}),
         get({{"host", "h:443"}}),
         get({{"host", ""}}),
         get({{"host", "h"}, {"host", "h"}}),
         {{":method", "GET"}, {":scheme", "https"}, {":path", "/"}, {"host", "h"}, {"host", "g"}}});
}

TEST(HeaderBlock, RefusesHostsThatAreNone) {
    for (const std::string host : {"", "a, b", "a b", "a/b", "a:b", "user@a", "[::1", "a:99999"}) {
        HeaderList list = get();
        list[3].second = host;
        EXPECT_EQ(judge(list).status, 400) << host;
        list[3].first = "host";
        EXPECT_EQ(judge(list).status, 400) << host;
    }
}

TEST(HeaderBlock, JoinsTheCrumbsOfACookieInPlaceOfTheFirst) {
    const JudgedList judged = judge(get(
        {{"a", "1"}, {"cookie", "b=2"}, {"c", "3"}, {"cookie", ""}, {"cookie", "d=4"}, {"e", ""}}));
    ASSERT_EQ(judged.status, 0);
    ASSERT_EQ(judged.request.fields.size(), 4U);
    EXPECT_EQ(judged.request.fields[1].name, "cookie");
    EXPECT_EQ(judged.request.fields[1].value, "b=2; ; d=4");
    EXPECT_EQ(judged.request.fields[2].name, "c");
    EXPECT_EQ(judged.request.fields[3].name, "e");
}

TEST(HeaderBlock, LeavesASingleCookieAsItIs) {
    EXPECT_EQ(judge(get({{"cookie", "a=1; b=2"}})).request.fields[0].value, "a=1; b=2");
}

TEST(HeaderBlock, ReadsOneContentLength) {
    EXPECT_FALSE(judge(get()).framing.content_length);
    EXPECT_EQ(judge(get({{"content-length", "0"}})).framing.content_length, 0U);
    EXPECT_EQ(status_with("content-length", "5,5"), 400);
    EXPECT_EQ(status_with("content-length", ""), 400);
    refuse_all({get({{"content-length", "5"}, {"content-length", "5"}}),
                get({{"content-length", "5"}, {"content-length", ""}})});
}

TEST(HeaderBlock, KnowsOneExpectation) {
    EXPECT_TRUE(judge(get({{"expect", "100-continue"}})).framing.expects_continue);
    EXPECT_EQ(status_with("expect", "200-ok"), 417);
}

TEST(HeaderBlock, KnowsThatHeadHasNoBodyInItsAnswer) {
    HeaderList list = get();
    list[0].second = "HEAD";
    EXPECT_TRUE(judge(list).framing.head_only);
}

TEST(HeaderBlock, LimitsTheListAsTheSettingSays) {
    EXPECT_EQ(judge(sized(limits::head_bytes)).status, 0);
    EXPECT_EQ(judge(sized(limits::head_bytes + 1)).status, 431);
}

TEST(HeaderBlock, LimitsTheNumberOfFields) {
    HeaderList list = get(HeaderList(limits::field_count, {"a", ""}));
    EXPECT_EQ(judge(list).status, 0) << "pseudo-header fields are the request line";
    list.emplace_back("a", "");
    EXPECT_EQ(judge(list).status, 431);
}

TEST(HeaderBlock, CountsTheCrumbsOfACookieAsOneField) {
    HeaderList list = get(HeaderList(limits::field_count + 50, {"cookie", "a=b"}));
    EXPECT_EQ(judge(list).status, 0);
    list.insert(list.end(), limits::field_count, {"a", ""});
    EXPECT_EQ(judge(list).status, 431);
}

TEST(HeaderBlock, LimitsTheTargetBeforeTheList) {
    HeaderList list = get();
    for (const auto& [bytes, status] :
         {std::pair{limits::target_bytes, 0}, std::pair{limits::target_bytes + 1, 414},
          std::pair{limits::head_bytes + 1, 414}, std::pair{limits::header_flood_bytes, 414}}) {
        list[2].second = "/" + std::string(bytes - 1, 'a');
        EXPECT_EQ(judge(list).status, status) << bytes;
    }
}

TEST(HeaderBlock, FloodsOneBytePastItsLimit) {
    EXPECT_FALSE(judge(sized(limits::header_flood_bytes)).block.is_flooding());
    EXPECT_TRUE(judge(sized(limits::header_flood_bytes + 1)).block.is_flooding());
}

TEST(HeaderBlock, FloodsWithEmptyFieldsToo) {
    EXPECT_TRUE(judge(HeaderList(limits::header_flood_bytes / 32 + 1)).block.is_flooding());
}

TEST(HeaderBlock, StaysTooLargeWhateverFollows) {
    JudgedList judged = judge(sized(limits::head_bytes + 1));
    for (const auto& [name, value] : get()) {
        judged.block.add(name, value);
    }
    EXPECT_EQ(judged.block.finish(true, judged.request, judged.framing), 431);
    EXPECT_TRUE(judged.request.fields.empty());
}

TEST(HeaderBlock, ForgetsTheListBefore) {
    JudgedList judged = judge(sized(limits::header_flood_bytes + 1));
    judged.block.clear();
    EXPECT_FALSE(judged.block.is_flooding());
    for (int round = 0; round < 2; ++round) {
        judged.block.clear();
        for (const auto& [name, value] : get({{"cookie", "a"}, {"cookie", "b"}})) {
            judged.block.add(name, value);
        }
        EXPECT_EQ(judged.block.finish(false, judged.request, judged.framing), 0);
        ASSERT_EQ(judged.request.fields.size(), 1U);
        EXPECT_EQ(judged.request.fields[0].value, "a; b");
    }
}

TEST(HeaderBlock, CountsTheFirstCookieOfEveryList) {
    JudgedList judged = judge(get({{"cookie", "a"}}));
    judged.block.clear();
    for (const auto& [name, value] : get(HeaderList(limits::field_count, {"a", ""}))) {
        judged.block.add(name, value);
    }
    judged.block.add("cookie", "a");
    EXPECT_EQ(judged.block.finish(true, judged.request, judged.framing), 431);
}

TEST(HeaderBlock, CopiesWhatItIsGiven) {
    JudgedList judged;
    for (const auto& [name, value] : get({{"a", "b"}})) {
        const std::string short_lived_name = name;
        const std::string short_lived_value = value;
        judged.block.add(short_lived_name, short_lived_value);
    }
    EXPECT_EQ(judged.block.finish(true, judged.request, judged.framing), 0);
    EXPECT_EQ(judged.request.fields.at(0).value, "b");
}

TEST(HeaderBlock, IsOutlivedByADetachedRequest) {
    HeaderList list = get({{"cookie", "a"}, {"range", "r"}, {"cookie", "b"}});
    list[2].second = "/a%20b/../c%20d?e";
    std::optional<JudgedList> judged(judge(list));
    const Request own = std::move(judged->request).detached();
    judged.reset();
    EXPECT_EQ(own.path, "/c d");
    EXPECT_EQ(own.target, "/a%20b/../c%20d?e");
    EXPECT_EQ(own.query, "e");
    EXPECT_EQ(own.authority, "h");
    EXPECT_EQ(own.fields.at(0).value, "a; b");
    EXPECT_EQ(own.field(Known::range), "r");
}

}  // namespace
}  // namespace cloister::http
