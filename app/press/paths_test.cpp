// SPDX-License-Identifier: MIT
// Which paths a folder becomes.
#include "press/press.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>

#include "base/limits.h"
#include "base/test_folder.h"

namespace cloister::press {
namespace {

namespace limits = base::limits;

using site::Site;

// The body at a path, where there is one.
http::Body body_at(const Site& site, std::string_view path) {
    const site::Entry* const entry = site.find(site.hosts().front(), path);
    return entry == nullptr ? http::Body() : site.body(site.content(site.variants(*entry).front()));
}

std::string text_at(const Site& site, std::string_view path) {
    const site::Entry* const entry = site.find(site.hosts().front(), path);
    if (entry == nullptr || entry->location.length != 0) {
        return entry == nullptr ? "nothing" : "redirect";
    }
    return std::string(std::get<std::string_view>(body_at(site, path)));
}

// What answers for a path of which the site has nothing.
std::string fallback_at(const Site& site, std::string_view path) {
    const site::Entry* const entry = site.fallback(site.hosts().front(), path);
    if (entry == nullptr) {
        return "nothing";
    }
    const site::Content& content = site.content(site.variants(*entry).front());
    return std::to_string(entry->status) + " " +
           std::string(std::get<std::string_view>(site.body(content)));
}

TEST(Site, HasAFileAtItsPath) {
    const base::TestFolder folder;
    folder.write("a.txt", "a");
    folder.write("b/c/d.txt", "d");
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    EXPECT_EQ(text_at(site, "/a.txt"), "a");
    EXPECT_EQ(text_at(site, "/b/c/d.txt"), "d");
    EXPECT_EQ(site.file_count(), 2U);
    EXPECT_TRUE(opened.warnings.empty());
}

TEST(Site, HasTheIndexAtItsFolder) {
    const base::TestFolder folder;
    folder.write("index.html", "home");
    folder.write("docs/index.html", "docs");
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    EXPECT_EQ(text_at(site, "/"), "home");
    EXPECT_EQ(text_at(site, "/index.html"), "home");
    EXPECT_EQ(text_at(site, "/docs/"), "docs");
    EXPECT_EQ(text_at(site, "/docs"), "redirect");
    EXPECT_EQ(site.file_count(), 2U);
}

TEST(Site, HasNothingAtAFolderWithoutIndex) {
    const base::TestFolder folder;
    folder.write("docs/a.txt", "a");
    folder.add_folder("empty");
    folder.add_folder("odd/index.html");
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    for (const std::string_view path :
         {"/", "/docs", "/docs/", "/empty", "/empty/", "/odd", "/odd/", "/odd/index.html"}) {
        EXPECT_EQ(text_at(site, path), "nothing") << path;
    }
}

TEST(Site, GuessesNoPath) {
    const base::TestFolder folder;
    folder.write("index.html", "home");
    folder.write("docs/index.html", "docs");
    folder.write("Readme.txt", "x");
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    for (const std::string_view path :
         {"", "index.html", "//", "/./", "/docs//", "//docs/", "/docs/.", "/docs/../", "/Docs/",
          "/readme.txt", "/Readme", "/Readme.txt/", "/Readme.txt ", "/index.htm", "/..", "*"}) {
        EXPECT_EQ(text_at(site, path), "nothing") << path;
    }
}

TEST(Site, IsEmptyForAnEmptyFolder) {
    const base::TestFolder folder;
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    EXPECT_EQ(site.file_count(), 0U);
    EXPECT_EQ(text_at(site, "/"), "nothing");
    EXPECT_EQ(fallback_at(site, "/"), "nothing");
}

TEST(Site, HasTheNotFoundPageOfTheNearestFolderAbove) {
    const base::TestFolder folder;
    folder.write("docs/404.html", "inner");
    folder.write("docs/a/b.txt", "b");
    EXPECT_EQ(fallback_at(open_site(folder.path()).site, "/a"), "nothing");
    folder.write("404.html", "lost");
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    for (const std::string_view path : {"/", "/a", "/docs", "//", "//docs/a", "/a/docs/a"}) {
        EXPECT_EQ(fallback_at(site, path), "404 lost") << path;
    }
    for (const std::string_view path : {"/docs/", "/docs/x", "/docs/a/x", "/docs/b/c/d/"}) {
        EXPECT_EQ(fallback_at(site, path), "404 inner") << path;
    }
    EXPECT_EQ(fallback_at(site, "*"), "nothing");
}

TEST(Site, HidesNamesThatBeginWithADot) {
    const base::TestFolder folder;
    folder.write(".htaccess", "x");
    folder.write(".git/config", "x");
    folder.write("docs/.env", "x");
    folder.write("docs/.well-known/a.txt", "x");
    folder.write("..strange", "x");
    folder.write(".well-known-not", "x");
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    EXPECT_EQ(site.file_count(), 0U);
    EXPECT_TRUE(opened.warnings.empty());
}

TEST(Site, ShowsWellKnownAtTheRoot) {
    const base::TestFolder folder;
    folder.write(".well-known/security.txt", "contact");
    folder.write(".well-known/.secret", "x");
    folder.write(".well-known/.well-known/a.txt", "x");
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    EXPECT_EQ(text_at(site, "/.well-known/security.txt"), "contact");
    EXPECT_EQ(site.file_count(), 1U);
}

TEST(Site, HidesUnreadableFilesWhoseNamesArePrivate) {
    const base::TestFolder folder;
    folder.write("a.txt", "a");
    folder.link(".dangling", "nowhere");
    EXPECT_TRUE(open_site(folder.path()).warnings.empty());
}

TEST(Site, FollowsLinksThatStayInside) {
    const base::TestFolder folder;
    folder.write("real/index.html", "real");
    folder.write("deep/down/a.txt", "a");
    folder.link("file.html", "real/index.html");
    folder.link("alias", "real");
    folder.link("deep/up", "../real");
    folder.link("twice", "alias");
    folder.link("index.html", "real/index.html");
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    for (const std::string_view path : {"/file.html", "/alias/", "/deep/up/", "/twice/", "/"}) {
        EXPECT_EQ(text_at(site, path), "real") << path;
    }
    EXPECT_EQ(text_at(site, "/alias"), "redirect");
    EXPECT_TRUE(opened.warnings.empty());
}

TEST(Site, FollowsAnAbsoluteLinkThatEndsInIt) {
    const base::TestFolder folder;
    folder.write("a.txt", "a");
    folder.link("back", folder.at("a.txt"));
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    EXPECT_TRUE(opened.warnings.empty());
    EXPECT_EQ(text_at(site, "/back"), "a");
}

TEST(Site, LeavesLinksOutThatLeadOutOfIt) {
    const base::TestFolder outside;
    outside.write("secret.txt", "secret");
    const base::TestFolder folder;
    folder.write("a.txt", "a");
    folder.write("inner/b.txt", "b");
    const std::string name = outside.path().substr(outside.path().rfind('/') + 1);

    struct Case {
        std::string link;
        std::string target;
    };

    const std::vector<Case> cases = {
        {"absolute", outside.at("secret.txt")},
        {"relative", "../" + name + "/secret.txt"},
        {"folder", outside.path()},
        {"parent", ".."},
        {"inner/up", "../.."},
        {"root", "/"},
        {"process", "/proc/self/root"},
        {"in-and-out", "inner/../../" + name},
    };
    for (const Case& row : cases) {
        folder.link(row.link, row.target);
    }
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    EXPECT_EQ(site.file_count(), 2U);
    EXPECT_EQ(opened.warnings.size(), cases.size());
    for (const Case& row : cases) {
        EXPECT_EQ(text_at(site, "/" + row.link), "nothing") << row.link;
        const std::string warning =
            folder.at(row.link) + " is a link that leads out of the site, ignoring";
        EXPECT_EQ(std::count(opened.warnings.begin(), opened.warnings.end(), warning), 1)
            << warning;
    }
}

// What a warning says of `name`, when the folder holds it and one good file.
std::vector<std::string> warnings_beside_a_good_file(const base::TestFolder& folder) {
    folder.write("good.txt", "good");
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    EXPECT_EQ(text_at(site, "/good.txt"), "good");
    EXPECT_EQ(site.file_count(), 1U);
    return opened.warnings;
}

TEST(Site, LeavesLinksOutThatLeadNowhere) {
    const base::TestFolder folder;
    folder.link("a", "missing");
    folder.link("b", "good.txt/below");
    EXPECT_EQ(warnings_beside_a_good_file(folder),
              (std::vector{folder.at("a") + " is a link that leads nowhere, ignoring",
                           folder.at("b") + " is a link that leads nowhere, ignoring"}));
}

TEST(Site, LeavesLinksOutThatLeadInACircle) {
    const base::TestFolder folder;
    folder.link("a", "b");
    folder.link("b", "a");
    folder.link("self", "self");
    EXPECT_EQ(warnings_beside_a_good_file(folder),
              (std::vector{folder.at("a") + " is a link that leads in a circle, ignoring",
                           folder.at("b") + " is a link that leads in a circle, ignoring",
                           folder.at("self") + " is a link that leads in a circle, ignoring"}));
}

TEST(Site, EntersNoFolderThatItIsIn) {
    const base::TestFolder folder;
    folder.link("here", ".");
    folder.add_folder("a/b");
    folder.link("a/b/up", "..");
    EXPECT_EQ(warnings_beside_a_good_file(folder),
              (std::vector{folder.at("a/b/up/") + " leads back to a folder it is in, ignoring",
                           folder.at("here/") + " leads back to a folder it is in, ignoring"}));
}

TEST(Site, LeavesOutWhatIsNeitherFileNorFolder) {
    const base::TestFolder folder;
    base::check(::mkfifo(folder.at("fifo").c_str(), 0644), "make a fifo");
    const base::Fd socket(base::check(::socket(AF_UNIX, SOCK_STREAM, 0), "make a socket"));
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    folder.at("socket").copy(std::data(address.sun_path), sizeof address.sun_path - 1);
    base::check(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
                "bind " + folder.at("socket"));
    EXPECT_EQ(warnings_beside_a_good_file(folder),
              (std::vector{folder.at("fifo") + " is neither a file nor a folder, ignoring",
                           folder.at("socket") + " is neither a file nor a folder, ignoring"}));
}

TEST(Site, TakesNamesAsTheyAre) {
    const base::TestFolder folder;
    const std::vector<std::string> names = {"gr\xc3\xbc\xc3\x9f e.txt",
                                            "100%.txt",
                                            "a%20b.txt",
                                            "a?b#c.txt",
                                            "back\\slash",
                                            "not utf-8 \xff",
                                            "new\nline",
                                            " ",
                                            "\xe6\x96\x87\xe5\xad\x97/\xe6\x9b\xb8.html"};
    for (const std::string& name : names) {
        folder.write(name, name);
    }
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    for (const std::string& name : names) {
        EXPECT_EQ(text_at(site, "/" + name), name);
    }
}

TEST(Site, HasAFileOfNothing) {
    const base::TestFolder folder;
    folder.write("empty.txt", "");
    EXPECT_EQ(text_at(open_site(folder.path()).site, "/empty.txt"), "");
}

TEST(Site, OpensAHugeNumberOfSmallFilesAndKeepsNoDescriptor) {
    const base::TestFolder folder;
    for (int index = 0; index < 5000; ++index) {
        const std::string number = std::to_string(index);
        folder.write("d" + std::to_string(index % 50) + "/" + number + ".txt", number);
    }
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    EXPECT_EQ(site.file_count(), 5000U);
    EXPECT_TRUE(site.descriptors().empty());
    EXPECT_EQ(text_at(site, "/d49/4999.txt"), "4999");
}

TEST(Site, KeepsLargeFilesAsDescriptors) {
    const base::TestFolder folder;
    folder.write_sparse("small.bin", limits::memory_file_bytes);
    folder.write_sparse("large.bin", limits::memory_file_bytes + 1);
    const Pressed opened = open_site(folder.path());
    const Site& site = opened.site;
    EXPECT_EQ(text_at(site, "/small.bin").size(), limits::memory_file_bytes);
    EXPECT_EQ(site.descriptors(),
              std::vector{std::get<http::FileWindow>(body_at(site, "/large.bin")).fd});
}

TEST(Site, KeepsSmallFilesAsDescriptorsTooPastTheMemoryBound) {
    const base::TestFolder folder;
    for (int index = 0; index < 11; ++index) {
        folder.write(std::to_string(index), std::string(100, 'x'));
    }
    const Pressed opened =
        open_site(folder.path(), {.budget = {.file_bytes = 100, .site_bytes = 1000}});
    EXPECT_EQ(opened.site.file_count(), 11U);
    EXPECT_EQ(opened.site.descriptors().size(), 1U);
}

std::string nested(std::size_t folders) {
    std::string path;
    for (std::size_t depth = 0; depth < folders; ++depth) {
        path += "d/";
    }
    return path;
}

TEST(Site, IsAsDeepAsTheLimit) {
    const base::TestFolder folder;
    folder.write(nested(limits::site_depth - 1) + "a.txt", "deep");
    EXPECT_EQ(
        text_at(open_site(folder.path()).site, "/" + nested(limits::site_depth - 1) + "a.txt"),
        "deep");
}

TEST(Site, IsRefusedIfDeeperThanTheLimit) {
    const base::TestFolder folder;
    folder.add_folder(nested(limits::site_depth));
    try {
        open_site(folder.path());
        FAIL() << "opened a site deeper than the limit";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_CONFIG);
        EXPECT_EQ(failure.what(),
                  folder.at(nested(limits::site_depth)) + " is nested deeper than 64 folders");
    }
}

// Each folder has two links to the next one, so that there are 131,071 ways and not one file.
TEST(Site, IsRefusedIfLinksMultiplyItsFolders) {
    const base::TestFolder folder;
    constexpr int depth = 17;
    for (int level = 0; level < depth; ++level) {
        folder.add_folder(std::to_string(level));
        folder.link(std::to_string(level) + "/a", "../" + std::to_string(level + 1));
        folder.link(std::to_string(level) + "/b", "../" + std::to_string(level + 1));
    }
    folder.add_folder(std::to_string(depth));
    try {
        open_site(folder.path());
        FAIL() << "walked all the ways";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_CONFIG);
        EXPECT_TRUE(std::string_view(failure.what())
                        .starts_with("links between the folders of " + folder.path() +
                                     " multiply them: more than 50000 are there again"))
            << failure.what();
    }
}

TEST(Site, StaysWhereItWasWhenMoved) {
    const base::TestFolder folder;
    folder.write("a.txt", "a");
    Site site;
    site = open_site(folder.path()).site;
    EXPECT_EQ(text_at(site, "/a.txt"), "a");
}

}  // namespace
}  // namespace cloister::press
