// SPDX-License-Identifier: MIT
// What a program brings to the story beside the site: routes of its own. The appliance has none.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "http/message.h"

namespace cloister {

// What came of a request that was offered to the routes.
struct Outcome {
    // Nothing: a 404 without a body, because no route matched or a handler left it at that; the
    // caller answers, with a page of its own.
    std::optional<http::Response> response;

    // Not empty: the program behind the routes failed, and this is why. One printable line for the
    // log, never shown to the client.
    std::string failure;
};

// Called on a worker thread, by several at once; may block, never throws.
using Routes = std::function<Outcome(const http::Request&)>;

}  // namespace cloister
