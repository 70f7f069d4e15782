// SPDX-License-Identifier: MIT
// The pump between a transport and a session, with scripted ones on both sides.
#include "server/connection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <deque>
#include <string>
#include <vector>

#include "base/limits.h"

namespace cloister::server {
namespace {

using http::Phase;
namespace limits = base::limits;
using transport::Io;
using transport::Protocol;
using transport::State;

// Reads what a test has put into `inbound`, and takes as much output as `room` allows.
struct ScriptedTransport final : transport::Transport {
    struct Inbound {
        std::string bytes;
        State state;
    };

    Io read(std::span<char> into) override {
        ++reads;
        if (inbound.empty()) {
            return {.bytes = 0, .state = State::again};
        }
        const Inbound next = inbound.front();
        if (!endless) {
            inbound.pop_front();
        }
        std::copy(next.bytes.begin(), next.bytes.end(), into.begin());
        return {.bytes = next.bytes.size(), .state = next.state};
    }

    Io write(base::Output& output, std::span<char> /*scratch*/) override {
        Io io;
        while (!output.empty() && io.bytes < room) {
            const base::Output::Front front = output.front();
            const std::size_t length = std::min<std::size_t>(front.length, room - io.bytes);
            sent.append(front.data, length);
            output.consume(length);
            io.bytes += length;
        }
        io.state = output.empty() ? State::ok : state_when_full;
        return io;
    }

    [[nodiscard]] bool has_unsent() const override { return false; }

    void end() override { ++ends; }

    [[nodiscard]] transport::Protocol protocol() const override { return agreed; }

    [[nodiscard]] bool is_secure() const override { return true; }

    [[nodiscard]] int descriptor() const override { return -1; }

    std::deque<Inbound> inbound;
    bool endless = false;
    std::size_t room = SIZE_MAX;  // bytes that one write() takes
    State state_when_full = State::again;
    std::string sent;
    int reads = 0;
    int ends = 0;
    transport::Protocol agreed = transport::Protocol::http1;
};

// Answers each byte x with "<x>", and keeps a backlog when told to.
struct ScriptedSession final : http::Session {
    void receive(std::string_view bytes, http::Turn& turn) override {
        received += bytes;
        for (const char byte : answering ? bytes : std::string_view()) {
            turn.output.append("<" + std::string(1, byte) + ">" + std::string(padding, '.'));
        }
    }

    void answer(std::uint32_t stream, http::Response response, http::Turn& turn) override {
        turn.output.append("answer " + std::to_string(stream) + " " +
                           std::to_string(response.status));
        now = Phase::idle;
    }

    void resume(http::Turn& turn) override {
        --backlog;
        turn.output.append("more");
    }

    [[nodiscard]] bool has_backlog() const override { return backlog > 0; }

    [[nodiscard]] bool takes_input() const override {
        return now != Phase::working && backlog == 0;
    }

    void end_of_input() override {
        ended = true;
        now = now == Phase::working ? now : Phase::done;
    }

    void time_out(http::Turn& turn) override {
        turn.output.append("too late");
        now = Phase::done;
    }

    void drain(http::Turn& turn) override { turn.output.append("goodbye"); }

    [[nodiscard]] Phase phase() const override { return now; }

    Phase now = Phase::idle;
    int backlog = 0;
    bool answering = true;
    std::size_t padding = 0;  // bytes added to each answer
    bool ended = false;
    transport::Protocol protocol = transport::Protocol::undecided;
    bool secure = false;
    std::string received;
};

class ConnectionTest : public ::testing::Test {
  protected:
    ConnectionTest() { open(); }

    // A new connection in the place of the last.
    void open(transport::Protocol agreed = transport::Protocol::http1) {
        auto transport = std::make_unique<ScriptedTransport>();
        transport->agreed = agreed;
        transport_ = transport.get();
        session_ = nullptr;
        connection_ = std::make_unique<Connection>(std::move(transport), base::Peer(), make_session,
                                                   handler_, 7);
    }

    static std::unique_ptr<http::Session> make_session(transport::Protocol protocol,
                                                       const base::Peer& /*peer*/, bool secure) {
        auto session = std::make_unique<ScriptedSession>();
        session->protocol = protocol;
        session->secure = secure;
        session_ = session.get();
        return session;
    }

    http::Turn turn() {
        return {.handler = handler_,
                .date = {},
                .now = {},
                .draining = std::nullopt,
                .scratch = scratch_,
                .output = output_,
                .deferred = deferred_};
    }

    Pump pump() {
        output_.clear();
        http::Turn own = turn();
        return connection_->pump(own, buffer_);
    }

    void arrives(const std::string& bytes, State state = State::again) {
        transport_->inbound.push_back({bytes, state});
        connection_->note(EPOLLIN);
    }

    http::Handler handler_;
    http::Request scratch_;
    base::Output output_;
    std::vector<http::Deferred> deferred_;
    std::array<char, 64> buffer_{};
    std::unique_ptr<Connection> connection_;
    ScriptedTransport* transport_ = nullptr;
    inline static ScriptedSession* session_ = nullptr;  // of the connection
};

TEST_F(ConnectionTest, WaitsWithoutAnEvent) {
    transport_->inbound.push_back({"a", State::again});
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(transport_->reads, 0);
}

TEST_F(ConnectionTest, SendsWhatTheSessionMakesOfWhatCame) {
    arrives("ab");
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(transport_->sent, "<a><b>");
    EXPECT_FALSE(connection_->has_output());
}

TEST_F(ConnectionTest, ReadsUntilNothingIsLeft) {
    arrives("a", State::ok);
    arrives("b", State::ok);
    arrives("c", State::again);
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(session_->received, "abc");
    EXPECT_EQ(transport_->reads, 3);
}

// --- Back-pressure -----------------------------------------------------------------------------

TEST_F(ConnectionTest, ReadsNothingWhileOutputWaits) {
    transport_->room = 0;
    arrives("a", State::ok);
    arrives("b", State::ok);
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_TRUE(connection_->has_output());
    connection_->note(EPOLLIN);
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(session_->received, "a");
    EXPECT_EQ(transport_->reads, 1);
}

TEST_F(ConnectionTest, DoesNotTryAFullSocketAgainBeforeItsEvent) {
    transport_->room = 0;
    arrives("a");
    pump();
    transport_->room = SIZE_MAX;
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(transport_->sent, "");
    connection_->note(EPOLLOUT);
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(transport_->sent, "<a>");
}

TEST_F(ConnectionTest, SendsInOrderAcrossAFullSocket) {
    transport_->room = 2;
    arrives("abc");
    EXPECT_EQ(pump(), Pump::waiting);
    for (int event = 0; event < 4; ++event) {
        connection_->note(EPOLLOUT);
        pump();
    }
    EXPECT_EQ(transport_->sent, "<a><b><c>");
    EXPECT_FALSE(connection_->has_output());
}

TEST_F(ConnectionTest, ResumesABacklogBeforeItReads) {
    session_->backlog = 2;
    arrives("a");
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(transport_->sent, "moremore<a>");
}

TEST_F(ConnectionTest, LeavesABacklogAloneWhileOutputWaits) {
    session_->backlog = 2;
    transport_->room = 0;
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(session_->backlog, 1);
    connection_->note(EPOLLIN);
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(session_->backlog, 1);
}

TEST_F(ConnectionTest, ReadsNothingWhileAWorkerWorks) {
    session_->now = Phase::working;
    arrives("a");
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(transport_->reads, 0);
    session_->now = Phase::idle;
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(session_->received, "a");
}

// --- Fairness ----------------------------------------------------------------------------------

TEST_F(ConnectionTest, GivesWayWhileItCouldReadOn) {
    transport_->endless = true;
    arrives("a", State::ok);
    EXPECT_EQ(pump(), Pump::unfair);
    const int reads = transport_->reads;
    EXPECT_LE(reads, 8);
    EXPECT_EQ(pump(), Pump::unfair);
    EXPECT_EQ(transport_->reads, 2 * reads);
}

TEST_F(ConnectionTest, GivesWayWhileItsBacklogLasts) {
    session_->backlog = 100;
    EXPECT_EQ(pump(), Pump::unfair);
    EXPECT_GT(session_->backlog, 90);
}

TEST_F(ConnectionTest, GivesWayWhenItsTransportHasHadItsShare) {
    transport_->room = 1;
    transport_->state_when_full = State::ok;
    arrives("a");
    EXPECT_EQ(pump(), Pump::unfair);
    EXPECT_TRUE(connection_->has_output());
    while (pump() == Pump::unfair) {
    }
    EXPECT_EQ(transport_->sent, "<a>");
}

// --- Ends --------------------------------------------------------------------------------------

TEST_F(ConnectionTest, AnswersAPeerThatHasEndedItsSideAndFinishes) {
    transport_->inbound = {{"a", State::again}, {"", State::closed}};
    connection_->note(EPOLLIN | EPOLLRDHUP);
    EXPECT_EQ(pump(), Pump::finished);
    EXPECT_EQ(transport_->sent, "<a>");
    EXPECT_TRUE(session_->ended);
}

TEST_F(ConnectionTest, SendsEverythingBeforeItFinishes) {
    transport_->room = 0;
    transport_->inbound = {{"a", State::again}, {"", State::closed}};
    connection_->note(EPOLLIN | EPOLLRDHUP);
    EXPECT_EQ(pump(), Pump::waiting);
    transport_->room = SIZE_MAX;
    connection_->note(EPOLLOUT);
    EXPECT_EQ(pump(), Pump::finished);
    EXPECT_EQ(transport_->sent, "<a>");
}

// A short read means "nothing more for now", but the end that epoll announced is behind it and
// brings no other event.
TEST_F(ConnectionTest, ReadsOnToAnAnnouncedEnd) {
    session_->answering = false;
    transport_->inbound = {{"a", State::again}, {"b", State::again}, {"", State::closed}};
    connection_->note(EPOLLIN | EPOLLRDHUP);
    EXPECT_EQ(pump(), Pump::finished);
    EXPECT_EQ(session_->received, "ab");
}

TEST_F(ConnectionTest, EndThatComesDuringWorkIsSeenAfterTheAnswer) {
    session_->now = Phase::working;
    transport_->inbound = {{"", State::closed}};
    connection_->note(EPOLLIN | EPOLLRDHUP);
    EXPECT_EQ(pump(), Pump::waiting);
    connection_->answer(3, http::Response(), turn());
    EXPECT_EQ(pump(), Pump::finished);
    EXPECT_EQ(transport_->sent, "answer 3 200");
}

TEST_F(ConnectionTest, FinishesWhenThePeerTakesNothingMore) {
    transport_->room = 0;
    transport_->state_when_full = State::closed;
    arrives("a");
    EXPECT_EQ(pump(), Pump::finished);
}

TEST_F(ConnectionTest, FinishesAfterAResetThoughTheSocketWasFull) {
    for (const std::uint32_t event : {EPOLLERR, EPOLLHUP}) {
        open();
        transport_->room = 0;
        arrives("a");
        EXPECT_EQ(pump(), Pump::waiting);
        transport_->state_when_full = State::closed;
        connection_->note(event);
        EXPECT_EQ(pump(), Pump::finished);
    }
}

TEST_F(ConnectionTest, FinishesWhenTheSessionIsDone) {
    session_->now = Phase::done;
    EXPECT_EQ(pump(), Pump::finished);
}

// --- Time --------------------------------------------------------------------------------------

TEST_F(ConnectionTest, SpeaksItsLastWordsWhenTheTimeIsOver) {
    connection_->time_out(turn());
    EXPECT_EQ(pump(), Pump::finished);
    EXPECT_EQ(transport_->sent, "too late");
}

TEST_F(ConnectionTest, SaysNothingToAPeerThatTakesNothing) {
    transport_->room = 0;
    arrives("a");
    pump();
    transport_->room = SIZE_MAX;
    connection_->time_out(turn());
    EXPECT_EQ(pump(), Pump::finished);
    EXPECT_EQ(transport_->sent, "");
}

TEST_F(ConnectionTest, AwaitsWhatItsSessionDoes) {
    struct Case {
        Phase phase;
        Wait wait;
    };

    for (const Case& row : {
             Case{Phase::fresh, Wait::idle},
             Case{Phase::idle, Wait::idle},
             Case{Phase::head, Wait::head},
             Case{Phase::body, Wait::body},
             Case{Phase::working, Wait::working},
             Case{Phase::sending, Wait::writing},
             Case{Phase::lingering, Wait::lingering},
             Case{Phase::done, Wait::lingering},
         }) {
        session_->now = row.phase;
        EXPECT_EQ(connection_->awaited(), row.wait);
    }
}

TEST_F(ConnectionTest, AwaitsWritingWhileOutputWaitsWhateverItsSessionDoes) {
    transport_->room = 0;
    arrives("a");
    pump();
    for (const Phase phase : {Phase::idle, Phase::head, Phase::lingering, Phase::done}) {
        session_->now = phase;
        EXPECT_EQ(connection_->awaited(), Wait::writing);
    }
}

TEST_F(ConnectionTest, BytesThatComeAreNoProgress) {
    session_->answering = false;
    arrives("a");
    pump();
    EXPECT_FALSE(connection_->take_progress());
}

TEST_F(ConnectionTest, AnAnswerIsProgressOnce) {
    arrives("a");
    pump();
    EXPECT_TRUE(connection_->take_progress());
    EXPECT_FALSE(connection_->take_progress());
}

TEST_F(ConnectionTest, BytesThatLeaveAreProgressAndThoseThatDoNotAreNot) {
    transport_->room = 1;
    session_->padding = 2 * limits::progress_bytes;
    arrives("a");
    pump();
    EXPECT_TRUE(connection_->take_progress());
    transport_->room = 0;
    connection_->note(EPOLLOUT);
    pump();
    EXPECT_FALSE(connection_->take_progress());
    transport_->room = limits::progress_bytes;
    connection_->note(EPOLLOUT);
    pump();
    EXPECT_TRUE(connection_->take_progress());
}

TEST_F(ConnectionTest, BytesThatTrickleAreNoProgressUntilTheyAreEnough) {
    transport_->room = 0;
    session_->padding = 2 * limits::progress_bytes;
    arrives("a");
    pump();
    EXPECT_TRUE(connection_->take_progress());  // It was begun.
    const std::size_t step = limits::progress_bytes / 4;
    for (int taken = 0; taken < 3; ++taken) {
        transport_->room = step;
        connection_->note(EPOLLOUT);
        pump();
        EXPECT_FALSE(connection_->take_progress());
    }
    transport_->room = step;
    connection_->note(EPOLLOUT);
    pump();
    EXPECT_TRUE(connection_->take_progress());
}

// --- Handshakes --------------------------------------------------------------------------------

TEST_F(ConnectionTest, HasNoSessionBeforeTheHandshakeIsOver) {
    open(Protocol::undecided);
    arrives("", State::again);
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(session_, nullptr);
    EXPECT_EQ(connection_->awaited(), Wait::handshake);
}

TEST_F(ConnectionTest, SpeaksTheProtocolThatWasAgreedOn) {
    open(Protocol::undecided);
    transport_->agreed = Protocol::http2;
    arrives("a");
    EXPECT_EQ(pump(), Pump::waiting);
    ASSERT_NE(session_, nullptr);
    EXPECT_EQ(session_->protocol, Protocol::http2);
    EXPECT_TRUE(session_->secure);
    EXPECT_EQ(transport_->sent, "<a>");
}

TEST_F(ConnectionTest, FinishesWhenTheHandshakeFails) {
    open(Protocol::undecided);
    arrives("", State::closed);
    EXPECT_EQ(pump(), Pump::finished);
}

TEST_F(ConnectionTest, FinishesWhenTheHandshakeTakesTooLong) {
    open(Protocol::undecided);
    connection_->time_out(turn());
    EXPECT_EQ(pump(), Pump::finished);
}

TEST_F(ConnectionTest, TellsThePeerWhenNothingMoreComes) {
    session_->now = Phase::lingering;
    arrives("a");
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_GE(transport_->ends, 1);
    session_->now = Phase::done;
    EXPECT_EQ(pump(), Pump::finished);
}

// --- Drain -------------------------------------------------------------------------------------

TEST_F(ConnectionTest, LetsItsSessionSayGoodbye) {
    connection_->drain(turn());
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(transport_->sent, "goodbye");
}

TEST_F(ConnectionTest, WaitsAWhileForAHandshakeThatTheDrainInterrupts) {
    open(Protocol::undecided);
    http::Turn draining = turn();
    draining.draining = limits::drain_fresh_time - std::chrono::milliseconds(1);
    connection_->drain(draining);
    EXPECT_EQ(pump(), Pump::waiting);
    draining.draining = limits::drain_fresh_time;
    connection_->drain(draining);
    EXPECT_EQ(pump(), Pump::finished);
}

// --- Answers of workers ------------------------------------------------------------------------

TEST_F(ConnectionTest, PutsAWorkersAnswerBehindWhatWaits) {
    transport_->room = 0;
    arrives("a");
    pump();
    session_->now = Phase::working;
    connection_->answer(5, http::Response(), turn());
    transport_->room = SIZE_MAX;
    connection_->note(EPOLLOUT);
    EXPECT_EQ(pump(), Pump::waiting);
    EXPECT_EQ(transport_->sent, "<a>answer 5 200");
}

TEST_F(ConnectionTest, LeavesTheLoopsOutputAlone) {
    session_->now = Phase::working;
    connection_->answer(5, http::Response(), turn());
    EXPECT_TRUE(output_.empty());
    EXPECT_TRUE(connection_->has_output());
}

}  // namespace
}  // namespace cloister::server
