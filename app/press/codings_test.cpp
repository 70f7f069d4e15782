// SPDX-License-Identifier: MIT
// Who is sent which coding of a file, and what the answer says of it (RFC 9110 8.4, 8.8.3, 12.5.3).
#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "press/test_site.h"
#include "press/test_text.h"

namespace cloister::press {
namespace {

using site::Coding;
using Fields = std::vector<std::string>;

class Codings : public ::testing::Test {
  protected:
    Codings() {
        folder_.write("page.html", page_);
        folder_.write("short.html", "short");
        folder_.write("404.html", text_of(5000));
        site_ = open_site(folder_.path()).site;
    }

    // `line` is "GET /path"; `fields` are whole lines without their ends.
    TestAnswer ask(const std::string& line, const Fields& fields = {}) const {
        return press::ask(site_, SentRequest(line, fields).request);
    }

    // What `coding` of /page.html is known by.
    std::string tag(Coding coding) const {
        const site::Entry* const entry = site_.find(site_.hosts().front(), "/page.html");
        for (const site::Variant& variant : site_.variants(*entry)) {
            if (variant.coding == coding) {
                return std::string(site_.text(site_.content(variant).entity_tag));
            }
        }
        return {};
    }

    const std::string page_ = text_of(10'000);
    base::TestFolder folder_;
    site::Site site_;
};

bool names_coding(const TestAnswer& answer, Coding coding) {
    return coding == Coding::identity
               ? answer.fields.find("Content-Encoding") == std::string::npos
               : answer.has("Content-Encoding: " + std::string(site::name_of(coding)));
}

TEST_F(Codings, FollowWhatTheClientAccepts) {
    struct Case {
        Fields fields;
        Coding coding;
    };

    for (const Case& row : {
             Case{{}, Coding::identity},
             Case{{"Accept-Encoding:"}, Coding::identity},
             Case{{"Accept-Encoding: gzip, deflate, br, zstd"}, Coding::brotli},
             Case{{"Accept-Encoding: gzip"}, Coding::gzip},
             Case{{"Accept-Encoding: gzip;q=1, br;q=0.5"}, Coding::gzip},
             Case{{"Accept-Encoding: deflate"}, Coding::identity},
             Case{{"Accept-Encoding: identity, gzip;q=0.5"}, Coding::identity},
             Case{{"Accept-Encoding: *"}, Coding::brotli},
             Case{{"Accept-Encoding: gzip", "Accept-Encoding: br"}, Coding::brotli},
             Case{{"Accept-Encoding: zstd, identity;q=0, *;q=0.1"}, Coding::brotli},
         }) {
        for (const char* const method : {"GET", "HEAD"}) {
            const TestAnswer answer = ask(std::string(method) + " /page.html", row.fields);
            EXPECT_EQ(answer.status, 200);
            EXPECT_TRUE(names_coding(answer, row.coding)) << answer.fields;
            EXPECT_TRUE(answer.has("ETag: " + tag(row.coding))) << answer.fields;
            EXPECT_TRUE(answer.has("Vary: Accept-Encoding")) << answer.fields;
            EXPECT_EQ(answer.body == page_, row.coding == Coding::identity);
        }
    }
}

TEST_F(Codings, OfAFileThatHasOneAreNotVaried) {
    const TestAnswer answer = ask("GET /short.html", {"Accept-Encoding: br"});
    EXPECT_EQ(answer.body, "short");
    EXPECT_EQ(answer.fields.find("Vary"), std::string::npos);
}

TEST_F(Codings, AreRefusedWhereNoneIsAccepted) {
    for (const char* const path : {"/page.html", "/short.html"}) {
        for (const char* const method : {"GET ", "HEAD "}) {
            const TestAnswer answer =
                ask(std::string(method) + path, {"Accept-Encoding: identity;q=0, compress"});
            EXPECT_EQ(answer.status, 406) << path;
            EXPECT_TRUE(answer.has("Vary: Accept-Encoding")) << path;
        }
    }
}

TEST_F(Codings, OfAPageThatSaysNotFoundAreChosenToo) {
    const TestAnswer coded = ask("GET /missing", {"Accept-Encoding: gzip"});
    EXPECT_EQ(coded.status, 404);
    EXPECT_TRUE(coded.has("Content-Encoding: gzip"));
    EXPECT_TRUE(coded.has("Vary: Accept-Encoding"));
    const TestAnswer plain = ask("GET /missing");
    EXPECT_TRUE(names_coding(plain, Coding::identity));
    EXPECT_EQ(plain.body, text_of(5000));
}

TEST_F(Codings, DoNotKeepAnErrorFromBeingTold) {
    const TestAnswer answer = ask("GET /missing", {"Accept-Encoding: identity;q=0, compress"});
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body, text_of(5000));
}

// RFC 9110 13.1.2: the tag of the selected representation counts; who holds another one asks for
// this one now.
TEST_F(Codings, AreToldApartByIfNoneMatch) {
    const Fields gzip = {"Accept-Encoding: gzip", "If-None-Match: " + tag(Coding::gzip)};
    const TestAnswer not_modified = ask("GET /page.html", gzip);
    EXPECT_EQ(not_modified.status, 304);
    EXPECT_TRUE(not_modified.has("ETag: " + tag(Coding::gzip)));
    EXPECT_TRUE(not_modified.has("Vary: Accept-Encoding"));
    EXPECT_TRUE(not_modified.has("Cache-Control: no-cache"));
    EXPECT_TRUE(names_coding(not_modified, Coding::identity));
    EXPECT_EQ(ask("GET /page.html", {"Accept-Encoding: br", "If-None-Match: " + tag(Coding::gzip)})
                  .status,
              200);
    EXPECT_EQ(ask("GET /page.html", {"If-None-Match: " + tag(Coding::brotli)}).status, 200);
    EXPECT_EQ(
        ask("GET /page.html", {"Accept-Encoding: br, gzip",
                               "If-None-Match: " + tag(Coding::gzip) + ", " + tag(Coding::brotli)})
            .status,
        304);
}

TEST_F(Codings, AreToldApartByIfMatch) {
    EXPECT_EQ(
        ask("GET /page.html", {"Accept-Encoding: br", "If-Match: " + tag(Coding::brotli)}).status,
        200);
    EXPECT_EQ(
        ask("GET /page.html", {"Accept-Encoding: br", "If-Match: " + tag(Coding::identity)}).status,
        412);
}

TEST_F(Codings, AreLeftAwayForARange) {
    const TestAnswer answer =
        ask("GET /page.html", {"Accept-Encoding: br, gzip", "Range: bytes=10-19"});
    EXPECT_EQ(answer.status, 206);
    EXPECT_EQ(answer.body, page_.substr(10, 10));
    EXPECT_TRUE(names_coding(answer, Coding::identity));
    EXPECT_TRUE(answer.has("ETag: " + tag(Coding::identity)));
    EXPECT_TRUE(answer.has("Vary: Accept-Encoding"));
    EXPECT_TRUE(answer.has("Content-Range: bytes 10-19/10000"));
}

TEST_F(Codings, AreKeptWhereARangeIsIgnored) {
    for (const Fields& fields : {Fields{"Range: lines=1-2"}, Fields{"Range: bytes=2-1"},
                                 Fields{"Range: bytes=0-1", "If-Range: " + tag(Coding::brotli)},
                                 Fields{"Range: bytes=0-1", "Accept-Encoding: identity;q=0"}}) {
        Fields all = fields;
        all.emplace_back("Accept-Encoding: br");
        const TestAnswer answer = ask("GET /page.html", all);
        EXPECT_EQ(answer.status, 200) << fields.front();
        EXPECT_TRUE(names_coding(answer, Coding::brotli)) << fields.front();
    }
}

// Two codings have one date: who resumes a coded download by it would mix them up.
TEST_F(Codings, AreNotToldApartByADate) {
    std::string date = ask("GET /page.html").fields;
    date = date.substr(date.find("Last-Modified: ") + 15);
    date.resize(date.find('\n'));
    const Fields resumed = {"Range: bytes=10-19", "If-Range: " + date};
    EXPECT_EQ(ask("GET /page.html", resumed).status, 206);
    Fields coded = resumed;
    coded.emplace_back("Accept-Encoding: gzip");
    EXPECT_EQ(ask("GET /page.html", coded).status, 200);
    coded.emplace_back("Accept-Encoding: identity;q=0.5");
    EXPECT_EQ(ask("GET /page.html", coded).status, 200);
    Fields tagged = {"Range: bytes=10-19", "If-Range: " + tag(Coding::identity),
                     "Accept-Encoding: gzip"};
    EXPECT_EQ(ask("GET /page.html", tagged).status, 206);
}

}  // namespace
}  // namespace cloister::press
