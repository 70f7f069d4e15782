// SPDX-License-Identifier: MIT
// The same request over HTTP/1.1 and HTTP/2 gets the same verdict, and, if it passes, means the
// same. What one protocol alone can say (chunks, connections, pseudo-header fields) is tested with
// its own gate.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "http/fields.h"
#include "http/request_head.h"
#include "http/test_header_list.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

struct Asked {
    std::string claim;
    int status = 0;
    std::string method = "GET";
    std::string target = "/";
    HeaderList fields = {{"Host", "h"}};
};

struct Verdict {
    int status = 0;
    std::vector<std::string> meaning;  // of a request that passed

    bool operator==(const Verdict&) const = default;
};

std::string text_of(bool value) {
    return value ? "yes" : "no";
}

Verdict verdict_of(int status, const Request& request, std::uint64_t content_length,
                   bool expects_continue, bool head_only) {
    Verdict verdict = {.status = status, .meaning = {}};
    if (status != 0) {
        return verdict;
    }
    for (const std::string_view part : {name_of(request.method), request.target, request.path,
                                        request.query, request.authority}) {
        verdict.meaning.emplace_back(part);
    }
    verdict.meaning.push_back(std::to_string(content_length));
    verdict.meaning.push_back(text_of(expects_continue));
    verdict.meaning.push_back(text_of(head_only));
    for (const Field& field : request.fields) {
        if (field.known != Known::host) {  // Over HTTP/2 it may have been ":authority".
            verdict.meaning.push_back(lower_case(field.name));
            verdict.meaning.emplace_back(field.value);
        }
    }
    return verdict;
}

Verdict over_http1(const Asked& asked) {
    std::string head = asked.method + ' ' + asked.target + " HTTP/1.1\r\n";
    for (const auto& [name, value] : asked.fields) {
        head.append(name).append(": ").append(value).append("\r\n");
    }
    head += "\r\n";
    HeadScan scan;
    const HeadEnd end = find_head_end(head, scan);
    if (end.refused != 0) {
        return {.status = end.refused, .meaning = {}};
    }
    Request request;
    Framing framing;
    const int status = parse_request_head(head, request, framing);
    return verdict_of(status, request, framing.content_length, framing.expects_continue,
                      framing.head_only);
}

// With `as_authority` the first Host becomes ":authority", as most clients send it.
Verdict over_http2(const Asked& asked, bool as_authority) {
    HeaderList list = {{":method", asked.method}};
    HeaderList fields;
    for (const auto& [name, value] : asked.fields) {
        fields.emplace_back(lower_case(name), value);
    }
    if (asked.method == "CONNECT") {
        list.emplace_back(":authority", asked.target);
    } else {
        list.emplace_back(":scheme", "https");
        list.emplace_back(":path", asked.target);
        const auto host = std::find_if(fields.begin(), fields.end(),
                                       [](const auto& field) { return field.first == "host"; });
        if (as_authority && host != fields.end()) {
            list.emplace_back(":authority", host->second);
            fields.erase(host);
        }
    }
    list.insert(list.end(), fields.begin(), fields.end());
    const JudgedList judged = judge(list);
    return verdict_of(judged.status, judged.request, judged.framing.content_length.value_or(0),
                      judged.framing.expects_continue, judged.framing.head_only);
}

class Gates : public testing::TestWithParam<Asked> {};

TEST_P(Gates, Agree) {
    const Verdict expected = over_http1(GetParam());
    EXPECT_EQ(expected.status, GetParam().status);
    EXPECT_EQ(over_http2(GetParam(), false), expected) << "with host";
    EXPECT_EQ(over_http2(GetParam(), true), expected) << "with :authority";
}

std::string claim_of(const testing::TestParamInfo<Asked>& info) {
    return info.param.claim;
}

HeaderList with_host(const HeaderList& fields) {
    HeaderList list = {{"Host", "h"}};
    list.insert(list.end(), fields.begin(), fields.end());
    return list;
}

Asked with(const std::string& claim, int status, const std::string& name,
           const std::string& value) {
    return {.claim = claim, .status = status, .fields = with_host({{name, value}})};
}

std::string long_target(std::size_t bytes) {
    return "/" + std::string(bytes - 1, 'a');
}

INSTANTIATE_TEST_SUITE_P(
    RequestLine, Gates,
    testing::Values(
        Asked{.claim = "Ordinary"}, Asked{.claim = "Head", .method = "HEAD"},
        Asked{.claim = "Delete", .method = "DELETE", .target = "/a%20b/../c%2Fd?e=%zz"},
        Asked{.claim = "UnknownMethod", .status = 501, .method = "BREW"},
        Asked{.claim = "MethodInLowerCase", .status = 501, .method = "get"},
        Asked{.claim = "MethodThatIsNoToken", .status = 400, .method = "G(T"},
        Asked{.claim = "EmptyMethod", .status = 400, .method = ""},
        Asked{.claim = "UnknownMethodWithBadTarget", .status = 501, .method = "B", .target = "a"},
        Asked{.claim = "UnknownMethodWithLongTarget",
              .status = 414,
              .method = "BREW",
              .target = long_target(limits::target_bytes + 1)},
        Asked{.claim = "EmptyTarget", .status = 400, .target = ""},
        Asked{.claim = "TargetWithoutSlash", .status = 400, .target = "a"},
        Asked{.claim = "TargetWithFragment", .status = 400, .target = "/a#b"},
        Asked{.claim = "TargetBeyondAscii", .status = 400, .target = "/\xc3\xa4"},
        Asked{.claim = "MalformedEscape", .status = 400, .target = "/%zz"},
        Asked{.claim = "EncodedControl", .status = 400, .target = "/%0a"},
        Asked{.claim = "ClimbingPath", .status = 400, .target = "/%2e%2e/"},
        Asked{.claim = "LongestTarget", .target = long_target(limits::target_bytes)},
        Asked{
            .claim = "LongTarget", .status = 414, .target = long_target(limits::target_bytes + 1)},
        Asked{.claim = "LongTargetAboveTheWholeHead",
              .status = 414,
              .target = long_target(limits::head_bytes + 1)},
        Asked{.claim = "OptionsOfTheServer", .method = "OPTIONS", .target = "*"},
        Asked{.claim = "AsteriskForGet", .status = 400, .target = "*"}),
    claim_of);

INSTANTIATE_TEST_SUITE_P(Connect, Gates,
                         testing::Values(Asked{.claim = "WithPort",
                                               .method = "CONNECT",
                                               .target = "h:443",
                                               .fields = {{"Host", "h:443"}}},
                                         Asked{.claim = "WithoutPort",
                                               .status = 400,
                                               .method = "CONNECT",
                                               .target = "h",
                                               .fields = {{"Host", "h"}}},
                                         Asked{.claim = "ToAPath",
                                               .status = 400,
                                               .method = "CONNECT",
                                               .target = "/",
                                               .fields = {{"Host", "h"}}}),
                         claim_of);

INSTANTIATE_TEST_SUITE_P(
    Fields, Gates,
    testing::Values(with("Known", 0, "Range", "bytes=0-"), with("Empty", 0, "X-Empty", ""),
                    with("ObsoleteText", 0, "A", "\xc3\xa4\xff"), with("InnerTab", 0, "A", "a\tb"),
                    with("NoName", 400, "", "a"), with("NameWithSpace", 400, "A B", "c"),
                    with("NameWithSpaceBehind", 400, "A ", "c"), with("NameInParts", 400, "A(", ""),
                    with("NameBeyondAscii", 400, "\xc3\xa4", ""),
                    with("NulInName", 400, std::string("A\0", 2), ""),
                    with("NulInValue", 400, "A", std::string("a\0b", 3)),
                    with("BareCarriageReturn", 400, "A", "a\rb"),
                    with("BareLineFeed", 400, "A", "a\nb"), with("Escape", 400, "A", "\x1b[1m"),
                    with("Delete", 400, "A", "\x7f"),
                    Asked{.claim = "AsManyAsAllowed",
                          .fields = with_host(HeaderList(limits::field_count - 1, {"A", ""}))},
                    Asked{.claim = "MoreThanAllowed",
                          .status = 431,
                          .fields = with_host(HeaderList(limits::field_count + 1, {"A", ""}))},
                    with("LargerThanAllowed", 431, "A", std::string(limits::head_bytes, 'a'))),
    claim_of);

INSTANTIATE_TEST_SUITE_P(
    Host, Gates,
    testing::Values(Asked{.claim = "WithPort", .fields = {{"Host", "h:80"}}},
                    Asked{.claim = "Literal", .fields = {{"Host", "[::1]"}}},
                    Asked{.claim = "Missing", .status = 400, .fields = {}},
                    Asked{.claim = "Empty", .status = 400, .fields = {{"Host", ""}}},
                    Asked{.claim = "WithUser", .status = 400, .fields = {{"Host", "u@h"}}},
                    Asked{.claim = "WithPath", .status = 400, .fields = {{"Host", "h/a"}}},
                    Asked{.claim = "List", .status = 400, .fields = {{"Host", "g, h"}}},
                    Asked{.claim = "PortTooLarge", .status = 400, .fields = {{"Host", "h:65536"}}},
                    with("Second", 400, "Host", "g")),
    claim_of);

INSTANTIATE_TEST_SUITE_P(
    Body, Gates,
    testing::Values(with("Length", 0, "Content-Length", "5"),
                    with("LengthWithZeros", 0, "Content-Length", "005"),
                    with("LengthEmpty", 400, "Content-Length", ""),
                    with("LengthSigned", 400, "Content-Length", "+5"),
                    with("LengthListed", 400, "Content-Length", "5, 5"),
                    with("LengthTooLong", 400, "Content-Length", "18446744073709551621"),
                    Asked{.claim = "LengthTwice",
                          .status = 400,
                          .fields = with_host({{"Content-Length", "5"}, {"Content-Length", "5"}})},
                    with("Expectation", 0, "Expect", "100-Continue"),
                    with("UnknownExpectation", 417, "Expect", "200-ok"),
                    with("EmptyExpectation", 417, "Expect", "")),
    claim_of);

}  // namespace
}  // namespace cloister::http
