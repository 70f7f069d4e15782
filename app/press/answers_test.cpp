// SPDX-License-Identifier: MIT
// Static answers: methods, preconditions, ranges, redirects.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <memory>
#include <tuple>

#include "base/date.h"
#include "base/limits.h"
#include "base/test_folder.h"
#include "press/test_site.h"

namespace cloister::press {
namespace {

constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view earlier = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view later = "Sun, 06 Nov 1994 08:49:38 GMT";
const std::string safety =  // what every answer says
    "X-Content-Type-Options: nosniff\nContent-Security-Policy: frame-ancestors 'self'\n"
    "Referrer-Policy: strict-origin-when-cross-origin\n";
constexpr std::uint64_t large_bytes = base::limits::memory_file_bytes + 1;

class Responder : public ::testing::Test {
  protected:
    Responder() {
        folder_.write("index.html", "home");
        folder_.write("docs/index.html", "docs");
        folder_.write("gr\xc3\xbc\xc3\x9f e%2f/index.html", "greetings");
        folder_.write("ten.txt", "0123456789");
        folder_.write("empty.txt", "");
        folder_.write_sparse("large.bin", large_bytes);
        const timespec time{.tv_sec = 784111777, .tv_nsec = 0};  // `date`
        const std::array times = {time, time};
        for (const char* const name : {"ten.txt", "large.bin"}) {
            base::check(::utimensat(AT_FDCWD, folder_.at(name).c_str(), times.data(), 0), name);
        }
        site_ = open_site(folder_.path()).site;
        const site::Entry* const entry = site_.find(site_.hosts().front(), "/ten.txt");
        tag_ = site_.text(site_.content(site_.variants(*entry).front()).entity_tag);
    }

    // `line` is "GET /path"; `fields` are whole lines without their ends.
    TestAnswer ask(const std::string& line, const std::vector<std::string>& fields = {}) const {
        const SentRequest sent(line, fields);
        const std::optional<http::Response> response = site::respond(site_, sent.request);
        return response ? render(*response) : TestAnswer();
    }

    base::TestFolder folder_;
    site::Site site_;
    std::string tag_;  // of /ten.txt
};

TEST_F(Responder, AnswersGetWithTheFile) {
    const TestAnswer answer = ask("GET /ten.txt");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "0123456789");
    EXPECT_EQ(answer.fields, "Content-Type: text/plain; charset=utf-8\nCache-Control: no-cache\n" +
                                 safety + "Accept-Ranges: bytes\nETag: " + tag_ +
                                 "\nLast-Modified: " + std::string(date) + "\n");
}

// The session leaves the body of an answer to HEAD away.
TEST_F(Responder, AnswersHeadAsGet) {
    const TestAnswer get = ask("GET /ten.txt");
    const TestAnswer head = ask("HEAD /ten.txt");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.fields, get.fields);
    EXPECT_EQ(head.body, get.body);
}

TEST_F(Responder, IgnoresTheQuery) {
    EXPECT_EQ(ask("GET /ten.txt?v=2").body, "0123456789");
}

TEST_F(Responder, AnswersAFileOfNothing) {
    const TestAnswer answer = ask("GET /empty.txt");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "");
}

TEST_F(Responder, AnswersALargeFileFromItsDescriptor) {
    const TestAnswer answer = ask("GET /large.bin");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.size(), large_bytes);
}

TEST_F(Responder, TellsOptionsWhatIsAllowed) {
    for (const char* const path : {"/ten.txt", "/docs", "/"}) {
        const TestAnswer answer = ask(std::string("OPTIONS ") + path);
        EXPECT_EQ(answer.status, 204) << path;
        EXPECT_EQ(answer.fields, safety + "Allow: GET, HEAD, OPTIONS\n") << path;
        EXPECT_EQ(answer.body, "") << path;
    }
}

TEST_F(Responder, RefusesOtherMethodsAndSaysWhichAreAllowed) {
    for (const char* const method : {"POST", "PUT", "PATCH", "DELETE", "TRACE"}) {
        for (const char* const path : {"/ten.txt", "/docs"}) {
            const TestAnswer answer = ask(std::string(method) + " " + path);
            EXPECT_EQ(answer.status, 405) << method;
            EXPECT_TRUE(answer.has("Allow: GET, HEAD, OPTIONS")) << method;
        }
    }
}

TEST_F(Responder, HasNoAnswerForWhatTheSiteHasNot) {
    for (const char* const method : {"GET", "HEAD", "OPTIONS", "POST"}) {
        EXPECT_EQ(ask(std::string(method) + " /missing").status, 0) << method;
    }
    EXPECT_EQ(ask("GET /missing", {"If-Match: *"}).status, 0);
    EXPECT_EQ(ask("OPTIONS *").status, 0);
}

// --- Redirects ---------------------------------------------------------------------------------

TEST_F(Responder, RedirectsToTheFolder) {
    struct Case {
        const char* target;
        const char* location;
    };

    for (const Case& row : {
             Case{"/docs", "/docs/"},
             Case{"/docs?", "/docs/"},
             Case{"/docs?a=b&c=%20d?e/f", "/docs/?a=b&c=%20d?e/f"},
             Case{"/%64ocs", "/docs/"},
             Case{"/gr%C3%BC%c3%9f%20e%252f", "/gr%C3%BC%C3%9F%20e%252f/"},
             Case{"http://example.org/docs?x", "/docs/?x"},
         }) {
        const TestAnswer answer = ask(std::string("GET ") + row.target);
        EXPECT_EQ(answer.status, 301) << row.target;
        EXPECT_TRUE(answer.has(std::string("Location: ") + row.location)) << answer.fields;
    }
}

// "//host/" names another host to a browser (RFC 3986 4.2), and dot segments can hide one in the
// target.
TEST_F(Responder, RedirectsToNoOtherHost) {
    for (const char* const target : {"//evil.example/../../docs", "//evil.example/%2e%2e/..%2fdocs",
                                     "//evil.example/../%2e./docs", "/./docs", "/x/../docs"}) {
        const TestAnswer answer = ask(std::string("GET ") + target);
        EXPECT_TRUE(answer.status == 0 || answer.has("Location: /docs/"))
            << target << " -> " << answer.fields;
    }
}

TEST_F(Responder, EvaluatesNoPreconditionOfARedirect) {
    EXPECT_EQ(ask("GET /docs", {"If-None-Match: *"}).status, 301);
    EXPECT_EQ(ask("GET /docs", {"If-Match: \"x\""}).status, 301);
}

// --- Preconditions -----------------------------------------------------------------------------

TEST_F(Responder, AnswersNotModifiedToItsTag) {
    for (const char* const method : {"GET", "HEAD"}) {
        const TestAnswer answer =
            ask(std::string(method) + " /ten.txt", {"If-None-Match: " + tag_});
        EXPECT_EQ(answer.status, 304);
        EXPECT_EQ(answer.body, "");
        EXPECT_EQ(answer.fields, "Cache-Control: no-cache\nETag: " + tag_ +
                                     "\nLast-Modified: " + std::string(date) + "\n");
    }
}

// The table of RFC 9110 13: `TAG` stands for the file's own.
TEST_F(Responder, EvaluatesPreconditionsInTheirOrder) {
    const std::string before(earlier);
    const std::string exactly(date);
    const std::string after(later);

    struct Case {
        std::vector<std::string> fields;
        int status;
    };

    const std::vector<Case> cases = {
        {{"If-None-Match: " + tag_}, 304},
        {{"If-None-Match: W/" + tag_}, 304},
        {{"If-None-Match: *"}, 304},
        {{"If-None-Match: \"x\", " + tag_}, 304},
        {{"If-None-Match: \"x\"", "If-None-Match: " + tag_}, 304},
        {{"If-None-Match: \"x\""}, 200},
        {{"If-None-Match: "}, 200},
        {{"If-Modified-Since: " + exactly}, 304},
        {{"If-Modified-Since: " + after}, 304},
        {{"If-Modified-Since: " + before}, 200},
        {{"If-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT"}, 304},
        {{"If-Modified-Since: Sun Nov  6 08:49:37 1994"}, 304},
        {{"If-Modified-Since: yesterday"}, 200},
        {{"If-Modified-Since: " + exactly + "x"}, 200},
        {{"If-Match: " + tag_}, 200},
        {{"If-Match: *"}, 200},
        {{"If-Match: \"x\", " + tag_}, 200},
        {{"If-Match: \"x\"", "If-Match: " + tag_}, 200},
        {{"If-Match: \"x\""}, 412},
        {{"If-Match: W/" + tag_}, 412},
        {{"If-Match: "}, 412},
        {{"If-Unmodified-Since: " + exactly}, 200},
        {{"If-Unmodified-Since: " + after}, 200},
        {{"If-Unmodified-Since: " + before}, 412},
        {{"If-Unmodified-Since: never"}, 200},
        // 1 before 2: If-Match decides, and If-Unmodified-Since is not looked at.
        {{"If-Match: " + tag_, "If-Unmodified-Since: " + before}, 200},
        {{"If-Unmodified-Since: " + after, "If-Match: \"x\""}, 412},
        // 3 before 4: If-None-Match decides, and If-Modified-Since is not looked at.
        {{"If-None-Match: \"x\"", "If-Modified-Since: " + after}, 200},
        {{"If-Modified-Since: " + before, "If-None-Match: " + tag_}, 304},
        // 1 and 2 before 3 and 4.
        {{"If-None-Match: " + tag_, "If-Match: \"x\""}, 412},
        {{"If-None-Match: " + tag_, "If-Match: " + tag_}, 304},
        {{"If-Modified-Since: " + after, "If-Unmodified-Since: " + before}, 412},
        {{"If-Modified-Since: " + after, "If-Unmodified-Since: " + after}, 304},
        // All of them before 5, the range.
        {{"Range: bytes=0-1", "If-None-Match: " + tag_}, 304},
        {{"Range: bytes=0-1", "If-Match: \"x\""}, 412},
        {{"Range: bytes=50-", "If-None-Match: *"}, 304},
        {{"Range: bytes=0-1", "If-Match: " + tag_}, 206},
    };
    for (const Case& row : cases) {
        std::string shown;
        for (const std::string& field : row.fields) {
            shown += field + "; ";
        }
        EXPECT_EQ(ask("GET /ten.txt", row.fields).status, row.status) << shown;
    }
}

TEST_F(Responder, RefusesOtherMethodsWhateverTheirPreconditions) {
    EXPECT_EQ(ask("PUT /ten.txt", {"If-Match: \"x\""}).status, 405);
    EXPECT_EQ(ask("POST /ten.txt", {"If-None-Match: *"}).status, 405);
    EXPECT_EQ(ask("OPTIONS /ten.txt", {"If-None-Match: *"}).status, 204);
}

TEST_F(Responder, FailedPreconditionShowsNothingOfTheFile) {
    const TestAnswer answer = ask("GET /ten.txt", {"If-Match: \"x\""});
    EXPECT_EQ(answer.body, "412 Precondition Failed\n");
    EXPECT_EQ(answer.fields, safety + "Content-Type: text/plain; charset=utf-8\n");
}

// --- Ranges ------------------------------------------------------------------------------------

TEST_F(Responder, AnswersARangeWithThePartAndItsPlace) {
    struct Case {
        const char* range;
        const char* place;
        const char* body;
    };

    for (const Case& row : {
             Case{"bytes=0-0", "bytes 0-0/10", "0"},
             Case{"bytes=2-4", "bytes 2-4/10", "234"},
             Case{"bytes=7-", "bytes 7-9/10", "789"},
             Case{"bytes=7-700", "bytes 7-9/10", "789"},
             Case{"bytes=-3", "bytes 7-9/10", "789"},
             Case{"bytes=-300", "bytes 0-9/10", "0123456789"},
             Case{"bytes=0-9", "bytes 0-9/10", "0123456789"},
         }) {
        const TestAnswer answer = ask("GET /ten.txt", {std::string("Range: ") + row.range});
        EXPECT_EQ(answer.status, 206) << row.range;
        EXPECT_EQ(answer.body, row.body) << row.range;
        EXPECT_TRUE(answer.has(std::string("Content-Range: ") + row.place)) << answer.fields;
        EXPECT_TRUE(answer.has("ETag: " + tag_)) << answer.fields;
        EXPECT_TRUE(answer.has("Content-Type: text/plain; charset=utf-8")) << answer.fields;
    }
}

TEST_F(Responder, AnswersARangeOfALargeFile) {
    const TestAnswer answer = ask("GET /large.bin", {"Range: bytes=-5"});
    EXPECT_EQ(answer.status, 206);
    EXPECT_EQ(answer.body, std::string(5, '\0'));
    EXPECT_TRUE(answer.has("Content-Range: bytes 65532-65536/65537")) << answer.fields;
}

TEST_F(Responder, AnswersRangesThatAreCloseWithOnePart) {
    const TestAnswer answer = ask("GET /ten.txt", {"Range: bytes=3-4,0-1"});
    EXPECT_EQ(answer.status, 206);
    EXPECT_EQ(answer.body, "01234");
    EXPECT_TRUE(answer.has("Content-Range: bytes 0-4/10")) << answer.fields;
}

// The example of RFC 9110 14.6, with a type, from memory and from a descriptor.
TEST_F(Responder, AnswersSeveralRangesWithSeveralParts) {
    folder_.write("lines.txt", std::string(300, 'a') + std::string(300, 'b'));
    site_ = open_site(folder_.path()).site;
    for (const auto& [path, type, size] :
         {std::tuple("/lines.txt", "text/plain; charset=utf-8", "600"),
          std::tuple("/large.bin", "application/octet-stream", "65537")}) {
        const std::string get = std::string("GET ") + path;
        const TestAnswer whole = ask(get);
        const TestAnswer answer = ask(get, {"Range: bytes=590-,0-4, 299-300,9999999-"});
        EXPECT_EQ(answer.status, 206);
        const std::string name = "Content-Type: multipart/byteranges; boundary=";
        const std::size_t at = answer.fields.find(name);
        ASSERT_NE(at, std::string::npos) << answer.fields;
        std::string boundary = answer.fields.substr(at + name.size());
        boundary.resize(boundary.find('\n'));
        EXPECT_EQ(whole.body.find(boundary), std::string::npos);
        std::string expected;
        for (const auto& [offset, length] : {std::pair(std::size_t{590}, whole.body.size() - 590),
                                             std::pair(std::size_t{0}, std::size_t{5}),
                                             std::pair(std::size_t{299}, std::size_t{2})}) {
            expected += (expected.empty() ? "--" : "\r\n--") + boundary +
                        "\r\nContent-Type: " + type + "\r\nContent-Range: bytes " +
                        std::to_string(offset) + "-" + std::to_string(offset + length - 1) + "/" +
                        size + "\r\n\r\n" + whole.body.substr(offset, length);
        }
        EXPECT_EQ(answer.body, expected + "\r\n--" + boundary + "--\r\n");
        EXPECT_EQ(answer.fields.find("Content-Range"), std::string::npos);
        EXPECT_TRUE(answer.has("Cache-Control: no-cache")) << answer.fields;
        EXPECT_TRUE(answer.has("X-Content-Type-Options: nosniff")) << answer.fields;
        EXPECT_NE(answer.fields.find("ETag: \""), std::string::npos) << answer.fields;
        EXPECT_EQ(answer.fields.find("Content-Type", at + 1), std::string::npos) << answer.fields;
    }
}

TEST_F(Responder, TellsTheSizeToARangeBehindTheEnd) {
    for (const char* const range : {"bytes=10-", "bytes=10-20", "bytes=-0"}) {
        const TestAnswer answer = ask("GET /ten.txt", {std::string("Range: ") + range});
        EXPECT_EQ(answer.status, 416) << range;
        EXPECT_TRUE(answer.has("Content-Range: bytes */10")) << answer.fields;
        EXPECT_EQ(answer.body, "416 Range Not Satisfiable\n") << range;
    }
    EXPECT_TRUE(ask("GET /empty.txt", {"Range: bytes=0-"}).has("Content-Range: bytes */0"));
}

TEST_F(Responder, AnswersWithEverythingWhereARangeIsIgnored) {
    for (const std::vector<std::string>& fields : {
             std::vector<std::string>{"Range: bytes=0-1,x"},
             std::vector<std::string>{"Range: lines=0-1"},
             std::vector<std::string>{"Range: bytes=4-2"},
             std::vector<std::string>{"Range: "},
             std::vector<std::string>{"Range: bytes=0-1", "Range: bytes=0-1"},
         }) {
        const TestAnswer answer = ask("GET /ten.txt", fields);
        EXPECT_EQ(answer.status, 200) << fields.front();
        EXPECT_EQ(answer.body, "0123456789") << fields.front();
        EXPECT_EQ(answer.fields.find("Content-Range"), std::string::npos) << fields.front();
    }
    EXPECT_EQ(ask("GET /empty.txt", {"Range: bytes=-5"}).status, 200);
}

TEST_F(Responder, IgnoresTheRangeOfAHead) {
    const TestAnswer answer = ask("HEAD /ten.txt", {"Range: bytes=0-1"});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body.size(), 10U);
    EXPECT_EQ(ask("HEAD /ten.txt", {"Range: bytes=50-"}).status, 200);
}

TEST_F(Responder, AnswersARangeOnlyOfTheSameRepresentation) {
    struct Case {
        std::string if_range;
        int status;
    };

    for (const Case& row : {
             Case{tag_, 206},
             Case{std::string(date), 206},
             Case{"Sun Nov  6 08:49:37 1994", 206},
             Case{"\"x\"", 200},
             Case{"W/" + tag_, 200},
             Case{std::string(earlier), 200},
             Case{std::string(later), 200},
             Case{"*", 200},
             Case{"", 200},
             Case{tag_ + ", \"x\"", 200},
         }) {
        const TestAnswer answer =
            ask("GET /ten.txt", {"Range: bytes=0-1", "If-Range: " + row.if_range});
        EXPECT_EQ(answer.status, row.status) << row.if_range;
    }
}

// A condition that fails makes the range as if it were not there, so it cannot be unsatisfiable
// either.
TEST_F(Responder, IgnoresAnUnsatisfiableRangeOfAnotherRepresentation) {
    EXPECT_EQ(ask("GET /ten.txt", {"Range: bytes=50-", "If-Range: \"x\""}).status, 200);
    EXPECT_EQ(ask("GET /ten.txt", {"Range: bytes=50-", "If-Range: " + tag_}).status, 416);
}

TEST_F(Responder, IgnoresAnIfRangeWithoutRange) {
    EXPECT_EQ(ask("GET /ten.txt", {"If-Range: \"x\""}).status, 200);
}

// --- Not found ---------------------------------------------------------------------------------

TestAnswer not_found(const site::Site& site) {
    http::Request request;
    request.target = request.path = "/missing";
    return render(site::respond_not_found(site, request));
}

TEST_F(Responder, NotFoundIsAPlainLineWithoutAPage) {
    const TestAnswer answer = not_found(site_);
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body, "404 Not Found\n");
}

TEST_F(Responder, NotFoundIsThePageOfTheSite) {
    folder_.write("404.html", "lost");
    const TestAnswer answer = not_found(open_site(folder_.path()).site);
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body, "lost");
    EXPECT_EQ(answer.fields,
              "Content-Type: text/html; charset=utf-8\nCache-Control: no-cache\n" + safety);
}

TEST_F(Responder, NotFoundPageMayBeLarge) {
    folder_.write_sparse("404.html", large_bytes);
    EXPECT_EQ(not_found(open_site(folder_.path()).site).body.size(), large_bytes);
}

}  // namespace
}  // namespace cloister::press
