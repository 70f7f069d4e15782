// SPDX-License-Identifier: MIT
#include "server/event_loop.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <thread>
#include <vector>

#include "base/check.h"

namespace cloister::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using TimePoint = steady_clock::time_point;

// Long enough that a wait which ends before it was not ended by it.
constexpr std::chrono::seconds long_time(30);

// A copy: epoll_event is packed, and EXPECT_EQ takes references, which must be aligned.
std::uint64_t token_of(const epoll_event& event) {
    return event.data.u64;
}

base::Fd event_fd(unsigned value) {
    return base::Fd(base::check(::eventfd(value, EFD_CLOEXEC | EFD_NONBLOCK), "make an eventfd"));
}

// How long wait() took; it must have returned nothing.
milliseconds time_of_empty_wait(EventLoop& loop, std::optional<TimePoint> due, TimePoint now) {
    const TimePoint before = steady_clock::now();
    EXPECT_TRUE(loop.wait(due, now).empty());
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - before);
}

TEST(EventLoop, ReturnsAtOnceWhenTheTimeHasCome) {
    EventLoop loop;
    const TimePoint now = steady_clock::now();
    EXPECT_LT(time_of_empty_wait(loop, now, now), long_time);
    EXPECT_LT(time_of_empty_wait(loop, now - long_time, now), long_time);
    EXPECT_LT(time_of_empty_wait(loop, TimePoint::min(), now), long_time);
}

TEST(EventLoop, WaitsUntilTheTimeHasComeAndNotLess) {
    EventLoop loop;
    const TimePoint now = steady_clock::now();
    const TimePoint due = now + std::chrono::microseconds(20'100);
    loop.wait(due, now);
    EXPECT_GE(steady_clock::now(), due);
}

TEST(EventLoop, ReportsWhatItWatchesByItsToken) {
    EventLoop loop;
    const base::Fd one = event_fd(1);
    const base::Fd none = event_fd(0);
    ASSERT_TRUE(loop.watch(one.get(), EPOLLIN, 17));
    ASSERT_TRUE(loop.watch(none.get(), EPOLLIN, 18));
    const auto events = loop.wait(std::nullopt, steady_clock::now());
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(token_of(events.front()), 17U);
    EXPECT_EQ(events.front().events, EPOLLIN);
}

TEST(EventLoop, ReportsNothingThatItNoLongerWatches) {
    EventLoop loop;
    const base::Fd one = event_fd(1);
    ASSERT_TRUE(loop.watch(one.get(), EPOLLIN, 17));
    loop.unwatch(one.get());
    const TimePoint now = steady_clock::now();
    EXPECT_TRUE(loop.wait(now, now).empty());
}

TEST(EventLoop, ForgetsADescriptorThatWasClosed) {
    EventLoop loop;
    base::Fd one = event_fd(1);
    ASSERT_TRUE(loop.watch(one.get(), EPOLLIN, 17));
    one = base::Fd();
    const TimePoint now = steady_clock::now();
    EXPECT_TRUE(loop.wait(now, now).empty());
}

TEST(EventLoop, SaysWhenTheKernelRefusesToWatch) {
    const EventLoop loop;
    EXPECT_FALSE(loop.watch(-1, EPOLLIN, 1));
}

TEST(EventLoop, IsWokenOnceForEachWake) {
    EventLoop loop;
    const TimePoint now = steady_clock::now();
    for (int turn = 0; turn < 3; ++turn) {
        loop.wake();
        const auto events = loop.wait(std::nullopt, now);
        ASSERT_EQ(events.size(), 1U);
        EXPECT_EQ(token_of(events.front()), EventLoop::wake_token);
        EXPECT_TRUE(loop.wait(now, now).empty());
    }
}

TEST(EventLoop, IsWokenFromAnotherThread) {
    EventLoop loop;
    std::thread other([&loop] { loop.wake(); });
    const auto events = loop.wait(std::nullopt, steady_clock::now());
    other.join();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(token_of(events.front()), EventLoop::wake_token);
}

TEST(EventLoop, ReturnsNoMoreEventsThanItHasRoomFor) {
    EventLoop loop;
    std::vector<base::Fd> many;
    for (Token token = 0; token < base::limits::event_count + 1; ++token) {
        many.push_back(event_fd(1));
        ASSERT_TRUE(loop.watch(many.back().get(), EPOLLIN, token));
    }
    EXPECT_EQ(loop.wait(std::nullopt, steady_clock::now()).size(), base::limits::event_count);
}

}  // namespace
}  // namespace cloister::server
