// SPDX-License-Identifier: MIT
#include "press/budget.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/check.h"

namespace cloister::press {
namespace {

TEST(Budget, TakesSmallFilesUntilTheMemoryIsFull) {
    const std::vector<std::uint64_t> sizes = {1, 2, 3, 4};
    EXPECT_EQ(count_in_memory(sizes, {.file_bytes = 10, .site_bytes = 10}), 4U);
    EXPECT_EQ(count_in_memory(sizes, {.file_bytes = 10, .site_bytes = 9}), 3U);
    EXPECT_EQ(count_in_memory(sizes, {.file_bytes = 10, .site_bytes = 0}), 0U);
    EXPECT_EQ(count_in_memory({}, {.file_bytes = 10, .site_bytes = 0, .open_files = 0}), 0U);
}

TEST(Budget, TakesLargeFilesOnlyWhereNotAllMayStayOpen) {
    const std::vector<std::uint64_t> sizes = {1, 20, 30, 40};
    EXPECT_EQ(count_in_memory(sizes, {.file_bytes = 10, .site_bytes = 100, .open_files = 3}), 1U);
    EXPECT_EQ(count_in_memory(sizes, {.file_bytes = 10, .site_bytes = 100, .open_files = 2}), 2U);
    EXPECT_EQ(count_in_memory(sizes, {.file_bytes = 10, .site_bytes = 100, .open_files = 0}), 4U);
}

TEST(Budget, RefusesWhatNeitherMemoryNorDescriptorsHold) {
    const std::vector<std::uint64_t> sizes = {1, 20 << 20, 30 << 20, 40 << 20};
    try {
        count_in_memory(sizes, {.file_bytes = 10, .site_bytes = 21 << 20, .open_files = 1});
        FAIL() << "found room";
    } catch (const base::Failure& failure) {
        EXPECT_EQ(failure.exit_status(), EX_CONFIG);
        EXPECT_STREQ(failure.what(),
                     "the site has 2 files more than fit into 21 MiB of memory, and 1 may be held "
                     "open; make one image of it with cloister pack, or raise --site-memory, or "
                     "LimitNOFILE= in the service (ulimit -n)");
    }
}

}  // namespace
}  // namespace cloister::press
