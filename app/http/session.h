// SPDX-License-Identifier: MIT
// One connection's protocol, HTTP/1.1 or HTTP/2: bytes in, requests to the Handler, responses out
// as bytes. It does no I/O and is told the time, so tests run it on strings.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/output.h"
#include "http/message.h"

namespace cloister::http {

// A request that a worker will answer; `stream` tells the session later which one it was.
struct Deferred {
    std::uint32_t stream = 0;
    Request request;  // owns its bytes
};

// What a session may use during one call, and where it leaves what came of it. Made by the loop,
// valid for the call.
struct Turn {
    const Handler& handler;
    std::string_view date;  // an IMF-fixdate for the Date field (RFC 9110 6.6.1)
    std::chrono::steady_clock::time_point now = {};
    // The server ends, since so long: answers announce the end of the connection.
    std::optional<std::chrono::steady_clock::duration> draining = {};
    Request& scratch;                 // the loop's, so that an idle connection holds no request
    base::Output& output;             // answers, in order
    std::vector<Deferred>& deferred;  // requests for workers
};

// What the connection is waiting for; each has its deadline.
enum class Phase : std::uint8_t {
    fresh,      // for the first byte ever
    idle,       // for the next request
    head,       // for the rest of a head
    body,       // for the rest of a body
    working,    // for a worker
    sending,    // for the peer to let the rest of an answer be sent (HTTP/2's flow control)
    lingering,  // for the peer to close, dropping what it still sends
    done,       // for nothing: close once the output is sent
};

class Session {
  public:
    Session() = default;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    virtual ~Session() = default;

    // Bytes came from the peer. Takes them all; what cannot be handled yet is kept for resume().
    virtual void receive(std::string_view bytes, Turn& turn) = 0;

    // A worker has answered the request of `stream`.
    virtual void answer(std::uint32_t stream, Response response, Turn& turn) = 0;

    // All output so far has left; goes on with kept bytes, if has_backlog().
    virtual void resume(Turn& turn) = 0;
    [[nodiscard]] virtual bool has_backlog() const = 0;

    // Whether receive() may be called now; else the kernel, and so the peer, keeps the bytes.
    [[nodiscard]] virtual bool takes_input() const = 0;

    // The peer will send no more; what it asked is still answered.
    virtual void end_of_input() = 0;

    // The deadline of the present phase has passed: says so to the peer, where the protocol can,
    // and ends what was waited for.
    virtual void time_out(Turn& turn) = 0;

    // The server ends (Turn::draining is set); called when that begins and several times a second
    // from then on. Says so to the peer, where the protocol can, and ends when nothing that has
    // been asked is unanswered, a moment later so that what is on its way is answered too.
    virtual void drain(Turn& turn) = 0;

    [[nodiscard]] virtual Phase phase() const = 0;
};

}  // namespace cloister::http
