// SPDX-License-Identifier: MIT
// What is said when there is too much to do (RFC 9110 15.6.4).
#pragma once

#include "http/message.h"

namespace cloister::server {

// 503, with the seconds after which to ask again (RFC 9110 10.2.3): a busy moment is over by then.
inline http::Response overloaded() {
    http::Response response = http::plain_answer(503);
    response.fields.push_back({"Retry-After", "1"});
    return response;
}

// Answers whatever is asked on a connection for which there is no place, and ends it.
inline const http::Handler& refusing_handler() {
    static const http::Handler handler{
        .immediate = [](const http::Request&) -> std::optional<http::Response> {
            http::Response response = overloaded();
            response.close = true;
            return response;
        },
        .blocking = {}};
    return handler;
}

}  // namespace cloister::server
