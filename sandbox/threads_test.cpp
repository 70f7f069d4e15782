// SPDX-License-Identifier: MIT
#include "sandbox/threads.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>

#include "sandbox/status.h"
#include "sandbox/test_victim.h"

namespace cloister::sandbox {
namespace {

using test::Ending;
using test::fate_of;

constexpr std::size_t stack_bytes = std::size_t{1} << 20U;

// A victim of its own for each test, because these threads never end.
TEST(Muster, ConfinesEveryThreadBeforeAnyRuns) {
    const Ending ending = fate_of([] {
        std::array<std::promise<std::string>, 2> seen;
        std::size_t confined = 0;
        std::mutex mutex;
        const auto confine_self = [&] {
            const std::lock_guard lock(mutex);
            ++confined;
            return open_own_status();
        };
        const auto run = [&](std::size_t number) {
            seen.at(number).set_value(std::to_string(confined));
        };
        Muster muster(
            {{"first", stack_bytes, [&] { run(0); }}, {"second", stack_bytes, [&] { run(1); }}},
            confine_self);
        const std::size_t files = muster.status_files().size();
        const std::size_t threads = read_status(muster.status_files()[1]).threads;
        const bool early =
            seen[0].get_future().wait_for(std::chrono::seconds(0)) == std::future_status::ready;
        test::say(std::to_string(files) + " files, " + std::to_string(threads) + " threads" +
                  (early ? " early" : ""));
        muster.release();
        test::say(", " + seen[1].get_future().get() + " confined");
        return 0;
    });
    EXPECT_EQ(ending.said, "2 files, 3 threads, 2 confined") << ending.text();
}

TEST(Muster, NamesItsThreadsAndGivesThemTheirStack) {
    const Ending ending = fate_of([] {
        std::promise<void> done;
        const auto run = [&] {
            std::array<char, 16> name = {};
            ::pthread_getname_np(::pthread_self(), name.data(), name.size());
            pthread_attr_t attributes;
            ::pthread_getattr_np(::pthread_self(), &attributes);
            std::size_t bytes = 0;
            ::pthread_attr_getstacksize(&attributes, &bytes);
            test::say(name.data() + std::string(" ") + std::to_string(bytes));
            done.set_value();
        };
        Muster muster({{"a-name-longer-than-15", 3 * stack_bytes, run}}, open_own_status);
        muster.release();
        done.get_future().wait();
        return 0;
    });
    EXPECT_EQ(ending.said, "a-name-longer-t " + std::to_string(3 * stack_bytes)) << ending.text();
}

TEST(Muster, IsEmptyWithoutThreads) {
    Muster muster({}, open_own_status);
    EXPECT_TRUE(muster.status_files().empty());
    muster.release();
}

TEST(Muster, PassesOnWhatAThreadThrew) {
    const Ending ending = fate_of([] {
        const auto fail = []() -> Descriptor {
            throw std::runtime_error("could not confine myself");
        };
        const Muster muster({{"thread", stack_bytes, [] { test::say("ran"); }}}, fail);
        return 0;
    });
    EXPECT_EQ(ending.code, test::threw);
    EXPECT_EQ(ending.said, "could not confine myself");
}

TEST(Muster, ThrowsIfAThreadCannotBeMade) {
    const Ending ending = fate_of([] {
        const Muster muster(
            {{"good", stack_bytes, [] { test::say("ran"); }}, {"stackless", 1, [] {}}},
            open_own_status);
        return 0;
    });
    EXPECT_EQ(ending.code, test::threw);
    EXPECT_NE(ending.said.find("make the thread stackless"), std::string::npos) << ending.text();
}

}  // namespace
}  // namespace cloister::sandbox
