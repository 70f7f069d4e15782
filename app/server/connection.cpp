// SPDX-License-Identifier: MIT
#include "server/connection.h"

#include <utility>

#include "base/limits.h"

namespace cloister::server {

using http::Phase;
using transport::State;

namespace {

// Reads of one connection before others have a turn.
constexpr int fair_rounds = 4;

}  // namespace

Connection::Connection(std::unique_ptr<transport::Transport> transport, const base::Peer& peer,
                       SessionMaker make_session, const http::Handler& handler, Token token)
    : transport_(std::move(transport)),
      make_session_(make_session),
      handler_(handler),
      token_(token),
      peer_(peer) {
    choose_session();
}

void Connection::choose_session() {
    if (!session_ && transport_->protocol() != transport::Protocol::undecided) {
        session_ = make_session_(transport_->protocol(), peer_, transport_->is_secure());
    }
}

void Connection::note(std::uint32_t events) {
    readable_ = readable_ || (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    peer_ended_ = peer_ended_ || (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    crowded_ = crowded_ && (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) == 0;
}

Pump Connection::pump(http::Turn& turn, std::span<char> buffer) {
    for (int round = 0; round < fair_rounds; ++round) {
        if (broken_) {
            return Pump::finished;
        }
        if (crowded_) {
            return Pump::waiting;
        }
        if (!flush(unsent_, buffer)) {
            return broken_ ? Pump::finished : (crowded_ ? Pump::waiting : Pump::unfair);
        }
        if (phase() == Phase::done) {
            transport_->end();
            return Pump::finished;
        }
        if (!advance(turn, buffer)) {
            return Pump::waiting;
        }
    }
    return broken_ ? Pump::finished : Pump::unfair;
}

// What the session waits for; without one, for bytes of the handshake.
Phase Connection::phase() const {
    return session_ ? session_->phase() : Phase::fresh;
}

// One step further with an empty output; false if there is nothing to do before the next event.
bool Connection::advance(http::Turn& turn, std::span<char> buffer) {
    if (session_ && session_->has_backlog()) {
        session_->resume(turn);
        flush_or_keep(turn.output, buffer);
        if (has_output() || !session_->has_backlog()) {
            return true;
        }
        // A long answer over HTTP/2 must not make the session deaf meanwhile.
    } else if (!readable_) {
        return false;
    }
    if (readable_ && (!session_ || session_->takes_input())) {
        read(turn, buffer);
        flush_or_keep(turn.output, buffer);
        return true;
    }
    return session_ && session_->has_backlog();
}

// What the loop's output cannot send at once becomes this connection's own.
void Connection::flush_or_keep(base::Output& output, std::span<char> scratch) {
    progress_ = progress_ || !output.empty();
    if (!flush(output, scratch) && !output.empty()) {
        std::swap(unsent_, output);
    }
}

// Sends; true if all has left. A session that reads on to its end has said its last word.
bool Connection::flush(base::Output& output, std::span<char> scratch) {
    if (!output.empty() || transport_->has_unsent()) {
        const transport::Io io = transport_->write(output, scratch);
        sent_bytes_ += io.bytes;
        if (sent_bytes_ >= base::limits::progress_bytes) {
            progress_ = true;
            sent_bytes_ = 0;
        }
        broken_ = io.state == State::closed;
        crowded_ = io.state == State::again;
        if (broken_ || !output.empty() || transport_->has_unsent()) {
            return false;
        }
    }
    if (phase() == Phase::lingering) {
        transport_->end();
    }
    return true;
}

void Connection::read(http::Turn& turn, std::span<char> buffer) {
    const transport::Io io = transport_->read(buffer);
    // An end that epoll has announced is behind the last byte: keep reading until it comes.
    readable_ = io.state == State::ok || (io.bytes != 0 && peer_ended_);
    choose_session();
    if (!session_) {
        broken_ = io.state == State::closed;  // It did not get as far as a first request.
        return;
    }
    if (io.bytes != 0) {
        session_->receive({buffer.data(), io.bytes}, turn);
    }
    if (io.state == State::closed) {
        session_->end_of_input();
    }
}

void Connection::answer(std::uint32_t stream, http::Response response, const http::Turn& turn) {
    http::Turn own = to_unsent(turn);
    session_->answer(stream, std::move(response), own);
    progress_ = true;
}

void Connection::time_out(const http::Turn& turn) {
    if (has_output() || !session_) {
        broken_ = true;  // The peer has taken nothing for too long; no word would reach it.
        return;
    }
    http::Turn own = to_unsent(turn);
    session_->time_out(own);
}

void Connection::drain(const http::Turn& turn) {
    if (!session_) {
        broken_ = broken_ || *turn.draining >= base::limits::drain_fresh_time;
        return;
    }
    http::Turn own = to_unsent(turn);
    session_->drain(own);
}

// Outside pump() earlier output may still wait, so what is added goes behind it.
http::Turn Connection::to_unsent(const http::Turn& turn) {
    return {.handler = turn.handler,
            .date = turn.date,
            .now = turn.now,
            .draining = turn.draining,
            .scratch = turn.scratch,
            .output = unsent_,
            .deferred = turn.deferred};
}

Wait Connection::awaited() const {
    if (has_output()) {
        return Wait::writing;
    }
    if (!session_) {
        return Wait::handshake;
    }
    switch (session_->phase()) {
        case Phase::head:
            return Wait::head;
        case Phase::body:
            return Wait::body;
        case Phase::working:
            return Wait::working;
        case Phase::sending:
            return Wait::writing;
        case Phase::lingering:
        case Phase::done:
            return Wait::lingering;
        case Phase::fresh:
        case Phase::idle:
            break;
    }
    return Wait::idle;
}

}  // namespace cloister::server
