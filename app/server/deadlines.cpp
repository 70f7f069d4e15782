// SPDX-License-Identifier: MIT
#include "server/deadlines.h"

#include "base/limits.h"

namespace cloister::server {

namespace limits = base::limits;

namespace {

// In the order of Wait.
constexpr std::array<std::chrono::milliseconds, wait_count> lengths = {
    limits::idle_time, limits::handshake_time, limits::head_time,   limits::body_time,
    limits::work_time, limits::write_time,     limits::linger_time,
};

}  // namespace

void Deadlines::start(Deadline& deadline, Wait wait, Clock::time_point now) {
    stop(deadline);
    List& list = lists_.at(static_cast<std::size_t>(wait));
    deadline.wait = wait;
    deadline.due = now + lengths.at(static_cast<std::size_t>(wait));
    deadline.running = true;
    deadline.before = list.last;
    deadline.after = nullptr;
    (list.last != nullptr ? list.last->after : list.first) = &deadline;
    list.last = &deadline;
}

void Deadlines::stop(Deadline& deadline) {
    if (!deadline.running) {
        return;
    }
    List& list = lists_.at(static_cast<std::size_t>(deadline.wait));
    (deadline.before != nullptr ? deadline.before->after : list.first) = deadline.after;
    (deadline.after != nullptr ? deadline.after->before : list.last) = deadline.before;
    deadline.running = false;
}

std::optional<Clock::time_point> Deadlines::next() const {
    std::optional<Clock::time_point> earliest;
    for (const List& list : lists_) {
        if (list.first != nullptr && (!earliest || list.first->due < *earliest)) {
            earliest = list.first->due;
        }
    }
    return earliest;
}

Deadline* Deadlines::take_expired(Clock::time_point now) {
    for (const List& list : lists_) {
        if (list.first != nullptr && list.first->due <= now) {
            Deadline* const expired = list.first;
            stop(*expired);
            return expired;
        }
    }
    return nullptr;
}

Deadline* Deadlines::oldest(Wait wait) const {
    return lists_.at(static_cast<std::size_t>(wait)).first;
}

}  // namespace cloister::server
