// SPDX-License-Identifier: MIT
// Which paths a folder becomes.
#include "site/site.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>

#include "base/limits.h"
#include "site/test_folder.h"

namespace cloister::site {
namespace {

namespace limits = base::limits;

std::string text_at(const Site& site, std::string_view path) {
    const Entry* const entry = site.find(path);
    if (entry == nullptr || entry->redirect) {
        return entry == nullptr ? "nothing" : "redirect";
    }
    return std::string(std::get<std::string_view>(entry->asset->body()));
}

TEST(Site, HasAFileAtItsPath) {
    const TestFolder folder;
    folder.write("a.txt", "a");
    folder.write("b/c/d.txt", "d");
    const Site site = Site::open(folder.path());
    EXPECT_EQ(text_at(site, "/a.txt"), "a");
    EXPECT_EQ(text_at(site, "/b/c/d.txt"), "d");
    EXPECT_EQ(site.file_count(), 2U);
    EXPECT_TRUE(site.warnings().empty());
}

TEST(Site, HasTheIndexAtItsFolder) {
    const TestFolder folder;
    folder.write("index.html", "home");
    folder.write("docs/index.html", "docs");
    const Site site = Site::open(folder.path());
    EXPECT_EQ(text_at(site, "/"), "home");
    EXPECT_EQ(text_at(site, "/index.html"), "home");
    EXPECT_EQ(text_at(site, "/docs/"), "docs");
    EXPECT_EQ(text_at(site, "/docs"), "redirect");
    EXPECT_EQ(site.file_count(), 2U);
}

TEST(Site, HasNothingAtAFolderWithoutIndex) {
    const TestFolder folder;
    folder.write("docs/a.txt", "a");
    folder.add_folder("empty");
    folder.add_folder("odd/index.html");
    const Site site = Site::open(folder.path());
    for (const std::string_view path :
         {"/", "/docs", "/docs/", "/empty", "/empty/", "/odd", "/odd/", "/odd/index.html"}) {
        EXPECT_EQ(text_at(site, path), "nothing") << path;
    }
}

TEST(Site, GuessesNoPath) {
    const TestFolder folder;
    folder.write("index.html", "home");
    folder.write("docs/index.html", "docs");
    folder.write("Readme.txt", "x");
    const Site site = Site::open(folder.path());
    for (const std::string_view path :
         {"", "index.html", "//", "/./", "/docs//", "//docs/", "/docs/.", "/docs/../", "/Docs/",
          "/readme.txt", "/Readme", "/Readme.txt/", "/Readme.txt ", "/index.htm", "/..", "*"}) {
        EXPECT_EQ(site.find(path), nullptr) << path;
    }
}

TEST(Site, IsEmptyForAnEmptyFolder) {
    const TestFolder folder;
    const Site site = Site::open(folder.path());
    EXPECT_EQ(site.file_count(), 0U);
    EXPECT_EQ(site.find("/"), nullptr);
    EXPECT_EQ(site.not_found_page(), nullptr);
}

TEST(Site, HasANotFoundPageAtTheRootOnly) {
    const TestFolder folder;
    folder.write("docs/404.html", "inner");
    EXPECT_EQ(Site::open(folder.path()).not_found_page(), nullptr);
    folder.write("404.html", "lost");
    const Site site = Site::open(folder.path());
    ASSERT_NE(site.not_found_page(), nullptr);
    EXPECT_EQ(std::get<std::string_view>(site.not_found_page()->body()), "lost");
}

TEST(Site, HidesNamesThatBeginWithADot) {
    const TestFolder folder;
    folder.write(".htaccess", "x");
    folder.write(".git/config", "x");
    folder.write("docs/.env", "x");
    folder.write("docs/.well-known/a.txt", "x");
    folder.write("..strange", "x");
    folder.write(".well-known-not", "x");
    const Site site = Site::open(folder.path());
    EXPECT_EQ(site.file_count(), 0U);
    EXPECT_TRUE(site.warnings().empty());
}

TEST(Site, ShowsWellKnownAtTheRoot) {
    const TestFolder folder;
    folder.write(".well-known/security.txt", "contact");
    folder.write(".well-known/.secret", "x");
    folder.write(".well-known/.well-known/a.txt", "x");
    const Site site = Site::open(folder.path());
    EXPECT_EQ(text_at(site, "/.well-known/security.txt"), "contact");
    EXPECT_EQ(site.file_count(), 1U);
}

TEST(Site, HidesUnreadableFilesWhoseNamesArePrivate) {
    const TestFolder folder;
    folder.write("a.txt", "a");
    folder.link(".dangling", "nowhere");
    EXPECT_TRUE(Site::open(folder.path()).warnings().empty());
}

TEST(Site, FollowsLinksThatStayInside) {
    const TestFolder folder;
    folder.write("real/index.html", "real");
    folder.write("deep/down/a.txt", "a");
    folder.link("file.html", "real/index.html");
    folder.link("alias", "real");
    folder.link("deep/up", "../real");
    folder.link("twice", "alias");
    folder.link("index.html", "real/index.html");
    const Site site = Site::open(folder.path());
    for (const std::string_view path : {"/file.html", "/alias/", "/deep/up/", "/twice/", "/"}) {
        EXPECT_EQ(text_at(site, path), "real") << path;
    }
    EXPECT_EQ(text_at(site, "/alias"), "redirect");
    EXPECT_TRUE(site.warnings().empty());
}

TEST(Site, FollowsAnAbsoluteLinkThatEndsInIt) {
    const TestFolder folder;
    folder.write("a.txt", "a");
    folder.link("back", folder.at("a.txt"));
    const Site site = Site::open(folder.path());
    EXPECT_TRUE(site.warnings().empty());
    ASSERT_NE(site.find("/back"), nullptr);
    EXPECT_EQ(site.find("/back")->asset->size(), 1U);
}

TEST(Site, LeavesLinksOutThatLeadOutOfIt) {
    const TestFolder outside;
    outside.write("secret.txt", "secret");
    const TestFolder folder;
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
    const Site site = Site::open(folder.path());
    EXPECT_EQ(site.file_count(), 2U);
    EXPECT_EQ(site.warnings().size(), cases.size());
    for (const Case& row : cases) {
        EXPECT_EQ(site.find("/" + row.link), nullptr) << row.link;
        const std::string warning =
            folder.at(row.link) + " is a link that leads out of the site, ignoring";
        EXPECT_EQ(std::count(site.warnings().begin(), site.warnings().end(), warning), 1)
            << warning;
    }
}

// What a warning says of `name`, when the folder holds it and one good file.
std::vector<std::string> warnings_beside_a_good_file(const TestFolder& folder) {
    folder.write("good.txt", "good");
    const Site site = Site::open(folder.path());
    EXPECT_EQ(text_at(site, "/good.txt"), "good");
    EXPECT_EQ(site.file_count(), 1U);
    return site.warnings();
}

TEST(Site, LeavesLinksOutThatLeadNowhere) {
    const TestFolder folder;
    folder.link("a", "missing");
    folder.link("b", "good.txt/below");
    EXPECT_EQ(warnings_beside_a_good_file(folder),
              (std::vector{folder.at("a") + " is a link that leads nowhere, ignoring",
                           folder.at("b") + " is a link that leads nowhere, ignoring"}));
}

TEST(Site, LeavesLinksOutThatLeadInACircle) {
    const TestFolder folder;
    folder.link("a", "b");
    folder.link("b", "a");
    folder.link("self", "self");
    EXPECT_EQ(warnings_beside_a_good_file(folder),
              (std::vector{folder.at("a") + " is a link that leads in a circle, ignoring",
                           folder.at("b") + " is a link that leads in a circle, ignoring",
                           folder.at("self") + " is a link that leads in a circle, ignoring"}));
}

TEST(Site, EntersNoFolderThatItIsIn) {
    const TestFolder folder;
    folder.link("here", ".");
    folder.add_folder("a/b");
    folder.link("a/b/up", "..");
    EXPECT_EQ(warnings_beside_a_good_file(folder),
              (std::vector{folder.at("a/b/up/") + " leads back to a folder it is in, ignoring",
                           folder.at("here/") + " leads back to a folder it is in, ignoring"}));
}

TEST(Site, LeavesOutWhatIsNeitherFileNorFolder) {
    const TestFolder folder;
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
    const TestFolder folder;
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
    const Site site = Site::open(folder.path());
    for (const std::string& name : names) {
        EXPECT_EQ(text_at(site, "/" + name), name);
    }
}

TEST(Site, HasAFileOfNothing) {
    const TestFolder folder;
    folder.write("empty.txt", "");
    EXPECT_EQ(text_at(Site::open(folder.path()), "/empty.txt"), "");
}

TEST(Site, OpensAHugeNumberOfSmallFilesAndKeepsNoDescriptor) {
    const TestFolder folder;
    for (int index = 0; index < 5000; ++index) {
        const std::string number = std::to_string(index);
        folder.write("d" + std::to_string(index % 50) + "/" + number + ".txt", number);
    }
    const Site site = Site::open(folder.path());
    EXPECT_EQ(site.file_count(), 5000U);
    EXPECT_TRUE(site.descriptors().empty());
    EXPECT_EQ(text_at(site, "/d49/4999.txt"), "4999");
}

TEST(Site, KeepsLargeFilesAsDescriptors) {
    const TestFolder folder;
    folder.write_sparse("small.bin", limits::memory_file_bytes);
    folder.write_sparse("large.bin", limits::memory_file_bytes + 1);
    const Site site = Site::open(folder.path());
    EXPECT_EQ(site.find("/small.bin")->asset->descriptor(), -1);
    EXPECT_EQ(site.descriptors(), std::vector{site.find("/large.bin")->asset->descriptor()});
}

// One file under many names, so that the test writes 64 KiB and not the 256 MiB that the site then
// holds.
TEST(Site, KeepsSmallFilesAsDescriptorsTooPastTheMemoryBound) {
    const TestFolder folder;
    folder.write_sparse("0000", limits::memory_file_bytes);
    const std::size_t fitting = limits::memory_site_bytes / limits::memory_file_bytes;
    for (std::size_t index = 1; index <= fitting; ++index) {
        const std::string name = std::to_string(index);
        folder.link(std::string(4 - name.size(), '0') + name, "0000");
    }
    const Site site = Site::open(folder.path());
    EXPECT_EQ(site.file_count(), fitting + 1);
    EXPECT_EQ(site.descriptors().size(), 1U);
}

std::string nested(std::size_t folders) {
    std::string path;
    for (std::size_t depth = 0; depth < folders; ++depth) {
        path += "d/";
    }
    return path;
}

TEST(Site, IsAsDeepAsTheLimit) {
    const TestFolder folder;
    folder.write(nested(limits::site_depth - 1) + "a.txt", "deep");
    EXPECT_EQ(text_at(Site::open(folder.path()), "/" + nested(limits::site_depth - 1) + "a.txt"),
              "deep");
}

TEST(Site, IsRefusedIfDeeperThanTheLimit) {
    const TestFolder folder;
    folder.add_folder(nested(limits::site_depth));
    try {
        Site::open(folder.path());
        FAIL() << "opened a site deeper than the limit";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_CONFIG);
        EXPECT_EQ(failure.what(),
                  folder.at(nested(limits::site_depth)) + " is nested deeper than 64 folders");
    }
}

TEST(Site, StaysWhereItWasWhenMoved) {
    const TestFolder folder;
    folder.write("a.txt", "a");
    Site site;
    site = Site::open(folder.path());
    EXPECT_EQ(text_at(site, "/a.txt"), "a");
}

}  // namespace
}  // namespace cloister::site
