// SPDX-License-Identifier: MIT
#include "version.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace cloister {

TEST(Version, NamesEachLibraryThatParsesWhatClientsSend) {
    std::istringstream text(version_text());
    for (const std::string name : {"cloister ", "glibc 2.", "OpenSSL 3.", "nghttp2 1."}) {
        std::string line;
        ASSERT_TRUE(std::getline(text, line)) << name;
        EXPECT_EQ(line.substr(0, name.size()), name);
        EXPECT_GT(line.size(), name.size());
    }
}

}  // namespace cloister
