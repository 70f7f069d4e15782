// SPDX-License-Identifier: MIT
// The loop's listeners: accepting, leaving connections to other loops, and what to do when there is
// no room.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/limits.h"
#include "base/peer.h"
#include "http/http1.h"
#include "http/http2.h"
#include "server/loop.h"
#include "server/overload.h"
#include "server/tokens.h"
#include "transport/plain.h"
#include "transport/tls.h"

namespace cloister::server {

namespace limits = base::limits;

namespace {

constexpr std::uint32_t connection_events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

// The kernel wakes one of the loops for a new connection, not all.
constexpr std::uint32_t listener_events = EPOLLIN | EPOLLEXCLUSIVE;

// accept(2): there is no connection, or this one has failed already; the next may be good.
bool is_about_one_connection(int error) {
    static constexpr std::array passing = {ECONNABORTED, EINTR,       EPROTO,     EPERM,
                                           ENETDOWN,     ENOPROTOOPT, EHOSTDOWN,  ENONET,
                                           EHOSTUNREACH, EOPNOTSUPP,  ENETUNREACH};
    return std::find(passing.begin(), passing.end(), error) != passing.end();
}

std::unique_ptr<transport::Transport> make_transport(base::Fd socket, const Endpoint& endpoint) {
    if (endpoint.keyring == nullptr) {
        return std::make_unique<transport::Plain>(std::move(socket));
    }
    return std::make_unique<transport::Tls>(std::move(socket), *endpoint.keyring);
}

std::unique_ptr<http::Session> make_session(transport::Protocol protocol, const base::Peer& peer,
                                            bool secure) {
    if (protocol == transport::Protocol::http2) {
        return std::make_unique<http::Http2>(peer, secure);
    }
    return std::make_unique<http::Http1>(peer, secure);
}

}  // namespace

void Loop::watch_listeners() {
    for (std::size_t index = 0; index < endpoints_.size(); ++index) {
        if (!events_.watch(endpoints_[index].listener, listener_events, listener_bit | index)) {
            log_.error("cannot watch a listener: out of memory or of epoll watches");
        }
    }
    accepting_ = true;
    accept_again_.reset();
}

void Loop::pause_listeners() {
    for (const Endpoint& endpoint : endpoints_) {
        events_.unwatch(endpoint.listener);
    }
    accepting_ = false;
    accept_again_ = now_ + limits::accept_pause;
}

void Loop::accept(const Endpoint& endpoint) {
    for (std::size_t count = 0; count < limits::accept_batch_count; ++count) {
        if (!can_admit()) {
            pause_listeners();  // Every connection is busy; the kernel's queue holds the new ones.
            return;
        }
        if (!accept_one(endpoint)) {
            return;
        }
    }
}

// False when there is nothing more to accept now.
bool Loop::accept_one(const Endpoint& endpoint) {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    base::Fd socket(::accept4(endpoint.listener, reinterpret_cast<sockaddr*>(&address), &length,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket) {
        accepted_.fetch_add(1, std::memory_order_relaxed);
        const base::Peer peer = base::Peer::from(address);
        Arrival arrival{std::move(socket), peer, &endpoint, admission_.enter(peer)};
        Loop* const idler = find_idler();
        (idler != nullptr ? idler : this)->live_.fetch_add(1, std::memory_order_relaxed);
        if (idler != nullptr) {
            idler->hand_over(std::move(arrival));
        } else {
            admit(std::move(arrival));
        }
        return true;
    }
    if (is_about_one_connection(errno)) {
        return true;
    }
    if (errno != EAGAIN) {
        warn_of_exhaustion();
        pause_listeners();
    }
    return false;
}

// The kernel wakes whoever sleeps first in its list, so one loop may get all connections that come
// together, and keep them. One other loop is looked at for each: that evens out any number of them.
Loop* Loop::find_idler() {
    if (siblings_.empty()) {
        return nullptr;
    }
    Loop* const other = siblings_[next_sibling_++ % siblings_.size()];
    if (other->drain_waiter_ != nullptr) {
        return nullptr;
    }
    const bool idler = other->connection_count() + limits::uneven_count <= connection_count();
    return idler ? other : nullptr;
}

// Called by other loops: this one takes it in its next turn, but it counts already.
void Loop::hand_over(Arrival arrival) {
    bool first = false;
    {
        const std::lock_guard lock(mailbox_mutex_);
        first = arrivals_.empty();
        arrivals_.push_back(std::move(arrival));
    }
    if (first) {
        events_.wake();
    }
}

bool Loop::can_admit() const {
    return live_.load(std::memory_order_relaxed) - refused_ < connection_limit_ ||
           refused_ < limits::refusal_count || deadlines_.oldest(Wait::idle) != nullptr;
}

// It may last, and every 100 ms is tried again: one line a minute says enough.
void Loop::warn_of_exhaustion() {
    if (!warn_again_ || *warn_again_ <= now_) {
        log_.warning("accept: out of descriptors or memory; connections wait until some are free");
        warn_again_ = now_ + limits::repeated_warning_pause;
    }
}

// Of one that is counted in live_. A peer with all its places, or everybody when all are busy, is
// told so; who cannot even be told finds the connection closed.
void Loop::admit(Arrival arrival) {
    if (!arrival.place && end_idle_one_of(arrival.peer)) {
        arrival.place = admission_.enter(arrival.peer);
    }
    bool refused = !arrival.place;
    if (!refused) {
        make_room();
        refused = is_full();
    }
    if (refused && refused_ >= limits::refusal_count) {
        live_.fetch_sub(1, std::memory_order_relaxed);
        return;
    }
    seat(std::move(arrival), refused);
}

// Is there one more than places? The one that is coming counts already.
bool Loop::is_full() const {
    return live_.load(std::memory_order_relaxed) - refused_ > connection_limit_;
}

// At the limit, the connections that have been idle the longest give way: to one that is there, not
// to one that may come.
void Loop::make_room() {
    while (is_full()) {
        Deadline* const oldest = deadlines_.oldest(Wait::idle);
        if (oldest == nullptr) {
            return;
        }
        close(*static_cast<Connection*>(oldest));
    }
}

// The connection of `peer` that has been idle the longest gives way to its next one. Only so many
// are looked at: of a peer that has a good part of all places, one is among them.
bool Loop::end_idle_one_of(const base::Peer& peer) {
    Deadline* idle = deadlines_.oldest(Wait::idle);
    for (std::size_t seen = 0; idle != nullptr && seen < limits::idle_search_count; ++seen) {
        auto& connection = *static_cast<Connection*>(idle);
        if (slots_[slot_of(connection.token())].place.is_of(peer)) {
            close(connection);
            return true;
        }
        idle = idle->after;
    }
    return false;
}

bool Loop::add_connection(base::Fd socket, const base::Peer& peer, const Endpoint& endpoint) {
    live_.fetch_add(1, std::memory_order_relaxed);
    return seat({std::move(socket), peer, &endpoint, {}}, false);
}

// Of one that is counted in live_.
bool Loop::seat(Arrival arrival, bool refused) {
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t index = free_slots_.back();
    Slot& slot = slots_[index];
    const Token token = Token{slot.generation} << 32 | index;
    if (!events_.watch(arrival.socket.get(), connection_events, token)) {
        live_.fetch_sub(1, std::memory_order_relaxed);
        return false;
    }
    free_slots_.pop_back();
    slot.connection = std::make_unique<Connection>(
        make_transport(std::move(arrival.socket), *arrival.endpoint), arrival.peer, make_session,
        refused ? refusing_handler() : *arrival.endpoint->handler, token);
    slot.place = std::move(arrival.place);
    slot.refused = refused;
    refused_ += refused ? 1 : 0;
    deadlines_.start(*slot.connection, slot.connection->awaited(), now_);
    return true;
}

}  // namespace cloister::server
