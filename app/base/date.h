// SPDX-License-Identifier: MIT
// HTTP dates (RFC 9110 5.6.7), without locale or time zone files.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cloister::base {

// "Sun, 06 Nov 1994 08:49:37 GMT": 29 bytes.
std::string http_date(std::chrono::sys_seconds time);

// Any of the three forms: IMF-fixdate, RFC 850 (two-digit years within 50 of now) and asctime.
// Nothing if it is none of them exactly.
std::optional<std::chrono::sys_seconds> parse_http_date(std::string_view text);

}  // namespace cloister::base
