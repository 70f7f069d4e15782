// SPDX-License-Identifier: MIT
#include "server/event_loop.h"

#include <sys/eventfd.h>

#include <algorithm>

#include "base/check.h"

namespace cloister::server {

using std::chrono::steady_clock;

EventLoop::EventLoop()
    : epoll_(base::check(::epoll_create1(EPOLL_CLOEXEC), "make an epoll instance")),
      wake_(base::check(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "make an eventfd")) {
    base::check(watch(wake_.get(), EPOLLIN | EPOLLET, wake_token) ? 0 : -1, "watch an eventfd");
}

bool EventLoop::watch(int fd, std::uint32_t events, Token token) const {
    epoll_event event{};
    event.events = events;
    event.data.u64 = token;
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void EventLoop::unwatch(int fd) const {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

std::span<const epoll_event> EventLoop::wait(std::optional<steady_clock::time_point> due,
                                             steady_clock::time_point now) {
    int timeout = -1;
    if (due) {
        // A due time long past may be too far from now for a duration.
        const auto left =
            *due > now ? std::chrono::ceil<std::chrono::milliseconds>(*due - now).count() : 0;
        timeout = static_cast<int>(std::min<std::int64_t>(left, 60'000));
    }
    const int count =
        ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout);
    return {events_.data(), static_cast<std::size_t>(std::max(count, 0))};
}

// Every write is a new edge; the counter is never read and cannot overflow in a machine's life.
void EventLoop::wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

}  // namespace cloister::server
