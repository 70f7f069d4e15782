// SPDX-License-Identifier: MIT
// What cloister pack makes answers as its folder does, stands there whole or not at all, and is
// checked to its last byte.
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <csignal>
#include <fstream>

#include "base/check.h"
#include "base/test_folder.h"
#include "press/test_site.h"

namespace cloister::press {
namespace {

constexpr std::uint64_t large_bytes = base::limits::memory_file_bytes + 1;

void quietly(std::string_view /*doing*/, std::uint64_t /*done*/, std::uint64_t /*all*/) {}

// A folder with one of everything, and a place for its image.
class Pack : public ::testing::Test {
  protected:
    Pack() {
        folder_.write("index.html", "home");
        folder_.write("404.html", "lost");
        folder_.write("docs/index.html", std::string(3000, 'd'));
        folder_.write("empty.txt", "");
        folder_.write("large.bin", std::string(large_bytes, 'x'));
        folder_.write_sparse("sparse.bin", 3 * 1024 * 1024 + 5);
        folder_.write("_headers", "/docs/*\n  X-Docs: yes\n");
        folder_.write("_redirects", "/old /docs/ 302\n/news/:id /docs/?id=:id 301\n");
    }

    // What packing says; empty if it goes well.
    std::string complaint() const {
        try {
            pack(folder_.path(), image_);
            return "";
        } catch (const base::Failure& failure) {
            return failure.what();
        }
    }

    [[nodiscard]] bool exists(const std::string& path) const {
        struct stat status {};

        return ::stat(path.c_str(), &status) == 0;
    }

    base::TestFolder folder_;
    base::TestFolder other_;
    std::string image_ = other_.at("site.image");
};

// Without the tag: that of a file which stays open is made of its date, not of its content.
std::string fields_without_tag(const TestAnswer& answer) {
    const std::size_t begin = answer.fields.find("ETag: ");
    if (begin == std::string::npos) {
        return answer.fields;
    }
    std::string fields = answer.fields;
    return fields.erase(begin, fields.find('\n', begin) + 1 - begin);
}

TEST_F(Pack, AnswersAsTheFolder) {
    pack(folder_.path(), image_);
    const site::Site packed = open_site(image_).site;
    const site::Site served = open_site(folder_.path()).site;
    for (const char* const path :
         {"/", "/index.html", "/docs", "/docs/", "/empty.txt", "/large.bin", "/sparse.bin", "/old",
          "/news/7", "/missing", "/docs/missing", "/_headers"}) {
        const TestAnswer image = ask(packed, path);
        const TestAnswer folder = ask(served, path);
        EXPECT_EQ(image.status, folder.status) << path;
        EXPECT_TRUE(image.body == folder.body) << path;
        EXPECT_EQ(fields_without_tag(image), fields_without_tag(folder)) << path;
    }
    EXPECT_EQ(packed.file_count(), served.file_count());
}

TEST_F(Pack, NeedsOneDescriptorFromWhichLargeFilesAreSent) {
    pack(folder_.path(), image_);
    const site::Site site = open_site(image_).site;
    ASSERT_EQ(site.descriptors().size(), 1U);
    const site::Entry* const large = site.find(site.hosts().front(), "/large.bin");
    ASSERT_NE(large, nullptr);
    const auto window =
        std::get<http::FileWindow>(site.body(site.content(site.variants(*large).front())));
    EXPECT_EQ(window.fd, site.descriptors().front());
    EXPECT_EQ(window.length, large_bytes);
}

TEST_F(Pack, LeavesZerosAsHoles) {
    pack(folder_.path(), image_);

    struct stat status {};

    base::check(::stat(image_.c_str(), &status), "look at the image");
    EXPECT_GT(status.st_size, 3 * 1024 * 1024);
    EXPECT_LT(status.st_blocks * 512, 1024 * 1024);
}

TEST_F(Pack, ReplacesAnImageWithoutTouchingTheOneThatIsServed) {
    pack(folder_.path(), image_);
    const site::Site before = open_site(image_).site;
    folder_.write("index.html", "new home");
    pack(folder_.path(), image_);
    EXPECT_EQ(ask(before, "/").body, "home");
    EXPECT_EQ(ask(open_site(image_).site, "/").body, "new home");
    EXPECT_FALSE(exists(image_ + ".new"));
}

TEST_F(Pack, TakesOverWhatAKilledRunLeft) {
    other_.write("site.image.new", std::string(100000, 'x'));
    EXPECT_EQ(complaint(), "");
    EXPECT_EQ(ask(open_site(image_).site, "/").body, "home");
}

TEST_F(Pack, RefusesToWriteWhatSomebodyElseIsWriting) {
    other_.write("site.image.new", "");
    const base::Fd writer = other_.open("site.image.new");
    base::check(::flock(writer.get(), LOCK_EX), "lock");
    EXPECT_EQ(complaint(), "somebody else is writing " + image_ + ".new; wait for that");
}

TEST_F(Pack, RefusesAnImageWithinItsOwnSite) {
    image_ = folder_.at("docs/site.image");
    EXPECT_EQ(complaint(),
              image_ + " lies in the site itself; name a file outside of " + folder_.path());
    EXPECT_FALSE(exists(image_ + ".new"));
}

TEST_F(Pack, RefusesAnImageWithinAHostsFolderBehindALink) {
    const base::TestFolder hosts;
    hosts.link("example.org", folder_.path());
    image_ = folder_.at("site.image");
    try {
        pack(hosts.path(), image_, {.has_hosts = true});
        FAIL() << "packed it";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.what(), image_ + " lies in the site itself; name a file outside of " +
                                      hosts.at("example.org"));
    }
    EXPECT_FALSE(exists(image_ + ".new"));
}

// What is written beside it would be in the site.
TEST_F(Pack, RefusesALinkInItsOwnSiteThatLeadsOutOfIt) {
    other_.write("site.image", "");
    folder_.link("site.image", image_);
    image_ = folder_.at("site.image");
    EXPECT_NE(complaint().find(" lies in the site itself"), std::string::npos);
}

TEST_F(Pack, ReplacesNothingButAFile) {
    for (const std::string& path : {other_.path(), std::string("/dev/null")}) {
        image_ = path;
        EXPECT_EQ(complaint(), image_ + " is there, and no file; name the file to be written");
    }
}

// A limit of the size of files fails as a full disk does, in the middle of a write.
TEST_F(Pack, LeavesNothingWhereThereIsNoRoom) {
    other_.write("site.image", "the old one");
    const pid_t child = base::check(::fork(), "fork");
    if (child == 0) {
        const rlimit limit{.rlim_cur = 50000, .rlim_max = 50000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ::signal(SIGXFSZ, SIG_IGN);
        const std::string expected = "cannot write " + image_ +
                                     ".new: File too large; make room, or name a file on another "
                                     "disk";
        ::_exit(complaint() == expected ? 0 : 1);
    }
    int status = 0;
    base::check(::waitpid(child, &status, 0), "wait");
    EXPECT_EQ(status, 0);
    EXPECT_FALSE(exists(image_ + ".new"));
    std::string kept;
    std::getline(std::ifstream(image_), kept);
    EXPECT_EQ(kept, "the old one");
}

TEST_F(Pack, IsRefusedWithThePlaceWhereItIsCutOff) {
    pack(folder_.path(), image_);
    base::check(::truncate(image_.c_str(), 70000), "truncate");
    try {
        open_site(image_);
        FAIL() << "opened it";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_DATAERR);
        EXPECT_EQ(std::string(failure.what()).find(image_ + " is damaged at byte 70000: it ends"),
                  0U)
            << failure.what();
    }
}

TEST_F(Pack, IsCheckedToItsLastByte) {
    pack(folder_.path(), image_);
    const site::Site site = open_site(image_).site;
    EXPECT_NO_THROW(site.check_bodies(image_, quietly));
    const site::Entry* const docs = site.find(site.hosts().front(), "/docs/");
    ASSERT_NE(docs, nullptr);
    const site::Content& content = site.content(site.variants(*docs).front());
    const base::Fd file = other_.open("site.image", O_RDWR);
    base::check(::pwrite(file.get(), "D", 1, static_cast<off_t>(content.offset + 2999)), "damage");
    const site::Site damaged = open_site(image_).site;
    try {
        damaged.check_bodies(image_, quietly);
        FAIL() << "found nothing";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.what(), image_ + " is damaged at byte " + std::to_string(content.offset) +
                                      ": the 3000 bytes of /docs/ are not what was written; make "
                                      "it anew with cloister pack");
    }
}

}  // namespace
}  // namespace cloister::press
