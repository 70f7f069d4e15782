// SPDX-License-Identifier: MIT
#include "transport/plain.h"

#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/limits.h"

namespace cloister::transport {

namespace limits = base::limits;

namespace {

// One call of write() sends at most this many pieces, however small, and limits::turn_bytes.
constexpr int write_rounds = 8;

State state_of_error() {
    return errno == EAGAIN || errno == EINTR ? State::again : State::closed;
}

// Files go straight from the page cache. A head that something follows would be a packet of its
// own, so the beginning of what follows is copied behind it. A file that became shorter after it
// was opened makes sendfile(2) return 0: the answer cannot be completed.
Io send_next(int socket, const base::Output& output, std::uint64_t most, std::span<char> scratch) {
    const base::Output::Front front = output.front();
    const std::span<char> room =
        scratch.first(std::min(scratch.size(), limits::coalesced_body_bytes));
    ssize_t sent = 0;
    if (front.data == nullptr) {
        auto offset = static_cast<off_t>(front.offset);
        sent = ::sendfile(socket, front.fd, &offset, std::min(front.length, most));
    } else if (front.last || front.length >= room.size()) {
        sent = ::write(socket, front.data, std::min(front.length, most));
    } else {
        sent = ::write(socket, room.data(), output.copy_next(room));
    }
    if (sent <= 0) {
        return {.bytes = 0, .state = sent == 0 ? State::closed : state_of_error()};
    }
    return {.bytes = static_cast<std::size_t>(sent), .state = State::ok};
}

}  // namespace

Io Plain::read(std::span<char> into) {
    const ssize_t received = ::recv(socket_.get(), into.data(), into.size(), 0);
    if (received <= 0) {
        return {.bytes = 0, .state = received == 0 ? State::closed : state_of_error()};
    }
    // A short read from a stream socket empties it (epoll(7)): asking again would only bring
    // EAGAIN.
    const auto bytes = static_cast<std::size_t>(received);
    return {.bytes = bytes, .state = bytes < into.size() ? State::again : State::ok};
}

Io Plain::write(base::Output& output, std::span<char> scratch) {
    Io total;
    for (int round = 0; round < write_rounds && total.bytes < limits::turn_bytes && !output.empty();
         ++round) {
        const Io io = send_next(socket_.get(), output, limits::turn_bytes - total.bytes, scratch);
        if (io.state != State::ok) {
            total.state = io.state;
            return total;
        }
        output.consume(io.bytes);
        total.bytes += io.bytes;
    }
    return total;
}

}  // namespace cloister::transport
