// SPDX-License-Identifier: MIT
// A folder for each host.
#include "press/hosts.h"

#include <gtest/gtest.h>

#include "base/test_folder.h"
#include "press/test_site.h"

namespace cloister::press {
namespace {

// The body that `authority` is answered with at "/", or the status if there is none.
std::string answer_of(const site::Site& site, std::string_view authority) {
    http::Request request = request_for("/");
    request.authority = authority;
    const TestAnswer answer = ask(site, request);
    return answer.status == 200 ? answer.body : std::to_string(answer.status);
}

std::string complaint(const base::TestFolder& folder) {
    return complaint_about(folder.path(), {.has_hosts = true});
}

TEST(Hosts, AreFoldersByTheirNames) {
    const base::TestFolder folder;
    folder.write("example.org/index.html", "org");
    folder.write("Example.NET/index.html", "net");
    folder.write("[::1]/index.html", "loopback");
    folder.write("_default/index.html", "others");
    folder.link("www.example.org", "example.org");
    const base::TestFolder elsewhere;
    const std::string image = elsewhere.at("sites.image");
    pack(folder.path(), image, {.has_hosts = true});
    const Pressed served = open_site(folder.path(), {.has_hosts = true});
    const Pressed packed = open_site(image);
    EXPECT_TRUE(served.warnings.empty());
    EXPECT_EQ(served.site.file_count(), 4U);
    for (const site::Site* const site : {&served.site, &packed.site}) {
        EXPECT_EQ(site->hosts().size(), 5U);
        EXPECT_EQ(answer_of(*site, "example.org"), "org");
        EXPECT_EQ(answer_of(*site, "EXAMPLE.ORG.:8443"), "org");
        EXPECT_EQ(answer_of(*site, "www.example.org"), "org");
        EXPECT_EQ(answer_of(*site, "example.net"), "net");
        EXPECT_EQ(answer_of(*site, "[::1]:80"), "loopback");
        EXPECT_EQ(answer_of(*site, "example.com"), "others");
        EXPECT_EQ(answer_of(*site, ""), "others");
    }
}

TEST(Hosts, AreMisdirectedWithoutADefault) {
    const base::TestFolder folder;
    folder.write("example.org/index.html", "org");
    const Pressed opened = open_site(folder.path(), {.has_hosts = true});
    EXPECT_EQ(answer_of(opened.site, "example.org"), "org");
    EXPECT_EQ(answer_of(opened.site, "example.com"), "421");
}

TEST(Hosts, LeaveAwayWhatNobodyCouldAskFor) {
    const base::TestFolder folder;
    folder.write("example.org/index.html", "org");
    folder.write(
        "b\xc3\xbc"
        "cher.example/index.html",
        "x");
    folder.write("example.org:80/index.html", "x");
    folder.write("a.example./index.html", "x");
    folder.write("readme.txt", "x");
    folder.write(".git/index.html", "x");
    const Pressed opened = open_site(folder.path(), {.has_hosts = true});
    EXPECT_EQ(opened.site.hosts().size(), 1U);
    const std::string unaskable = " is no name of a host that could be asked for, ignoring";
    EXPECT_EQ(opened.warnings, (std::vector{folder.at("a.example.") + unaskable,
                                            folder.at("b\xc3\xbc"
                                                      "cher.example") +
                                                unaskable,
                                            folder.at("example.org:80") + unaskable,
                                            folder.at("readme.txt") + " is no folder, ignoring"}));
}

TEST(Hosts, AreNoImage) {
    const base::TestFolder folder;
    folder.write("sites/_default/index.html", "x");
    pack(folder.at("sites"), folder.at("sites.image"), {.has_hosts = true});
    EXPECT_EQ(complaint_about(folder.at("sites.image"), {.has_hosts = true}),
              folder.at("sites.image") +
                  " is a file; --sites takes a folder, and --site an image, of several sites, too");
}

TEST(Hosts, AreRefusedIfThereIsNoneOrOneTwice) {
    const base::TestFolder folder;
    EXPECT_EQ(complaint(folder), folder.path() +
                                     " has no folder that is named after a host, such as "
                                     "example.org or _default; --sites needs one");
    folder.write("example.org/index.html", "a");
    folder.write("Example.org/index.html", "b");
    EXPECT_EQ(complaint(folder), folder.at("Example.org") + " and " + folder.at("example.org") +
                                     " are for one host; take one of them away");
}

}  // namespace
}  // namespace cloister::press
