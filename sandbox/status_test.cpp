// SPDX-License-Identifier: MIT
#include "sandbox/status.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "sandbox/sandbox.h"

namespace cloister::sandbox {
namespace {

constexpr const char* sample =
    "Name:\tserver\nUid:\t1000\t1001\t1002\t1003\nGid:\t7\t7\t7\t7\nThreads:\t5\n"
    "CapInh:\t0000000000000001\nCapPrm:\t0000000000000002\nCapEff:\t0000000000000004\n"
    "CapBnd:\t000001fffeffffff\nCapAmb:\t0000000000000008\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_"
    "filters:\t3\n";

std::string without(const std::string& field) {
    std::string text = sample;
    const auto begin = text.find(field + ":");
    return text.erase(begin, text.find('\n', begin) + 1 - begin);
}

TEST(Status, IsReadFieldByField) {
    const Status status = parse_status(sample);
    EXPECT_EQ(status.user_ids, (std::array<std::uint64_t, 4>{1000, 1001, 1002, 1003}));
    EXPECT_EQ(status.inheritable, 1U);
    EXPECT_EQ(status.permitted, 2U);
    EXPECT_EQ(status.effective, 4U);
    EXPECT_EQ(status.bounding, 0x1fffeffffffU);
    EXPECT_EQ(status.ambient, 8U);
    EXPECT_EQ(status.no_new_privileges, 1U);
    EXPECT_EQ(status.seccomp_mode, 2U);
    EXPECT_EQ(status.seccomp_filters, 3U);
    EXPECT_EQ(status.threads, 5U);
}

TEST(Status, OfAKernelWithoutSeccompHasNoFilter) {
    const Status status = parse_status(without("Seccomp"));
    EXPECT_EQ(status.seccomp_mode, 0U);
}

class StatusWithout : public testing::TestWithParam<const char*> {};

TEST_P(StatusWithout, IsRefusedByTheNameOfTheField) {
    try {
        parse_status(without(GetParam()));
        FAIL() << "accepted";
    } catch (const Refusal& refusal) {
        EXPECT_NE(std::string(refusal.what()).find(GetParam()), std::string::npos)
            << refusal.what();
    }
}

INSTANTIATE_TEST_SUITE_P(Fields, StatusWithout,
                         testing::Values("Uid", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb",
                                         "NoNewPrivs", "Threads"),
                         [](const auto& tested) { return std::string(tested.param); });

class GarbledStatus : public testing::TestWithParam<const char*> {};

TEST_P(GarbledStatus, IsRefused) {
    EXPECT_THROW(parse_status(without("Uid") + GetParam()), Refusal);
}

INSTANTIATE_TEST_SUITE_P(Lines, GarbledStatus,
                         testing::Values("Uid:", "Uid:\t1 2 3", "Uid:\tx", "Uid:\t-1 1 1 1",
                                         "Uid:\t99999999999999999999 1 1 1"));

TEST(Status, OfThisThreadIsTheKernels) {
    const Status status = read_status(open_own_status());
    EXPECT_EQ(status.user_ids.at(0), ::getuid());
    EXPECT_EQ(status.threads, 1U);
}

TEST(Status, IsReadAnewEachTime) {
    const Descriptor file = open_own_status();
    EXPECT_EQ(read_status(file).user_ids, read_status(file).user_ids);
}

}  // namespace
}  // namespace cloister::sandbox
