// SPDX-License-Identifier: MIT
#include "server/connection.h"

#include <utility>

namespace cloister::server {

using http::Phase;
using transport::State;

namespace {

// Reads of one connection before others have a turn.
constexpr int fair_rounds = 4;

}  // namespace

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
        if (!flush(unsent_)) {
            return broken_ ? Pump::finished : (crowded_ ? Pump::waiting : Pump::unfair);
        }
        if (session_->phase() == Phase::done) {
            return Pump::finished;
        }
        if (session_->has_backlog()) {
            session_->resume(turn);
        } else if (readable_ && session_->phase() != Phase::working) {
            read(turn, buffer);
        } else {
            return Pump::waiting;
        }
        // What the loop's buffer cannot send at once becomes this connection's own.
        if (!turn.output.empty()) {
            progress_ = true;
            if (!flush(turn.output)) {
                std::swap(unsent_, turn.output);
            }
        }
    }
    return broken_ ? Pump::finished : Pump::unfair;
}

// Sends; true if all has left.
bool Connection::flush(base::Output& output) {
    if (output.empty()) {
        return true;
    }
    const transport::Io io = transport_->write(output);
    progress_ = progress_ || io.bytes != 0;
    broken_ = io.state == State::closed;
    crowded_ = io.state == State::again;
    return output.empty() && !broken_;
}

void Connection::read(http::Turn& turn, std::span<char> buffer) {
    const transport::Io io = transport_->read(buffer);
    // An end that epoll has announced is behind the last byte: keep reading until it comes.
    readable_ = io.state == State::ok || (io.bytes != 0 && peer_ended_);
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
    if (has_output()) {
        broken_ = true;  // The peer has taken nothing for too long; no word would reach it.
        return;
    }
    http::Turn own = to_unsent(turn);
    session_->time_out(own);
}

// Outside pump() earlier output may still wait, so what is added goes behind it.
http::Turn Connection::to_unsent(const http::Turn& turn) {
    return {.handler = turn.handler,
            .date = turn.date,
            .draining = turn.draining,
            .scratch = turn.scratch,
            .output = unsent_,
            .deferred = turn.deferred};
}

Wait Connection::awaited() const {
    if (has_output()) {
        return Wait::writing;
    }
    switch (session_->phase()) {
        case Phase::head:
            return Wait::head;
        case Phase::body:
            return Wait::body;
        case Phase::working:
            return Wait::working;
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
