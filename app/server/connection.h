// SPDX-License-Identifier: MIT
// One Transport and one Session, and the pump between them: send what waits, then read what came,
// until neither goes on.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>

#include "base/output.h"
#include "base/peer.h"
#include "http/session.h"
#include "server/deadlines.h"
#include "server/event_loop.h"
#include "transport/transport.h"

namespace cloister::server {

// Where pump() stopped.
enum class Pump : std::uint8_t {
    waiting,   // the kernel will tell when it can go on
    unfair,    // it could go on, but others should have a turn first
    finished,  // close it
};

// Makes the session for `protocol`, which is decided.
using SessionMaker = std::unique_ptr<http::Session> (*)(transport::Protocol protocol,
                                                        const base::Peer& peer, bool secure);

class Connection : public Deadline {
  public:
    // `handler` outlives the connection; `token` is its name in the loop. The session is made when
    // the transport knows the protocol: at once, or after a handshake.
    Connection(std::unique_ptr<transport::Transport> transport, const base::Peer& peer,
               SessionMaker make_session, const http::Handler& handler, Token token);

    // epoll(7) reported `events`.
    void note(std::uint32_t events);

    // Goes on as far as the kernel lets it. `turn` is made for this connection's handler, its
    // output is empty; `buffer` is the loop's, for reading.
    Pump pump(http::Turn& turn, std::span<char> buffer);

    // A worker has answered. Then pump().
    void answer(std::uint32_t stream, http::Response response, const http::Turn& turn);

    // The deadline has passed. Then pump(), which will find it finished as soon as its last words
    // are sent.
    void time_out(const http::Turn& turn);

    // The wait that its deadline measures now.
    [[nodiscard]] Wait awaited() const;

    // True once after each call of pump() in which an answer was begun, or limits::progress_bytes
    // more have left: the deadline starts anew.
    [[nodiscard]] bool take_progress() { return std::exchange(progress_, false); }

    // The server ends: called when that begins and several times a second from then on. Then
    // pump().
    void drain(const http::Turn& turn);

    [[nodiscard]] bool has_output() const { return !unsent_.empty() || transport_->has_unsent(); }

    [[nodiscard]] const http::Handler& handler() const { return handler_; }

    [[nodiscard]] Token token() const { return token_; }

    [[nodiscard]] int descriptor() const { return transport_->descriptor(); }

  private:
    bool flush(base::Output& output, std::span<char> scratch);
    void flush_or_keep(base::Output& output, std::span<char> scratch);
    bool advance(http::Turn& turn, std::span<char> buffer);
    void choose_session();
    [[nodiscard]] http::Phase phase() const;
    http::Turn to_unsent(const http::Turn& turn);
    void read(http::Turn& turn, std::span<char> buffer);

    std::unique_ptr<transport::Transport> transport_;
    std::unique_ptr<http::Session> session_;  // null until the transport has shaken hands
    SessionMaker make_session_;
    const http::Handler& handler_;
    Token token_;
    base::Peer peer_;
    base::Output unsent_;
    bool readable_ = false;
    bool peer_ended_ = false;  // epoll says that the peer has closed its side
    bool broken_ = false;
    bool crowded_ = false;  // the kernel takes no more output now
    bool progress_ = false;
    std::size_t sent_bytes_ = 0;  // since the last progress
};

}  // namespace cloister::server
