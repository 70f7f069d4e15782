// SPDX-License-Identifier: MIT
// Deadlines of many connections at a constant cost each: every wait has one fixed length, so within
// a wait the first to begin is the first to end, and a list in order of arrival is a list in order
// of expiry.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace cloister::server {

using Clock = std::chrono::steady_clock;

// What a connection waits for; limits.h says how long.
enum class Wait : std::uint8_t { idle, handshake, head, body, working, writing, lingering };
constexpr std::size_t wait_count = 7;

// A place in a list; a connection has one. It must be stopped before it goes.
struct Deadline {
    Deadline* before = nullptr;
    Deadline* after = nullptr;
    Clock::time_point due;
    Wait wait = Wait::idle;
    bool running = false;
};

class Deadlines {
  public:
    // (Re)starts `deadline` for `wait`, from `now`.
    void start(Deadline& deadline, Wait wait, Clock::time_point now);

    void stop(Deadline& deadline);

    // When the next one is due, if any runs.
    [[nodiscard]] std::optional<Clock::time_point> next() const;

    // One that was due at `now`, stopped; null if there is none.
    Deadline* take_expired(Clock::time_point now);

    // The one that has been in `wait` the longest; null if there is none.
    [[nodiscard]] Deadline* oldest(Wait wait) const;

  private:
    struct List {
        Deadline* first = nullptr;
        Deadline* last = nullptr;
    };

    std::array<List, wait_count> lists_;
};

}  // namespace cloister::server
