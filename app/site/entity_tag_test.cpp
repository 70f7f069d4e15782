// SPDX-License-Identifier: MIT
#include "site/entity_tag.h"

#include <gtest/gtest.h>

#include <string>

namespace cloister::site {
namespace {

constexpr std::string_view tag = "\"abc-1\"";

TEST(EntityTag, IsNamedByItself) {
    EXPECT_TRUE(names_weakly("\"abc-1\"", tag));
    EXPECT_TRUE(names_strongly("\"abc-1\"", tag));
}

TEST(EntityTag, IsNamedAnywhereInAList) {
    for (const std::string_view list :
         {"\"abc-1\", \"x\"", "\"x\", \"abc-1\"", "\"x\",\"abc-1\",\"y\"", "\"x\" ,\t\"abc-1\"",
          ",, \"abc-1\",", "\"\", \"abc-1\"", "\"a,b\", \"abc-1\"", "W/\"x\", \"abc-1\""}) {
        EXPECT_TRUE(names_weakly(list, tag)) << list;
        EXPECT_TRUE(names_strongly(list, tag)) << list;
    }
}

TEST(EntityTag, IsNamedByAWeakTagInTheWeakComparisonOnly) {
    for (const std::string_view list : {"W/\"abc-1\"", "\"x\", W/\"abc-1\"", "\"x\",W/\"abc-1\""}) {
        EXPECT_TRUE(names_weakly(list, tag)) << list;
        EXPECT_FALSE(names_strongly(list, tag)) << list;
    }
}

TEST(EntityTag, IsNamedByAStar) {
    EXPECT_TRUE(names_weakly("*", tag));
    EXPECT_TRUE(names_strongly("*", tag));
}

TEST(EntityTag, IsNotNamedByAnythingElse) {
    for (const std::string_view list :
         {"", "\"\"", "\"abc\"", "\"abc-12\"", "\"ABC-1\"", "abc-1", "\"abc-1", "abc-1\"",
          "\" abc-1\"", "\"*\"", "**", "* ", "*, \"x\"", "\"x*\"", "\"", "\"\"\"", "W/", "W/\""}) {
        EXPECT_FALSE(names_weakly(list, tag)) << list;
        EXPECT_FALSE(names_strongly(list, tag)) << list;
    }
}

// The quotes of a list pair up from the left: what stands between two tags is none.
TEST(EntityTag, IsNotNamedBetweenTwoTags) {
    EXPECT_FALSE(names_weakly("\"x\"abc-1\"y\"", tag));
    EXPECT_FALSE(names_strongly("\"x\"abc-1\"y\"", tag));
}

TEST(EntityTag, AListOfAnyLengthIsReadOnce) {
    std::string list;
    for (int index = 0; index < 4000; ++index) {
        list += "\"\",";
    }
    EXPECT_FALSE(names_weakly(list, tag));
    EXPECT_TRUE(names_weakly(list + std::string(tag), tag));
}

}  // namespace
}  // namespace cloister::site
