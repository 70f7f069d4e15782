// SPDX-License-Identifier: MIT
#include "sandbox/descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;

bool is_open(int number) {
    return ::fcntl(number, F_GETFD) != -1;
}

TEST(Descriptor, ClosesWhatItOwns) {
    int number = -1;
    {
        const Descriptor owner(::dup(STDERR_FILENO));
        number = owner.get();
        EXPECT_TRUE(is_open(number));
    }
    EXPECT_FALSE(is_open(number));
}

TEST(Descriptor, OwnsNothingAfterAMove) {
    Descriptor first(::dup(STDERR_FILENO));
    const int number = first.get();
    const Descriptor second(std::move(first));
    EXPECT_EQ(second.get(), number);
    // NOLINTNEXTLINE(bugprone-use-after-move,clang-analyzer-cplusplus.Move): that is the claim
    const int left = first.get();
    EXPECT_EQ(left, -1);
}

TEST(CloseAllBut, KeepsWhatIsNamedAndTheStandardThree) {
    const Ending ending = fate_of([] {
        for (const int number : {10, 11, 12, 500}) {
            ::dup2(STDERR_FILENO, number);
        }
        close_all_but({500, 11, 11});
        std::string open;
        for (int number = 0; number < 600; ++number) {
            open += is_open(number) ? std::to_string(number) + " " : "";
        }
        test::say(open);
        return 0;
    });
    EXPECT_EQ(ending.said, "0 1 2 11 500 ");
}

TEST(CloseAllBut, RefusesToKeepWhatIsNotOpen) {
    const Ending ending = fate_of([] {
        ::close(77);
        close_all_but({77});
        return 0;
    });
    EXPECT_EQ(ending.code, test::threw);
    EXPECT_NE(ending.said.find("descriptor 77"), std::string::npos) << ending.text();
}

TEST(CloseAllBut, RefusesAClosedStandardError) {
    const Ending ending = fate_of([] {
        ::close(STDERR_FILENO);
        close_all_but({});
        return 0;
    });
    EXPECT_EQ(ending.code, test::threw);
    EXPECT_NE(ending.said.find("descriptor 2"), std::string::npos) << ending.text();
}

}  // namespace
}  // namespace cloister::sandbox
