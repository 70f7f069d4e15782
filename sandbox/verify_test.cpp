// SPDX-License-Identifier: MIT
#include "sandbox/verify.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "sandbox/sandbox.h"

namespace cloister::sandbox {
namespace {

Status locked() {
    return {.user_ids = {1000, 1000, 1000, 1000},
            .no_new_privileges = 1,
            .seccomp_mode = 2,
            .threads = 3};
}

TEST(RequireLocked, AcceptsALockedThread) {
    EXPECT_NO_THROW(require_locked(locked(), "main"));
}

struct Flaw {
    const char* name;
    void (*make)(Status&);
};

class RequireLockedOf : public testing::TestWithParam<Flaw> {};

TEST_P(RequireLockedOf, RefusesAndNamesTheThread) {
    Status status = locked();
    GetParam().make(status);
    try {
        require_locked(status, "loop-1");
        FAIL() << "accepted";
    } catch (const Refusal& refusal) {
        EXPECT_NE(std::string(refusal.what()).find("loop-1"), std::string::npos) << refusal.what();
    }
}

INSTANTIATE_TEST_SUITE_P(
    Flaws, RequireLockedOf,
    testing::Values(Flaw{"RealRoot", [](Status& status) { status.user_ids.at(0) = 0; }},
                    Flaw{"SavedRoot", [](Status& status) { status.user_ids.at(2) = 0; }},
                    Flaw{"Permitted", [](Status& status) { status.permitted = 1; }},
                    Flaw{"Effective", [](Status& status) { status.effective = 1; }},
                    Flaw{"Inheritable", [](Status& status) { status.inheritable = 1; }},
                    Flaw{"Ambient", [](Status& status) { status.ambient = 1; }},
                    Flaw{"NewPrivileges", [](Status& status) { status.no_new_privileges = 0; }}),
    [](const auto& tested) { return std::string(tested.param.name); });

struct Filters {
    const char* name;
    std::uint64_t before;
    std::uint64_t mode;
    std::uint64_t after;
    bool accepted;
};

class RequireFilter : public testing::TestWithParam<Filters> {};

TEST_P(RequireFilter, WantsOneMoreThanBefore) {
    const Filters filters = GetParam();
    Status before = locked();
    before.seccomp_filters = filters.before;
    Status after = locked();
    after.seccomp_mode = filters.mode;
    after.seccomp_filters = filters.after;
    if (filters.accepted) {
        EXPECT_NO_THROW(require_filter(after, "loop-1", before));
    } else {
        EXPECT_THROW(require_filter(after, "loop-1", before), Refusal);
    }
}

INSTANTIATE_TEST_SUITE_P(Cases, RequireFilter,
                         testing::Values(Filters{"First", 0, 2, 1, true},
                                         Filters{"OnTopOfSystemds", 31, 2, 32, true},
                                         Filters{"SystemdsAlone", 31, 2, 31, false},
                                         Filters{"None", 0, 0, 0, false},
                                         Filters{"StrictModeOnly", 0, 1, 0, false},
                                         Filters{"NotCountedByAnOldKernel", 0, 2, 0, true}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(RequireThreads, AcceptsExactlyTheKnownNumber) {
    EXPECT_NO_THROW(require_threads(locked(), 3));
    EXPECT_THROW(require_threads(locked(), 2), Refusal);
    EXPECT_THROW(require_threads(locked(), 4), Refusal);
}

}  // namespace
}  // namespace cloister::sandbox
