// SPDX-License-Identifier: MIT
#include "sandbox/rehearsal.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include "sandbox/sandbox.h"
#include "sandbox/seccomp.h"
#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(Rehearsal, FindsNothingWrongWhereNothingIsForbidden) {
    EXPECT_NO_THROW(rehearse(rows()));
}

TEST(Rehearsal, StaysWithinTheFilterThatItRehearsesFor) {
    const Ending ending = fate_of([] {
        confine({});
        rehearse(rows());
        return 0;
    });
    EXPECT_EQ(ending.code, 0) << ending.text();
}

std::vector<Row> rehearsed_rows() {
    std::vector<Row> rows(shipped_rows().begin(), shipped_rows().end());
    std::erase_if(rows, [](const Row& row) { return row.number == SYS_exit_group; });
    return rows;
}

class RehearsalWithout : public testing::TestWithParam<Row> {};

INSTANTIATE_TEST_SUITE_P(Calls, RehearsalWithout, testing::ValuesIn(rehearsed_rows()),
                         [](const auto& tested) { return std::string(tested.param.name); });

// Any of them may be needed to report what was found, so that is told by the exit status.
Ending fate_without(const Row& row, int error) {
    return fate_of([&] {
        std::string said;
        said.reserve(1024);
        try {
            throw Refusal("the first one, which may need futex(2) to be thrown");
        } catch (const Refusal&) {
            test::take_away_call(row.number, error);
        }
        try {
            rehearse(shipped_rows());
        } catch (const Refusal& refusal) {
            said = refusal.what();
        }
        return contains(said, "permit " + std::string(row.name) + " in SystemCallFilter=") ? 0 : 1;
    });
}

TEST_P(RehearsalWithout, NamesTheCallThatDoesNotExist) {
    const Ending ending = fate_without(GetParam(), ENOSYS);
    EXPECT_EQ(ending.code, 0) << ending.text();
}

TEST_P(RehearsalWithout, NamesTheCallThatIsDenied) {
    const Ending ending = fate_without(GetParam(), EPERM);
    EXPECT_EQ(ending.code, 0) << ending.text();
}

TEST(Rehearsal, NamesAllThatIsForbidden) {
    const Ending ending = fate_of([] {
        test::take_away_call(SYS_accept4, ENOSYS);
        test::take_away_call(SYS_recvfrom, EPERM);
        rehearse(shipped_rows());
        return 0;
    });
    EXPECT_EQ(ending.code, test::threw);
    EXPECT_TRUE(contains(ending.said, "permit accept4 recvfrom in ")) << ending.said;
}

}  // namespace
}  // namespace cloister::sandbox
