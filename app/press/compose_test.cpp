// SPDX-License-Identifier: MIT
// What drafts become: everything that the steps of the press can say is answered so.
#include "press/compose.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "base/check.h"
#include "press/test_site.h"
#include "site/site.h"

namespace cloister::press {
namespace {

// A draft that is made by hand, and the site that it becomes.
class Composition {
  public:
    // The number of an asset whose content is `text`.
    std::size_t add_asset(const std::string& text) {
        Asset asset;
        asset.path = "/" + text;
        draft.assets.push_back(std::move(asset));
        add_coding(site::Coding::identity, text);
        return draft.assets.size() - 1;
    }

    // Another representation of the last asset.
    void add_coding(site::Coding coding, const std::string& text) {
        Representation own{.coding = coding,
                           .content = store_.add(text),
                           .entity_tag = '"' + text + '"',
                           .modified = std::chrono::sys_seconds(std::chrono::seconds(1))};
        draft.assets.back().representations.push_back(std::move(own));
    }

    site::Site site() {
        std::vector<Draft> drafts;
        drafts.push_back(std::move(draft));
        for (Draft& other : others) {
            drafts.push_back(std::move(other));
        }
        std::vector<base::Fd> beside = compose(drafts, store_);
        site::Region image = store_.region();
        return {std::move(image), store_.file(), std::move(beside), "the draft"};
    }

    Draft draft;
    std::vector<Draft> others;

  private:
    Store store_;
};

Answer answer_of(std::size_t asset, int status = 200) {
    Answer answer;
    answer.asset = asset;
    answer.status = status;
    return answer;
}

TEST(Compose, GivesAPathItsFields) {
    Composition made;
    Answer answer = answer_of(made.add_asset("a"));
    answer.fields = {{"Content-Type", "text/plain"}, {"Link", "</b>; rel=next"}};
    made.draft.paths["/a"] = answer;
    EXPECT_EQ(ask(made.site(), request_for("/a")).fields,
              "Content-Type: text/plain\nLink: </b>; rel=next\nAccept-Ranges: bytes\n"
              "ETag: \"a\"\nLast-Modified: Thu, 01 Jan 1970 00:00:01 GMT\n");
}

TEST(Compose, GivesTwoPathsOfOneFileFieldsOfTheirOwn) {
    Composition made;
    Answer answer = answer_of(made.add_asset("a"));
    made.draft.paths["/a"] = answer;
    answer.fields = {{"X-Folder", "yes"}};
    made.draft.paths["/"] = answer;
    const site::Site site = made.site();
    EXPECT_FALSE(ask(site, request_for("/a")).has("X-Folder: yes"));
    EXPECT_TRUE(ask(site, request_for("/")).has("X-Folder: yes"));
    EXPECT_EQ(ask(site, request_for("/")).body, "a");
}

TEST(Compose, RepeatsInANotModifiedWhatCachesNeed) {
    Composition made;
    Answer answer = answer_of(made.add_asset("a"));
    answer.fields = {{"Content-Type", "text/plain"},
                     {"cache-control", "max-age=1"},
                     {"Expires", "0"},
                     {"Content-Location", "/a.en"},
                     {"Vary", "Cookie"},
                     {"X-Other", "1"}};
    made.draft.paths["/a"] = answer;
    http::Request request = request_for("/a");
    http::append_field("If-None-Match", "\"a\"", request);
    const TestAnswer not_modified = ask(made.site(), request);
    EXPECT_EQ(not_modified.status, 304);
    EXPECT_EQ(not_modified.fields,
              "cache-control: max-age=1\nExpires: 0\nContent-Location: /a.en\nVary: Cookie\n"
              "ETag: \"a\"\nLast-Modified: Thu, 01 Jan 1970 00:00:01 GMT\n");
}

TEST(Compose, AddsSecureFieldsToEveryAnswerOverTlsAlone) {
    Composition made;
    Answer answer = answer_of(made.add_asset("a"));
    answer.secure_fields = {{"Strict-Transport-Security", "max-age=1"}};
    made.draft.paths["/a"] = answer;
    Answer redirect{.asset = {}, .status = 302, .location = "/a"};
    redirect.secure_fields = answer.secure_fields;
    made.draft.paths["/b"] = redirect;
    made.draft.other_secure_fields = answer.secure_fields;
    const site::Site site = made.site();
    for (const char* const path : {"/a", "/b", "/missing"}) {
        EXPECT_TRUE(ask(site, request_for(path, true)).has("Strict-Transport-Security: max-age=1"))
            << path;
        EXPECT_FALSE(
            ask(site, request_for(path, false)).has("Strict-Transport-Security: max-age=1"))
            << path;
    }
}

TEST(Compose, GivesOtherFieldsToAnswersThatNoPathMakes) {
    Composition made;
    made.draft.paths["/a"] = answer_of(made.add_asset("a"));
    made.draft.other_fields = {{"X-Other", "yes"}};
    const site::Site site = made.site();
    http::Request post = request_for("/a");
    post.method = http::Method::post;
    http::Request fails = request_for("/a");
    http::append_field("If-Match", "\"b\"", fails);
    http::Request behind = request_for("/a");
    http::append_field("Range", "bytes=5-", behind);
    for (const auto& [request, status] :
         {std::pair(request_for("/missing"), 404), std::pair(post, 405), std::pair(fails, 412),
          std::pair(behind, 416)}) {
        const TestAnswer answer = ask(site, request);
        EXPECT_EQ(answer.status, status);
        EXPECT_TRUE(answer.has("X-Other: yes")) << status;
    }
    EXPECT_FALSE(ask(site, request_for("/a")).has("X-Other: yes"));
}

TEST(Compose, LeadsWhereARedirectSays) {
    Composition made;
    made.draft.paths["/old"] = {
        .asset = {}, .status = 308, .location = "https://example.net/new?a=b"};
    made.draft.paths["/kept"] = {
        .asset = {}, .status = 302, .location = "/new", .keeps_query = true};
    made.draft.paths["/gone"] = {.asset = {}, .status = 410, .location = ""};
    const site::Site site = made.site();
    http::Request request = request_for("/old");
    request.query = "c=d";
    EXPECT_EQ(ask(site, request).status, 308);
    EXPECT_TRUE(ask(site, request).has("Location: https://example.net/new?a=b"));
    request.path = "/kept";
    EXPECT_TRUE(ask(site, request).has("Location: /new?c=d"));
    EXPECT_EQ(ask(site, request_for("/gone")).status, 410);
    EXPECT_EQ(ask(site, request_for("/gone")).body, "410 Gone\n");
}

TEST(Compose, AnswersAFileWithAnotherStatusWithoutConditions) {
    Composition made;
    made.draft.paths["/a"] = answer_of(made.add_asset("a"), 410);
    http::Request request = request_for("/a");
    http::append_field("If-None-Match", "*", request);
    http::append_field("Range", "bytes=0-0", request);
    const TestAnswer answer = ask(made.site(), request);
    EXPECT_EQ(answer.status, 410);
    EXPECT_EQ(answer.body, "a");
    EXPECT_EQ(answer.fields, "");
}

TEST(Compose, FallsBackToTheNearestFolderAbove) {
    Composition made;
    made.draft.fallbacks["/"] = answer_of(made.add_asset("root"), 404);
    made.draft.fallbacks["/a/b/"] = answer_of(made.add_asset("b"), 404);
    made.draft.fallbacks["/a b\xc3\xbc/"] = answer_of(made.add_asset("odd"), 404);
    const site::Site site = made.site();

    struct Case {
        const char* path;
        const char* body;
    };

    for (const Case& row :
         {Case{"/", "root"}, Case{"/x", "root"}, Case{"/a", "root"}, Case{"/a/", "root"},
          Case{"/a/b", "root"}, Case{"/a/b/", "b"}, Case{"/a/b/c", "b"}, Case{"/a/b/c/d/e", "b"},
          Case{"/a/bb/c", "root"}, Case{"/b/a/b/c", "root"}, Case{"/a b\xc3\xbc/c", "odd"}}) {
        const TestAnswer answer = ask(site, request_for(row.path));
        EXPECT_EQ(answer.status, 404) << row.path;
        EXPECT_EQ(answer.body, row.body) << row.path;
    }
}

TEST(Compose, FallsBackOnlyFromWhatIsBelow) {
    Composition made;
    made.draft.fallbacks["/a/"] = answer_of(made.add_asset("a"), 404);
    const site::Site site = made.site();
    EXPECT_EQ(ask(site, request_for("/a/b")).body, "a");
    EXPECT_EQ(ask(site, request_for("/b")).body, "404 Not Found\n");
    EXPECT_EQ(ask(site, request_for("/a")).body, "404 Not Found\n");
}

// A key of a fallback is no path that could be asked for.
TEST(Compose, AnswersForAFallbackAtNoPath) {
    Composition made;
    made.draft.fallbacks["/a/"] = answer_of(made.add_asset("a"), 404);
    const site::Site site = made.site();
    for (const char* const path : {"a/", "/a/", "", "*"}) {
        EXPECT_FALSE(site::respond(site, request_for(path))) << path;
    }
}

TEST(Compose, FallsBackToAPageUnderItsOwnStatus) {
    Composition made;
    made.draft.fallbacks["/"] = answer_of(made.add_asset("app"));
    const site::Site site = made.site();
    EXPECT_EQ(ask(site, request_for("/any/path")).status, 200);
    EXPECT_EQ(ask(site, request_for("/any/path")).body, "app");
    http::Request request = request_for("/any/path");
    http::append_field("If-None-Match", "\"app\"", request);
    EXPECT_EQ(ask(site, request).status, 304);
    request.method = http::Method::post;
    EXPECT_EQ(ask(site, request).status, 405);
}

TEST(Compose, SaysWhatARepresentationDependsOn) {
    Composition made;
    Answer answer = answer_of(made.add_asset("a"));
    made.add_coding(site::Coding::gzip, "z");
    made.add_coding(site::Coding::brotli, "b");
    answer.fields = {{"Vary", "Cookie"}};
    made.draft.paths["/a"] = answer;
    const site::Site site = made.site();
    const auto variants = site.variants(*site.find(site.hosts().front(), "/a"));
    ASSERT_EQ(variants.size(), 3U);
    EXPECT_EQ(site.fields(variants[0].fields).lines(),
              "Vary: Cookie, Accept-Encoding\r\nAccept-Ranges: bytes\r\n");
    EXPECT_EQ(site.fields(variants[1].fields).lines(),
              "Vary: Cookie, Accept-Encoding\r\nContent-Encoding: gzip\r\n");
    EXPECT_EQ(site.fields(variants[2].not_modified).lines(), "Vary: Cookie, Accept-Encoding\r\n");
    EXPECT_EQ(variants[2].coding, site::Coding::brotli);
    EXPECT_EQ(std::get<std::string_view>(site.body(site.content(variants[2]))), "b");
}

TEST(Compose, AnswersEachHostWithItsOwn) {
    Composition made;
    made.draft.host = "example.org";
    made.draft.paths["/a"] = answer_of(made.add_asset("of example.org"));
    for (const char* const name : {"", "aa.example", "zz.example"}) {
        Draft other;
        other.host = name;
        other.paths["/a"] = {.asset = {}, .status = 302, .location = "/of-" + std::string(name)};
        made.others.push_back(std::move(other));
    }
    const site::Site site = made.site();

    struct Case {
        const char* authority;
        const char* answer;
    };

    for (const Case& row :
         {Case{"example.org", "200"}, Case{"EXAMPLE.org", "200"}, Case{"example.org:8080", "200"},
          Case{"example.org.", "200"}, Case{"aa.example", "/of-aa.example"},
          Case{"zz.example:1", "/of-zz.example"}, Case{"www.example.org", "/of-"},
          Case{"[::1]:80", "/of-"}, Case{"", "/of-"}, Case{"example.or", "/of-"}}) {
        http::Request request = request_for("/a");
        request.authority = row.authority;
        const TestAnswer answer = ask(site, request);
        EXPECT_TRUE(std::to_string(answer.status) == row.answer ||
                    answer.has("Location: " + std::string(row.answer)))
            << row.authority << ": " << answer.fields;
    }
}

TEST(Compose, MisdirectsAHostThatNobodyAnswersFor) {
    Composition made;
    made.draft.host = "example.org";
    made.draft.paths["/a"] = answer_of(made.add_asset("a"));
    const site::Site site = made.site();
    EXPECT_EQ(ask(site, request_for("/a")).status, 200);
    http::Request request = request_for("/a");
    request.authority = "example.net";
    EXPECT_EQ(ask(site, request).status, 421);
    request.path = "/missing";
    EXPECT_EQ(ask(site, request).status, 421);
}

TEST(Compose, FindsEachOfManyPaths) {
    Composition made;
    for (int index = 0; index < 3000; ++index) {
        const std::string text = std::to_string(index);
        made.draft.paths["/" + text] = answer_of(made.add_asset(text));
    }
    const site::Site site = made.site();
    for (int index = 0; index < 3000; ++index) {
        EXPECT_EQ(ask(site, request_for("/" + std::to_string(index))).body, std::to_string(index));
        EXPECT_EQ(ask(site, request_for("/x" + std::to_string(index))).status, 404);
    }
}

TEST(Compose, RefusesFieldsThatCouldSplitAMessageAndNamesThePath) {
    Composition made;
    Answer answer = answer_of(made.add_asset("a"));
    answer.fields = {{"X-A", "b\r\nc"}};
    made.draft.shown = "/srv";
    made.draft.paths["/a"] = answer;
    try {
        made.site();
        FAIL() << "composed it";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_CONFIG);
        EXPECT_STREQ(failure.what(), "/srv/a: no answer can have the field 'X-A'");
    }
}

}  // namespace
}  // namespace cloister::press
