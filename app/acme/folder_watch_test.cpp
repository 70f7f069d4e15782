// SPDX-License-Identifier: MIT
// Nothing that happens in the folder after on() is missed.
#include "acme/folder_watch.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/test_folder.h"

namespace cloister::acme {
namespace {

namespace files = std::filesystem;

class Watch : public ::testing::Test {
  protected:
    base::TestFolder folder_;
};

TEST_F(Watch, SeesAFileWrittenMovedMadeReadableAndRemoved) {
    folder_.write("old", "x");
    FolderWatch watch = FolderWatch::on(folder_.path());
    folder_.write("new", "x");
    EXPECT_TRUE(watch.wait());
    files::rename(folder_.at("new"), folder_.at("newer"));
    EXPECT_TRUE(watch.wait());
    files::permissions(folder_.at("newer"), files::perms{0644});
    EXPECT_TRUE(watch.wait());
    files::remove(folder_.at("old"));
    EXPECT_TRUE(watch.wait());
}

TEST_F(Watch, EndsWithTheFolder) {
    files::create_directory(folder_.at("inner"));
    FolderWatch watch = FolderWatch::on(folder_.at("inner"));
    files::remove(folder_.at("inner"));
    EXPECT_FALSE(watch.wait());
}

TEST_F(Watch, EndsWhenTheFolderIsMovedAway) {
    files::create_directory(folder_.at("inner"));
    FolderWatch watch = FolderWatch::on(folder_.at("inner"));
    files::rename(folder_.at("inner"), folder_.at("elsewhere"));
    EXPECT_FALSE(watch.wait());
}

TEST_F(Watch, SeesAFolderComeStepByStep) {
    FolderWatch first = FolderWatch::on(folder_.at("outer/inner"));
    files::create_directory(folder_.at("outer"));
    EXPECT_FALSE(first.wait());
    FolderWatch second = FolderWatch::on(folder_.at("outer/inner"));
    files::create_directory(folder_.at("outer/inner"));
    EXPECT_FALSE(second.wait());
    FolderWatch third = FolderWatch::on(folder_.at("outer/inner"));
    folder_.write("outer/inner/file", "x");
    EXPECT_TRUE(third.wait());
}

}  // namespace
}  // namespace cloister::acme
