// SPDX-License-Identifier: MIT
#include "sandbox/capabilities.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string>

#include "sandbox/check.h"
#include "sandbox/sandbox.h"
#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;
using test::User;

constexpr uid_t somebody = 65534;
constexpr unsigned bind_service = 1U << CAP_NET_BIND_SERVICE;

Status unprivileged() {
    return {.user_ids = {1000, 1000, 1000, 1000}};
}

int try_to_start() {
    refuse_privilege();
    return 0;
}

// Leaves root, keeping CAP_NET_BIND_SERVICE in these sets, and starts.
int start_with(unsigned permitted, unsigned effective, unsigned inheritable, bool ambient) {
    check(::prctl(PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL), "PR_SET_KEEPCAPS");
    check(::setresuid(somebody, somebody, somebody), "setresuid");
    __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> sets = {{{effective, permitted, inheritable}, {}}};
    check(::syscall(SYS_capset, &header, sets.data()), "capset");
    if (ambient) {
        check(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_BIND_SERVICE, 0UL, 0UL),
              "PR_CAP_AMBIENT");
    }
    return try_to_start();
}

TEST(Privileges, AreNoneForAnOrdinaryUser) {
    EXPECT_EQ(privileges_in(unprivileged()), "");
}

TEST(Privileges, DoNotIncludeTheBoundingSet) {
    Status status = unprivileged();
    status.bounding = ~std::uint64_t{0};
    EXPECT_EQ(privileges_in(status), "");
}

TEST(Privileges, NameEachCapabilityWithItsSets) {
    Status status = unprivileged();
    status.permitted = bind_service | 1U;
    status.ambient = bind_service;
    EXPECT_EQ(privileges_in(status),
              "CAP_CHOWN (Permitted), CAP_NET_BIND_SERVICE (Permitted, Ambient)");
}

TEST(Privileges, TellACapabilityWithoutANameByItsNumber) {
    Status status = unprivileged();
    status.effective = std::uint64_t{1} << 63U;
    EXPECT_EQ(privileges_in(status), "capability 63 (Effective)");
}

TEST(Privileges, NameTheLastCapabilityOfTheHeaders) {
    Status status = unprivileged();
    status.inheritable = std::uint64_t{1} << CAP_CHECKPOINT_RESTORE;
    EXPECT_EQ(privileges_in(status), "CAP_CHECKPOINT_RESTORE (Inheritable)");
}

TEST(Start, IsAllowedWithoutPrivilege) {
    const Ending ending = fate_of(try_to_start);
    EXPECT_EQ(ending.code, 0) << ending.text();
}

TEST(Start, IsRefusedToRoot) {
    const Ending ending = fate_of(try_to_start, User::root);
    EXPECT_EQ(ending.code, test::threw);
    EXPECT_NE(ending.said.find("root"), std::string::npos) << ending.text();
    EXPECT_NE(ending.said.find("DynamicUser=yes"), std::string::npos) << ending.text();
}

struct Ids {
    const char* kind;
    uid_t real;
    uid_t effective;
    uid_t saved;
};

class StartWithOneZeroId : public testing::TestWithParam<Ids> {};

TEST_P(StartWithOneZeroId, IsRefusedByName) {
    const Ids ids = GetParam();
    const Ending ending = fate_of(
        [&] {
            check(::setresuid(ids.real, ids.effective, ids.saved), "setresuid");
            return try_to_start();
        },
        User::root);
    EXPECT_EQ(ending.code, test::threw);
    EXPECT_NE(ending.said.find(std::string(ids.kind) + " user id 0"), std::string::npos)
        << ending.text();
}

INSTANTIATE_TEST_SUITE_P(Kinds, StartWithOneZeroId,
                         testing::Values(Ids{"real", 0, somebody, somebody},
                                         Ids{"effective", somebody, 0, somebody},
                                         Ids{"saved", somebody, somebody, 0}),
                         [](const auto& tested) { return std::string(tested.param.kind); });

struct Sets {
    const char* name;
    unsigned permitted;
    unsigned effective;
    unsigned inheritable;
    bool ambient;
};

class StartWithACapability : public testing::TestWithParam<Sets> {};

TEST_P(StartWithACapability, IsRefusedByName) {
    const Sets sets = GetParam();
    const Ending ending = fate_of(
        [&] { return start_with(sets.permitted, sets.effective, sets.inheritable, sets.ambient); },
        User::root);
    EXPECT_EQ(ending.code, test::threw);
    EXPECT_NE(ending.said.find("refusing to run with a capability: CAP_NET_BIND_SERVICE"),
              std::string::npos)
        << ending.text();
    EXPECT_NE(ending.said.find(sets.name), std::string::npos) << ending.text();
}

INSTANTIATE_TEST_SUITE_P(Sets, StartWithACapability,
                         testing::Values(Sets{"Permitted", bind_service, 0, 0, false},
                                         Sets{"Effective", bind_service, bind_service, 0, false},
                                         Sets{"Ambient", bind_service, 0, bind_service, true}),
                         [](const auto& tested) { return std::string(tested.param.name); });

// Newer versions of systemd leave them to a service that asked for none.
TEST(StartWithAnInheritableCapabilityAlone, GivesItUp) {
    const Ending ending = fate_of(
        [] {
            const int started = start_with(0, 0, bind_service, false);
            return read_status(open_own_status()).inheritable == 0 ? started : test::threw;
        },
        User::root);
    EXPECT_EQ(ending.code, 0) << ending.text();
}

}  // namespace
}  // namespace cloister::sandbox
