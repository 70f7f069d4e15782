// SPDX-License-Identifier: MIT
// What ACME clients leave in a folder, and what they should not.
#include "acme/challenge_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "acme/test_challenges.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/test_folder.h"

namespace cloister::acme {
namespace {

using Strings = std::vector<std::string>;

class Folder : public ::testing::Test {
  protected:
    [[nodiscard]] Challenges read() const { return read_challenges(folder_.path()); }

    // As if the file had been written so many seconds after 1970.
    void date(const std::string& name, time_t seconds) const {
        const std::array<timespec, 2> times = {timespec{seconds, 0}, timespec{seconds, 0}};
        base::check(::utimensat(AT_FDCWD, folder_.at(name).c_str(), times.data(), 0), name);
    }

    base::TestFolder folder_;
};

TEST_F(Folder, ThatIsEmptyOrGoneHoldsNothing) {
    for (const std::string& folder : {folder_.path(), folder_.at("absent")}) {
        EXPECT_EQ(read_challenges(folder).answers, Strings{});
        EXPECT_EQ(read_challenges(folder).warnings, Strings{});
    }
}

TEST_F(Folder, HoldsAnAnswerInEachFile) {
    folder_.write("one", answer_to("one"));
    folder_.write("two",
                  answer_to("two") + "\r\n");  // RFC 8555 8.3 ignores white space at the end.
    Challenges found = read();
    std::sort(found.answers.begin(), found.answers.end());
    EXPECT_EQ(found.answers, (Strings{answer_to("one"), answer_to("two")}));
    EXPECT_TRUE(found.warnings.empty());
}

TEST_F(Folder, LeavesOutWhatIsNoAnswerAndSaysSo) {
    folder_.write("swapped", answer_to("other"));
    folder_.write("half", answer_to("half").substr(0, 30));
    folder_.write("nothing", "");
    folder_.write("long", answer_to("long") + std::string(1000, 'x'));
    folder_.write(".hidden", answer_to(".hidden"));
    std::filesystem::create_directory(folder_.at("folder"));
    base::check(::mkfifo(folder_.at("pipe").c_str(), 0600), "make a pipe");
    const Challenges found = read();
    EXPECT_EQ(found.answers, Strings{});
    EXPECT_EQ(found.warnings.size(), 7U);
    for (const std::string& warning : found.warnings) {
        EXPECT_TRUE(warning.starts_with(folder_.path() + "/") && warning.ends_with(", ignoring"))
            << warning;
    }
}

TEST_F(Folder, ShowsNothingThatALinkLeadsTo) {
    folder_.write("secret", answer_to("link"));
    std::filesystem::create_symlink("secret", folder_.at("link"));
    EXPECT_EQ(read().answers, Strings{});
}

TEST_F(Folder, OfTooManyHoldsTheNewest) {
    for (std::size_t number = 0; number < base::limits::challenge_count + 2; ++number) {
        const std::string token = "t" + std::to_string(number);
        folder_.write(token, answer_to(token));
        date(token, static_cast<time_t>(1000 + number));
    }
    const Challenges found = read();
    ASSERT_EQ(found.answers.size(), base::limits::challenge_count);
    EXPECT_EQ(found.answers.front(),
              answer_to("t" + std::to_string(base::limits::challenge_count + 1)));
    EXPECT_EQ(found.answers.back(), answer_to("t2"));
    ASSERT_EQ(found.warnings.size(), 1U);
    EXPECT_NE(found.warnings[0].find("the oldest 2 of 258"), std::string::npos);
}

}  // namespace
}  // namespace cloister::acme
