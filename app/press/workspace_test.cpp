// SPDX-License-Identifier: MIT
#include "press/workspace.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

namespace cloister::press {
namespace {

TEST(Workspace, GivesWhatWasGivenBackToTheNextWhoFitsIn) {
    Workspace workspace;
    void* const first = workspace.take(1000);
    workspace.give_back(first);
    void* const second = workspace.take(800);
    EXPECT_EQ(second, first);
    workspace.give_back(second);
}

TEST(Workspace, GivesNothingToTwo) {
    Workspace workspace;
    void* const first = workspace.take(1000);
    void* const second = workspace.take(1000);
    EXPECT_NE(first, second);
    workspace.give_back(first);
    workspace.give_back(second);
    void* const third = workspace.take(1000);
    void* const fourth = workspace.take(1000);
    EXPECT_NE(third, fourth);
    workspace.give_back(third);
    workspace.give_back(fourth);
}

// AddressSanitizer watches the ends.
TEST(Workspace, GivesAsMuchAsWasAskedForAndAligned) {
    Workspace workspace;
    for (std::size_t bytes = 0; bytes < 5000; ++bytes) {
        void* const memory = workspace.take(bytes);
        std::memset(memory, 1, bytes);
        EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % alignof(std::max_align_t), 0U);
        workspace.give_back(memory);
    }
}

TEST(Workspace, HasNothingForThoseWhoAskForMoreThanThereIs) {
    Workspace workspace;
    EXPECT_EQ(workspace.take(SIZE_MAX), nullptr);
    EXPECT_EQ(workspace.take(SIZE_MAX - 16), nullptr);
    EXPECT_EQ(workspace.take(SIZE_MAX / 2), nullptr);
    workspace.give_back(nullptr);
}

}  // namespace
}  // namespace cloister::press
