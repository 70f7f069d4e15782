// SPDX-License-Identifier: MIT
#include "base/fd.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <type_traits>
#include <utility>

namespace cloister::base {
namespace {

int open_one() {
    return ::eventfd(0, EFD_CLOEXEC);
}

bool is_open(int number) {
    return ::fcntl(number, F_GETFD) != -1;
}

static_assert(!std::is_copy_constructible_v<Fd> && !std::is_copy_assignable_v<Fd>);
static_assert(std::is_nothrow_move_constructible_v<Fd> && std::is_nothrow_move_assignable_v<Fd>);
static_assert(!std::is_convertible_v<int, Fd>, "a bare number never becomes an owner by itself");

TEST(Fd, OwnsNothingAtFirst) {
    const Fd none;
    EXPECT_EQ(none.get(), -1);
    EXPECT_FALSE(none);
}

TEST(Fd, OwnsDescriptorZero) {
    Fd zero(0);
    EXPECT_TRUE(zero);
    EXPECT_EQ(zero.release(), 0);
}

TEST(Fd, ClosesAtItsEnd) {
    const int number = open_one();
    {
        const Fd fd(number);
        EXPECT_TRUE(is_open(fd.get()));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(Fd, ReleasesWithoutClosing) {
    Fd fd(open_one());
    const Fd again(fd.release());
    EXPECT_FALSE(fd);
    EXPECT_TRUE(is_open(again.get()));
}

TEST(Fd, MovesAndLeavesNothingBehind) {
    Fd from(open_one());
    const int number = from.get();
    const Fd to(std::move(from));
    EXPECT_EQ(to.get(), number);
    EXPECT_EQ(from.get(), -1);  // NOLINT(bugprone-use-after-move): its state is the claim.
}

TEST(Fd, ClosesWhatItHeldWhenAnotherMovesIn) {
    Fd held(open_one());
    Fd next(open_one());
    const int old_number = held.get();
    const int new_number = next.get();
    held = std::move(next);
    EXPECT_EQ(held.get(), new_number);
    EXPECT_EQ(next.get(), -1);  // NOLINT(bugprone-use-after-move): its state is the claim.
    EXPECT_FALSE(is_open(old_number));
    EXPECT_TRUE(is_open(new_number));
}

TEST(Fd, SurvivesAMoveOntoItself) {
    Fd fd(open_one());
    Fd& same = fd;
    fd = std::move(same);
    EXPECT_TRUE(is_open(fd.get()));
}

}  // namespace
}  // namespace cloister::base
