// SPDX-License-Identifier: MIT
// Preloaded by a case (LD_PRELOAD, ld.so(8)): two seconds after the program has started, the time
// of day jumps ahead by two hours, as if the program had run that long. What libraries do once an
// hour they do then, under confinement.
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace {

constexpr std::time_t delay_seconds = 2;
constexpr std::time_t jump_seconds = 7200;

timespec real_time(clockid_t clock) {
    timespec now{};
    ::syscall(SYS_clock_gettime, clock, &now);
    return now;
}

const std::time_t start = real_time(CLOCK_MONOTONIC).tv_sec;

std::time_t jump() {
    const bool due = real_time(CLOCK_MONOTONIC).tv_sec - start >= delay_seconds;
    return due ? jump_seconds : 0;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
    *time = real_time(clock);
    if (clock == CLOCK_REALTIME) {
        time->tv_sec += jump();
    }
    return 0;
}

extern "C" std::time_t time(std::time_t* result) noexcept {
    const std::time_t now = real_time(CLOCK_REALTIME).tv_sec + jump();
    if (result != nullptr) {
        *result = now;
    }
    return now;
}
