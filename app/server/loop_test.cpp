// SPDX-License-Identifier: MIT
// One loop on a loopback listener, turned by the test: no thread but for workers.
#include "server/loop.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/timerfd.h>

#include <algorithm>
#include <functional>
#include <list>
#include <string>

#include "base/limits.h"
#include "server/test_peer.h"
#include "server/test_workers.h"

namespace cloister::server {
namespace {

namespace limits = base::limits;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

class LoopTest : public ::testing::Test {
  protected:
    LoopTest() {
        handler_.immediate = [this](const http::Request& asked) -> std::optional<http::Response> {
            ++asked_;
            if (asked.path == "/slow") {
                return std::nullopt;
            }
            http::Response response;
            response.body = std::string_view(asked.path == "/large" ? large_ : small_);
            return response;
        };
        handler_.blocking = [](const http::Request& asked) {
            http::Response response;
            response.body = "worked on " + std::string(asked.path) + asked.body;
            return response;
        };
        endpoints_.push_back({listener_.get(), &handler_});
        set_limit(1000);
    }

    // A new loop, with room for `connections`.
    void set_limit(std::size_t connections) {
        loop_ = std::make_unique<Loop>(endpoints_, workers_, admission_, log_, connections);
    }

    // Places of the peer that all tests are.
    std::list<Admission::Place> take_places(int count) {
        std::list<Admission::Place> places;
        for (int taken = 0; taken < count; ++taken) {
            places.push_back(admission_.enter(local_));
        }
        return places;
    }

    TestPeer& connect() {
        peers_.emplace_back(listener_.address());
        return peers_.back();
    }

    // Turns the loop until `is_so`, looking at all peers after each turn. False if that takes more
    // than ten seconds.
    bool turn_until(const std::function<bool()>& is_so) {
        const Clock::time_point end = Clock::now() + seconds(10);
        while (!is_so()) {
            if (Clock::now() >= end) {
                return false;
            }
            loop_->run_once(Clock::now() + milliseconds(20));
            for (TestPeer& peer : peers_) {
                peer.collect();
            }
        }
        return true;
    }

    // Turns the loop for what is there already, without waiting for more.
    void turn_now(int turns = 3) {
        for (int turn = 0; turn < turns; ++turn) {
            loop_->run_once(Clock::now());
        }
    }

    bool connected(std::size_t count) {
        return turn_until([this, count] { return loop_->connection_count() == count; });
    }

    bool answered(const TestPeer& peer, std::size_t count = 1) {
        return turn_until([&peer, count] { return peer.count("HTTP/1.1 ") >= count; });
    }

    base::Log log_ = base::Log::to_standard_error();
    std::string small_ = "small";
    std::string large_ = std::string(40 * 1024, 'x');  // lent, not copied
    std::size_t asked_ = 0;
    http::Handler handler_;
    TestListener listener_;
    std::vector<Endpoint> endpoints_;
    Workers workers_;
    Admission admission_{1000};
    const base::Peer local_{.family = AF_INET, .port = 0, .address = {127, 0, 0, 1}};
    std::unique_ptr<Loop> loop_;
    std::list<TestPeer> peers_;
};

TEST_F(LoopTest, AnswersARequest) {
    TestPeer& peer = connect();
    ASSERT_TRUE(peer.send(request));
    ASSERT_TRUE(answered(peer));
    EXPECT_EQ(peer.received().find("HTTP/1.1 200 OK\r\n"), 0U);
    EXPECT_TRUE(peer.received().ends_with("\r\n\r\nsmall"));
    EXPECT_EQ(loop_->connection_count(), 1U);
}

TEST_F(LoopTest, AnswersARequestThatComesByteByByte) {
    TestPeer& peer = connect();
    for (const char byte : request) {
        ASSERT_TRUE(peer.send({&byte, 1}));
        turn_now(1);
    }
    EXPECT_TRUE(answered(peer));
}

TEST_F(LoopTest, AnswersPipelinedRequestsInOrder) {
    TestPeer& peer = connect();
    std::string requests;
    for (int index = 0; index < 50; ++index) {
        requests += index % 2 == 0 ? request : "GET /large HTTP/1.1\r\nHost: a\r\n\r\n";
    }
    ASSERT_TRUE(peer.send(requests));
    ASSERT_TRUE(turn_until(
        [&] { return peer.received().size() >= 25 * (large_.size() + small_.size()) + 50 * 60; }));
    ASSERT_TRUE(answered(peer, 50));
    EXPECT_EQ(asked_, 50U);
    std::size_t at = 0;
    for (int index = 0; index < 50; ++index) {
        const std::string length =
            index % 2 == 0 ? "Content-Length: 5\r\n" : "Content-Length: 40960\r\n";
        at = peer.received().find("Content-Length: ", at);
        ASSERT_EQ(peer.received().compare(at, length.size(), length), 0) << index;
        at += length.size();
    }
}

// Nothing of the client's will come any more, so no event will either: the rest must not need one.
TEST_F(LoopTest, FinishesAnAnswerThatGaveWayToOthersWithoutAnotherEvent) {
    TestPeer& peer = connect();
    ASSERT_TRUE(connected(1));
    constexpr std::size_t count = 100;
    std::string requests;
    for (std::size_t index = 0; index < count; ++index) {
        requests += request;
    }
    small_.assign(16 * 1024,
                  'x');  // 1.6 MB: several turns, yet no more than loopback takes at once
    ASSERT_TRUE(peer.send(requests));
    const Clock::time_point begin = Clock::now();
    for (int turn = 0; turn < 1000 && asked_ < count; ++turn) {
        loop_->run_once(Clock::now() + seconds(5));
    }
    EXPECT_EQ(asked_, count);
    EXPECT_LT(Clock::now() - begin, seconds(5));
}

TEST_F(LoopTest, ClosesWhenThePeerHasEnded) {
    TestPeer& peer = connect();
    ASSERT_TRUE(peer.send(request));
    peer.end_sending();
    ASSERT_TRUE(turn_until([&] { return peer.is_closed(); }));
    EXPECT_EQ(peer.count("HTTP/1.1 200"), 1U);
    EXPECT_EQ(loop_->connection_count(), 0U);
}

TEST_F(LoopTest, ForgetsAPeerThatWasReset) {
    connect();
    ASSERT_TRUE(connected(1));
    peers_.clear();
    EXPECT_TRUE(connected(0));
}

TEST_F(LoopTest, GivesAPlaceThatBecameFreeToTheNext) {
    for (int round = 0; round < 100; ++round) {
        TestPeer& peer = connect();
        ASSERT_TRUE(peer.send(request));
        ASSERT_TRUE(answered(peer));
        peers_.clear();
        ASSERT_TRUE(connected(0));
    }
}

TEST_F(LoopTest, CountsItsTurns) {
    const std::uint64_t before = loop_->turn_count();
    turn_now(3);
    EXPECT_EQ(loop_->turn_count(), before + 3);
}

TEST_F(LoopTest, ReportsASignal) {
    const base::Fd timer(base::check(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC), "timer"));
    const itimerspec at_once{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_nsec = 1}};
    base::check(::timerfd_settime(timer.get(), 0, &at_once, nullptr), "set the timer");
    turn_now();
    EXPECT_FALSE(loop_->is_asked_to_end());
    ASSERT_TRUE(loop_->events().watch(timer.get(), EPOLLIN | EPOLLET, EventLoop::end_token));
    EXPECT_TRUE(turn_until([this] { return loop_->is_asked_to_end(); }));
}

// --- Limits ------------------------------------------------------------------------------------

TEST_F(LoopTest, ShedsTheOneThatHasBeenIdleLongestAtTheLimit) {
    set_limit(3);
    TestPeer& first = connect();
    ASSERT_TRUE(connected(1));
    TestPeer& second = connect();
    ASSERT_TRUE(connected(2));
    TestPeer& third = connect();
    ASSERT_TRUE(connected(3));
    ASSERT_TRUE(
        first.send(request));  // The first is busy once more, and idle later than the second.
    ASSERT_TRUE(answered(first));
    TestPeer& fourth = connect();
    ASSERT_TRUE(fourth.send(request));
    ASSERT_TRUE(answered(fourth));
    EXPECT_EQ(loop_->connection_count(), 3U);
    EXPECT_TRUE(second.is_closed());
    EXPECT_FALSE(first.is_closed());
    EXPECT_FALSE(third.is_closed());
}

TEST_F(LoopTest, ShedsNoneThatIsInTheMiddleOfARequestButTellsTheNextWhenToComeAgain) {
    set_limit(1);
    TestPeer& busy = connect();
    ASSERT_TRUE(busy.send("GET / HTTP/1.1\r\n"));
    ASSERT_TRUE(connected(1));
    turn_now();
    TestPeer& next = connect();
    ASSERT_TRUE(next.send(request));
    ASSERT_TRUE(turn_until([&next] { return next.count("\r\n\r\n") != 0; }));
    EXPECT_EQ(next.received().find("HTTP/1.1 503 Service Unavailable\r\n"), 0U);
    EXPECT_EQ(next.count("Retry-After: 1\r\n"), 1U);
    EXPECT_EQ(next.count("Connection: close\r\n"), 1U);
    EXPECT_FALSE(busy.is_closed());
    EXPECT_EQ(asked_, 0U);
    ASSERT_TRUE(busy.send("Host: a\r\n\r\n"));
    EXPECT_TRUE(answered(busy));
}

TEST_F(LoopTest, LeavesTheRestInTheQueueWhileAsManyAsMayBeAreTold) {
    set_limit(1);
    TestPeer& busy = connect();
    ASSERT_TRUE(busy.send("GET / HTTP/1.1\r\n"));
    ASSERT_TRUE(connected(1));
    turn_now();
    for (std::size_t told = 0; told < limits::refusal_count; ++told) {
        ASSERT_TRUE(connect().send("GET / HTTP/1.1\r\n"));
        ASSERT_TRUE(connected(told + 2));
        turn_now();
    }
    TestPeer& last = connect();
    ASSERT_TRUE(last.send(request));
    turn_now();
    EXPECT_EQ(loop_->connection_count(), limits::refusal_count + 1);
    EXPECT_FALSE(last.is_closed());
    ASSERT_TRUE(busy.send("Host: a\r\n\r\n"));
    ASSERT_TRUE(answered(busy));
    EXPECT_TRUE(answered(last));  // after limits::accept_pause, in the place of the first
}

TEST_F(LoopTest, TellsAPeerThatHasAllItsPlacesWhenToComeAgain) {
    const std::list<Admission::Place> taken = take_places(1000);
    TestPeer& greedy = connect();
    ASSERT_TRUE(greedy.send(request));
    ASSERT_TRUE(turn_until([&greedy] { return greedy.is_closed(); }));
    EXPECT_EQ(greedy.received().find("HTTP/1.1 503 Service Unavailable\r\n"), 0U);
    EXPECT_EQ(asked_, 0U);
}

TEST_F(LoopTest, EndsTheOldestIdleConnectionOfAPeerForItsNext) {
    const std::list<Admission::Place> taken = take_places(998);
    TestPeer& first = connect();
    ASSERT_TRUE(connected(1));
    TestPeer& second = connect();
    ASSERT_TRUE(connected(2));
    TestPeer& third = connect();
    ASSERT_TRUE(third.send(request));
    ASSERT_TRUE(answered(third));
    EXPECT_TRUE(first.is_closed());
    EXPECT_FALSE(second.is_closed());
    EXPECT_EQ(admission_.count(local_), 1000U);
}

TEST_F(LoopTest, ClosesWhatAGreedyPeerSendsBeyondThat) {
    const std::list<Admission::Place> taken = take_places(1000);
    for (std::size_t told = 0; told < limits::refusal_count; ++told) {
        connect();
    }
    ASSERT_TRUE(connected(limits::refusal_count));
    TestPeer& last = connect();
    EXPECT_TRUE(turn_until([&last] { return last.is_closed(); }));
    EXPECT_EQ(last.received(), "");
}

TEST_F(LoopTest, APlaceIsFreeAgainWhenItsConnectionEnds) {
    TestPeer& only = connect();
    ASSERT_TRUE(connected(1));
    EXPECT_EQ(admission_.count(local_), 1U);
    only.end_sending();
    ASSERT_TRUE(turn_until([&only] { return only.is_closed(); }));
    EXPECT_EQ(admission_.count(local_), 0U);
}

TEST_F(LoopTest, SixtyFourIdleConnectionsDoNotDelayAnother) {
    for (int index = 0; index < 64; ++index) {
        connect();
    }
    ASSERT_TRUE(connected(64));
    TestPeer& another = connect();
    ASSERT_TRUE(another.send(request));
    const std::uint64_t before = loop_->turn_count();
    ASSERT_TRUE(answered(another));
    EXPECT_LE(loop_->turn_count() - before, 4U);
}

TEST_F(LoopTest, OneThatAsksWithoutEndDoesNotDelayAnother) {
    TestPeer& greedy = connect();
    ASSERT_TRUE(connected(1));
    std::string requests;
    while (requests.size() < 200'000) {
        requests += request;
    }
    greedy.send(requests);
    turn_now(1);
    TestPeer& modest = connect();
    ASSERT_TRUE(modest.send(request));
    const std::uint64_t before = loop_->turn_count();
    ASSERT_TRUE(turn_until([&] {
        greedy.send(requests);
        return modest.count("HTTP/1.1 200") == 1;
    }));
    EXPECT_LE(loop_->turn_count() - before, 4U);
}

// Events that come while a connection has given way must not win it further turns.
TEST_F(LoopTest, OneConnectionHasOneShareOfEachTurn) {
    TestPeer& greedy = connect();
    ASSERT_TRUE(connected(1));
    std::string requests;
    while (requests.size() < 60'000) {
        requests += request;
    }
    std::size_t most = 0;
    for (int turn = 0; turn < 60; ++turn) {
        for (int block = 0; block < 8; ++block) {
            greedy.send(requests);
        }
        const std::size_t before = asked_;
        loop_->run_once(Clock::now());
        most = std::max(most, asked_ - before);
        greedy.collect();
        greedy.forget_received();
    }
    // Four rounds, each up to limits::output_high_water_bytes of answers that are no shorter than
    // 80 bytes.
    EXPECT_LE(most, 4 * (limits::output_high_water_bytes / 80 + 1));
    EXPECT_GT(most, 0U);
}

TEST_F(LoopTest, HoldsNoMoreForASlowReaderThanTheBackPressureAllows) {
    TestPeer& deaf = connect();
    ASSERT_TRUE(connected(1));
    std::string requests;
    while (requests.size() < 60'000) {
        requests += "GET /large HTTP/1.1\r\nHost: a\r\n\r\n";
    }
    // Nobody collects: the loop fills the socket and then asks for no further request.
    std::size_t last = asked_ + 1;
    while (last != asked_) {
        last = asked_;
        deaf.send(requests);
        turn_now(200);
    }
    const std::size_t answered_bytes = asked_ * large_.size();
    EXPECT_LT(answered_bytes, 64U * 1024 * 1024);
    EXPECT_EQ(loop_->connection_count(), 1U);
}

TEST_F(LoopTest, AcceptsAgainAfterTheDescriptorsRanOut) {
    TestPeer& peer = connect();
    ASSERT_TRUE(peer.send(request));
    rlimit before{};
    base::check(::getrlimit(RLIMIT_NOFILE, &before), "read the limit");
    const rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
    base::check(::setrlimit(RLIMIT_NOFILE, &none), "lower the limit");
    turn_now();
    base::check(::setrlimit(RLIMIT_NOFILE, &before), "restore the limit");
    EXPECT_EQ(loop_->connection_count(), 0U);
    // The listener is readable, but not watched before the pause is over: this turn does nothing.
    turn_now(1);
    EXPECT_EQ(loop_->connection_count(), 0U);
    EXPECT_TRUE(answered(peer));
}

// --- Time --------------------------------------------------------------------------------------

// The shortest of the deadlines, limits::linger_time, with a real clock; the others differ in
// length only.
TEST_F(LoopTest, ClosesAConnectionThatLingersTooLong) {
    TestPeer& peer = connect();
    ASSERT_TRUE(peer.send("nonsense\r\n\r\n"));
    ASSERT_TRUE(turn_until([&] { return peer.is_closed(); }));
    EXPECT_EQ(peer.received().find("HTTP/1.1 400 "), 0U);
    EXPECT_EQ(loop_->connection_count(), 0U);
}

TEST_F(LoopTest, WakesByItselfForADeadline) {
    TestPeer& peer = connect();
    ASSERT_TRUE(peer.send("nonsense\r\n\r\n"));
    ASSERT_TRUE(answered(peer));
    const Clock::time_point begin = Clock::now();
    while (loop_->connection_count() != 0 && Clock::now() < begin + seconds(10)) {
        loop_->run_once(std::nullopt);
    }
    EXPECT_EQ(loop_->connection_count(), 0U);
}

// --- Workers -----------------------------------------------------------------------------------

TEST_F(LoopTest, AnswersWhatAWorkerHasAnswered) {
    const TestWorkers worker(workers_);
    TestPeer& peer = connect();
    ASSERT_TRUE(peer.send("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"));
    ASSERT_TRUE(answered(peer));
    EXPECT_TRUE(peer.received().ends_with("worked on /slowabc"));
}

TEST_F(LoopTest, SleepsUntilAWorkerHasAnswered) {
    const TestWorkers worker(workers_);
    TestPeer& peer = connect();
    ASSERT_TRUE(peer.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    const Clock::time_point begin = Clock::now();
    while (peer.received().empty() && Clock::now() < begin + seconds(10)) {
        loop_->run_once(begin + seconds(10));
        peer.collect();
    }
    EXPECT_TRUE(peer.received().ends_with("worked on /slow"));
}

TEST_F(LoopTest, AnswersMixedPipelinesInOrder) {
    const TestWorkers two(workers_, 2);
    TestPeer& peer = connect();
    std::string requests;
    for (int index = 0; index < 20; ++index) {
        requests += "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
        requests += request;
    }
    ASSERT_TRUE(peer.send(requests));
    ASSERT_TRUE(answered(peer, 40));
    std::size_t at = 0;
    for (int index = 0; index < 20; ++index) {
        const std::size_t worked = peer.received().find("worked on /slow", at);
        const std::size_t small = peer.received().find("\r\n\r\nsmall", at);
        ASSERT_LT(worked, small);
        at = small + 1;
    }
}

TEST_F(LoopTest, RefusesWhatTheQueueHasNoPlaceFor) {
    std::vector<TestPeer*> waiting;
    for (std::size_t index = 0; index < limits::queued_request_count; ++index) {
        waiting.push_back(&connect());
        ASSERT_TRUE(waiting.back()->send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    ASSERT_TRUE(turn_until([this] { return asked_ == limits::queued_request_count; }));
    TestPeer& one_more = connect();
    ASSERT_TRUE(one_more.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    ASSERT_TRUE(answered(one_more));
    EXPECT_EQ(one_more.received().find("HTTP/1.1 503 Service Unavailable\r\n"), 0U);
    EXPECT_EQ(one_more.count("Retry-After: 1\r\n"), 1U);
    EXPECT_FALSE(one_more.is_closed());
    const TestWorkers worker(workers_);
    for (const TestPeer* const peer : waiting) {
        ASSERT_TRUE(answered(*peer));
        EXPECT_EQ(peer->received().find("HTTP/1.1 200 OK\r\n"), 0U);
    }
}

TEST_F(LoopTest, AnswersAPeerThatEndedItsSideWhileAWorkerWorked) {
    TestPeer& peer = connect();
    ASSERT_TRUE(peer.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    peer.end_sending();
    ASSERT_TRUE(turn_until([this] { return asked_ == 1; }));
    turn_now();
    const TestWorkers worker(workers_);
    ASSERT_TRUE(turn_until([&] { return peer.is_closed(); }));
    EXPECT_TRUE(peer.received().ends_with("worked on /slow"));
}

TEST_F(LoopTest, DropsTheAnswerForAPeerThatHasGone) {
    connect().send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(turn_until([this] { return asked_ == 1; }));
    peers_.clear();
    turn_now();
    TestPeer& next = connect();
    ASSERT_TRUE(next.send(request));
    ASSERT_TRUE(answered(next));
    const TestWorkers worker(workers_);
    ASSERT_TRUE(connected(1));
    EXPECT_EQ(next.count("worked on"), 0U);
}

// --- Drain -------------------------------------------------------------------------------------

TEST_F(LoopTest, IsDrainedAtOnceWithoutConnections) {
    EventLoop waiter;
    loop_->begin_drain(waiter);
    EXPECT_FALSE(loop_->is_drained());
    turn_now(1);
    EXPECT_TRUE(loop_->is_drained());
    const auto events = waiter.wait(Clock::now(), Clock::now());
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(std::uint64_t{events.front().data.u64}, EventLoop::wake_token);  // A packed field.
}

TEST_F(LoopTest, AcceptsNothingWhileItDrains) {
    const EventLoop waiter;
    loop_->begin_drain(waiter);
    turn_now();
    TestPeer& late = connect();
    ASSERT_TRUE(late.send(request));
    turn_now();
    EXPECT_EQ(asked_, 0U);
    late.collect();
    EXPECT_FALSE(late.is_closed());  // It waits in the kernel's queue for the next instance.
}

TEST_F(LoopTest, DrainClosesWhatIsIdle) {
    const EventLoop waiter;
    TestPeer& idle = connect();
    ASSERT_TRUE(idle.send(request));
    ASSERT_TRUE(answered(idle));
    const Clock::time_point begin = Clock::now();
    loop_->begin_drain(waiter);
    ASSERT_TRUE(turn_until([this] { return loop_->is_drained(); }));
    EXPECT_GE(Clock::now() - begin, limits::drain_idle_time);
    EXPECT_LT(Clock::now() - begin, limits::drain_fresh_time);
    EXPECT_TRUE(turn_until([&] { return idle.is_closed(); }));
}

TEST_F(LoopTest, DrainWaitsLongerForTheFirstRequestOfAConnection) {
    const EventLoop waiter;
    TestPeer& fresh = connect();
    ASSERT_TRUE(connected(1));
    const Clock::time_point begin = Clock::now();
    loop_->begin_drain(waiter);
    ASSERT_TRUE(turn_until([&] { return Clock::now() > begin + 2 * limits::drain_idle_time; }));
    ASSERT_TRUE(fresh.send(request));
    ASSERT_TRUE(turn_until([this] { return loop_->is_drained(); }));
    EXPECT_EQ(fresh.count("HTTP/1.1 200 OK\r\n"), 1U);
    EXPECT_EQ(fresh.count("Connection: close\r\n"), 1U);
}

TEST_F(LoopTest, DrainClosesConnectionsThatNeverAsk) {
    const EventLoop waiter;
    connect();
    ASSERT_TRUE(connected(1));
    const Clock::time_point begin = Clock::now();
    loop_->begin_drain(waiter);
    ASSERT_TRUE(turn_until([this] { return loop_->is_drained(); }));
    EXPECT_GE(Clock::now() - begin, limits::drain_fresh_time);
}

TEST_F(LoopTest, DrainAnswersWhatIsOnItsWay) {
    const EventLoop waiter;
    TestPeer& busy = connect();
    ASSERT_TRUE(busy.send("GET / HTTP/1.1\r\n"));
    TestPeer& idle = connect();
    ASSERT_TRUE(idle.send(request));
    ASSERT_TRUE(answered(idle));
    loop_->begin_drain(waiter);
    turn_now();
    ASSERT_TRUE(idle.send(request));  // It was on its way.
    ASSERT_TRUE(busy.send("Host: a\r\n\r\n"));
    ASSERT_TRUE(turn_until([this] { return loop_->is_drained(); }));
    EXPECT_EQ(idle.count("HTTP/1.1 200 OK\r\n"), 2U);
    EXPECT_EQ(busy.count("HTTP/1.1 200 OK\r\n"), 1U);
    EXPECT_EQ(busy.count("Connection: close\r\n"), 1U);
}

TEST_F(LoopTest, DrainWaitsForWorkers) {
    const EventLoop waiter;
    TestPeer& peer = connect();
    ASSERT_TRUE(peer.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"));
    ASSERT_TRUE(turn_until([this] { return asked_ == 1; }));
    loop_->begin_drain(waiter);
    const Clock::time_point begin = Clock::now();
    ASSERT_TRUE(turn_until([&] { return Clock::now() > begin + 2 * limits::drain_idle_time; }));
    EXPECT_FALSE(loop_->is_drained());
    const TestWorkers worker(workers_);
    ASSERT_TRUE(turn_until([this] { return loop_->is_drained(); }));
    peer.collect();
    EXPECT_TRUE(peer.received().ends_with("worked on /slow"));
    EXPECT_EQ(peer.count("Connection: close\r\n"), 1U);
}

}  // namespace
}  // namespace cloister::server
