// SPDX-License-Identifier: MIT
// What the server is asked from outside, as descriptors: to end, or to retire.
#pragma once

#include <array>

#include "base/fd.h"
#include "server/event_loop.h"

namespace cloister::server {

// Neither descriptor is ever read, because read(2) is not in the filter: that it became readable
// says enough, once. So each wish has a signalfd(2) of its own.
class Signals {
  public:
    // Blocks SIGTERM, SIGINT, SIGUSR2 and SIGPIPE in the calling thread, so in every thread it
    // starts later. SIGPIPE for good: write(2) and sendfile(2) have no MSG_NOSIGNAL. Throws
    // std::system_error.
    Signals();

    // Reports SIGTERM and SIGINT with EventLoop::end_token, SIGUSR2 with retire_token. Throws
    // std::system_error.
    void watch_in(const EventLoop& events) const;

    // Descriptors that stay open under confinement.
    [[nodiscard]] std::array<int, 2> descriptors() const { return {end_.get(), retire_.get()}; }

  private:
    base::Fd end_;
    base::Fd retire_;
};

}  // namespace cloister::server
