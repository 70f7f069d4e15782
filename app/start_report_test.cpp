// SPDX-License-Identifier: MIT
#include "start_report.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/check.h"
#include "base/fd.h"

namespace cloister {
namespace {

using std::chrono::milliseconds;

// What the service manager is told at each of `times` after the beginning, one behind the other.
std::string told_at(std::initializer_list<int> times) {
    std::array<int, 2> ends{};
    base::check(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()),
                "make a pair of sockets");
    const base::Fd manager(ends[0]);
    const systemd::Notifier notifier = systemd::Notifier::connect(base::Fd(ends[1]));
    const base::Log log = base::Log::to_standard_error();
    StartReport::Clock::time_point now;
    StartReport report(notifier, log, [&now] { return now; });
    const base::Progress progress = report.progress();
    for (const int time : times) {
        now = StartReport::Clock::time_point(milliseconds(time));
        progress("reading files", static_cast<std::uint64_t>(time), time == 1000 ? 0 : 9999);
    }
    std::string told;
    std::array<char, 256> message{};
    for (ssize_t count = 0;
         (count = ::recv(manager.get(), message.data(), message.size(), 0)) > 0;) {
        told.append(message.data(), static_cast<std::size_t>(count));
        told += '\n';
    }
    return told;
}

TEST(StartReport, SaysNothingOfAShortStart) {
    EXPECT_EQ(told_at({0, 1, 500, 999}), "");
}

TEST(StartReport, TellsHowFarItIsAndAsksForTimeOnceASecond) {
    const std::string more = "EXTEND_TIMEOUT_USEC=60000000\n";
    EXPECT_EQ(told_at({1000, 1001, 1999, 2000, 2500}),
              "STATUS=starting: reading files, 1000\n" + more +
                  "STATUS=starting: reading files, 2000 of 9999\n" + more);
}

TEST(StartReport, LogsAfterTwiceTheTimeEach) {
    ::testing::internal::CaptureStderr();
    told_at({1000, 2000, 3000, 4000, 5000, 7000, 8000});
    const std::string logged = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::count(logged.begin(), logged.end(), '\n'), 4) << logged;
}

}  // namespace
}  // namespace cloister
