// SPDX-License-Identifier: MIT
// epoll(7) and one eventfd(2) to wake it from other threads. Neither needs read(2): both are
// watched edge-triggered.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>

#include "base/fd.h"
#include "base/limits.h"

namespace cloister::server {

// What an event is about: chosen by whoever watches, returned with the event.
using Token = std::uint64_t;

class EventLoop {
  public:
    // Before confinement. Throws std::system_error.
    EventLoop();

    // Watches `fd` for `events` (EPOLLIN and so on). Closing the descriptor ends the watch. False
    // if the kernel refuses, which it does only for want of memory or of watches (epoll_ctl(2),
    // ENOMEM and ENOSPC).
    [[nodiscard]] bool watch(int fd, std::uint32_t events, Token token) const;

    // Ends the watch of a descriptor that stays open.
    void unwatch(int fd) const;

    // Waits until something happens or `due` comes (never, if there is none); returns the events,
    // valid until the next call. A wake() is returned as an event with `wake_token`.
    std::span<const epoll_event> wait(std::optional<std::chrono::steady_clock::time_point> due,
                                      std::chrono::steady_clock::time_point now);

    // Makes wait() return soon; from any thread.
    void wake() const;

    // Descriptors that stay open under confinement.
    [[nodiscard]] std::array<int, 2> descriptors() const { return {epoll_.get(), wake_.get()}; }

    static constexpr Token wake_token = ~Token{0};
    static constexpr Token end_token = ~Token{1};
    static constexpr Token retire_token = ~Token{2};

  private:
    base::Fd epoll_;
    base::Fd wake_;
    std::array<epoll_event, base::limits::event_count> events_{};
};

}  // namespace cloister::server
