// SPDX-License-Identifier: MIT
#include "server/descriptor_limit.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/check.h"

namespace cloister::server {
namespace {

TEST(DescriptorLimit, IsRaisedToTheHardOne) {
    rlimit before{};
    base::check(::getrlimit(RLIMIT_NOFILE, &before), "read the limit");
    const rlimit low{.rlim_cur = std::min<rlim_t>(256, before.rlim_max),
                     .rlim_max = before.rlim_max};
    base::check(::setrlimit(RLIMIT_NOFILE, &low), "lower the limit");
    EXPECT_EQ(raise_descriptor_limit(), std::min<rlim_t>(before.rlim_max, 1'000'000));
    rlimit after{};
    base::check(::getrlimit(RLIMIT_NOFILE, &after), "read the limit");
    EXPECT_EQ(after.rlim_cur, before.rlim_max);
    base::check(::setrlimit(RLIMIT_NOFILE, &before), "restore the limit");
}

}  // namespace
}  // namespace cloister::server
