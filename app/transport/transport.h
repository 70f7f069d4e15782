// SPDX-License-Identifier: MIT
// How bytes cross one connection: plain, or TLS. Never blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/output.h"

namespace cloister::transport {

// What became of one attempt.
enum class State : std::uint8_t {
    ok,      // there may be more to do at once
    again,   // the kernel has no more now; it will tell through epoll(7)
    closed,  // the peer is gone, or has ended its side (reading)
};

struct Io {
    std::size_t bytes = 0;
    State state = State::ok;
};

// The version of HTTP that both sides have agreed on (ALPN, RFC 7301), or that they will when the
// handshake is over.
enum class Protocol : std::uint8_t { undecided, http1, http2 };

class Transport {
  public:
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    // Reads, and shakes hands if that is not over. Bytes may come together with `again`: then these
    // were the last for now. `again` without bytes means that the kernel has nothing. To be
    // followed by write(), if has_unsent().
    virtual Io read(std::span<char> into) = 0;

    // Sends what has_unsent() of earlier calls, then from the front of `output`, and consumes what
    // it took over. `ok` with bytes left means that this connection has had its share and others
    // should have theirs. Io::bytes counts what the kernel took. `scratch` is room to work in.
    virtual Io write(base::Output& output, std::span<char> scratch) = 0;

    // Bytes that were taken over, or that are the transport's own, wait for the kernel: write()
    // goes on with them, even if its output is empty.
    [[nodiscard]] virtual bool has_unsent() const = 0;

    // Tells the peer that nothing more will be sent, where that can be told without closing the
    // socket. Call it when all output has left; a second call does nothing.
    virtual void end() = 0;

    [[nodiscard]] virtual Protocol protocol() const = 0;

    // Nobody on the way can read what crosses it.
    [[nodiscard]] virtual bool is_secure() const = 0;

    // The socket, for epoll(7); owned by the transport.
    [[nodiscard]] virtual int descriptor() const = 0;
};

}  // namespace cloister::transport
