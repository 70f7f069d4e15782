// SPDX-License-Identifier: MIT
// What a request makes its answer depend on (RFC 9110 13).
#pragma once

#include <chrono>
#include <string_view>

#include "http/message.h"

namespace cloister::site {

// What tells one representation from another.
struct Validators {
    std::string_view tag;  // with its quotes
    std::chrono::sys_seconds modified;
};

// The order of RFC 9110 13.2.2, but for If-Range. Returns 304 or 412, or 0 for "go on".
int evaluate_preconditions(const http::Request& request, const Validators& own);

// What If-Range says (RFC 9110 13.1.5): true without one, for the tag, strongly compared, and, if
// `date_counts`, for exactly the date of last modification. False: the Range is as if not there.
bool range_still_applies(const http::Request& request, const Validators& own, bool date_counts);

}  // namespace cloister::site
