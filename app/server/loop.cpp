// SPDX-License-Identifier: MIT
#include "server/loop.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/date.h"
#include "base/limits.h"
#include "base/peer.h"
#include "http/http1.h"
#include "http/http2.h"
#include "transport/plain.h"
#include "transport/tls.h"

namespace cloister::server {

namespace limits = base::limits;

namespace {

// Tokens of connections are generation and slot; those of listeners have the highest bit as well.
constexpr Token listener_bit = Token{1} << 63;
constexpr std::uint32_t generation_mask = 0x7fffffff;

std::size_t slot_of(Token token) {
    return token & 0xffffffff;
}

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

http::Response overloaded() {
    http::Response response = http::plain_answer(503);
    response.fields.push_back({"Retry-After", "1"});
    return response;
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

Loop::Loop(const std::vector<Endpoint>& endpoints, Workers& workers, const base::Log& log,
           std::size_t connection_limit)
    : endpoints_(endpoints),
      workers_(workers),
      log_(log),
      connection_limit_(connection_limit),
      buffer_(limits::read_bytes) {
    read_clocks();
    watch_listeners();
}

void Loop::run_once(std::optional<Clock::time_point> due) {
    const std::optional<Clock::time_point> own = next_due();
    if (own && (!due || *own < *due)) {
        due = own;
    }
    const std::span<const epoll_event> events =
        events_.wait(unfinished_.empty() ? due : Clock::time_point::min(), now_);
    read_clocks();
    // Taken before the events, because who gives way now has had its share of this turn.
    const std::vector<Token> unfinished = std::exchange(unfinished_, {});
    for (const epoll_event& event : events) {
        handle(event);
    }
    for (const Token token : unfinished) {
        if (Connection* const connection = find(token)) {
            slots_[slot_of(token)].gave_way = false;
            go_on(*connection);
        }
    }
    take_deliveries();
    expire();
    drain();
    turns_.fetch_add(1, std::memory_order_relaxed);
}

void Loop::handle(const epoll_event& event) {
    const Token token = event.data.u64;
    if (token == EventLoop::wake_token || token == EventLoop::signal_token) {
        signalled_ = signalled_ || token == EventLoop::signal_token;
        return;  // Deliveries and the drain are looked at in every turn.
    }
    if ((token & listener_bit) != 0) {
        const std::size_t index = token & ~listener_bit;
        if (accepting_ && index < endpoints_.size()) {
            accept(endpoints_[index]);
        }
        return;
    }
    if (Connection* const connection = find(token)) {
        connection->note(event.events);
        if (!slots_[slot_of(token)].gave_way) {  // Else its turn comes, and it has but one.
            go_on(*connection);
        }
    }
}

// --- Accepting

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
        if (!has_room()) {
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
        make_room();
        add_connection(std::move(socket), base::Peer::from(address), endpoint);
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

bool Loop::has_room() const {
    return live_.load(std::memory_order_relaxed) < connection_limit_ ||
           deadlines_.oldest(Wait::idle) != nullptr;
}

// It may last, and every 100 ms is tried again: one line a minute says enough.
void Loop::warn_of_exhaustion() {
    if (!warn_again_ || *warn_again_ <= now_) {
        log_.warning("accept: out of descriptors or memory; connections wait until some are free");
        warn_again_ = now_ + limits::repeated_warning_pause;
    }
}

// At the limit, the connection that has been idle the longest gives way: to one that is there, not
// to one that may come.
void Loop::make_room() {
    Deadline* const oldest = deadlines_.oldest(Wait::idle);
    if (live_.load(std::memory_order_relaxed) >= connection_limit_ && oldest != nullptr) {
        close(*static_cast<Connection*>(oldest));
    }
}

bool Loop::add_connection(base::Fd socket, const base::Peer& peer, const Endpoint& endpoint) {
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t index = free_slots_.back();
    const Token token = Token{slots_[index].generation} << 32 | index;
    if (!events_.watch(socket.get(), connection_events, token)) {
        return false;
    }
    free_slots_.pop_back();
    slots_[index].connection = std::make_unique<Connection>(
        make_transport(std::move(socket), endpoint), peer, make_session, *endpoint.handler, token);
    deadlines_.start(*slots_[index].connection, slots_[index].connection->awaited(), now_);
    live_.fetch_add(1, std::memory_order_relaxed);
    return true;
}

// --- Connections

Connection* Loop::find(Token token) {
    const std::size_t index = slot_of(token);
    if (index >= slots_.size() || slots_[index].generation != token >> 32) {
        return nullptr;
    }
    return slots_[index].connection.get();
}

http::Turn Loop::turn_for(const Connection& connection) {
    output_.clear();
    return {.handler = connection.handler(),
            .date = date_,
            .now = now_,
            .draining = drain_began_ ? std::optional(now_ - *drain_began_) : std::nullopt,
            .scratch = scratch_,
            .output = output_,
            .deferred = deferred_};
}

void Loop::go_on(Connection& connection) {
    http::Turn turn = turn_for(connection);
    const Pump stopped = connection.pump(turn, buffer_);
    pass_to_workers(connection);
    if (stopped == Pump::finished) {
        close(connection);
        return;
    }
    bool& gave_way = slots_[slot_of(connection.token())].gave_way;
    if (stopped == Pump::unfair && !gave_way) {
        gave_way = true;
        unfinished_.push_back(connection.token());
    }
    const bool progress = connection.take_progress();
    if (progress || !connection.running || connection.Deadline::wait != connection.awaited()) {
        deadlines_.start(connection, connection.awaited(), now_);
    }
}

void Loop::pass_to_workers(Connection& connection) {
    for (http::Deferred& deferred : deferred_) {
        const Token token = connection.token();
        const std::uint32_t stream = deferred.stream;
        Job job{.request = std::move(deferred.request),
                .answer = &connection.handler().blocking,
                .deliver = [this, token, stream](http::Response response) {
                    deliver({token, stream, std::move(response)});
                }};
        if (!workers_.submit(std::move(job))) {
            deliver({token, stream, overloaded()});
        }
    }
    deferred_.clear();
}

// Called by workers: the loop takes it in its next turn.
void Loop::deliver(Delivery delivery) {
    bool first = false;
    {
        const std::lock_guard lock(mailbox_mutex_);
        first = mailbox_.empty();
        mailbox_.push_back(std::move(delivery));
    }
    if (first) {
        events_.wake();
    }
}

void Loop::take_deliveries() {
    std::vector<Delivery> deliveries;
    {
        const std::lock_guard lock(mailbox_mutex_);
        deliveries.swap(mailbox_);
    }
    for (Delivery& delivery : deliveries) {
        if (Connection* const connection = find(delivery.token)) {
            connection->answer(delivery.stream, std::move(delivery.response),
                               turn_for(*connection));
            go_on(*connection);
        }
    }
}

void Loop::close(Connection& connection) {
    const std::size_t index = slot_of(connection.token());
    deadlines_.stop(connection);
    slots_[index].connection.reset();
    slots_[index].generation = (slots_[index].generation + 1) & generation_mask;
    slots_[index].gave_way = false;
    free_slots_.push_back(static_cast<std::uint32_t>(index));
    live_.fetch_sub(1, std::memory_order_relaxed);
}

// --- Time

void Loop::read_clocks() {
    now_ = Clock::now();
    const auto second = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    if (second != second_) {
        second_ = second;
        date_ = base::http_date(second);
    }
}

std::optional<Clock::time_point> Loop::next_due() const {
    std::optional<Clock::time_point> due = deadlines_.next();
    const auto include = [&due](Clock::time_point other) {
        due = due ? std::min(*due, other) : other;
    };
    if (accept_again_) {
        include(*accept_again_);
    }
    if (drain_began_ && live_ != 0) {
        include(drain_again_);
    }
    return due;
}

void Loop::expire() {
    while (Deadline* const expired = deadlines_.take_expired(now_)) {
        auto& connection = *static_cast<Connection*>(expired);
        connection.time_out(turn_for(connection));
        go_on(connection);
    }
    if (accept_again_ && *accept_again_ <= now_) {
        watch_listeners();
    }
}

void Loop::begin_drain(const EventLoop& waiter) {
    drain_waiter_ = &waiter;
    events_.wake();
}

// Every connection is told, at the beginning and then several times a second: each knows by itself
// when it has nothing left to wait for.
void Loop::drain() {
    const EventLoop* const waiter = drain_waiter_;
    if (waiter == nullptr || drained_) {
        return;
    }
    if (!drain_began_) {
        drain_began_ = drain_again_ = now_;
        if (accepting_) {
            pause_listeners();
        }
        accept_again_.reset();
    }
    if (now_ >= drain_again_) {
        drain_again_ = now_ + limits::drain_idle_time / 2;
        for (const Slot& slot : slots_) {
            if (slot.connection) {
                slot.connection->drain(turn_for(*slot.connection));
                go_on(*slot.connection);
            }
        }
    }
    if (live_ == 0) {
        drained_ = true;
        waiter->wake();
    }
}

}  // namespace cloister::server
