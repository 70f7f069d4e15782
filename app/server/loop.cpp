// SPDX-License-Identifier: MIT
#include "server/loop.h"

#include <algorithm>
#include <utility>

#include "base/date.h"
#include "base/limits.h"
#include "server/overload.h"
#include "server/tokens.h"

namespace cloister::server {

namespace limits = base::limits;

Loop::Loop(const std::vector<Endpoint>& endpoints, Workers& workers, Admission& admission,
           const base::Log& log, std::size_t connection_limit)
    : endpoints_(endpoints),
      workers_(workers),
      admission_(admission),
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
    take_mail();
    expire();
    drain();
    turns_.fetch_add(1, std::memory_order_relaxed);
}

void Loop::handle(const epoll_event& event) {
    const Token token = event.data.u64;
    if (token >= EventLoop::retire_token) {
        asked_to_end_ = asked_to_end_ || token == EventLoop::end_token;
        asked_to_retire_ = asked_to_retire_ || token == EventLoop::retire_token;
        return;  // The mail and the drain are looked at in every turn.
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
        first = deliveries_.empty();
        deliveries_.push_back(std::move(delivery));
    }
    if (first) {
        events_.wake();
    }
}

void Loop::take_mail() {
    std::vector<Delivery> deliveries;
    std::vector<Arrival> arrivals;
    {
        const std::lock_guard lock(mailbox_mutex_);
        deliveries.swap(deliveries_);
        arrivals.swap(arrivals_);
    }
    for (Arrival& arrival : arrivals) {
        admit(std::move(arrival));
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
    slots_[index].place = {};
    refused_ -= std::exchange(slots_[index].refused, false) ? 1 : 0;
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
    if (waiter == nullptr) {
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
    // A loop that has not heard of the drain yet may still leave a connection to this one.
    const bool is_empty = live_ == 0;
    if (drained_.exchange(is_empty) != is_empty && is_empty) {
        waiter->wake();
    }
}

}  // namespace cloister::server
