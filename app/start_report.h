// SPDX-License-Identifier: MIT
// What is said while a start takes long: to people, in the log, and to the service manager, which
// would take a silent start for one that hangs.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string_view>

#include "base/log.h"
#include "base/progress.h"
#include "systemd/notifier.h"

namespace cloister {

class StartReport {
  public:
    using Clock = std::chrono::steady_clock;

    // Silent for the first second. Borrows both.
    StartReport(const systemd::Notifier& notifier, const base::Log& log,
                std::function<Clock::time_point()> now = &Clock::now);

    // Tells the manager how far it is, once in each limits::start_report_pause, and asks it for
    // limits::start_extension_time; the log gets a line after 1 s, 2 s, 4 s and so on. Any thread
    // may.
    void tell(std::string_view doing, std::uint64_t done, std::uint64_t all);

    // tell() of this one, which outlives it.
    base::Progress progress();

  private:
    const systemd::Notifier& notifier_;
    const base::Log& log_;
    std::function<Clock::time_point()> now_;
    std::mutex mutex_;  // of all below
    Clock::time_point begin_;
    Clock::time_point next_status_;
    Clock::time_point next_line_;
};

}  // namespace cloister
