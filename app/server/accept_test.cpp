// SPDX-License-Identifier: MIT
// Two loops on one listener, turned by the test: who gets which connection.
#include <gtest/gtest.h>

#include <array>
#include <list>
#include <memory>

#include "server/loop.h"
#include "server/test_peer.h"

namespace cloister::server {
namespace {

constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

class AcceptTest : public ::testing::Test {
  protected:
    AcceptTest() {
        handler_.immediate = [](const http::Request&) -> std::optional<http::Response> {
            return http::plain_answer(200);
        };
        endpoints_.push_back({listener_.get(), &handler_});
        for (std::unique_ptr<Loop>& loop : loops_) {
            loop = std::make_unique<Loop>(endpoints_, workers_, admission_, log_, 1000);
        }
        loops_[0]->join({loops_[1].get()});
        loops_[1]->join({loops_[0].get()});
    }

    void connect(int count) {
        for (int made = 0; made < count; ++made) {
            peers_.emplace_back(listener_.address());
        }
    }

    static void turn(Loop& loop) {
        for (int turn = 0; turn < 8; ++turn) {
            loop.run_once(Clock::now());
        }
    }

    base::Log log_ = base::Log::to_standard_error();
    http::Handler handler_;
    TestListener listener_;
    std::vector<Endpoint> endpoints_;
    Workers workers_;
    Admission admission_{1000};
    std::array<std::unique_ptr<Loop>, 2> loops_;
    std::list<TestPeer> peers_;
};

TEST_F(AcceptTest, LeavesConnectionsToALoopThatHasFewer) {
    connect(40);
    turn(*loops_[0]);  // All are there, and this loop alone is awake.
    EXPECT_EQ(loops_[0]->connection_count(), 21U);
    EXPECT_EQ(loops_[1]->connection_count(), 19U);
}

TEST_F(AcceptTest, AnswersOnTheLoopThatAConnectionWasLeftTo) {
    connect(4);
    turn(*loops_[0]);
    for (const TestPeer& peer : peers_) {
        ASSERT_TRUE(peer.send(request));
    }
    turn(*loops_[0]);
    turn(*loops_[1]);
    for (TestPeer& peer : peers_) {
        ASSERT_TRUE(peer.wait());
        EXPECT_EQ(peer.count("HTTP/1.1 200 OK"), 1U);
    }
    EXPECT_EQ(loops_[0]->connection_count() + loops_[1]->connection_count(), 0U);
}

TEST_F(AcceptTest, ADrainWaitsForAConnectionThatIsOnItsWay) {
    connect(4);
    turn(*loops_[0]);
    ASSERT_NE(loops_[1]->connection_count(), 0U);
    loops_[1]->begin_drain(loops_[0]->events());
    loops_[1]->run_once(Clock::now());
    EXPECT_FALSE(loops_[1]->is_drained());
}

// A loop hears of the drain a moment later than another, and leaves a connection to one that has
// already found itself empty.
TEST_F(AcceptTest, AConnectionThatComesToADrainedLoopIsAnsweredFirst) {
    loops_[1]->begin_drain(loops_[0]->events());
    loops_[1]->run_once(Clock::now());
    ASSERT_TRUE(loops_[1]->is_drained());
    TestListener other;
    peers_.emplace_back(other.address());
    base::Fd socket(::accept4(other.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    ASSERT_TRUE(loops_[1]->add_connection(std::move(socket), base::Peer(), endpoints_.front()));
    EXPECT_FALSE(loops_[1]->is_drained());
    ASSERT_TRUE(peers_.back().send(request));
    turn(*loops_[1]);
    ASSERT_TRUE(peers_.back().wait());
    EXPECT_EQ(peers_.back().count("HTTP/1.1 200 OK"), 1U);
    turn(*loops_[1]);
    EXPECT_TRUE(loops_[1]->is_drained());
}

}  // namespace
}  // namespace cloister::server
