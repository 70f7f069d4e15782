// SPDX-License-Identifier: MIT
#include "http/request_head.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "base/limits.h"

namespace cloister::http {
namespace {

namespace limits = base::limits;

struct Parsed {
    int status = 0;
    Request request;
    Framing framing;
};

// Views of the result point into `head`.
Parsed parse(const std::string& head) {
    Parsed parsed;
    parsed.status = parse_request_head(head, parsed.request, parsed.framing);
    return parsed;
}

std::string with_line(const std::string& line) {
    return line + "\r\nHost: h\r\n\r\n";
}

std::string with_fields(const std::string& fields) {
    return "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

int status_of_line(const std::string& line) {
    return parse(with_line(line)).status;
}

int status_of_fields(const std::string& fields) {
    return parse(with_fields(fields)).status;
}

TEST(RequestHead, AcceptsAnOrdinaryRequest) {
    const std::string head =
        "GET /a%20b?c HTTP/1.1\r\nHost: example.org\r\nAccept:text/html\r\nX-Empty:\r\nX-Tab: \t "
        "a\tb \t \r\n\r\n";
    const Parsed parsed = parse(head);
    ASSERT_EQ(parsed.status, 0);
    EXPECT_EQ(parsed.request.method, Method::get);
    EXPECT_EQ(parsed.request.path, "/a b");
    EXPECT_EQ(parsed.request.authority, "example.org");
    ASSERT_EQ(parsed.request.fields.size(), 4U);
    EXPECT_EQ(parsed.request.fields[1].name, "Accept");
    EXPECT_EQ(parsed.request.fields[1].value, "text/html");
    EXPECT_EQ(parsed.request.fields[2].value, "");
    EXPECT_EQ(parsed.request.fields[3].value, "a\tb");
    EXPECT_FALSE(parsed.framing.has_body());
    EXPECT_TRUE(parsed.framing.keep_alive);
}

TEST(RequestHead, KnowsEveryMethod) {
    for (const Method method : {Method::get, Method::head, Method::post, Method::put, Method::patch,
                                Method::del, Method::options, Method::trace}) {
        const std::string head = with_line(std::string(name_of(method)) + " / HTTP/1.1");
        const Parsed parsed = parse(head);
        EXPECT_EQ(parsed.status, 0) << name_of(method);
        EXPECT_EQ(parsed.request.method, method);
        EXPECT_EQ(parsed.framing.head_only, method == Method::head);
    }
    EXPECT_EQ(status_of_line("CONNECT example.org:443 HTTP/1.1"), 0);
    EXPECT_EQ(status_of_line("OPTIONS * HTTP/1.1"), 0);
}

TEST(RequestHead, RefusesUnknownMethodsWith501) {
    for (const char* const method :
         {"BREW", "get", "Get", "GETT", "GE", "PROPFIND", "X!#$%&'*+-.^_`|~9"}) {
        EXPECT_EQ(status_of_line(std::string(method) + " / HTTP/1.1"), 501) << method;
    }
}

TEST(RequestHead, RefusesMalformedRequestLines) {
    for (const std::string line : {"",
                                   " ",
                                   "GET",
                                   "GET ",
                                   "GET /",
                                   "GET / ",
                                   "GET  / HTTP/1.1",
                                   "GET /  HTTP/1.1",
                                   "GET / HTTP/1.1 ",
                                   " GET / HTTP/1.1",
                                   "GET\t/\tHTTP/1.1",
                                   "GET\t/ HTTP/1.1",
                                   "GET /\tHTTP/1.1",
                                   "GET / a HTTP/1.1",
                                   "GET/ HTTP/1.1",
                                   "G(T / HTTP/1.1",
                                   "G\"T / HTTP/1.1",
                                   "\x80 / HTTP/1.1",
                                   "GET /\r HTTP/1.1",
                                   "GET / HTTP/1.1\r",
                                   "GET HTTP/1.1",
                                   "HTTP/1.1 200 OK"}) {
        EXPECT_EQ(status_of_line(line), 400) << line;
    }
    EXPECT_EQ(parse("\r\n").status, 400);
}

TEST(RequestHead, RefusesMalformedTargets) {
    for (const std::string target : {"a", "/a#b", "/\xc3\xa4", "/%zz", "/%u0041", "/%00", "/..",
                                     "*", "ftp://h/", "http://u@h/", "/\x7f"}) {
        EXPECT_EQ(status_of_line("GET " + target + " HTTP/1.1"), 400) << target;
    }
}

TEST(RequestHead, ReadsVersions) {
    EXPECT_FALSE(parse(with_line("GET / HTTP/1.1")).framing.http_1_0);
    EXPECT_TRUE(parse(with_line("GET / HTTP/1.0")).framing.http_1_0);
    EXPECT_EQ(status_of_line("GET / HTTP/1.2"), 0) << "treated as 1.1";
    EXPECT_FALSE(parse(with_line("GET / HTTP/1.9")).framing.http_1_0);
    for (const char* const version : {"HTTP/2.0", "HTTP/2.1", "HTTP/3.0", "HTTP/9.9"}) {
        EXPECT_EQ(status_of_line(std::string("GET / ") + version), 505) << version;
    }
    for (const char* const version :
         {"HTTP/0.9", "http/1.1", "HTTP/1", "HTTP/1.", "HTTP/1.10", "HTTP/11", "HTTP/1,1",
          "HTTP/a.b", "HTTP/-1.1", "HTTPS/1.1", "HTTP 1.1", "HTTP/01.1", "FTP/1.1"}) {
        EXPECT_EQ(status_of_line(std::string("GET / ") + version), 400) << version;
    }
    EXPECT_EQ(parse("PRI * HTTP/2.0\r\n\r\n").status, 400);
}

TEST(RequestHead, RefusesMalformedFieldLines) {
    for (const std::string& line : {std::string("no colon"),
                                    std::string(": no name"),
                                    std::string("A : b"),
                                    std::string("A\t: b"),
                                    std::string(" A: b"),
                                    std::string("A: b\r\n folded"),
                                    std::string("A: b\r\n\tfolded"),
                                    std::string("A B: c"),
                                    std::string("A(: b"),
                                    std::string("\xc3\xa4: b"),
                                    std::string("A: b\rc"),
                                    std::string("A: b\r"),
                                    std::string("\rA: b"),
                                    std::string("\r"),
                                    std::string("A: \0", 4),
                                    std::string("A\0: b", 5),
                                    std::string("A: b\0c", 6),
                                    std::string("A: \x01"),
                                    std::string("A: \x7f"),
                                    std::string("A: \x1b[1m")}) {
        EXPECT_EQ(status_of_fields(line + "\r\n"), 400) << line;
    }
    EXPECT_EQ(parse("GET / HTTP/1.1\r\n folded: first\r\nHost: h\r\n\r\n").status, 400);
}

TEST(RequestHead, AcceptsObsoleteTextInValues) {
    EXPECT_EQ(status_of_fields("A: \xc3\xa4\xff\r\n"), 0);
}

TEST(RequestHead, DemandsOneValidHost) {
    EXPECT_EQ(parse("GET / HTTP/1.1\r\n\r\n").status, 400);
    EXPECT_EQ(parse("GET / HTTP/1.2\r\n\r\n").status, 400);
    EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").status, 400);
    EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n").status, 400);
    for (const std::string host :
         {"", "a, b", "a b", "a/b", "a:b", "a:99999", "user@a", "[::1", "a\\b", "a%zz", "?"}) {
        EXPECT_EQ(parse("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status, 400) << host;
    }
}

TEST(RequestHead, LetsHttp10LeaveHostAway) {
    EXPECT_EQ(parse("GET / HTTP/1.0\r\n\r\n").status, 0);
    EXPECT_EQ(parse("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n").status, 400);
    EXPECT_EQ(parse("GET / HTTP/1.0\r\nHost: a b\r\n\r\n").status, 400);
}

TEST(RequestHead, LetsAnAbsoluteTargetCountBeforeHost) {
    const std::string head = "GET http://other:81/a HTTP/1.1\r\nHost: h\r\n\r\n";
    EXPECT_EQ(parse(head).request.authority, "other:81");
    EXPECT_EQ(parse("GET http://other/ HTTP/1.1\r\n\r\n").status, 400)
        << "Host is demanded all the same";
}

TEST(RequestHead, ReadsContentLength) {
    EXPECT_EQ(parse(with_fields("Content-Length: 0\r\n")).framing.has_body(), false);
    EXPECT_EQ(parse(with_fields("Content-Length: 5\r\n")).framing.content_length, 5U);
    EXPECT_EQ(parse(with_fields("content-length:005\t\r\n")).framing.content_length, 5U);
    EXPECT_EQ(parse(with_fields("Content-Length: 999999999999999999\r\n")).framing.content_length,
              999'999'999'999'999'999U);
}

TEST(RequestHead, RefusesEveryDoubtfulContentLength) {
    for (const std::string value :
         {"", "5, 5", "5,5", "5 5", "+5", "-1", "5x", "x5", "abc", "0x5", "5.0", "5;", "\"5\"",
          "5\t6", "\xd9\xa5", "18446744073709551616", "18446744073709551621", "9999999999999999999",
          "100000000000000000000000000000"}) {
        EXPECT_EQ(status_of_fields("Content-Length: " + value + "\r\n"), 400) << value;
    }
    EXPECT_EQ(status_of_fields("Content-Length: 5\r\nContent-Length: 6\r\n"), 400);
    EXPECT_EQ(status_of_fields("Content-Length: 5\r\nContent-Length: 5\r\n"), 400);
    EXPECT_EQ(status_of_fields("Content-Length: 5\r\ncontent-length:\r\n"), 400);
}

TEST(RequestHead, ReadsChunked) {
    for (const std::string value : {"chunked", "Chunked", "CHUNKED", " \tchunked\t "}) {
        const std::string head = with_fields("Transfer-Encoding:" + value + "\r\n");
        EXPECT_EQ(parse(head).status, 0) << value;
        EXPECT_TRUE(parse(head).framing.chunked) << value;
    }
}

TEST(RequestHead, RefusesOtherTransferCodingsWith501) {
    for (const std::string value :
         {"gzip", "identity", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked;a=b",
          "xchunked", "chunke", "", ",chunked", "chunked,", "\"chunked\"", "chunked, identity",
          "ch\xc3\xbcnked", "chunked\x80"}) {
        EXPECT_EQ(status_of_fields("Transfer-Encoding: " + value + "\r\n"), 501) << value;
    }
}

TEST(RequestHead, RefusesTwoWaysToTellTheBodysEnd) {
    EXPECT_EQ(status_of_fields("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400);
    EXPECT_EQ(status_of_fields("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n"), 400);
    EXPECT_EQ(status_of_fields("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n"), 400);
    EXPECT_EQ(status_of_fields("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
              400);
    EXPECT_EQ(status_of_fields("Transfer-Encoding: gzip\r\ntransfer-encoding: chunked\r\n"), 400);
    EXPECT_EQ(parse("POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n").status,
              400);
}

struct ConnectionRow {
    std::string_view version;
    std::string fields;
    bool keep_alive;
};

TEST(RequestHead, DecidesPersistenceByTheWholeConnectionList) {
    const std::initializer_list<ConnectionRow> rows = {
        {"1.1", "", true},
        {"1.1", "Connection: close\r\n", false},
        {"1.1", "Connection: Close\r\n", false},
        {"1.1", "connection: foo, close\r\n", false},
        {"1.1", "Connection: close , foo\r\n", false},
        {"1.1", "Connection: foo,,\tCLOSE\t,\r\n", false},
        {"1.1", "Connection: foo\r\nConnection: close\r\n", false},
        {"1.1", "Connection: close\r\nConnection: keep-alive\r\n", false},
        {"1.1", "Connection: keep-alive, close\r\n", false},
        {"1.1", "Connection: closed\r\n", true},
        {"1.1", "Connection: not-close\r\n", true},
        {"1.1", "Connection: \"close\"\r\n", true},
        {"1.1", "Connection:\r\n", true},
        {"1.1", "Connection: ,\r\n", true},
        {"1.1", "Keep-Alive: timeout=5\r\nX-Connection: close\r\n", true},
        {"1.2", "", true},
        {"1.0", "", false},
        {"1.0", "Connection: keep-alive\r\n", true},
        {"1.0", "Connection: Keep-Alive\r\n", true},
        {"1.0", "Connection: foo, KEEP-ALIVE\r\n", true},
        {"1.0", "Connection: keep-alive\r\nConnection: close\r\n", false},
        {"1.0", "Connection: close, keep-alive\r\n", false},
        {"1.0", "Connection: keep-alive2\r\n", false},
        {"1.0", "Keep-Alive: timeout=5\r\n", false},
    };
    for (const ConnectionRow& row : rows) {
        const std::string head =
            "GET / HTTP/" + std::string(row.version) + "\r\nHost: h\r\n" + row.fields + "\r\n";
        EXPECT_EQ(parse(head).status, 0) << head;
        EXPECT_EQ(parse(head).framing.keep_alive, row.keep_alive) << head;
    }
}

TEST(RequestHead, KnowsOneExpectation) {
    for (const std::string value : {"100-continue", "100-Continue", "100-CONTINUE"}) {
        EXPECT_TRUE(parse(with_fields("Expect: " + value + "\r\n")).framing.expects_continue)
            << value;
    }
    for (const std::string value :
         {"", "100", "200-ok", "100-continue, x", "100-continue;a", "100 continue"}) {
        EXPECT_EQ(status_of_fields("Expect: " + value + "\r\n"), 417) << value;
    }
    EXPECT_EQ(status_of_fields("Expect: 100-continue\r\nExpect: x\r\n"), 417);
}

TEST(RequestHead, IgnoresTheExpectationOfHttp10) {
    const Parsed parsed = parse("POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_EQ(parsed.status, 0);
    EXPECT_FALSE(parsed.framing.expects_continue);
}

TEST(RequestHead, LimitsTheTarget) {
    const std::string just = "/" + std::string(limits::target_bytes - 1, 'a');
    EXPECT_EQ(status_of_line("GET " + just + " HTTP/1.1"), 0);
    EXPECT_EQ(status_of_line("GET " + just + "a HTTP/1.1"), 414);
}

TEST(RequestHead, LimitsTheNumberOfFields) {
    std::string fields;
    for (std::size_t count = 1; count < limits::field_count; ++count) {
        fields += "A:\r\n";
    }
    EXPECT_EQ(status_of_fields(fields), 0) << "with Host it is just met";
    EXPECT_EQ(status_of_fields(fields + "A:\r\n"), 431);
}

TEST(RequestHead, ForgetsTheRequestBefore) {
    Request request;
    Framing framing;
    ASSERT_EQ(
        parse_request_head(with_fields("Range: x\r\nContent-Length: 5\r\n"), request, framing), 0);
    ASSERT_EQ(parse_request_head("GET / HTTP/1.0\r\n\r\n", request, framing), 0);
    EXPECT_TRUE(request.fields.empty());
    EXPECT_FALSE(request.field(Known::range));
    EXPECT_EQ(request.authority, "");
    EXPECT_FALSE(framing.has_body());
}

}  // namespace
}  // namespace cloister::http
