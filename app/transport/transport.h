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

class Transport {
  public:
    Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;
    virtual ~Transport() = default;

    // Reads once. Bytes may come together with `again`: then these were the last for now.
    virtual Io read(std::span<char> into) = 0;

    // Sends from the front of `output` and consumes what was sent. `ok` with bytes left means that
    // this connection has had its share and others should have theirs.
    virtual Io write(base::Output& output) = 0;

    // The socket, for epoll(7); owned by the transport.
    [[nodiscard]] virtual int descriptor() const = 0;
};

}  // namespace cloister::transport
