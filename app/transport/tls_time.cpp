// SPDX-License-Identifier: MIT
#include "transport/tls_time.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace cloister::transport {

std::optional<std::chrono::sys_seconds> time_of(const ASN1_TIME& time) {
    std::tm parts{};
    if (::ASN1_TIME_to_tm(&time, &parts) != 1) {
        return std::nullopt;
    }
    const std::chrono::year_month_day day{
        std::chrono::year(parts.tm_year + 1900),
        std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
        std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
    return std::chrono::sys_days(day) + std::chrono::hours(parts.tm_hour) +
           std::chrono::minutes(parts.tm_min) + std::chrono::seconds(parts.tm_sec);
}

std::string day_text(std::chrono::sys_seconds time) {
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
    std::array<char, 32> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                      static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace cloister::transport
