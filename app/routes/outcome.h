// SPDX-License-Identifier: MIT
// How a failure of the program behind the routes is told: to the log, and not to the client.
#pragma once

#include <string_view>

#include "program.h"

namespace cloister::routes {

// A plain 500 that tells the client nothing; `reason` goes to the log, its control bytes escaped
// and its length bounded, because an exception's text may quote what a client sent.
Outcome failed(std::string_view reason);

}  // namespace cloister::routes
