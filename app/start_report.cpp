// SPDX-License-Identifier: MIT
#include "start_report.h"

#include <string>
#include <utility>

#include "base/limits.h"

namespace cloister {

namespace limits = base::limits;

StartReport::StartReport(const systemd::Notifier& notifier, const base::Log& log,
                         std::function<Clock::time_point()> now)
    : notifier_(notifier),
      log_(log),
      now_(std::move(now)),
      begin_(now_()),
      next_status_(begin_ + limits::start_report_pause),
      next_line_(next_status_) {}

void StartReport::tell(std::string_view doing, std::uint64_t done, std::uint64_t all) {
    const std::lock_guard lock(mutex_);
    const Clock::time_point now = now_();
    if (now < next_status_) {
        return;
    }
    next_status_ = now + limits::start_report_pause;
    std::string text = "starting: " + std::string(doing) + ", " + std::to_string(done);
    if (all != 0) {
        text += " of " + std::to_string(all);
    }
    notifier_.status(text);
    notifier_.extend_timeout(limits::start_extension_time);
    if (now >= next_line_) {
        next_line_ = now + (now - begin_);
        log_.info(text);
    }
}

base::Progress StartReport::progress() {
    return [this](std::string_view doing, std::uint64_t done, std::uint64_t all) {
        tell(doing, done, all);
    };
}

}  // namespace cloister
