// SPDX-License-Identifier: MIT
// What came of a request that was offered to the routes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace cloister::routes {

struct Outcome {
    // Nothing: a 404 without a body, because no route matched or a handler left it at that; the
    // caller answers, with a page of its own.
    std::optional<http::Response> response;

    // Not empty: the program behind the routes failed, and this is why. One printable line for the
    // log, never shown to the client.
    std::string failure;
};

// A plain 500 that tells the client nothing; `reason` goes to the log, its control bytes escaped
// and its length bounded, because an exception's text may quote what a client sent.
Outcome failed(std::string_view reason);

}  // namespace cloister::routes
