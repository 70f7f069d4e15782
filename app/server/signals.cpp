// SPDX-License-Identifier: MIT
#include "server/signals.h"

#include <sys/signalfd.h>

#include <csignal>
#include <initializer_list>
#include <system_error>

#include "base/check.h"

namespace cloister::server {

namespace {

sigset_t set_of(std::initializer_list<int> signals) {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : signals) {
        ::sigaddset(&set, signal);
    }
    return set;
}

base::Fd descriptor_for(const sigset_t& signals) {
    return base::Fd(
        base::check(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK), "make a signalfd"));
}

}  // namespace

Signals::Signals()
    : end_(descriptor_for(set_of({SIGTERM, SIGINT}))), retire_(descriptor_for(set_of({SIGUSR2}))) {
    const sigset_t blocked = set_of({SIGTERM, SIGINT, SIGUSR2, SIGPIPE});
    if (const int error = ::pthread_sigmask(SIG_BLOCK, &blocked, nullptr); error != 0) {
        throw std::system_error(error, std::generic_category(), "block signals");
    }
}

void Signals::watch_in(const EventLoop& events) const {
    const bool watched = events.watch(end_.get(), EPOLLIN | EPOLLET, EventLoop::end_token) &&
                         events.watch(retire_.get(), EPOLLIN | EPOLLET, EventLoop::retire_token);
    base::check(watched ? 0 : -1, "watch the signals");
}

}  // namespace cloister::server
