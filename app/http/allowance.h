// SPDX-License-Identifier: MIT
// How much work without a result one peer may cause: frames that cost more than they bring empty an
// account, answers and time fill it. Nobody who wants answers ever empties it.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "base/limits.h"

namespace cloister::http {

class Allowance {
  public:
    // False if that is more than is left: the peer has to go.
    [[nodiscard]] bool spend(std::int64_t cost) {
        left_ -= cost;
        return left_ >= 0;
    }

    // An answer, or a part of one, has left.
    void earn(std::int64_t gain) { left_ = std::min(left_ + gain, base::limits::http2_allowance); }

    // `now` never goes back. The first call starts the clock.
    void refresh(std::chrono::steady_clock::time_point now) {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(now - filled_);
        if (seconds.count() > 0) {
            filled_ += seconds;
            earn(std::min<std::int64_t>(seconds.count(), base::limits::http2_allowance) *
                 base::limits::http2_allowance_per_second);
        }
    }

  private:
    std::int64_t left_ = base::limits::http2_allowance;
    std::chrono::steady_clock::time_point filled_;
};

}  // namespace cloister::http
