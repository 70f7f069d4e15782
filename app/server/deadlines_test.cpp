// SPDX-License-Identifier: MIT
#include "server/deadlines.h"

#include <gtest/gtest.h>

#include <array>

#include "base/limits.h"

namespace cloister::server {
namespace {

namespace limits = base::limits;
using std::chrono::milliseconds;

constexpr Clock::time_point start{};

TEST(Deadlines, HaveNoneAtFirst) {
    Deadlines deadlines;
    EXPECT_FALSE(deadlines.next());
    EXPECT_EQ(deadlines.take_expired(Clock::time_point::max()), nullptr);
    EXPECT_EQ(deadlines.oldest(Wait::idle), nullptr);
}

TEST(Deadlines, AreAsLongAsTheirWait) {
    struct Case {
        Wait wait;
        milliseconds length;
    };

    for (const Case& row : {
             Case{Wait::idle, limits::idle_time},
             Case{Wait::head, limits::head_time},
             Case{Wait::body, limits::body_time},
             Case{Wait::working, limits::work_time},
             Case{Wait::writing, limits::write_time},
             Case{Wait::lingering, limits::linger_time},
         }) {
        Deadlines deadlines;
        Deadline deadline;
        deadlines.start(deadline, row.wait, start);
        EXPECT_EQ(deadlines.next(), start + row.length);
        EXPECT_EQ(deadlines.take_expired(start + row.length - milliseconds(1)), nullptr);
        EXPECT_EQ(deadlines.take_expired(start + row.length), &deadline);
    }
}

TEST(Deadlines, ExpireInTheOrderOfTheirBeginning) {
    Deadlines deadlines;
    std::array<Deadline, 3> three;
    for (std::size_t index = 0; index < three.size(); ++index) {
        deadlines.start(three.at(index), Wait::head, start + milliseconds(index));
    }
    const auto end = start + limits::head_time + milliseconds(10);
    EXPECT_EQ(deadlines.take_expired(end), &three[0]);
    EXPECT_EQ(deadlines.take_expired(end), &three[1]);
    EXPECT_EQ(deadlines.take_expired(end), &three[2]);
    EXPECT_EQ(deadlines.take_expired(end), nullptr);
}

TEST(Deadlines, NextIsTheEarliestOfAllWaits) {
    Deadlines deadlines;
    Deadline idle;
    Deadline lingering;
    deadlines.start(idle, Wait::idle, start);
    EXPECT_EQ(deadlines.next(), start + limits::idle_time);
    deadlines.start(lingering, Wait::lingering, start);
    EXPECT_EQ(deadlines.next(), start + limits::linger_time);
    EXPECT_EQ(deadlines.take_expired(start + limits::linger_time), &lingering);
    EXPECT_EQ(deadlines.next(), start + limits::idle_time);
}

TEST(Deadlines, TakenIsStopped) {
    Deadlines deadlines;
    Deadline deadline;
    deadlines.start(deadline, Wait::head, start);
    ASSERT_EQ(deadlines.take_expired(start + limits::head_time), &deadline);
    EXPECT_FALSE(deadline.running);
    EXPECT_FALSE(deadlines.next());
    deadlines.stop(deadline);
    EXPECT_FALSE(deadlines.next());
}

TEST(Deadlines, RestartedIsTheLastToExpire) {
    Deadlines deadlines;
    Deadline first;
    Deadline second;
    deadlines.start(first, Wait::head, start);
    deadlines.start(second, Wait::head, start);
    deadlines.start(first, Wait::head, start + milliseconds(1));
    const auto end = start + limits::head_time + milliseconds(1);
    EXPECT_EQ(deadlines.take_expired(end), &second);
    EXPECT_EQ(deadlines.take_expired(end), &first);
    EXPECT_EQ(deadlines.take_expired(end), nullptr);
}

TEST(Deadlines, RestartedForAnotherWaitLeavesTheFirst) {
    Deadlines deadlines;
    Deadline deadline;
    deadlines.start(deadline, Wait::lingering, start);
    deadlines.start(deadline, Wait::idle, start);
    EXPECT_EQ(deadlines.oldest(Wait::lingering), nullptr);
    EXPECT_EQ(deadlines.oldest(Wait::idle), &deadline);
    EXPECT_EQ(deadlines.next(), start + limits::idle_time);
}

// First, middle, last and only: each leaves the others in their order.
TEST(Deadlines, StoppedLeavesTheOthersInOrder) {
    for (std::size_t stopped = 0; stopped < 3; ++stopped) {
        Deadlines deadlines;
        std::array<Deadline, 3> three;
        for (Deadline& deadline : three) {
            deadlines.start(deadline, Wait::body, start);
        }
        deadlines.stop(three.at(stopped));
        EXPECT_FALSE(three.at(stopped).running);
        for (std::size_t index = 0; index < 3; ++index) {
            if (index != stopped) {
                EXPECT_EQ(deadlines.take_expired(start + limits::body_time), &three.at(index));
            }
        }
        EXPECT_EQ(deadlines.take_expired(start + limits::body_time), nullptr);
    }
}

TEST(Deadlines, StoppedTwiceIsStopped) {
    Deadlines deadlines;
    Deadline one;
    Deadline other;
    deadlines.start(one, Wait::idle, start);
    deadlines.start(other, Wait::idle, start);
    deadlines.stop(one);
    deadlines.stop(one);
    EXPECT_EQ(deadlines.oldest(Wait::idle), &other);
}

TEST(Deadlines, OldestIsTheOneThatHasWaitedLongest) {
    Deadlines deadlines;
    Deadline first;
    Deadline second;
    deadlines.start(first, Wait::idle, start);
    deadlines.start(second, Wait::idle, start + milliseconds(1));
    EXPECT_EQ(deadlines.oldest(Wait::idle), &first);
    deadlines.start(first, Wait::idle, start + milliseconds(2));
    EXPECT_EQ(deadlines.oldest(Wait::idle), &second);
    EXPECT_EQ(deadlines.oldest(Wait::head), nullptr);
}

}  // namespace
}  // namespace cloister::server
